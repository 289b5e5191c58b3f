"""An introduction from draft to meeting, what it rests on, who said what when, and the places that cap it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from hubs.models import Hub
from kernel.models import BaseModel
from matching.enums import (
    ANSWERABLE_STATES,
    CONSENTED_STATES,
    OPEN_STATES,
    Channel,
    DeclineReason,
    IntroductionState,
    OpiStep,
    Purpose,
    ScreeningGroup,
    ScreeningMark,
    Side,
    TimelineKind,
)
from profiles.enums import Taxonomy
from profiles.models import Profile, Statement, term_constraints, term_field

User = settings.AUTH_USER_MODEL
MAX_ASKED_CHARACTERS = 1_500
MAX_NOTE_CHARACTERS = 1_000


class HubRules(models.Model):
    """How a hub brokers contacts; without a row the defaults hold."""

    hub = models.OneToOneField(Hub, on_delete=models.CASCADE, primary_key=True, related_name="rules")
    answer_days = models.PositiveSmallIntegerField(
        _("days to answer"), default=14, validators=(MinValueValidator(2), MaxValueValidator(90))
    )
    open_requests = models.PositiveSmallIntegerField(
        _("open requests at a time, per organisation"),
        default=6,
        validators=(MinValueValidator(1), MaxValueValidator(100)),
    )
    screens_all = models.BooleanField(_("a facilitator reads every request first"), default=False)
    explored_places = models.PositiveSmallIntegerField(
        _("places of a list of ten for trying out"), default=1, validators=(MaxValueValidator(5),)
    )

    def __str__(self) -> str:
        return f"{self.hub_id}: rules"


class ContactRules(models.Model):
    """How much contact a profile takes: its cap a calendar month is absolute, whatever the channel."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    profile = models.OneToOneField(Profile, on_delete=models.CASCADE, primary_key=True, related_name="contact_rules")
    monthly_cap = models.PositiveSmallIntegerField(
        _("requests a month at most"), null=True, blank=True, validators=(MaxValueValidator(500),)
    )
    wants_screening = models.BooleanField(_("a facilitator reads requests first"), default=False)

    class Meta:
        ordering = ("profile",)

    def __str__(self) -> str:
        return f"{self.profile_id}: at most {self.monthly_cap} a month"


