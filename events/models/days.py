"""The day: when, what kind, which rules; its time grid, halls, tables, stands and sessions."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.enums import ActivityLevel, EventKind, EventState, RequestMode
from hubs.models import Hub
from kernel.models import BaseModel
from profiles.enums import Taxonomy
from profiles.models import Organisation, Profile, term_constraints, term_field

MOST_PARTICIPANTS = 10_000


class Event(BaseModel):
    """A day (or more) on which members meet, Medico Bazar style.

    `version` counts what organisers change, so that two who edit at once notice; `time_zone` is where the clock hangs.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="events")
    slug = models.SlugField(max_length=80)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind of event"), max_length=20, choices=EventKind, default=EventKind.MEDICO_BAZAR)
    level = models.CharField(_("for whom"), max_length=20, choices=ActivityLevel, default=ActivityLevel.OPEN)
    state = models.CharField(_("state"), max_length=15, choices=EventState, default=EventState.OPEN)
    place = models.CharField(_("place"), max_length=160, blank=True)
    address = models.CharField(_("address"), max_length=240, blank=True)
    summary = models.TextField(_("what it is about"), max_length=5_000, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Copenhagen")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    registration_opens_at = models.DateTimeField(_("registration opens"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(_("registration closes"), null=True, blank=True)
    wishes_close_at = models.DateTimeField(_("wishes close"), null=True, blank=True)
    reconfirm_at = models.DateTimeField(_("reconfirmation is asked"), null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("places"), null=True, blank=True, validators=(MinValueValidator(1), MaxValueValidator(MOST_PARTICIPANTS))
    )
    request_mode = models.CharField(
        _("how meetings come about"), max_length=15, choices=RequestMode, default=RequestMode.REQUEST_ACCEPT
    )
    request_days = models.PositiveSmallIntegerField(
        _("days to answer a request"), default=7, validators=(MinValueValidator(1), MaxValueValidator(60))
    )
    open_requests = models.PositiveSmallIntegerField(
        _("open requests a person may have"), default=12, validators=(MinValueValidator(1), MaxValueValidator(200))
    )
    guaranteed_meetings = models.PositiveSmallIntegerField(
        _("meetings that we promise everybody with enough wishes"), default=3, validators=(MaxValueValidator(40),)
    )
    most_meetings = models.PositiveSmallIntegerField(
        _("meetings a person has at most"), null=True, blank=True, validators=(MinValueValidator(1),)
    )
    equal_within = models.PositiveSmallIntegerField(
        _("waiting times differ by at most"), null=True, blank=True, validators=(MaxValueValidator(40),)
    )
    keeps_colleagues_apart = models.BooleanField(_("people of one organisation do not meet each other"), default=True)
    earlier_edition = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="later_editions"
    )
    wall_link = models.PositiveIntegerField(
        _("number of the screen's link"),
        default=1,
        help_text="Links of the hall's screen with another number are closed.",
    )
    cancel_reason = models.CharField(_("why it is called off"), max_length=600, blank=True)
    is_simulated = models.BooleanField(default=False, help_text="Part of a demonstration, never of a real record.")
    version = models.PositiveIntegerField(default=1)
    participants = models.ManyToManyField(Profile, through="events.Participation", related_name="events")

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("hub", "slug"), name="event_slug_once_a_hub"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="event_ends_later"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The clock of the place."""
        return ZoneInfo(self.time_zone)


class EventTerms(models.Model):
    """What everybody agrees to who registers; a new text is a new version, and each agreement names its version."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="terms")
    number = models.PositiveSmallIntegerField(default=1)
    text = models.TextField(_("terms"), max_length=20_000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("event", "-number")
        constraints = (models.UniqueConstraint(fields=("event", "number"), name="event_terms_once"),)

    def __str__(self) -> str:
        return f"{self.event_id} v{self.number}"


class LivingSlots(models.Manager["Slot"]):
    """Slots that are in the grid; `event.slots` too leaves out those that were taken away."""

    def get_queryset(self) -> models.QuerySet["Slot"]:
        """All but the lost ones."""
        return super().get_queryset().filter(is_lost=False)


class Slot(BaseModel):
    """One period in which meetings are held; breaks are what lies between slots.

    `part` counts the stretches between long breaks (morning 0, afternoon 1) and days. A slot that once held a meeting
    is not deleted but lost: calendars must be told when the meeting that was called off would have been.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    part = models.PositiveSmallIntegerField(default=0)
    is_lost = models.BooleanField(default=False, help_text="No longer in the grid.")

    objects = LivingSlots()
    lost_too = models.Manager["Slot"]()

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("event", "starts_at"), condition=models.Q(is_lost=False), name="slot_once"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="slot_ends_later"),
        )

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}"


class Hall(BaseModel):
    """A hall or room: where stands, tables or sessions are. `plan_*` is its size on the hall plan, in decimetres."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="halls")
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    plan_width = models.PositiveSmallIntegerField(default=400)
    plan_height = models.PositiveSmallIntegerField(default=250)
    seats = models.PositiveSmallIntegerField(_("seats for a session"), null=True, blank=True)

    class Meta:
        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=("event", "name"), name="hall_name_once"),)

    def __str__(self) -> str:
        return self.name


