"""What publishing a plan would do to the meetings that people know of: moved, called off, new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from events.domain.timetable.planning import Plan, standing
from events.domain.timetable.stored_timetables import Spot, spot_of
from events.models import Meeting


@dataclass(frozen=True)
class Changes:
    """The meetings that move with their new spots, those that are called off, and the wishes that are new."""

    moved: dict[int, Spot] = field(default_factory=dict)  # wish number -> new spot
    kept: frozenset[int] = frozenset()  # wish numbers
    added: dict[int, Spot] = field(default_factory=dict)
    dropped: tuple[Meeting, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nobody need be told anything."""
        return not (self.moved or self.added or self.dropped)


def compare(plan: Plan, spots: Mapping[int, Spot], meetings: Sequence[Meeting], *, begun_by: datetime) -> Changes:
    """The published meetings beside what is planned; those that have `begun_by` then stay as they are."""
    begun = {row.pk for row in meetings if row.slot.starts_at <= begun_by}
    stand = {plan.wish_of[row.request_id]: row for row in meetings if row.request_id in plan.wish_of}
    held = {wish for wish, row in stand.items() if wish in spots or row.pk in begun}
    ahead = sorted(wish for wish in held if stand[wish].pk not in begun)
    moved = {wish: spots[wish] for wish in ahead if spot_of(stand[wish]).key != spots[wish].key}
    return Changes(
        moved=moved,
        kept=frozenset(held - moved.keys()),
        added={wish: spot for wish, spot in sorted(spots.items()) if wish not in stand},
        dropped=tuple(row for row in meetings if row.pk not in begun and plan.wish_of.get(row.request_id) not in held),
    )


def changes_of(plan: Plan, spots: Mapping[int, Spot], *, begun_by: datetime) -> dict[str, list[str]]:
    """The same by public ids of requests, as a run keeps it."""
    # Computing takes its time: what stands now counts, not what stood when the plan was made.
    changes = compare(plan, spots, standing(plan.event), begun_by=begun_by)
    return {
        "moved": [str(plan.requests[wish].public_id) for wish in changes.moved],
        "dropped": [str(row.request.public_id) for row in changes.dropped],
        "added": [str(plan.requests[wish].public_id) for wish in changes.added],
    }