class LoadPlace(models.Model):
    """One of a profile's places of one month, taken by one request or meeting.

    Places are numbered from 1 to the cap and each exists once, so that no two processes can break the cap.
    `subject` is the public id of what took it: an introduction, later an event meeting.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    month = models.DateField(help_text="First day of the month.")
    number = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=12, choices=Channel)
    subject = models.UUIDField(unique=True)

    class Meta:
        ordering = ("profile", "month", "number")
        constraints = (models.UniqueConstraint(fields=("profile", "month", "number"), name="load_place_once"),)

    def __str__(self) -> str:
        return f"{self.profile_id} {self.month:%Y-%m} #{self.number}"


class Introduction(BaseModel):
    """A request from one side to the other about one concrete purpose, and what became of it.

    Contact details open when both `seeker_consented_at` and `receiver_consented_at` are there.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="introductions")
    seeker = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="introductions_asked")
    receiver = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="introductions_received")
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.OPI_LIGHT)
    contact_purpose = term_field(Taxonomy.CONTACT_PURPOSE)
    opi_step = models.CharField(_("step of the OPI ladder"), max_length=30, choices=OpiStep, blank=True)
    ip_state = term_field(Taxonomy.IP_STATE)
    novelty_checked = models.BooleanField(_("novelty is secured before we tell more"), default=False)
    asked = models.TextField(_("what exactly you ask for"), max_length=MAX_ASKED_CHARACTERS, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes it takes them"), null=True, blank=True, validators=(MinValueValidator(5), MaxValueValidator(6_000))
    )
    state = models.CharField(max_length=12, choices=IntroductionState, default=IntroductionState.DRAFT)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.WEB)
    impression = models.ForeignKey(
        "matching.Impression", null=True, blank=True, on_delete=models.SET_NULL, related_name="introductions"
    )
    project = models.ForeignKey(
        "matching.Project", null=True, blank=True, on_delete=models.SET_NULL, related_name="introductions"
    )
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    facilitator = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases")
    seeker_consented_at = models.DateTimeField(null=True, blank=True)
    receiver_consented_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When the last word fell: yes, no or not now.")
    declined_by = models.CharField(max_length=10, choices=Side, blank=True)
    decline_reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    decline_note = models.CharField(max_length=MAX_NOTE_CHARACTERS, blank=True)
    ask_again_on = models.DateField(null=True, blank=True)
    asked_again = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="asked_before"
    )
    meeting_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    new_to_each_other = models.BooleanField(null=True, blank=True, help_text="Told from history when both said yes.")
    is_simulated = models.BooleanField(default=False, help_text="Part of a demonstration, never of a real record.")
    features = models.JSONField(
        default=list,
        blank=True,
        help_text="Of the pair when it was sent without an impression, in the order of `contact_features.NAMES`.",
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~models.Q(seeker=models.F("receiver")), name="introduction_of_two"),
            models.UniqueConstraint(
                fields=("seeker", "receiver"),
                condition=models.Q(state__in=sorted(OPEN_STATES)),
                name="one_open_introduction_a_pair",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=sorted(CONSENTED_STATES))
                | models.Q(seeker_consented_at__isnull=False, receiver_consented_at__isnull=False),
                name="accepted_by_both",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=sorted(ANSWERABLE_STATES))
                | models.Q(sent_at__isnull=False, expires_at__isnull=False),
                name="sent_requests_expire",
            ),
            *term_constraints(
                "introduction",
                {"contact_purpose": Taxonomy.CONTACT_PURPOSE, "ip_state": Taxonomy.IP_STATE},
            ),
        )
        indexes = (
            models.Index(fields=("hub", "state", "expires_at"), name="introduction_due"),
            models.Index(fields=("receiver", "sent_at"), name="introduction_received"),
        )

    def __str__(self) -> str:
        return f"{self.public_id} ({self.state})"

    @property
    def both_consented(self) -> bool:
        """Whether contact details are open to the two sides."""
        return self.seeker_consented_at is not None and self.receiver_consented_at is not None

    @property
    def was_sent(self) -> bool:
        """Whether it ever left its writer and the facilitator, so that the asked side may know of it."""
        return self.sent_at is not None

    def party(self, side: str) -> Profile:
        """The profile on that side."""
        return self.seeker if side == Side.SEEKER else self.receiver


class Quote(models.Model):
    """A statement that the request rests on, in the words it had then; the statement itself may change or go."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="quotes")
    side = models.CharField(max_length=10, choices=Side)
    statement = models.ForeignKey(Statement, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)

    class Meta:
        ordering = ("introduction", "id")
        constraints = (models.UniqueConstraint(fields=("introduction", "side"), name="one_quote_a_side"),)

    def __str__(self) -> str:
        return self.text[:60]


class TimelineEntry(models.Model):
    """One thing that happened in a relation; stays with the hub when facilitators come and go."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="timeline")
    kind = models.CharField(max_length=20, choices=TimelineKind)
    side = models.CharField(max_length=10, choices=Side, blank=True, help_text="Empty: the hub or the clock.")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    text = models.CharField(max_length=MAX_NOTE_CHARACTERS, blank=True)
    staff_only = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("introduction", "at", "id")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.kind}"


class Screening(models.Model):
    """What a facilitator found on one criterion of a request before the asked party sees it."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="screenings")
    group = models.CharField(max_length=12, choices=ScreeningGroup)
    criterion = models.CharField(max_length=40, help_text="A code of `matching.domain.introductions.screening`.")
    mark = models.CharField(max_length=10, choices=ScreeningMark, default=ScreeningMark.UNKNOWN)

    class Meta:
        ordering = ("introduction", "id")
        constraints = (models.UniqueConstraint(fields=("introduction", "criterion"), name="criterion_once"),)

    def __str__(self) -> str:
        return f"{self.criterion}: {self.mark}"


class Declaration(models.Model):
    """What one side declares about its impartiality (habilitet) before the contact."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="declarations")
    side = models.CharField(max_length=10, choices=Side)
    has_interests = models.BooleanField(_("has interests in the other side"))
    text = models.CharField(max_length=MAX_NOTE_CHARACTERS, blank=True)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("introduction", "side")
        constraints = (models.UniqueConstraint(fields=("introduction", "side"), name="one_declaration_a_side"),)

    def __str__(self) -> str:
        return f"{self.introduction_id} {self.side}"
