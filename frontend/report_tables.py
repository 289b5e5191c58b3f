"""The organiser's report as tables of label and value: the page, the spreadsheet and the paper show the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from events.enums import PeopleKind
from events.queries.person_figures import EachPerson, Spread
from events.queries.report import PUBLISHED, Report, Tally
from frontend.report_lines import lines_of, spread_words
from frontend.templatetags.shares import NOTHING, decimal, percent
from profiles.enums import ProfileKind
from profiles.terms import label_of


@dataclass(frozen=True)
class Table:
    """One part of the report; the first row are its headings."""

    title: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """The first row."""
        return self.rows[0]

    @property
    def body(self) -> tuple[tuple[str, ...], ...]:
        """All rows below."""
        return self.rows[1:]


@dataclass(frozen=True)
class Figure:
    """One number that stands large."""

    label: str
    value: str


def figures_of(report: Report) -> tuple[Figure, ...]:
    """What one looks for first."""
    people = (
        Figure(_("Registered people"), str(report.people.registered)),
        Figure(_("Came"), str(report.people.checked_in)),
    )
    if report.has_meetings:
        return (*people, *_meeting_figures(report))
    if report.groups is not None:
        return (
            *people,
            Figure(_("Questions with a group"), f"{report.groups.held} / {report.groups.questions}"),
            Figure(_("People in groups"), str(report.groups.people)),
            Figure(_("Seats a person"), decimal(report.groups.seats_each.mean, 1)),
        )
    return (*people, Figure(_("Organisations"), str(report.people.organisations)))


def _meeting_figures(report: Report) -> tuple[Figure, ...]:
    return (
        Figure(_("Meetings planned"), str(report.meetings.planned)),
        Figure(_("Meetings a person"), decimal(report.meetings.each.planned.mean, 1)),
        Figure(_("Held, of those we heard of"), percent(report.meetings.held_share)),
        Figure(_("Pairs new to each other"), f"{report.quality.new_pairs} / {report.quality.pairs}"),
    )


def tables_of(editions: Sequence[Report]) -> tuple[Table, ...]:
    """Everything, this edition beside earlier ones and published figures of others."""
    has_meetings = editions[0].has_meetings
    return (
        Table(_("This edition and those before"), (("", *_names(editions)), *lines_of(editions))),
        *((_each_person(editions),) if has_meetings else ()),
        *((_published(editions),) if has_meetings else ()),
        _tally(
            _("People by what they come as"), _("Kind"), editions, lambda each: each.people.by_kind,
            dict(PeopleKind.choices).get,
        ),
        _tally(
            _("People by kind of profile"), _("Kind"), editions, lambda each: each.people.by_profile_kind,
            dict(ProfileKind.choices).get,
        ),
        _tally(_("People by region"), _("Region"), editions, lambda each: each.people.by_region, label_of),
    )  # fmt: skip


def _names(editions: Sequence[Report]) -> tuple[str, ...]:
    return tuple(each.event.name for each in editions)


def _each_person(editions: Sequence[Report]) -> Table:
    """How meetings lie over people, with the means of earlier editions beside."""
    ours, *others = editions
    lines: tuple[tuple[str, Callable[[EachPerson], Spread]], ...] = (
        (_("Meetings asked for"), lambda of: of.sent),
        (_("Meetings one was asked for"), lambda of: of.received),
        (_("Accepted, whoever asked"), lambda of: of.accepted),
        (_("Planned"), lambda of: of.planned),
        (_("Held"), lambda of: of.held),
        (_("Somebody stayed away"), lambda of: of.missed),
        (_("Nobody told"), lambda of: of.untold),
    )
    before = tuple(_("Mean: %(event)s") % {"event": each.event.name} for each in others)
    headings = ("", _("Mean a person"), _("Fewest, middle, most"), *before)
    rows = (
        (label, *_spread(read(ours.meetings.each)), *(_mean(each, read) for each in others)) for label, read in lines
    )
    return Table(_("For each person with booked meetings"), (headings, *rows))


def _spread(spread: Spread) -> tuple[str, ...]:
    return decimal(spread.mean, 1), spread_words(spread)


def _mean(report: Report, read: Callable[[EachPerson], Spread]) -> str:
    return decimal(read(report.meetings.each).mean, 1) if report.has_meetings else NOTHING


def _tally(
    title: str,
    heading: str,
    editions: Sequence[Report],
    read: Callable[[Report], Sequence[Tally]],
    label: Callable[[str], object],
) -> Table:
    """How many of each kind, and their share of the edition; most of this edition first, then of earlier ones."""
    counts = [{each.key: each.count for each in read(edition)} for edition in editions]
    keys = dict.fromkeys(key for each in counts for key in each)
    rows = (
        (str(label(key) or key or _("Not told")), *(_part(each.get(key, 0), sum(each.values())) for each in counts))
        for key in keys
    )
    return Table(title, ((heading, *_names(editions)), *rows))


def _part(count: int, of: int) -> str:
    return f"{count} ({percent(count / of)})" if of else NOTHING


def _published(editions: Sequence[Report]) -> Table:
    """Other events as they published themselves: shares beside ours, since their sizes say nothing."""
    headings = (_("Event"), _("Held, of those accepted and told of"), _("Meetings a person"))
    ours = (
        (
            each.event.name,
            _held(each.meetings.held, each.meetings.accepted_told),
            decimal(each.meetings.each.planned.mean, 1),
        )
        for each in editions
        if each.has_meetings
    )
    others = (
        (
            each.name,
            _held(each.held, each.accepted),
            "–".join(decimal(value, 1) for value in each.each) if each.each else NOTHING,
        )
        for each in PUBLISHED
    )
    return Table(_("Beside published figures of other events"), (headings, *ours, *others))


def _held(held: int | None, accepted: int | None) -> str:
    return f"{percent(held / accepted)} ({held} / {accepted})" if held is not None and accepted else NOTHING
