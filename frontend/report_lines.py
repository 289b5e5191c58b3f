"""The lines that compare editions: each says what it is called, of which editions it can be told, and what it reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from events.queries.group_figures import GroupFigures
from events.queries.person_figures import Spread
from events.queries.report import Meetings, Quality, Report
from frontend.templatetags.shares import NOTHING, decimal, percent


@dataclass(frozen=True)
class Line:
    """One row; `read` gives None of an edition to which the line does not belong."""

    label: str
    read: Callable[[Report], str | None]


def lines_of(editions: Sequence[Report]) -> tuple[tuple[str, ...], ...]:
    """Label and one value an edition; a line that belongs to none of them is left out."""
    rows = []
    for line in (*_people(editions), *_meetings(), *_quality(), *_groups()):
        values = [line.read(each) for each in editions]
        if any(value is not None for value in values):
            rows.append((line.label, *(NOTHING if value is None else value for value in values)))
    return tuple(rows)


def spread_words(spread: Spread) -> str:
    """Fewest, middle and most."""
    return f"{spread.least} / {decimal(spread.middle, 1)} / {spread.most}"


def _people(editions: Sequence[Report]) -> tuple[Line, ...]:
    has_stands = any(each.people.stands for each in editions)
    return (
        Line(_("Registered people"), lambda each: str(each.people.registered)),
        Line(_("Came"), lambda each: str(each.people.checked_in)),
        Line(_("Had cancelled"), lambda each: str(each.people.cancelled)),
        Line(_("Waited or stood by"), lambda each: str(each.people.waiting)),
        Line(_("Organisations"), lambda each: str(each.people.organisations)),
        Line(
            _("Stands taken"),
            lambda each: f"{each.people.stands_taken} / {each.people.stands}" if has_stands else None,
        ),
    )


def _meetings() -> tuple[Line, ...]:
    told: tuple[tuple[str, Callable[[Meetings], str]], ...] = (
        (_("People with booked meetings"), lambda of: str(of.each.people)),
        (_("Meetings asked for"), lambda of: str(of.asked)),
        (_("Accepted"), lambda of: f"{of.accepted} ({percent(of.accepted_share)})"),
        (_("Declined"), lambda of: str(of.declined)),
        (_("Without an answer"), lambda of: str(of.expired)),
        (_("Planned"), lambda of: str(of.planned)),
        (_("Called off"), lambda of: str(of.called_off)),
        (_("Held"), lambda of: f"{of.held} ({percent(of.held_share)})"),
        (_("Somebody stayed away"), lambda of: str(of.missed)),
        (_("Nobody told"), lambda of: str(of.untold)),
        (_("Meetings a person: mean"), lambda of: decimal(of.each.planned.mean, 1)),
        (_("Fewest, middle, most"), lambda of: spread_words(of.each.planned)),
        (_("People without a meeting"), lambda of: str(of.each.without)),
    )
    return tuple(_of_meetings(label, read) for label, read in told)


def _of_meetings(label: str, read: Callable[[Meetings], str]) -> Line:
    return Line(label, lambda each: read(each.meetings) if each.has_meetings else None)


def _quality() -> tuple[Line, ...]:
    told: tuple[tuple[str, Callable[[Quality], str]], ...] = (
        (_("Mean rating (1-4)"), lambda of: decimal(of.mean_rating, 2)),
        (_("Want to go on"), lambda of: f"{of.go_on} / {of.go_on_told}"),
        (_("Contacts opened by both"), lambda of: str(of.contacts_opened)),
        (_("Pairs new to each other"), lambda of: f"{of.new_pairs} / {of.pairs}"),
    )
    return tuple(_of_quality(label, read) for label, read in told)


def _of_quality(label: str, read: Callable[[Quality], str]) -> Line:
    return Line(label, lambda each: read(each.quality) if each.has_meetings else None)


def _groups() -> tuple[Line, ...]:
    told: tuple[tuple[str, Callable[[GroupFigures], str]], ...] = (
        (_("Questions asked"), lambda of: str(of.questions)),
        (_("Questions with a group"), lambda of: str(of.held)),
        (_("People in groups"), lambda of: str(of.people)),
        (_("Seats in groups"), lambda of: str(of.seats)),
        (_("Seats a person: mean"), lambda of: decimal(of.seats_each.mean, 1)),
        (_("Seats a person: fewest, middle, most"), lambda of: spread_words(of.seats_each)),
        (_("Seats a group: fewest, middle, most"), lambda of: spread_words(of.group_sizes)),
        (_("How well people fit their questions, mean (0-1)"), lambda of: decimal(of.mean_fit, 2)),
    )
    return tuple(_of_groups(label, read) for label, read in told)


def _of_groups(label: str, read: Callable[[GroupFigures], str]) -> Line:
    return Line(label, lambda each: read(each.groups) if each.groups is not None else None)
