"""Whose addresses a meeting opened: those of the two who said so themselves, never of all who speak for them."""

from events.models import Meeting, MeetingSide, Participant
from matching.enums import Channel, Side
from matching.models import Introduction
from matching.queries.contacts import ContactPerson, contact_people


def main_side(meeting: Meeting, person: Participant) -> MeetingSide | None:
    """The side of the meeting's sender or receiver: its own, else that of the colleague whose agenda it shares."""
    sides = {side.participant_id: side for side in meeting.sides.all()}
    own = sides.get(person.pk)
    return own or (sides.get(person.host_id) if person.host_id is not None else None)


def contact_is_open(meeting: Meeting) -> bool:
    """Whether the two who met see each other's addresses: both said so, neither said the other stayed away."""
    sides = (main_side(meeting, meeting.request.sender), main_side(meeting, meeting.request.receiver))
    return all(side is not None and side.shares_contact and side.other_came is not False for side in sides)


def opened_to(side: MeetingSide, reader: Participant) -> Participant | None:
    """Whose address is open to the reader of that side: the other of the two; None for guests and for colleagues."""
    meeting = side.meeting
    if side.participant_id != reader.pk or not contact_is_open(meeting):
        return None
    two = (main_side(meeting, meeting.request.sender), main_side(meeting, meeting.request.receiver))
    found = [each for each in two if each is not None]
    if side.pk not in {each.pk for each in found}:
        return None
    return next((each.participant for each in found if each.pk != side.pk), None)


def reachable_people(introduction: Introduction, side: Side) -> tuple[ContactPerson, ...]:
    """Whom one reaches on that side, to be shown only when both have said yes; of an event only who was there."""
    if introduction.channel != Channel.EVENT:
        return contact_people(introduction, side)
    rows = Meeting.objects.select_related("request__sender", "request__receiver")
    rows = rows.prefetch_related("sides__participant")
    meeting = rows.filter(hub_id=introduction.hub_id, public_id=introduction.public_id).first()
    if meeting is None or not contact_is_open(meeting):
        return ()
    person = meeting.request.sender if side == Side.SEEKER else meeting.request.receiver
    found = main_side(meeting, person)
    return (ContactPerson(found.participant.name, found.participant.email),) if found is not None else ()
