"""Where meetings can be held: tables of a hall that are as good as each other, and stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from events.domain.timetable.agendas import zone_of
from events.models import Event, Hall, MeetingRequest, Stand, Table
from events.scheduling import problem as engine


@dataclass(frozen=True)
class PlacePool:
    """Seats that the engine need not tell apart: `tables` by seat number, or the one stand."""

    hall: Hall
    tables: tuple[Table, ...] = ()
    stand: Stand | None = None

    @property
    def key(self) -> str:
        """A name that stays the same while nothing about the pool changes."""
        if self.stand is not None:
            return f"stand:{self.stand.public_id}"
        return "tables:" + ",".join(str(table.public_id) for table in self.tables)

    @property
    def seats(self) -> int:
        """How many meetings it holds at a time."""
        return len(self.tables) if self.stand is None else self.stand.meetings_at_once

    def as_engine(self, slots: int) -> engine.Pool:
        """The pool as the engine sees it."""
        return engine.Pool(self.key, zone_of(self.hall.pk), (self.seats,) * slots)


def pools_of(event: Event, requests: Iterable[MeetingRequest]) -> tuple[PlacePool, ...]:
    """Tables of each hall, then stands. A table that somebody chose by hand is a pool of its own, so that the
    engine itself keeps the choice.
    """
    chosen = {request.fixed_table_id for request in requests} - {None}
    tables: dict[int, list[Table]] = {}
    for table in event.tables.filter(is_lost=False).select_related("hall").order_by("position", "pk"):
        tables.setdefault(table.hall_id, []).append(table)
    halls = sorted((group[0].hall for group in tables.values()), key=lambda hall: (hall.position, hall.pk))
    stands = event.stands.select_related("hall").order_by("hall__position", "hall_id", "number", "pk")
    return (
        *(pool for hall in halls for pool in _split(hall, tables[hall.pk], chosen)),
        *(PlacePool(stand.hall, stand=stand) for stand in stands),
    )


def _split(hall: Hall, tables: Sequence[Table], chosen: set[int | None]) -> list[PlacePool]:
    free = tuple(table for table in tables if table.pk not in chosen)
    alone = [PlacePool(hall, (table,)) for table in tables if table.pk in chosen]
    return ([PlacePool(hall, free)] if free else []) + alone


def walking_of(event: Event) -> dict[tuple[str, str], int]:
    """Minutes between halls, as the engine asks for them."""
    return {(zone_of(walk.one_id), zone_of(walk.other_id)): walk.minutes for walk in event.walks.all()}
