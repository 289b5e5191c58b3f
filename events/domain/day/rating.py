"""A minute after a meeting: did they come, was it worth it, shall it go on; and what follows when both say yes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.locks import lock_event
from events.enums import MeetingState
from events.models import Event, EventStatement, Meeting, MeetingSide, Participant
from events.queries.contacts import contact_is_open
from hubs.models import User
from kernel.audit import record_change
from kernel.errors import DomainError, InvalidInput, NotFound
from matching.domain.introductions.carrying_on import Begun, carry_on
from matching.models import Introduction
from profiles.models import Statement
from profiles.texts import clean_text

LEAST_RATING, MOST_RATING = 1, 4
MAX_NOTE = 600


class TooEarlyToRate(DomainError):
    """The meeting has not begun."""

    code = "too_early_to_rate"


@dataclass(frozen=True)
class RatingFields:
    """What one side says; None means not said, which is never taken for a no."""

    other_came: bool | None = None
    rating: int | None = None
    goes_on: bool | None = None
    shares_contact: bool | None = None
    note: str = ""

    def cleaned(self) -> "RatingFields":
        """The fields as they can be stored.

        Raises:
            InvalidInput: a rating outside 1..4, a rating of somebody who did not come, or a note that is too long.
        """
        if self.rating is not None and not LEAST_RATING <= self.rating <= MOST_RATING:
            raise InvalidInput(_("Choose one of the four ratings."), field="rating")
        if self.other_came is False and (self.rating is not None or self.goes_on):
            raise InvalidInput(_("A meeting that did not happen cannot be rated."), field="rating")
        note = clean_text(self.note, field="note", max_length=MAX_NOTE)
        return RatingFields(self.other_came, self.rating, self.goes_on, self.shares_contact, note)


@transaction.atomic
def rate_meeting(
    side: MeetingSide,
    *,
    fields: RatingFields,
    actor: User | None,
    now: datetime,
    speaker: Participant | None = None,
) -> MeetingSide:
    """Store what a side says; said again, the later words count. Both yes to contact details: the contact goes on.

    `speaker` is who says it, where it may be a colleague who shares the agenda: nobody opens another's address.

    Raises:
        InvalidInput: the words cannot be stored.
        NotFound: the meeting was called off, or is gone.
        TooEarlyToRate: it has not begun.
    """
    said = fields.cleaned()
    meeting = _locked(side)
    if now < meeting.slot.starts_at:
        raise TooEarlyToRate(_("The meeting has not begun yet. Tell us afterwards."))
    locked = meeting.sides.select_for_update().get(pk=side.pk)
    locked.other_came, locked.rating, locked.goes_on = said.other_came, said.rating, said.goes_on
    is_own = speaker is None or speaker.pk == locked.participant_id
    # A yes to contact details cannot be taken back once both have said it: the addresses are out.
    if is_own and said.shares_contact is not None and not contact_is_open(meeting):
        locked.shares_contact = said.shares_contact
    locked.note, locked.rated_at = said.note, now
    locked.save()
    record_change(
        meeting.hub_id,
        actor_id=actor.pk if actor else None,
        action="meeting.rated",
        subject_type="meeting",
        subject_id=meeting.public_id,
        changed_fields=("rating",),
    )
    if contact_is_open(meeting):
        continue_contact(meeting, now=now)
    return locked


def continue_contact(meeting: Meeting, *, now: datetime) -> Introduction | None:
    """The contact of the two who met, from now on like any other; None where both speak in one profile."""
    request = meeting.request
    seeker, receiver = request.sender.participation.profile, request.receiver.participation.profile
    if seeker.pk == receiver.pk:
        return None
    begun = Begun(
        met_at=meeting.slot.starts_at,
        asked=request.reason,
        seeker_text=request.seeker_text,
        receiver_text=request.receiver_text,
        seeker_language=_language_of(request.seeker_text, request.sender),
        receiver_language=_language_of(request.receiver_text, request.receiver),
        impression=request.impression,
        place=meeting.event.name,
        is_simulated=meeting.event.is_simulated,
    )
    return carry_on(seeker=seeker, receiver=receiver, begun=begun, now=now, public_id=meeting.public_id)


def _language_of(text: str, person: Participant) -> str:
    """What the text is written in, else what the person reads; requests keep the words alone."""
    told = EventStatement.objects.filter(participation=person.participation, text=text)
    written = Statement.objects.filter(profile=person.participation.profile, text=text)
    for rows in (told, written):
        language = rows.values_list("language", flat=True).first()
        if language is not None:
            return language
    return person.language


def _locked(side: MeetingSide) -> Meeting:
    """The meeting's row under its event's lock; both profiles are locked after it, where a contact goes on."""
    # Read anew: the meeting may have gone with somebody's profile since the side was read.
    for event in Event.objects.filter(meetings=side.meeting_id):
        lock_event(event)
    rows = Meeting.objects.select_for_update(of=("self",)).select_related(
        "event",
        "slot",
        "request__sender__participation__profile",
        "request__receiver__participation__profile",
    )
    meeting = rows.filter(pk=side.meeting_id, state=MeetingState.PLANNED).first()
    if meeting is None:
        raise NotFound(_("That meeting was called off."))
    return meeting