class Walk(models.Model):
    """Minutes to walk between two halls, both ways."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="walks")
    one = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField(_("minutes"), validators=(MaxValueValidator(120),))

    class Meta:
        ordering = ("one", "other")
        constraints = (models.UniqueConstraint(fields=("one", "other"), name="walk_once"),)

    def __str__(self) -> str:
        return f"{self.one_id}-{self.other_id}: {self.minutes}"


class Table(BaseModel):
    """A meeting table that anybody may be given."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tables")
    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="tables")
    label = models.CharField(_("table"), max_length=20)
    position = models.PositiveSmallIntegerField(default=0)
    is_lost = models.BooleanField(_("cannot be used"), default=False)

    class Meta:
        ordering = ("hall", "position", "id")
        constraints = (models.UniqueConstraint(fields=("event", "label"), name="table_label_once"),)

    def __str__(self) -> str:
        return self.label


class Stand(BaseModel):
    """An exhibitor's stand: where it is on the plan, whose it is, and how many meetings it holds at a time.

    A stand without organisation is still free. `left` and `top` are decimetres on the hall's plan.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="stands")
    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="stands")
    number = models.CharField(_("stand"), max_length=20)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="stands"
    )
    profile = models.ForeignKey(Profile, null=True, blank=True, on_delete=models.SET_NULL, related_name="stands")
    theme = term_field(Taxonomy.THEME)
    meetings_at_once = models.PositiveSmallIntegerField(
        _("meetings at a time"), default=1, validators=(MinValueValidator(1), MaxValueValidator(10))
    )
    left = models.PositiveSmallIntegerField(default=0)
    top = models.PositiveSmallIntegerField(default=0)
    width = models.PositiveSmallIntegerField(default=30)
    height = models.PositiveSmallIntegerField(default=20)

    class Meta:
        ordering = ("hall", "number", "id")
        constraints = (
            models.UniqueConstraint(fields=("event", "number"), name="stand_number_once"),
            *term_constraints("stand", {"theme": Taxonomy.THEME}),
        )

    def __str__(self) -> str:
        return self.number


class ProgrammeSession(BaseModel):
    """A talk, workshop or plenary; who speaks or takes part has no meeting meanwhile."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sessions")
    hall = models.ForeignKey(Hall, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions")
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("what it is about"), max_length=3_000, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="da")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    is_for_all = models.BooleanField(_("everybody takes part, so that no meetings lie in it"), default=False)

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="session_ends_later"),
        )

    def __str__(self) -> str:
        return self.title
