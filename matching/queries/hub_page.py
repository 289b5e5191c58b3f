"""Reads of the hub's page: how far contacts come, where they stand still, and projects by stage; counts, no names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from hubs.policies import Viewer, require_reading_hub
from matching.enums import ProjectStage, ProjectState, Rung, Standing
from matching.models import Introduction, Outcome, Project
from matching.queries.introductions import StateCount, states_in


@dataclass(frozen=True)
class LadderStep:
    """How many contacts came so far: of all that were sent, and of those on the step before, in percent."""

    code: str
    label: str
    count: int
    of_all: int
    of_before: int | None


@dataclass(frozen=True)
class StageCount:
    """Projects of the hub at one stage: those that run, and those that stand still."""

    code: str
    label: str
    running: int
    stalled: int


def contact_ladder(viewer: Viewer, *, since: datetime | None) -> list[LadderStep]:
    """From "sent" to results, for contacts sent since then (none: ever). An outcome counts when one side achieved it.

    Raises:
        NotAllowed: the viewer does not work for the hub.
    """
    require_reading_hub(viewer)
    sent = Introduction.objects.filter(hub_id=viewer.hub_id, sent_at__isnull=False)
    if since is not None:
        sent = sent.filter(sent_at__gte=since)
    both = Q(seeker_consented_at__isnull=False, receiver_consented_at__isnull=False)
    counts = sent.order_by().aggregate(
        sent=Count("pk"),
        seen=Count("pk", filter=Q(seen_at__isnull=False) | Q(answered_at__isnull=False)),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        accepted=Count("pk", filter=both),
        met=Count("pk", filter=Q(met_at__isnull=False)),
    )
    return _steps({**counts, **_outcome_counts(sent)})


def projects_by_stage(viewer: Viewer) -> list[StageCount]:
    """Projects that have not ended, by stage.

    Raises:
        NotAllowed: the viewer does not work for the hub.
    """
    require_reading_hub(viewer)
    rows = Project.objects.filter(hub_id=viewer.hub_id).order_by().values_list("stage", "state").annotate(Count("pk"))
    counts = {(stage, state): count for stage, state, count in rows}
    return [
        StageCount(
            stage.value,
            str(stage.label),
            counts.get((stage.value, ProjectState.RUNNING.value), 0),
            counts.get((stage.value, ProjectState.STALLED.value), 0),
        )
        for stage in ProjectStage
    ]


def introduction_states(viewer: Viewer, *, now: datetime) -> list[StateCount]:
    """The hub's introductions by state with median and longest age and the next step, in the order of a life.

    Raises:
        NotAllowed: the viewer does not work for the hub.
    """
    require_reading_hub(viewer)
    return states_in(viewer.hub_id, now=now)


def _outcome_counts(sent: QuerySet[Introduction]) -> dict[str, int]:
    rows = Outcome.objects.filter(standing=Standing.ACHIEVED, report__introduction__in=sent.values("pk")).order_by()
    return dict(rows.values_list("rung").annotate(Count("report__introduction", distinct=True)))


def _steps(counts: Mapping[str, int]) -> list[LadderStep]:
    """Meetings told as an outcome are those noted on the contact; the rungs after it need not follow one another."""
    path = (
        ("sent", _("Asked")),
        ("seen", _("Opened")),
        ("answered", _("Answered")),
        ("accepted", _("Both said yes")),
        ("met", _("Have met")),
    )
    total, before = counts.get("sent", 0), 0
    steps: list[LadderStep] = []
    for code, label in path:
        count = counts.get(code, 0)
        steps.append(LadderStep(code, label, count, _percent(count, total), _percent(count, before) if steps else None))
        before = count
    rungs = [rung for rung in Rung if rung != Rung.MEETING_HELD]
    return steps + [
        LadderStep(
            rung.value, str(rung.label), counts.get(rung.value, 0), _percent(counts.get(rung.value, 0), total), None
        )
        for rung in rungs
    ]


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
