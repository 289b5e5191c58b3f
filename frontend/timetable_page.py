"""What the organiser's timetable page shows: how far the computing is, what it found, what publishing would do."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from events.domain.timetable.planning import Plan
from events.domain.timetable.publishing import Prospect, prospect_of
from events.domain.timetable.stored_timetables import Spot, spot_of, stored_spots
from events.domain.timetable.timetable_errors import TimetableOutdated
from events.enums import RunState
from events.models import Event, Hall, Meeting, Participant, Slot, TimetableRun
from events.scheduling.solved import Objective
from events.scheduling.timetable import promised
from frontend.timetable_words import ClashWords, Names, clash_words, note_words, reason_words, slot_words

MOST_ROWS = 25


@dataclass(frozen=True)
class Figure:
    """One objective: what is reached, and what nothing can be better than."""

    label: str
    reached: float
    bound: float | None
    gap_percent: float | None
    is_proven: bool
    decimals: int = 0
    fewer: int | None = None  # of what is counted: how many fewer nobody has ruled out


@dataclass(frozen=True)
class RunView:
    """A computing as it stands."""

    run: TimetableRun
    figures: tuple[Figure, ...]
    meetings: int
    seconds: int
    percent: int
    notes: tuple[str, ...]

    @property
    def worked(self) -> int:
        """Seconds of solving; what comes after them is looking into what could not be met."""
        return min(self.seconds, self.run.seconds)

    @property
    def is_under_way(self) -> bool:
        """Whether it goes on."""
        return self.run.state in (RunState.WAITING, RunState.RUNNING)


def view_run(run: TimetableRun, *, now: datetime) -> RunView:
    """Figures of a run, for the live page and the result alike."""
    until = run.finished_at or now
    seconds = max(0, int((until - run.started_at).total_seconds())) if run.started_at else 0
    return RunView(
        run=run,
        figures=tuple(_figure(row) for row in run.reached if isinstance(row, dict)),
        meetings=len(run.plan),
        seconds=seconds,
        percent=min(100, round(100 * seconds / max(1, run.seconds))),
        notes=tuple(filter(None, map(note_words, run.notes))),
    )


def _figure(row: dict[str, Any]) -> Figure:
    labels = {
        Objective.VALUE: _("Worth of the meetings held"),
        Objective.GUARANTEE: _("Meetings missing to what was promised"),
        Objective.GAPS: _("Idle gaps between meetings"),
        Objective.MOVES: _("Moves between places"),
    }
    objective, reached, proven = row.get("objective"), float(row.get("reached", 0)), bool(row.get("proven"))
    bound = _number(row.get("bound"))
    label = str(labels[Objective(objective)]) if objective in set(Objective) else str(objective)
    if objective != Objective.VALUE:
        # A share of nothing means nothing: what is counted, and may be 0 at best, is told by its difference.
        return Figure(label, reached, bound, None, proven, fewer=None if bound is None else round(reached - bound))
    gap = None if bound is None else 100 * abs(bound - reached) / max(1.0, abs(bound))
    return Figure(label, reached, bound, 0.0 if proven else gap, proven, decimals=1)


def _number(value: object) -> float | None:
    """What is no finite number is no bound yet."""
    return float(value) if isinstance(value, int | float) and abs(value) != float("inf") else None


@dataclass(frozen=True)
class Cell:
    """One meeting in the grid."""

    people: str
    url_id: str = ""
    is_fixed: bool = False
    is_changed: bool = False


@dataclass(frozen=True)
class GridRow:
    """A table or stand, with its meetings slot by slot."""

    place: str
    cells: tuple[tuple[str, tuple[Cell, ...]], ...]  # words of the slot, meetings


@dataclass(frozen=True)
class Grid:
    """Slots across, places of one hall down; other halls are a link away."""

    slots: tuple[tuple[str, int], ...] = ()  # words, meetings held in it (all halls)
    rows: tuple[GridRow, ...] = ()
    hall: Hall | None = None
    halls: tuple[tuple[Hall, int], ...] = ()


@dataclass
class _Filling:
    """Cells by place and slot while a grid is filled."""

    cells: dict[tuple[str, int], dict[int, list[Cell]]] = field(default_factory=lambda: defaultdict(dict))
    labels: dict[tuple[str, int], tuple[tuple[int, int, str], str]] = field(default_factory=dict)


def grid_of(event: Event, held: Iterable[tuple[Spot, Cell]], slots: Sequence[Slot], *, hall_id: str = "") -> Grid:
    """The grid of meetings in one hall: the one asked for, else the fullest."""
    every = list(held)
    halls = Counter(hall for spot, _cell in every if (hall := hall_of(spot)) is not None)
    chosen = next((hall for hall in halls if str(hall.public_id) == hall_id), None)
    chosen = chosen or (halls.most_common(1)[0][0] if halls else None)
    filling = _Filling()
    for spot, cell in every:
        if hall_of(spot) == chosen:
            _fill(filling, spot, cell)
    used = Counter(spot.slot.pk for spot, _cell in every)
    words = [slot_words(slot, event) for slot in slots]
    rows = [
        GridRow(
            label,
            tuple((words[at], tuple(filling.cells[key].get(slot.pk, ()))) for at, slot in enumerate(slots)),
        )
        for key, (_order, label) in sorted(filling.labels.items(), key=lambda each: (each[1][0], each[0]))
    ]
    heads = tuple((words[at], used[slot.pk]) for at, slot in enumerate(slots))
    ordered = sorted(halls.items(), key=lambda each: (each[0].position, each[0].pk))
    return Grid(heads, tuple(rows), chosen, tuple(ordered))


def hall_of(spot: Spot) -> Hall | None:
    """The hall of a spot."""
    place = spot.stand or spot.table
    return place.hall if place is not None else None


def _fill(filling: _Filling, spot: Spot, cell: Cell) -> None:
    if spot.stand is not None:
        key, order = ("stand", spot.stand.pk), (1, 0, spot.stand.number.zfill(8))
        label = _("Stand %(number)s") % {"number": spot.stand.number}
    elif spot.table is not None:
        key, order = ("table", spot.table.pk), (0, spot.table.position, spot.table.label.zfill(8))
        label = _("Table %(label)s") % {"label": spot.table.label}
    else:
        return
    filling.labels[key] = (order, label)
    filling.cells[key].setdefault(spot.slot.pk, []).append(cell)


def meeting_cells(meetings: Iterable[Meeting], names: Names) -> list[tuple[Spot, Cell]]:
    """Published meetings for the grid."""
    return [
        (
            Spot(meeting.slot, meeting.table, meeting.stand),
            Cell(names.pair_of(meeting.request), str(meeting.public_id), is_fixed=meeting.is_fixed),
        )
        for meeting in meetings
    ]


def planned_cells(prospect: Prospect, names: Names) -> list[tuple[Spot, Cell]]:
    """Meetings of a run that is not published, those marked that would change."""
    changed = prospect.changes.moved.keys() | prospect.changes.added.keys()
    marks = changed if prospect.changes.kept else frozenset()
    return [
        (spot, Cell(names.pair_of(prospect.plan.requests[wish]), is_changed=wish in marks))
        for wish, spot in prospect.spots.items()
    ]


@dataclass(frozen=True)
class PersonRow:
    """How many meetings one person has, of how many wishes."""

    person: Participant
    meetings: int
    wishes: int
    promised: int

    @property
    def is_short(self) -> bool:
        """Whether the person has fewer than promised."""
        return self.meetings < self.promised


def person_rows(plan: Plan, held: Iterable[int]) -> list[PersonRow]:
    """Everybody with a wish, those with the fewest meetings first. `held` are numbers of wishes."""
    counts = Counter(person for wish in held for person in plan.problem.wishes[wish].people)
    rows = [
        PersonRow(person, counts[number], len(plan.problem.wishes_of[number]), promised(plan.problem, number))
        for number, person in enumerate(plan.people)
        if plan.problem.wishes_of[number]
    ]
    return sorted(rows, key=lambda row: (not row.is_short, row.meetings, -row.wishes, row.person.name, row.person.pk))


@dataclass(frozen=True)
class UnmetRow:
    """A request that is not held, and why."""

    pair: str
    reason: str
    is_must: bool


def unmet_rows(run: TimetableRun, names: Names, *, only: Collection[str] | None = None) -> list[UnmetRow]:
    """Requests that the run does not hold, or those `only`: musts first."""
    rows = []
    for public_id, reason in run.unmet.items():
        request = names.find_request(public_id)
        if request is not None and (only is None or public_id in only):
            rows.append(UnmetRow(names.pair_of(request), reason_words(reason, names), request.is_must))
    return sorted(rows, key=lambda row: (not row.is_must, row.pair))


@dataclass(frozen=True)
class Move:
    """A meeting that a repair would move, call off or add."""

    pair: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Result:
    """A computing that has ended and is not published: what it holds, and what publishing would do."""

    view: RunView
    prospect: Prospect | None = None
    outdated: str = ""
    clash: ClashWords | None = None
    unmet: tuple[UnmetRow, ...] = ()

    @property
    def mails(self) -> int:
        """How many people would be told."""
        if self.prospect is None:
            return 0
        return len({person.pk for person in (*self.prospect.mailed, *self.prospect.left_out)})

    @property
    def held(self) -> tuple[int, ...]:
        """Numbers of the wishes that it holds, and of those that were held whatever it plans."""
        return tuple(self.prospect.spots.keys() | self.prospect.begun) if self.prospect is not None else ()


def result_of(run: TimetableRun, plan: Plan, names: Names, *, now: datetime) -> Result:
    """The result, with the reason where it cannot be published any more."""
    view = view_run(run, now=now)
    clash = clash_words(run.clash, names) if run.clash else None
    unmet = tuple(unmet_rows(run, names))
    if run.state == RunState.IMPOSSIBLE or not (run.plan or run.state == RunState.DONE):
        return Result(view, clash=clash, unmet=unmet)
    try:
        return Result(view, prospect=prospect_of(run, plan=plan, now=now), unmet=unmet)
    except TimetableOutdated as error:
        return Result(view, outdated=str(error), unmet=unmet)


def outdated_cells(plan: Plan, run: TimetableRun, names: Names) -> list[tuple[Spot, Cell]]:
    """What is left of a plan that is out of date, to look at."""
    return [(spot, Cell(names.pair_of(plan.requests[wish]))) for wish, spot in stored_spots(plan, run.plan).items()]


def change_rows(prospect: Prospect, names: Names) -> dict[str, list[Move]]:
    """Moved, called off and new meetings, each with when and where."""
    plan, changes = prospect.plan, prospect.changes
    stand = {row.request_id: row for row in plan.meetings}
    return {
        "moved": [
            Move(
                names.pair_of(plan.requests[wish]),
                spot_words(spot_of(stand[plan.requests[wish].pk]), plan.event, names),
                spot_words(spot, plan.event, names),
            )
            for wish, spot in changes.moved.items()
        ],
        "dropped": [
            Move(names.pair_of(row.request), spot_words(spot_of(row), plan.event, names)) for row in changes.dropped
        ],
        "added": [
            Move(names.pair_of(plan.requests[wish]), after=spot_words(spot, plan.event, names))
            for wish, spot in changes.added.items()
        ],
    }


def spot_words(spot: Spot, event: Event, names: Names) -> str:
    """When and where, in a few words."""
    return f"{slot_words(spot.slot, event)}, {names.place(spot.stored[1])}"
