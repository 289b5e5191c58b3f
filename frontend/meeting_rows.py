"""Agreed meetings in words for the organiser: who meets, how it stands, and what of it is set by hand."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from events.enums import COMING, MeetingState, RequestOrigin
from events.models import Event, Meeting, MeetingRequest, Participant
from frontend.timetable_words import person_words, place_words, slot_words


@dataclass(frozen=True)
class MeetingRow:
    """One agreed request as the list and its own page tell it; `version` is what a button was shown beside."""

    request: MeetingRequest
    pair: str
    guests: tuple[Participant, ...]
    state: str
    fixed: str
    before: str
    after: tuple[tuple[str, MeetingRequest], ...]
    published: Meeting | None
    is_organised: bool
    is_by_hand: bool

    @property
    def guest_words(self) -> str:
        """Everybody besides the two."""
        return ", ".join(map(person_words, self.guests))


def meeting_row(request: MeetingRequest, event: Event) -> MeetingRow:
    """The row of a request that `agreed_requests` has read."""
    meeting = getattr(request, "meeting", None)
    return MeetingRow(
        request=request,
        pair=pair_words(request),
        guests=tuple(guest.participant for guest in request.guests.all()),
        state=_state(request, meeting, event),
        fixed=_fixed(request, meeting, event),
        before=pair_words(request.before) if request.before is not None else "",
        after=tuple((pair_words(each), each) for each in request.after.all()),
        published=meeting if meeting is not None and meeting.state == MeetingState.PLANNED else None,
        is_organised=request.origin == RequestOrigin.ORGANISER,
        is_by_hand=bool(getattr(request, "is_by_hand", False)),
    )


def pair_words(request: MeetingRequest) -> str:
    """Whom the request brings together, each with whom they come for."""
    return f"{person_words(request.sender)} – {person_words(request.receiver)}"


def _state(request: MeetingRequest, meeting: Meeting | None, event: Event) -> str:
    if meeting is not None and meeting.state == MeetingState.PLANNED:
        where = place_words(table=meeting.table, stand=meeting.stand)
        return _("Published: %(when)s, %(where)s") % {"when": slot_words(meeting.slot, event), "where": where}
    if not (_takes_part(request.sender) and _takes_part(request.receiver)):
        return _("Not planned: somebody does not come, or takes no meetings any more")
    if meeting is not None:
        return _("Lost its time; the next repair looks for another")
    return _("Agreed; the next timetable or repair plans it")


def _takes_part(person: Participant) -> bool:
    host = person.host if person.host_id is not None and person.host is not None else person
    return person.state in COMING and host.state in COMING and host.meets


def _fixed(request: MeetingRequest, meeting: Meeting | None, event: Event) -> str:
    """What a hand has set of time and place; a stand counts where the time is set as well."""
    parts = [slot_words(request.fixed_slot, event)] if request.fixed_slot is not None else []
    if request.fixed_table is not None:
        parts.append(place_words(table=request.fixed_table, stand=None))
    if not parts and meeting is not None and meeting.is_fixed:
        parts = [slot_words(meeting.slot, event), place_words(table=meeting.table, stand=meeting.stand)]
    elif request.fixed_slot is not None and request.stand is not None:
        parts.append(place_words(table=None, stand=request.stand))
    return ", ".join(parts)
