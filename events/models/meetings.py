"""Published meetings, what both sides say of them, check-in, and freed slots that are offered."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.enums import MeetingState, OfferState
from events.models.days import Event, Slot, Stand, Table
from events.models.people import Participant
from events.models.wishes import MeetingRequest
from hubs.models import Hub
from kernel.models import BaseModel


class Meeting(BaseModel):
    """A meeting that everybody concerned has been told of.

    Its `public_id` is the calendar's UID; `sequence` grows with each change of time or place, so that calendars follow.
    A meeting that is called off stays, so that calendars can be told to drop it.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="meetings")
    request = models.OneToOneField(MeetingRequest, on_delete=models.CASCADE, related_name="meeting")
    slot = models.ForeignKey(Slot, on_delete=models.RESTRICT, related_name="meetings")
    table = models.ForeignKey(Table, null=True, blank=True, on_delete=models.RESTRICT, related_name="meetings")
    stand = models.ForeignKey(Stand, null=True, blank=True, on_delete=models.RESTRICT, related_name="meetings")
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    is_fixed = models.BooleanField(_("set by hand"), default=False)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("slot", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("slot", "table"),
                condition=models.Q(state=MeetingState.PLANNED),
                name="no_table_twice",
            ),
            models.CheckConstraint(
                condition=~models.Q(table__isnull=False, stand__isnull=False), name="meeting_in_one_place"
            ),
        )
        indexes = (models.Index(fields=("event", "state"), name="meeting_state"),)

    def __str__(self) -> str:
        return f"{self.slot_id}: {self.request_id}"


class MeetingSide(BaseModel):
    """One person's part of a published meeting: came or not, and what they say of it in ten seconds."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="sides")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="meetings")
    other_came = models.BooleanField(null=True, blank=True, help_text="What this side says of the other.")
    rating = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=(MinValueValidator(1), MaxValueValidator(4))
    )
    goes_on = models.BooleanField(_("we want to go on"), null=True, blank=True)
    shares_contact = models.BooleanField(_("they may have my contact details"), null=True, blank=True)
    note = models.CharField(max_length=600, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("meeting", "id")
        constraints = (models.UniqueConstraint(fields=("meeting", "participant"), name="meeting_side_once"),)

    def __str__(self) -> str:
        return f"{self.participant_id} in {self.meeting_id}"


class CheckIn(models.Model):
    """A scan at the door or a typed code; `scan` is made by the phone, so that one sent twice after a gap is once."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="check_ins")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="check_ins")
    scan = models.UUIDField(unique=True)
    at = models.DateTimeField(help_text="When the phone saw the badge.")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("event", "at")

    def __str__(self) -> str:
        return f"{self.participant_id} {self.at:%H:%M}"


class StandbyOffer(BaseModel):
    """A freed slot offered to two who wished to meet: it becomes a meeting when both sides say yes."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="standby_offers")
    request = models.ForeignKey(MeetingRequest, on_delete=models.CASCADE, related_name="standby_offers")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="standby_offers")
    table = models.ForeignKey(Table, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    stand = models.ForeignKey(Stand, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.OFFERED)
    sender_yes_at = models.DateTimeField(null=True, blank=True)
    receiver_yes_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("event", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("request",), condition=models.Q(state=OfferState.OFFERED), name="one_offer_a_request"
            ),
        )

    def __str__(self) -> str:
        return f"{self.request_id} in {self.slot_id}"
