"""Who comes: the profile that takes part, its people, what they offer and seek here, and when they can."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from events.enums import ParticipantState, PeopleKind, SessionPart
from events.models.days import Event, ProgrammeSession, Slot, Stand
from hubs.models import Hub
from kernel.models import BaseModel
from profiles.enums import StatementKind
from profiles.models import Profile, Statement

User = settings.AUTH_USER_MODEL
MAX_EVENT_TEXT = 1_500


class Participation(BaseModel):
    """A profile that takes part in an event: one however many people it sends."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="participations")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="participations")
    in_catalogue = models.BooleanField(_("stands in the catalogue"), default=True)

    class Meta:
        ordering = ("event", "profile")
        constraints = (models.UniqueConstraint(fields=("event", "profile"), name="takes_part_once"),)

    def __str__(self) -> str:
        return f"{self.profile} · {self.event}"


class EventStatement(BaseModel):
    """What a profile offers or seeks at this event: words of its own, or those of a statement it chose.

    `vector` is the text's embedding (float32, of encoder `vector_of`), written when it is first needed.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="statements")
    kind = models.CharField(_("kind"), max_length=10, choices=StatementKind)
    text = models.TextField(_("text"), max_length=MAX_EVENT_TEXT)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="da")
    statement = models.ForeignKey(Statement, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    vector = models.BinaryField(null=True, blank=True, editable=False)
    vector_of = models.CharField(max_length=80, blank=True, editable=False)

    class Meta:
        ordering = ("participation", "position", "id")
        constraints = (models.CheckConstraint(condition=~models.Q(text=""), name="event_statement_has_text"),)

    def __str__(self) -> str:
        return self.text[:60]

    def is_open_to(self, levels: frozenset[str]) -> bool:
        """Whether readers of these visibility levels may read it: own words are for all, a copy as its original."""
        return self.statement is None or self.statement.visibility in levels


class Participant(BaseModel):
    """One person at one event. `host` set: the person shares the host's agenda (colleagues at one stand).

    Meetings are planned for those without host. `code` stands on the badge (typed or scanned); it opens nothing.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="people")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="people")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="event_places")
    host = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="team")
    stand = models.ForeignKey(Stand, null=True, blank=True, on_delete=models.SET_NULL, related_name="people")
    kind = models.CharField(_("comes as"), max_length=15, choices=PeopleKind, default=PeopleKind.PARTICIPANT)
    state = models.CharField(max_length=12, choices=ParticipantState, default=ParticipantState.REGISTERED)
    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("title or task"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"))
    phone = models.CharField(_("telephone on the day"), max_length=40, blank=True)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="da")
    code = models.CharField(max_length=12)
    is_senior = models.BooleanField(_("senior researcher or clinician"), default=False)
    meets = models.BooleanField(_("takes booked meetings"), default=False)
    may_be_asked = models.BooleanField(_("others may ask them to open up for meetings"), default=True)
    asked_to_open = models.PositiveSmallIntegerField(default=0, help_text="How many have asked them to open up.")
    most_meetings = models.PositiveSmallIntegerField(
        _("meetings at most"), null=True, blank=True, validators=(MinValueValidator(1), MaxValueValidator(60))
    )
    beside_cap = models.BooleanField(
        _("meetings here come on top of our monthly cap"), default=False, help_text="The person's own choice."
    )
    access_needs = models.CharField(_("what you need to take part"), max_length=500, blank=True)
    shares_contact = models.BooleanField(_("e-mail and telephone may stand in the catalogue"), default=False)
    terms_number = models.PositiveSmallIntegerField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True, help_text="When they joined the waiting or standby list.")
    reconfirm_asked_at = models.DateTimeField(null=True, blank=True)
    reconfirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    imported_key = models.CharField(max_length=120, blank=True, help_text="Where an import found the person.")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("event", "code"), name="badge_code_once"),
            models.UniqueConstraint("event", Lower("email"), name="person_once_an_event"),
        )
        indexes = (models.Index(fields=("event", "state"), name="participant_state"),)

    def __str__(self) -> str:
        return self.name

    @property
    def organisation_id(self) -> int:
        """The organisation for which the person comes; lets the policy module judge."""
        return self.participation.profile.organisation_id

    @property
    def has_own_agenda(self) -> bool:
        """Whether meetings are planned for the person, not for the colleague whose agenda it shares."""
        return self.host_id is None


class Availability(models.Model):
    """A slot in which the person cannot meet; no row means it can."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="closed_slots")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="closed_for")

    class Meta:
        ordering = ("participant", "slot")
        constraints = (models.UniqueConstraint(fields=("participant", "slot"), name="closed_slot_once"),)

    def __str__(self) -> str:
        return f"{self.participant_id} not {self.slot_id}"


class SessionSeat(models.Model):
    """A person in a session: no meetings meanwhile."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(ProgrammeSession, on_delete=models.CASCADE, related_name="seats_taken")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="sessions")
    part = models.CharField(max_length=10, choices=SessionPart, default=SessionPart.ATTENDS)

    class Meta:
        ordering = ("session", "participant")
        constraints = (models.UniqueConstraint(fields=("session", "participant"), name="session_seat_once"),)

    def __str__(self) -> str:
        return f"{self.participant_id} in {self.session_id}"
