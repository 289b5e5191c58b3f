"""One objective after the other: each made as good as time allows, without loss to those before it."""

from dataclasses import replace

from events.scheduling.exact.aims import Aims
from events.scheduling.exact.chains import Chains
from events.scheduling.exact.forced import all_settled, fewest_moves, only_held, renumbered
from events.scheduling.exact.model import TimetableModel, everything
from events.scheduling.exact.neighbourhoods import Aim
from events.scheduling.exact.searching import Cell, Effort, run
from events.scheduling.exact.sites import Sites, single_seats
from events.scheduling.exact.starting import Task
from events.scheduling.gaps.idle_gaps import prove_fewest_gaps
from events.scheduling.large.bounds import value_bound
from events.scheduling.seating import seat
from events.scheduling.solved import Objective, Progress, Reached
from events.scheduling.timetable import Timetable

# Of the time that is left when the objective's turn comes.
_SHARES = {Objective.VALUE: 0.55, Objective.GUARANTEE: 0.2, Objective.GAPS: 0.8, Objective.MOVES: 1.0}
_NEAR_SHARE = 0.6  # of a stage, for neighbourhoods, where the whole model has a chance too
_CHAIN_SHARE = 0.7  # of the stage of idle gaps; the rest where the whole model has a chance too
_BUILT = 4_000  # choices of a whole model that are built in a second, and time to solve it besides
_FEW = 400  # choices of wish and slot that one model solves before another way has begun
_LITTLE = 1_500  # those for which neighbourhoods are no help
_PROVABLE = 20_000  # those for which a proof may be had
_SEATINGS = 15_000  # choices of wish, slot and seat that one model solves


