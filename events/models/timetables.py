"""Computing a timetable and publishing it: what runs, what it found, and what everybody was told."""

from django.conf import settings
from django.db import models

from events.enums import RunKind, RunState
from events.models.days import Event
from hubs.models import Hub
from kernel.models import BaseModel

User = settings.AUTH_USER_MODEL


class TimetableRun(BaseModel):
    """One computing of a timetable: asked for by an organiser, done by the worker, stopped at any moment.

    `plan` is the best so far, `{request public id: [slot public id, "table:<public id>" | "stand:<public id>"]}`,
    written while it runs, so that a solver that is killed leaves its last good timetable. `reached` are the engine's
    figures, `[{objective, reached, bound, proven}]`; `unmet` says per request why it is not held; `clash` names what
    contradicts.
    `fingerprint` is that of the problem: a run whose problem has changed since cannot be published.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=10, choices=RunKind, default=RunKind.TIMETABLE)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    seconds = models.PositiveSmallIntegerField(default=60)
    most_moved = models.PositiveSmallIntegerField(null=True, blank=True)
    wants_stop = models.BooleanField(default=False)
    fingerprint = models.CharField(max_length=64, blank=True)
    plan = models.JSONField(default=dict, blank=True)
    reached = models.JSONField(default=list, blank=True)
    unmet = models.JSONField(default=dict, blank=True)
    clash = models.JSONField(default=dict, blank=True)
    notes = models.JSONField(default=list, blank=True)
    changes = models.JSONField(default=dict, blank=True, help_text="Of a repair: moved, dropped and added requests.")
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True, help_text="Last sign of life of the solver.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("event",),
                condition=models.Q(state__in=[RunState.WAITING, RunState.RUNNING]),
                name="one_run_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event_id}: {self.kind} {self.state}"


class Publication(BaseModel):
    """A timetable as it was published, numbered; publishing the same run twice is once."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="publications")
    number = models.PositiveSmallIntegerField()
    run = models.OneToOneField(
        TimetableRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="publication"
    )
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    moved = models.PositiveSmallIntegerField(default=0)
    dropped = models.PositiveSmallIntegerField(default=0)
    added = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("event", "-number")
        constraints = (models.UniqueConstraint(fields=("event", "number"), name="publication_once"),)

    def __str__(self) -> str:
        return f"{self.event_id} #{self.number}"
