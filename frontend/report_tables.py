"""The organiser's report as tables of label and value: the page, the spreadsheet and the paper show the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from events.enums import PeopleKind
from events.queries.report import PUBLISHED, Report, Tally
from frontend.templatetags.shares import decimal, percent
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
    return (
        Figure(_("Registered people"), str(report.people.registered)),
        Figure(_("Came"), str(report.people.checked_in)),
        Figure(_("Meetings planned"), str(report.meetings.planned)),
        Figure(_("Meetings a person"), decimal(report.meetings.per_person, 1)),
        Figure(_("Held, of those we heard of"), percent(report.meetings.held_share)),
        Figure(_("Pairs new to each other"), f"{report.quality.new_pairs} / {report.quality.pairs}"),
    )


def tables_of(editions: Sequence[Report]) -> tuple[Table, ...]:
    """Everything, this edition beside earlier ones and published figures of others."""
    return (
        _compared(editions),
        _tally(_("People by what they come as"), editions[0].people.by_kind, dict(PeopleKind.choices)),
        _tally(_("People by kind of profile"), editions[0].people.by_profile_kind, dict(ProfileKind.choices)),
        _regions(editions[0].people.by_region),
        _published(editions[0]),
    )


def _compared(editions: Sequence[Report]) -> Table:
    rows: list[tuple[str, ...]] = [("", *(each.event.name for each in editions))]
    for label, read in _lines():
        rows.append((label, *(read(each) for each in editions)))
    return Table(_("This edition and those before"), tuple(rows))


def _lines() -> tuple[tuple[str, Callable[[Report], str]], ...]:
    return (
        (_("Registered people"), lambda each: str(each.people.registered)),
        (_("Came"), lambda each: str(each.people.checked_in)),
        (_("Had cancelled"), lambda each: str(each.people.cancelled)),
        (_("Waited or stood by"), lambda each: str(each.people.waiting)),
        (_("Organisations"), lambda each: str(each.people.organisations)),
        (_("Stands taken"), lambda each: f"{each.people.stands_taken} / {each.people.stands}"),
        (_("People with booked meetings"), lambda each: str(each.meetings.people)),
        (_("Meetings asked for"), lambda each: str(each.meetings.asked)),
        (_("Accepted"), lambda each: f"{each.meetings.accepted} ({percent(each.meetings.accepted_share)})"),
        (_("Declined"), lambda each: str(each.meetings.declined)),
        (_("Without an answer"), lambda each: str(each.meetings.expired)),
        (_("Planned"), lambda each: str(each.meetings.planned)),
        (_("Called off"), lambda each: str(each.meetings.called_off)),
        (_("Held"), lambda each: f"{each.meetings.held} ({percent(each.meetings.held_share)})"),
        (_("Somebody stayed away"), lambda each: str(each.meetings.missed)),
        (_("Nobody told"), lambda each: str(each.meetings.untold)),
        (_("Meetings a person: mean"), lambda each: decimal(each.meetings.per_person, 1)),
        (
            _("Fewest, middle, most"),
            lambda each: f"{each.meetings.least} / {decimal(each.meetings.middle, 1)} / {each.meetings.most}",
        ),
        (_("People without a meeting"), lambda each: str(each.meetings.without)),
        (_("Mean rating (1-4)"), lambda each: decimal(each.quality.mean_rating, 2)),
        (_("Want to go on"), lambda each: f"{each.quality.go_on} / {each.quality.go_on_told}"),
        (_("Contacts opened by both"), lambda each: str(each.quality.contacts_opened)),
        (_("Pairs new to each other"), lambda each: f"{each.quality.new_pairs} / {each.quality.pairs}"),
    )


def _tally(title: str, tallies: Sequence[Tally], labels: Mapping[str, object]) -> Table:
    rows = tuple((str(labels.get(each.key, each.key or _("Not told"))), str(each.count)) for each in tallies)
    return Table(title, ((_("Kind"), _("People")), *rows))


def _regions(tallies: Sequence[Tally]) -> Table:
    rows = tuple((label_of(each.key) or _("Not told"), str(each.count)) for each in tallies)
    return Table(_("People by region"), ((_("Region"), _("People")), *rows))


def _published(report: Report) -> Table:
    """Other events as they published themselves: beside ours, not above."""
    headings = (_("Event"), _("Accepted"), _("Held"), _("Meetings a person"))
    ours = (
        report.event.name,
        str(report.meetings.accepted),
        str(report.meetings.held),
        decimal(report.meetings.per_person, 1),
    )
    others = tuple(
        (
            each.name,
            _number(each.accepted),
            _number(each.held),
            "–".join(decimal(value, 1) for value in each.per_person) if each.per_person else "–",
        )
        for each in PUBLISHED
    )
    return Table(_("Beside published figures of other events"), (headings, ours, *others))


def _number(value: int | None) -> str:
    return "–" if value is None else str(value)
