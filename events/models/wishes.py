"""What people wish: private preferences, and requests that the other side answers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.enums import RequestOrigin, RequestState, Wanting
from events.models.days import Event, Slot, Stand, Table
from events.models.people import Participant
from hubs.models import Hub
from kernel.models import BaseModel
from matching.enums import Direction
from profiles.models import Statement

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
    direction = models.CharField(
        max_length=12, choices=Direction, blank=True, help_text="Which of the sender's texts meets which, as it reads."
    )
    worth = models.FloatField(default=0.5)
    decline_note = models.CharField(max_length=MAX_REASON, blank=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    fixed_slot = models.ForeignKey(Slot, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
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

    @property
    def usual_stand(self) -> Stand | None:
        """Where it is held unless a hand says otherwise: who is asked is visited."""
        if self.origin == RequestOrigin.PERSON:
            return self.receiver.stand
        return self.receiver.stand or self.sender.stand


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


class SuggestionRound(models.Model):
    """What an event's recommendations were computed from and when, and which round of them was mailed last."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="suggestion_round")
    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64, blank=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    number = models.PositiveSmallIntegerField(default=0, help_text="How many rounds were asked for.")
    asked_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mailed_to = models.PositiveIntegerField(default=0, help_text="How many the last round went to.")

    class Meta:
        ordering = ("event",)

    def __str__(self) -> str:
        return f"{self.event_id} #{self.number}"

    @property
    def is_due(self) -> bool:
        """Whether an organiser has asked for a round that has not been mailed."""
        return self.asked_at is not None and (self.mailed_at is None or self.mailed_at < self.asked_at)


class Suggestion(models.Model):
    """One person recommended to another at an event, with the two texts that speak for it.

    Rows are replaced whenever they are computed anew. `features` are the pair's, in the order of
    `matching.engine.features.NAMES`; the statements are there where a text is one of the profile's own.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="suggestions")
    person = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="suggestions")
    other = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="suggested_to")
    rank = models.PositiveSmallIntegerField(help_text="From 1, best first.")
    worth = models.FloatField()
    direction = models.CharField(max_length=12, choices=Direction)
    seeker_text = models.TextField()
    seeker_language = models.CharField(max_length=5)
    receiver_text = models.TextField()
    receiver_language = models.CharField(max_length=5)
    seeker_statement = models.ForeignKey(Statement, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    receiver_statement = models.ForeignKey(
        Statement, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    features = models.JSONField(default=list)

    class Meta:
        ordering = ("person", "rank")
        constraints = (models.UniqueConstraint(fields=("person", "other"), name="suggested_once"),)
        indexes = (models.Index(fields=("event", "person"), name="suggestion_event"),)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.rank}. {self.other_id}"
