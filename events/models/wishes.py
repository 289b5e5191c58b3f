"""What people wish: private preferences, and requests that the other side answers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.enums import RequestOrigin, RequestState, Wanting
from events.models.days import Event, Slot, Stand, Table
from events.models.people import Participant
from hubs.models import Hub
from kernel.models import BaseModel

MAX_REASON = 600


class Preference(BaseModel):
    """What one person wishes of another person or of a stand; nobody else ever sees a "no thanks"."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="preferences")
    person = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="preferences")
    other = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.CASCADE, related_name="wished_by")
    stand = models.ForeignKey(Stand, null=True, blank=True, on_delete=models.CASCADE, related_name="wished_by")
    wanting = models.CharField(max_length=10, choices=Wanting)

    class Meta:
        ordering = ("person", "id")
        constraints = (
            models.UniqueConstraint(fields=("person", "other"), name="preference_once_a_person"),
            models.UniqueConstraint(fields=("person", "stand"), name="preference_once_a_stand"),
            models.CheckConstraint(
                condition=models.Q(other__isnull=False, stand__isnull=True)
                | models.Q(other__isnull=True, stand__isnull=False),
                name="preference_of_one_thing",
            ),
            models.CheckConstraint(condition=~models.Q(person=models.F("other")), name="preference_of_another"),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.wanting}"


class MeetingRequest(BaseModel):
    """A meeting that one asks of another, with a reason; accepted ones are what the timetable plans.

    `sender` and `receiver` are people with agendas of their own. `worth` is the predicted value (about 0..1) when it
    was made; `fixed_*` are an organiser's hand. `reasons_*` are the words of both statements, shown on the bridge card.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="requests")
    sender = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="requests_sent")
    receiver = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="requests_received")
    stand = models.ForeignKey(
        Stand, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests", help_text="Held there."
    )
    origin = models.CharField(max_length=10, choices=RequestOrigin, default=RequestOrigin.PERSON)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.ASKED)
    is_must = models.BooleanField(_("must"), default=False)
    reason = models.TextField(_("why you want to meet"), max_length=MAX_REASON, blank=True)
    seeker_text = models.TextField(blank=True)
    receiver_text = models.TextField(blank=True)
    worth = models.FloatField(default=0.5)
    decline_note = models.CharField(max_length=MAX_REASON, blank=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    fixed_slot = models.ForeignKey(Slot, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    fixed_table = models.ForeignKey(Table, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    before = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="after", help_text="Held earlier than."
    )
    impression = models.ForeignKey(
        "matching.Impression", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~models.Q(sender=models.F("receiver")), name="request_of_two"),
            models.UniqueConstraint(
                fields=("sender", "receiver"),
                condition=models.Q(state__in=[RequestState.ASKED, RequestState.ACCEPTED]),
                name="one_open_request_a_pair",
            ),
        )
        indexes = (
            models.Index(fields=("event", "state"), name="meeting_request_state"),
            models.Index(fields=("state", "expires_at"), name="meeting_request_due"),
        )

    def __str__(self) -> str:
        return f"{self.public_id} ({self.state})"


class RequestGuest(models.Model):
    """A third or further person of a meeting: makes it a group meeting."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(MeetingRequest, on_delete=models.CASCADE, related_name="guests")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="guest_of")

    class Meta:
        ordering = ("request", "id")
        constraints = (models.UniqueConstraint(fields=("request", "participant"), name="guest_once"),)

    def __str__(self) -> str:
        return f"{self.participant_id} in {self.request_id}"
