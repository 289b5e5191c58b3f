"""Papers of the day: each person's plan, a card for every table and stand, and badges."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.enums import COMING, MeetingState
from events.models import Event, Meeting, Participant
from events.qr_codes import qr_svg
from events.queries.agenda import Agenda, Entry, agendas_of
from events.queries.catalogue import natural
from events.queries.groups import questions_held
from events.typesetting import typeset


def typeset_agendas(event: Event, agendas: Sequence[Agenda], *, language: str) -> bytes:
    """One page a person with its whole day."""
    with translation.override(language), timezone.override(event.zone):
        people = [_agenda(agenda) for agenda in agendas]
        words = {"nothing": _("Nothing is planned yet."), "note": _("The plan on your phone is always the newest.")}
        return typeset("agendas", {**_head(event, language), "people": people, "words": words})


def typeset_table_cards(event: Event, *, language: str) -> bytes:
    """One card for every table and stand that has meetings, and for every room with groups: who sits there when."""
    with translation.override(language), timezone.override(event.zone):
        words = {"empty": _("No meetings are planned yet.")}
        return typeset("table_cards", {**_head(event, language), "cards": _cards(event), "words": words})


def has_table_cards(event: Event) -> bool:
    """Whether a meeting at a table or stand, or a group at a time, is there to stand on a card."""
    return _meetings_at_places(event).exists() or questions_held(event).exists()


def typeset_badges(event: Event, people: Sequence[Participant], *, language: str) -> bytes:
    """Badges, ten a sheet, with a QR code that holds nothing but the code below it."""
    with translation.override(language), timezone.override(event.zone):
        words = {"empty": _("Nobody is registered yet.")}
        return typeset(
            "badges", {**_head(event, language), "badges": [_badge(each) for each in people], "words": words}
        )


def people_with_badges(event: Event) -> list[Participant]:
    """Those who come, by organisation and name, as the desk hands badges out."""
    rows = Participant.objects.filter(event=event, state__in=COMING)
    return list(rows.select_related("participation__profile", "stand").order_by("name", "pk"))


def agendas_to_print(event: Event) -> tuple[Agenda, ...]:
    """The days of those who have something planned."""
    return tuple(agenda for agenda in agendas_of(event, people_with_badges(event)) if agenda.planned)


def _head(event: Event, language: str) -> dict[str, Any]:
    starts = timezone.localtime(event.starts_at)
    return {
        "language": language,
        "title": event.name,
        "when": date_format(starts, "DATE_FORMAT"),
        "where": ", ".join(part for part in (event.place, event.address) if part),
    }


def _agenda(agenda: Agenda) -> dict[str, Any]:
    person = agenda.person
    return {
        "name": person.name,
        "from": person.participation.profile.name,
        "code": person.code,
        "qr": qr_svg(person.code),
        "entries": [_line(entry) for entry in agenda.planned],
    }


def _line(entry: Entry) -> dict[str, str]:
    who = ", ".join(f"{other.name}, {other.profile_name}" for other in entry.others)
    return {
        "time": _times(entry.starts_at, entry.ends_at),
        "place": entry.place,
        "hall": entry.hall,
        "title": who or entry.title,
        "reason": entry.reason,
    }


def _times(starts_at: Any, ends_at: Any) -> str:
    return f"{timezone.localtime(starts_at):%H:%M}–{timezone.localtime(ends_at):%H:%M}"


def _cards(event: Event) -> list[dict[str, Any]]:
    return [*_group_cards(event), *_meeting_cards(event)]


def _group_cards(event: Event) -> list[dict[str, Any]]:
    """One a room, in the order of rooms: which question when, and whose group."""
    cards: dict[tuple[int, str], list[dict[str, str]]] = defaultdict(list)
    for question in questions_held(event):
        if question.slot is not None:
            room = (question.hall.position, question.hall.name) if question.hall else (0, _("Without a room"))
            circle = (question.asker, *(seat.participant for seat in question.seats.all()))
            time = _times(question.slot.starts_at, question.slot.ends_at)
            cards[room].append({"time": time, "title": question.title, "who": _who(circle)})
    return [{"hall": "", "label": label, "meetings": rows} for (_position, label), rows in sorted(cards.items())]


def _meeting_cards(event: Event) -> list[dict[str, Any]]:
    rows = (
        _meetings_at_places(event)
        .select_related("slot", "table__hall", "stand__hall")
        .prefetch_related("sides__participant__participation__profile")
        .order_by("slot__starts_at", "pk")
    )
    cards: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for meeting in rows:
        spot = meeting.stand or meeting.table
        if spot is not None:
            who = _who([side.participant for side in meeting.sides.all()])
            time = _times(meeting.slot.starts_at, meeting.slot.ends_at)
            cards[(spot.hall.name, str(spot))].append({"time": time, "title": "", "who": who})
    return [
        {"hall": hall, "label": label, "meetings": meetings}
        for (hall, label), meetings in sorted(cards.items(), key=lambda card: (card[0][0], natural(card[0][1])))
    ]


def _meetings_at_places(event: Event) -> QuerySet[Meeting]:
    has_place = Q(table__isnull=False) | Q(stand__isnull=False)
    return Meeting.objects.filter(has_place, event=event, state=MeetingState.PLANNED)


def _who(people: Iterable[Participant]) -> str:
    return " · ".join(f"{person.name}, {person.participation.profile.name}" for person in people)


def _badge(person: Participant) -> dict[str, str]:
    return {
        "name": person.name,
        "title": person.title,
        "from": person.participation.profile.name,
        "stand": str(person.stand) if person.stand else "",
        "kind": person.get_kind_display(),
        "code": person.code,
        "qr": qr_svg(person.code),
    }