class Stages:
    """A timetable on its way."""

    def __init__(self, task: Task, timetable: Timetable) -> None:
        self.task = task
        self.timetable = timetable
        self.reached: list[Reached] = []
        self.kept: dict[Objective, int] = {}

    def run(self) -> None:
        """Improve all objectives in their order."""
        for objective in Objective:
            self._reach(objective)

    def _reach(self, objective: Objective) -> None:
        if objective is Objective.MOVES:
            self.timetable = seat(self.task.problem, self.timetable, in_any_pool=not self.task.watch.over)
        least = self._least(objective)
        self._tell(objective, least)
        if self._cost(objective) > least and not self.task.watch.over:
            least = self._improve(objective, least)
        cost = self.kept[objective] = self._cost(objective)
        shown, least = self.task.costs.shown, min(least, cost)
        self.reached.append(Reached(objective, shown(objective, cost), shown(objective, least), cost == least))

    def _least(self, objective: Objective) -> int:
        """What the objective costs at least, known without search."""
        problem, costs = self.task.problem, self.task.costs
        if objective is Objective.VALUE:
            least = costs.value(wish for wish, slots in enumerate(problem.possible_slots) if slots)
            few = self.task.choices <= _FEW or self._cost(objective) == least
            return least if few else max(least, costs.cost_of_value(value_bound(problem)))
        if objective is Objective.MOVES and all_settled(problem, costs, self.timetable):
            return fewest_moves(problem, self.timetable)
        return 0

    def _improve(self, objective: Objective, least: int) -> int:
        """Work at the timetable; what is the proven least cost afterwards."""
        if self.task.uneven(self.timetable):
            return least  # what is gained from here would only be lost again when gaps are made equal
        effort = self.task.effort(_SHARES[objective])
        if objective is Objective.MOVES:
            return self._by_seats(least, effort)
        if objective is Objective.GAPS and self.task.choices > _FEW:
            return self._fewer_gaps(least, effort)
        whole = self.task.medium and effort.seconds > self.task.choices / _BUILT
        if self.task.choices > _LITTLE:
            near = effort.seconds * (_NEAR_SHARE if whole else 1)
            least = self._nearby(objective, least, near)
            effort = replace(effort, seconds=effort.seconds - near)
        if self._cost(objective) <= least or not whole or self.task.watch.over:
            return least
        return self._whole(objective, least, effort, self.task.search.sites)

    def _fewer_gaps(self, least: int, effort: Effort) -> int:
        """By proof where it is settled what is held, else by chains first, which win most of what can be won."""
        settled = all_settled(self.task.problem, self.task.costs, self.timetable)
        if settled and self.task.choices <= _PROVABLE:
            return self._by_proof(least, effort)
        little = self.task.choices <= _LITTLE
        share = 1 - _CHAIN_SHARE if little else _CHAIN_SHARE
        self._by_chains(effort.seconds * share)
        effort = replace(effort, seconds=effort.seconds * (1 - share))
        if self._cost(Objective.GAPS) <= least or self.task.watch.over:
            return least
        if little:
            return self._whole(Objective.GAPS, least, effort, self.task.search.sites)
        return self._nearby(Objective.GAPS, least, effort.seconds)

    def _nearby(self, objective: Objective, least: int, seconds: float) -> int:
        """By neighbourhoods; the proven least cost."""
        aim = Aim(objective, tuple(self.kept), least)
        found = self.task.search.improve(self.timetable, aim, seconds)
        self.timetable = found.timetable
        return found.cost if found.proven else least

    def _by_proof(self, least: int, effort: Effort) -> int:
        """The fewest idle gaps where it is settled which meetings are held; the proven least."""
        problem, held = only_held(self.task.problem, self.timetable)

        def heard(progress: Progress) -> bool:
            self._take(Objective.GAPS, renumbered(progress.timetable, held), round(progress.bound))
            self.task.watch.beat()
            return not self.task.watch.cancelled

        proof = prove_fewest_gaps(problem, seconds=effort.seconds, on_progress=heard)
        if proof.timetable is not None:
            self._take(Objective.GAPS, renumbered(proof.timetable, held), proof.bound)
        return max(least, proof.bound)

    def _by_chains(self, seconds: float) -> None:
        """Fewer idle gaps with the same meetings."""
        task = self.task
        chains = Chains(task.problem, self.timetable, task.watch, task.seed, task.window(self.timetable))
        self._take(Objective.GAPS, chains.run(seconds, lambda better: self._take(Objective.GAPS, better, 0)), 0)

    def _by_seats(self, least: int, effort: Effort) -> int:
        """Which seat each meeting has, and anew which slot, where that is a small question."""
        sites = single_seats(self.task.problem)
        problem = self.task.problem
        seatings = sum(
            len(sites.of_wish(wish, slot)) for wish, slots in enumerate(problem.possible_slots) for slot in slots
        )
        if seatings > _SEATINGS or not self.task.small:
            return least
        return self._whole(Objective.MOVES, least, effort, sites)

    def _whole(self, objective: Objective, least: int, effort: Effort, sites: Sites) -> int:
        """The whole model, from the present timetable; the proven least cost."""
        model = TimetableModel(self.task.problem, everything(self.task.problem), sites)
        aims = Aims(model, self.task.costs)
        for earlier, cost in self.kept.items():
            aims.keep(earlier, cost)
        aims.equal_gaps(Timetable({}))
        model.cp.minimize(aims.cost(objective))
        model.hint(self.timetable)

        def found(cells: list[Cell], _cost: float, bound: float) -> None:
            self._take(objective, model.timetable(cells, self.timetable), max(least, round(bound)))

        outcome = run(model.cp, model.cells, effort, self.task.watch, found)
        if outcome.cells is None:
            return least
        self._take(objective, model.timetable(outcome.cells, self.timetable), max(least, outcome.bound))
        return max(least, outcome.bound)

    def _take(self, objective: Objective, timetable: Timetable, least: int) -> None:
        if self.task.costs.of(objective, timetable) < self._cost(objective):
            self.timetable = timetable
            self._tell(objective, least)

    def _cost(self, objective: Objective) -> int:
        return self.task.costs.of(objective, self.timetable)

    def _tell(self, objective: Objective, least: int) -> None:
        shown = self.task.costs.shown
        self.task.watch.tell(
            objective, shown(objective, self._cost(objective)), shown(objective, least), self.timetable
        )
