"""An event of a hub and the profiles that take part."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from hubs.models import Hub
from kernel.models import BaseModel
from profiles.models import Profile


class Event(BaseModel):
    """A day (or more) on which members meet, Medico Bazar style."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="events")
    slug = models.SlugField(max_length=80)
    name = models.CharField(_("name"), max_length=160)
    place = models.CharField(_("place"), max_length=160, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    participants = models.ManyToManyField(Profile, through="Participation", related_name="events")

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("hub", "slug"), name="event_slug_once_a_hub"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="event_ends_later"),
        )

    def __str__(self) -> str:
        return self.name


class Participation(BaseModel):
    """A profile that takes part in an event."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="participations")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="participations")

    class Meta:
        ordering = ("event", "profile")
        constraints = (models.UniqueConstraint(fields=("event", "profile"), name="takes_part_once"),)

    def __str__(self) -> str:
        return f"{self.profile} · {self.event}"
