"""When rules cannot hold together: a smallest set of them that cannot, so that an organiser knows what to give up.

What is no rule of anyone's is not named, as nobody can give it up: that nobody is in two places at once, who is kept
apart, how long a walk takes, and the periods and places of a wish itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import IntEnum

from ortools.sat.python.cp_model_helper import Literal

from events.scheduling.exact.aims import Aims
from events.scheduling.exact.costs import Costs
from events.scheduling.exact.model import Scope, TimetableModel
from events.scheduling.exact.searching import Effort, Watch, run
from events.scheduling.exact.sites import Site, Sites
from events.scheduling.problem import Pool, Problem, Wish
from events.scheduling.solved import Clash, go_on
from events.scheduling.timetable import Timetable


class Kind(IntEnum):
    """Kinds of rules that can be given up; those that come first are left out of a clash first."""

    POOL = 0
    PERSON = 1
    EQUAL_GAPS = 2
    PRECEDENCE = 3
    WISH = 4


Element = tuple[Kind, int]


def smallest_clash(problem: Problem, *, seconds: float) -> Clash | None:
    """A set of rules that cannot hold together, but could without any one of them; None if all can, or time is up.

    It is the smallest in that sense, not the one of fewest rules. If time runs out while it is being narrowed down,
    it still cannot hold, but may name more than it must.
    """
    return find_clash(problem, Watch(seconds, go_on))


def find_clash(problem: Problem, watch: Watch) -> Clash | None:
    """As `smallest_clash`, on a clock that runs already."""
    rules = _Rules(problem)
    core = rules.clashing(sorted(rules.literals), watch)
    if core is None:
        return None
    core = _narrowed(rules, core, watch)
    return Clash(
        wishes=_numbers(core, Kind.WISH),
        people=_numbers(core, Kind.PERSON),
        pools=_numbers(core, Kind.POOL),
        precedences=_numbers(core, Kind.PRECEDENCE),
        equal_gaps=bool(_numbers(core, Kind.EQUAL_GAPS)),
    )


def _numbers(elements: Sequence[Element], kind: Kind) -> tuple[int, ...]:
    return tuple(sorted(number for one, number in elements if one is kind))


def _narrowed(rules: "_Rules", core: list[Element], watch: Watch) -> list[Element]:
    """Leave out larger parts first, then each rule on its own: what is left needs every one."""
    size = max(1, len(core) // 2)
    while True:
        position = 0
        while position < len(core) and not watch.over:
            part = core[position : position + size]
            rest = core[:position] + core[position + size :]
            smaller = rules.clashing(rest, watch) if rest else None
            if smaller is None:
                position += len(part)
            else:
                core = smaller
        if size == 1 or watch.over:
            return core
        size //= 2


class _Rules:
    """A model in which every rule can be switched on."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        wishes = range(len(problem.wishes))
        asked = [wish for wish in wishes if problem.wishes[wish].is_rule or problem.equal_within is not None]
        relaxed = _relaxed(problem)
        sites = Sites(relaxed, [Site((number,), pool.zone) for number, pool in enumerate(problem.pools)])
        self.model = TimetableModel(relaxed, Scope(asked), sites)
        self.literals: dict[Element, Literal] = {}
        self._switch_wishes(asked)
        self._switch_people()
        self._switch_pools()
        self._switch_orders()
        if problem.equal_within is not None:
            aims = Aims(self.model, Costs(self.model.problem))
            aims.equal_gaps(Timetable({}), self._switch(Kind.EQUAL_GAPS, 0))

    def clashing(self, elements: Sequence[Element], watch: Watch) -> list[Element] | None:
        """Those of the rules that already cannot hold together; None if all can, or it is not known.

        What the solver names as sufficient is tried before it is believed.
        """
        named = self._named(elements, watch)
        if named is None or len(named) in (0, len(elements)):
            return None if named is None else list(elements)
        return named if self._named(named, watch) is not None else list(elements)

    def _named(self, elements: Sequence[Element], watch: Watch) -> list[Element] | None:
        cp = self.model.cp
        cp.clear_assumptions()
        cp.add_assumptions([self.literals[element] for element in elements])
        outcome = run(cp, {}, Effort(watch.left), watch)
        if not outcome.impossible:
            return None
        return [element for element in elements if self.literals[element].index in outcome.core]

    def _switch(self, kind: Kind, number: int) -> Literal:
        self.literals[kind, number] = self.model.cp.new_bool_var("")
        return self.literals[kind, number]

    def _switch_wishes(self, asked: Sequence[int]) -> None:
        for wish in asked:
            if self.problem.wishes[wish].is_rule:
                self.model.cp.add_implication(self._switch(Kind.WISH, wish), self.model.held[wish])

    def _switch_people(self) -> None:
        for person, slots in self.model.of_person.items():
            who = self.problem.people[person]
            wishes = sorted({wish for each in slots.values() for wish in each})
            closed = [
                self.model.at[wish][slot] for slot, each in slots.items() for wish in each if slot not in who.free
            ]
            if closed or who.most is not None:
                switch = self._switch(Kind.PERSON, person)
                for literal in closed:
                    self.model.cp.add_implication(switch, literal.negated())
                if who.most is not None:
                    held = sum(self.model.held[wish] for wish in wishes)
                    self.model.cp.add(held <= who.most).only_enforce_if(switch)

    def _switch_pools(self) -> None:
        switch: dict[int, Literal] = {}
        for (slot, pool), cells in self.model.at_site.items():
            capacity = self.problem.pools[pool].capacity[slot]
            if len(cells) > capacity:
                if pool not in switch:
                    switch[pool] = self._switch(Kind.POOL, pool)
                self.model.cp.add(sum(cells) <= capacity).only_enforce_if(switch[pool])

    def _switch_orders(self) -> None:
        for number, rule in enumerate(self.problem.precedences):
            before, after = self.model.at.get(rule.before, {}), self.model.at.get(rule.after, {})
            if before and after:
                switch = self._switch(Kind.PRECEDENCE, number)
                for slot in after:
                    late = [literal for other, literal in before.items() if other >= slot]
                    early = [literal for other, literal in after.items() if other <= slot]
                    self.model.cp.add(sum(late) + sum(early) <= 1).only_enforce_if(switch)


def _relaxed(problem: Problem) -> Problem:
    """The problem with all that can be given up given up: everybody always free, pools without end, nothing asked."""
    always = frozenset(range(len(problem.slots)))
    endless = (max(1, len(problem.wishes)),) * len(problem.slots)
    return replace(
        problem,
        people=tuple(replace(person, free=always, most=None) for person in problem.people),
        pools=tuple(Pool(pool.key, pool.zone, endless) for pool in problem.pools),
        wishes=tuple(_optional(wish) for wish in problem.wishes),
        precedences=(),
    )


def _optional(wish: Wish) -> Wish:
    pools = wish.pools if wish.fixed_pool is None else (wish.fixed_pool,)
    slots = wish.slots
    if wish.fixed_slot is not None:
        slots = frozenset({wish.fixed_slot}) if slots is None else slots & {wish.fixed_slot}
    return replace(wish, pools=pools, slots=slots, must_hold=False, fixed_slot=None, fixed_pool=None)
