"""Timetables between the engine's numbers and what is stored: a run's plan, and the meetings that were published."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from events.domain.timetable.planning import Plan
from events.models import Meeting, MeetingRequest, Slot, Stand, Table
from events.scheduling.timetable import Place, Timetable

# {request public id: [slot public id, "table:<public id>" or "stand:<public id>"]}
StoredPlan = dict[str, list[str]]


@dataclass(frozen=True)
class Spot:
    """When and where a meeting is held, in rows."""

    slot: Slot
    table: Table | None = None
    stand: Stand | None = None

    @property
    def key(self) -> tuple[int, int | None, int | None]:
        """What must differ for a meeting to have moved."""
        return (
            self.slot.pk,
            self.table.pk if self.table is not None else None,
            self.stand.pk if self.stand is not None else None,
        )

    @property
    def stored(self) -> list[str]:
        """As a run keeps it."""
        if self.stand is not None:
            return [str(self.slot.public_id), f"stand:{self.stand.public_id}"]
        return [str(self.slot.public_id), f"table:{self.table.public_id}" if self.table is not None else ""]


def spot_of(meeting: Meeting) -> Spot:
    """Where a published meeting is held."""
    return Spot(meeting.slot, meeting.table, meeting.stand)


def spots_of(plan: Plan, timetable: Timetable) -> dict[int, Spot]:
    """Wish number -> slot and table or stand; a seat that is none, or taken twice, becomes a free one of its pool."""
    spots: dict[int, Spot] = {}
    taken: set[tuple[int, int, int]] = set()
    places = sorted(timetable.places.items(), key=lambda each: (_is_no_seat(plan, each[1]), each[0]))
    for wish, place in places:
        pool, slot = plan.pools[place.pool], plan.slots[place.slot]
        if pool.stand is not None:
            spots[wish] = Spot(slot, stand=pool.stand)
            continue
        seats = [place.seat, *range(len(pool.tables))]
        free = (seat for seat in seats if seat < len(pool.tables) and (place.slot, place.pool, seat) not in taken)
        seat = next(free, None)
        if seat is not None:
            taken.add((place.slot, place.pool, seat))
            spots[wish] = Spot(slot, table=pool.tables[seat])
    return dict(sorted(spots.items()))


def _is_no_seat(plan: Plan, place: Place) -> bool:
    return place.seat >= plan.pools[place.pool].seats


def written(plan: Plan, timetable: Timetable) -> StoredPlan:
    """The timetable as a run keeps it."""
    return {str(plan.requests[wish].public_id): spot.stored for wish, spot in spots_of(plan, timetable).items()}


def stored_spots(plan: Plan, stored: Mapping[str, list[str]]) -> dict[int, Spot]:
    """Wish number -> spot, of everything in the stored plan that is still there."""
    slots = {str(slot.public_id): slot for slot in plan.slots}
    tables = {f"table:{table.public_id}": table for pool in plan.pools for table in pool.tables}
    stands = {f"stand:{pool.stand.public_id}": pool.stand for pool in plan.pools if pool.stand is not None}
    spots = {}
    for wish, request in enumerate(plan.requests):
        slot_id, place = stored.get(str(request.public_id), ["", ""])
        if slot_id in slots and (place in tables or place in stands):
            spots[wish] = Spot(slots[slot_id], tables.get(place), stands.get(place))
    return spots


def stored_timetable(plan: Plan, stored: Mapping[str, list[str]]) -> Timetable:
    """What a run keeps, in the numbers of the plan."""
    return Timetable(dict(_placed(plan, stored_spots(plan, stored))))


def published_spots(plan: Plan) -> dict[int, Spot]:
    """Wish number -> spot of its published meeting; meetings whose request is planned no longer have no number."""
    return {plan.wish_of[row.request_id]: spot_of(row) for row in plan.meetings if row.request_id in plan.wish_of}


def published_timetable(plan: Plan) -> Timetable:
    """The published meetings in the numbers of the plan. A meeting at a table that is lost is put at a free table of
    the same hall and time; where there is none, and where its slot or hall is lost, it is left out.
    """
    return Timetable(dict(_placed(plan, published_spots(plan))))


def _placed(plan: Plan, spots: Mapping[int, Spot]) -> Iterator[tuple[int, Place]]:
    taken: set[Place] = set()
    homeless: list[tuple[int, Spot]] = []
    for wish, spot in sorted(spots.items()):
        place = _place_of(plan, spot, taken)
        if place is None:
            homeless.append((wish, spot))
        else:
            taken.add(place)
            yield wish, place
    for wish, spot in homeless:
        place = _next_table(plan, spot, taken)
        if place is not None:
            taken.add(place)
            yield wish, place


def _place_of(plan: Plan, spot: Spot, taken: Collection[Place]) -> Place | None:
    """The spot in numbers; none where it is lost."""
    slot = plan.slot_number.get(spot.slot.pk)
    if slot is None:
        return None
    if spot.stand is not None:
        pool = plan.pool_of_stand[spot.stand.pk]
        return next(place for seat in count() if (place := Place(slot, pool, seat)) not in taken)
    found = plan.seat_of_table.get(spot.table.pk) if spot.table is not None else None
    return Place(slot, *found) if found is not None else None


def _next_table(plan: Plan, spot: Spot, taken: Collection[Place]) -> Place | None:
    """A free table of the same hall at the same time."""
    slot = plan.slot_number.get(spot.slot.pk)
    if slot is None or spot.table is None:
        return None
    for number, pool in enumerate(plan.pools):
        for seat in range(len(pool.tables)):
            if pool.hall.pk == spot.table.hall_id and Place(slot, number, seat) not in taken:
                return Place(slot, number, seat)
    return None


def requests_by_id(plan: Plan) -> dict[str, MeetingRequest]:
    """The planned requests by public id."""
    return {str(request.public_id): request for request in plan.requests}
