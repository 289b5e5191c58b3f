"""A timetable in words: when, who, where, why a wish is not met, what contradicts, and what to do about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.gone_entries import GoneEntry
from events.models import Event, Meeting, MeetingRequest, Participant, Slot, Stand, Table
from events.queries.circles import circle_of, only_told
from frontend.event_words import day_words, moment_words

MOST_NAMED = 3


def slot_words(slot: Slot | GoneEntry, event: Event, *, with_day: bool = False) -> str:
    """From when to when, by the clock of the place; with the day where the event has several, or `with_day`."""
    start, end = slot.starts_at.astimezone(event.zone), slot.ends_at.astimezone(event.zone)
    hours = f"{date_format(start, 'H:i')}–{date_format(end, 'H:i')}"
    if with_day:
        return f"{day_words(start.date())}, {hours}"
    day = date_format(start, _("j M"))
    return f"{day} {hours}" if _has_days(event) else hours


def _has_days(event: Event) -> bool:
    first, last = (moment.astimezone(event.zone).date() for moment in (event.starts_at, event.ends_at))
    return first != last


def when_words(moment: datetime, event: Event) -> str:
    """Day and hour of a moment, by the clock of the place."""
    return moment_words(moment, event)


def place_words(*, table: Table | None, stand: Stand | None) -> str:
    """At which table or stand, in which hall."""
    if stand is not None:
        return _("Stand %(number)s, %(hall)s") % {"number": stand.number, "hall": stand.hall.name}
    if table is not None:
        return _("Table %(label)s, %(hall)s") % {"label": table.label, "hall": table.hall.name}
    return _("the place is still to be told")


def person_words(person: Participant) -> str:
    """Name and for whom the person comes."""
    profile = person.participation.profile.name
    return person.name if profile == person.name else f"{person.name} ({profile})"


def people_words(meeting: Meeting, *, without: int | None = None) -> str:
    """Everybody of a meeting, or whom one of them meets; nobody who was only told that it is called off."""
    told = only_told((meeting,)).get(meeting.pk, frozenset())
    return ", ".join(person_words(side.participant) for side in circle_of(meeting, without, told).others)


class Names:
    """What the public ids in a stored run mean; read once a page."""

    def __init__(self, event: Event) -> None:
        people = event.people.select_related("participation__profile")
        self._event = event
        self.people = {str(person.public_id): person for person in people}
        self._by_key = {person.pk: person for person in self.people.values()}
        self._requests = {str(row.public_id): row for row in event.requests.select_related("fixed_slot", "fixed_table")}
        self._slots = {str(slot.public_id): slot for slot in event.slots.all()}
        self._tables = {str(table.public_id): table for table in event.tables.select_related("hall")}
        self._stands = {str(stand.public_id): stand for stand in event.stands.select_related("hall")}

    def person(self, public_id: str) -> str:
        """The person; words where the row is gone."""
        found = self.people.get(public_id)
        return person_words(found) if found is not None else _("somebody who is no longer here")

    def pair_of(self, request: MeetingRequest) -> str:
        """Whom the request brings together, as the pages name a meeting."""
        two = (self._by_key.get(request.sender_id), self._by_key.get(request.receiver_id))
        return " – ".join(person_words(each) for each in two if each is not None)

    def request(self, public_id: str) -> str:
        """The meeting of a request, with what was fixed by hand."""
        row = self._requests.get(public_id)
        if row is None:
            return _("a meeting that is no longer wished")
        fixed = [slot_words(row.fixed_slot, self._event)] if row.fixed_slot is not None else []
        if row.fixed_table is not None:
            fixed.append(_("table %(label)s") % {"label": row.fixed_table.label})
        pair = self.pair_of(row)
        return _("%(pair)s (set by hand: %(fixed)s)") % {"pair": pair, "fixed": ", ".join(fixed)} if fixed else pair

    def find_request(self, public_id: str) -> MeetingRequest | None:
        """The row of a request."""
        return self._requests.get(public_id)

    def slot(self, public_id: str) -> str:
        """When a slot is."""
        slot = self._slots.get(public_id)
        return slot_words(slot, self._event) if slot is not None else _("a time that was removed")

    def pool(self, key: str) -> str:
        """What a pool of places is called: a stand, one table, or the tables of a hall."""
        kind, _colon, ids = key.partition(":")
        first, *more = ids.split(",")
        if kind == "stand":
            stand = self._stands.get(first)
            return _("stand %(number)s") % {"number": stand.number} if stand is not None else _("one of the stands")
        table = self._tables.get(first)
        if table is None:
            return _("some tables")
        if more:
            return _("the tables in %(hall)s") % {"hall": table.hall.name}
        return _("table %(label)s") % {"label": table.label}

    def place(self, stored: str) -> str:
        """Where a stored plan holds a meeting: `table:<id>` or `stand:<id>`."""
        kind, _colon, public_id = stored.partition(":")
        table = self._tables.get(public_id) if kind == "table" else None
        return place_words(table=table, stand=self._stands.get(public_id) if kind == "stand" else None)


def listed(words: Iterable[str]) -> str:
    """A few of them, and how many more there are."""
    every = list(words)
    shown = ", ".join(every[:MOST_NAMED])
    more = len(every) - MOST_NAMED
    return _("%(shown)s and %(count)d more") % {"shown": shown, "count": more} if more > 0 else shown


def reason_words(reason: Mapping[str, Any], names: Names) -> str:
    """Why a request is not held, and what would help where something does."""
    told = {
        "people": listed(names.person(each) for each in reason.get("people", ())),
        "requests": listed(names.request(each) for each in reason.get("requests", ())),
        "slots": listed(names.slot(each) for each in reason.get("slots", ())),
        "pools": listed(names.pool(each) for each in reason.get("pools", ())),
    }
    sentence = _reasons().get(str(reason.get("code", "")), _("Not looked into: there are very many of them."))
    return sentence % told


def _reasons() -> dict[str, str]:
    return {
        "apart": _("The event's rules or a private wish keep %(people)s apart."),
        "no_common_slot": _("%(people)s are never free at the same time. Ask one of them to open another slot."),
        "slots_passed": _("%(people)s: the times when all of them are free have passed. Ask them to open a later one."),
        "time_passed": _("The time that was set for it has passed. Set another one, or leave it to computing."),
        "no_pool": _("When both are free, no place for this meeting is open (%(pools)s)."),
        "person_full": _("%(people)s: as many meetings already as they want."),
        "worth_more": _("In each slot one of them has another meeting, or the place is taken; such as %(requests)s."),
        "worth_no_more": _("It could be held instead of %(requests)s, which count no more. Choose by hand."),
        "pools_full": _("When both are free (%(slots)s), every place is taken. One more place would help."),
        "order": _("It would come before or after a meeting that it must not: %(requests)s."),
        "walking": _("The way between two halls takes longer than the pause for %(people)s."),
        "equal_gaps": _("It fits, but waiting would then differ too much between people."),
        "possible": _("It would fit at %(slots)s: offer it there, or compute again."),
        "not_coming": _("Somebody of this meeting does not come, or takes no meetings any more."),
        "one_agenda": _("Both share one agenda, so they meet anyway."),
        "held": _("It is held."),
    }


@dataclass(frozen=True)
class Advice:
    """What to change; `is_of_meetings` where the page of agreed requests is the place to do it."""

    words: str
    is_of_meetings: bool


@dataclass(frozen=True)
class ClashWords:
    """What contradicts, line by line; giving up any one line lets the rest hold."""

    lines: tuple[str, ...]
    advice: tuple[Advice, ...]


def clash_words(clash: Mapping[str, Any], names: Names) -> ClashWords:
    """The smallest set of people and rules that cannot hold together, and what to change."""
    meetings = _("This meeting must be held: %(named)s")
    people = _("%(named)s: when they can, and how many meetings they want")
    pools = _("As many meetings at a time as there are places: %(named)s")
    lines = [
        *(meetings % {"named": names.request(each)} for each in clash.get("requests", ())),
        *(people % {"named": names.person(each)} for each in clash.get("people", ())),
        *(pools % {"named": names.pool(each)} for each in clash.get("pools", ())),
    ]
    for before, after in clash.get("order", ()):
        told = {"before": names.request(before), "after": names.request(after)}
        lines.append(_("%(before)s must come before %(after)s") % told)
    if clash.get("equal_gaps"):
        lines.append(_("Waiting must be about equal for everybody"))
    remedies = {
        "requests": _("Release or move one of the meetings that are set by hand."),
        "people": _("Ask a person named here to open another slot, or to take one meeting more."),
        "pools": _("Add a table, or let the stand hold more meetings at a time."),
        "order": _("Give up that one meeting comes before the other."),
        "equal_gaps": _("Let waiting differ more between people, in the event's rules."),
    }
    advice = (Advice(words, part in ("requests", "order")) for part, words in remedies.items() if clash.get(part))
    return ClashWords(tuple(lines), tuple(advice))


def note_words(note: str) -> str:
    """What a computing has noted about itself."""
    return {
        "slots_overlap": _("Two slots of the time grid overlap. Correct the grid, then compute again."),
        "rules_broken": _("What was found last breaks a rule, so it was thrown away. Compute again, and tell us."),
        "nothing_found": _("No timetable that holds all that is set by hand was found in time. Give it longer."),
        "not_narrowed": _("The rules contradict each other; which ones was not found in time. Give it longer."),
        "unequal": _("Waiting differs more between people than you asked: no better timetable was found in time."),
    }.get(note, "")


def damage_words(code: str) -> str:
    """Why a published meeting cannot be held as it stands."""
    return {
        "not_coming": _("somebody does not come any more"),
        "lost_slot": _("the time was removed"),
        "lost_table": _("the table cannot be used"),
        "availability": _("somebody is not free then any more"),
        "capacity": _("there are fewer places now"),
        "one_meeting": _("somebody has two meetings then"),
        "walking": _("the way to it is too long now"),
        "most": _("somebody wants fewer meetings now"),
        "apart": _("the rules or a private wish keep them apart now"),
        "precedence": _("it comes in the wrong order now"),
    }.get(code, _("the place or time does not suit it any more"))
