"""A whole timetable problem as clauses: every wish is held, every rule kept, idle gaps are literals to be avoided.

Beside what defines a timetable stand implied constraints, which change no answer but let a solver see early that
there is none: they make the difference between seconds and hours.
Source: Bofill et al., JAIR 2022 (idle gaps, implied counts); the order encoding of gapless days is ours.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from events.scheduling.gaps.clauses import FALSE, Clauses
from events.scheduling.gaps.places import PoolGroup, pool_groups, timetable_of
from events.scheduling.problem import Problem
from events.scheduling.timetable import Timetable


class GapClauses:
    """The clauses of a problem and what its literals mean.

    `held[w][t]`: wish w is held in slot t. `placed[w][t, g]`: there and in group of pools g. `busy[p][t]`: person p
    meets in slot t. `gaps[p]`: literals, one for each idle gap that p may have; `counted[p][k]`: p has more than k.
    `counting` adds the implied counts of busy people; without them there are fewer clauses and weaker conclusions.
    """

    def __init__(self, problem: Problem, *, counting: bool = True) -> None:
        self.problem = problem
        self.clauses = Clauses()
        self.groups: tuple[PoolGroup, ...] = pool_groups(problem)
        self._slots = range(len(problem.slots))
        self.held = [self._held(number) for number in range(len(problem.wishes))]
        self.placed = [self._placed(number) for number in range(len(problem.wishes))]
        self.busy = [self._busy(person) for person in range(len(problem.people))]
        self._seats = [self._most_held(slot) for slot in self._slots]
        self._seat_all()
        self._keep_order()
        self._walk()
        if counting:
            self._count_busy()
        self.gaps = [self._gaps(person) for person in range(len(problem.people))]
        self.counted = [self.clauses.counted(gaps, len(gaps)) for gaps in self.gaps]
        for person in range(len(problem.people)):
            self._gapless_days(person)
        self._equal_gaps()

    @property
    def all_gaps(self) -> list[int]:
        """The gap literals of everybody."""
        return [gap for gaps in self.gaps for gap in gaps]

    def timetable(self, model: Iterable[int]) -> Timetable:
        """What a model of the clauses means."""
        true = {literal for literal in model if literal > 0}
        chosen = [next(place for place, literal in placed.items() if literal in true) for placed in self.placed]
        return timetable_of(self.problem, self.groups, chosen)

    def _held(self, number: int) -> dict[int, int]:
        held = {slot: self.clauses.new() for slot in self.problem.possible_slots[number]}
        self.clauses.add(*held.values())
        self.clauses.at_most_one(list(held.values()))
        return held

    def _placed(self, number: int) -> dict[tuple[int, int], int]:
        placed: dict[tuple[int, int], int] = {}
        for slot, literal in self.held[number].items():
            open_ = [g for g, group in enumerate(self.groups) if number in group.wishes and group.capacity[slot] > 0]
            if len(open_) == 1:
                placed[slot, open_[0]] = literal
                continue
            here = {(slot, group): self.clauses.new() for group in open_}
            self.clauses.add(-literal, *here.values())
            self.clauses.at_most_one(list(here.values()))
            for chosen in here.values():
                self.clauses.add(-chosen, literal)
            placed |= here
        return placed

    def _busy(self, person: int) -> list[int]:
        wishes = self.problem.wishes_of[person]
        most = self.problem.people[person].most
        if most is not None and len(wishes) > most:
            self.clauses.add()
        busy = []
        for slot in self._slots:
            here = [self.held[wish][slot] for wish in wishes if slot in self.held[wish]]
            self.clauses.at_most_one(here)
            busy.append(self.clauses.any_of(here))
        return busy

    def _seat_all(self) -> None:
        hosts = _hosts(self.problem)
        for slot, seats in enumerate(self._seats):
            for number, group in enumerate(self.groups if len(self.groups) > 1 else ()):
                here = {wish: self.placed[wish].get((slot, number), FALSE) for wish in sorted(group.wishes)}
                self._seat(hosts, here, 0, group.capacity[slot])
            held = {wish: self.held[wish].get(slot, FALSE) for wish in range(len(self.held))}
            self._seat(hosts, held, self._least(slot), seats)

    def _seat(self, hosts: list[int], here: dict[int, int], least: int, most: int) -> None:
        """A host has one meeting at a time: counting hosts, not meetings, takes far fewer clauses."""
        of_host: dict[int, list[int]] = {}
        for wish, literal in here.items():
            if literal != FALSE:
                of_host.setdefault(hosts[wish], []).append(literal)
        self.clauses.between([self.clauses.any_of(literals) for literals in of_host.values()], least, most)

    def _least(self, slot: int) -> int:
        """Implied: meetings that all other slots together have no seats for are held in this one."""
        return max(0, len(self.held) - sum(self._seats) + self._seats[slot])

    def _most_held(self, slot: int) -> int:
        """No more than there are seats, nor than those who can be busy then make up."""
        busy = sum(literals[slot] != FALSE for literals in self.busy)
        smallest = min((len(wish.people) for wish in self.problem.wishes), default=2)
        return min(sum(group.capacity[slot] for group in self.groups), busy // smallest)

    def _keep_order(self) -> None:
        held_by: dict[tuple[int, int], int] = {}

        def by(wish: int, slot: int) -> int:
            if slot < 0:
                return FALSE
            if (wish, slot) not in held_by:
                held_by[wish, slot] = self.clauses.any_of([by(wish, slot - 1), self.held[wish].get(slot, FALSE)])
            return held_by[wish, slot]

        for rule in self.problem.precedences:
            for slot in self._slots:
                self.clauses.add(-by(rule.after, slot), by(rule.before, slot - 1))

    def _walk(self) -> None:
        """A person is not in two zones one after the other, where the walk takes longer than the pause."""
        longest = max(self.problem.walking.values(), default=0)
        for a, b in combinations(self._slots, 2):
            pause = self.problem.slots[b].start - self.problem.slots[a].end
            if pause < longest:
                for person in range(len(self.problem.people)):
                    self._walk_of(person, a, b, pause)

    def _walk_of(self, person: int, a: int, b: int, pause: int) -> None:
        busy, sessions = self.busy[person], self.problem.people[person].busy_at
        if any(slot in sessions for slot in range(a + 1, b)):
            return
        between = busy[a + 1 : b]
        for start, there, from_session in self._stops(person, a):
            for end, then, to_session in self._stops(person, b):
                if pause < self.problem.walk(start, end) and not (from_session and to_session):
                    self.clauses.add(-there, -then, *between)

    def _stops(self, person: int, slot: int) -> list[tuple[str, int, bool]]:
        """Where the person may be: zone, the literal that says so, and whether it is a session and no meeting."""
        stops = []
        for number, group in enumerate(self.groups):
            here = [self.placed[wish].get((slot, number), FALSE) for wish in self.problem.wishes_of[person]]
            there = self.clauses.any_of(here)
            if there != FALSE:
                stops.append((group.zone, there, False))
        zone = self.problem.people[person].busy_at.get(slot)
        if zone is not None:
            stops.append((zone, -self.busy[person][slot], True))
        return stops

    def _count_busy(self) -> None:
        """Implied: people are busy in as many slots as they have meetings, and a slot seats only so many people."""
        for person, wishes in enumerate(self.problem.wishes_of):
            if wishes:
                self.clauses.exactly(self.busy[person], len(wishes))
                self._count_sessions(person)
        sizes = sorted(len(wish.people) for wish in self.problem.wishes)
        for slot, seats in enumerate(self._seats):
            busy = [literals[slot] for literals in self.busy]
            self.clauses.between(busy, sum(sizes[: self._least(slot)]), sum(sizes[::-1][:seats]))

    def _count_sessions(self, person: int) -> None:
        """Meetings that can only be held in one session make the person busy in so many of its slots."""
        session_of = [slot.session for slot in self.problem.slots]
        within = [
            {session_of[slot] for slot in self.problem.possible_slots[wish]} for wish in self.problem.wishes_of[person]
        ]
        for session in sorted(set(session_of)) if len(set(session_of)) > 1 else []:
            busy = [literal for slot, literal in enumerate(self.busy[person]) if session_of[slot] == session]
            self.clauses.at_least(busy, sum(sessions == {session} for sessions in within))
            self.clauses.at_most(busy, sum(session in sessions for sessions in within))

    def _gaps(self, person: int) -> list[int]:
        if len(self.problem.wishes_of[person]) < 2:
            return []
        if self.problem.gaps_over_breaks:
            return self._gaps_of([True] * len(self._slots), self.busy[person])
        gaps = []
        for session in sorted({slot.session for slot in self.problem.slots}):
            gaps += self._gaps_of([slot.session == session for slot in self.problem.slots], self.busy[person])
        return gaps

    def _gaps_of(self, counts: list[bool], busy: list[int]) -> list[int]:
        """Literals "a gap ends before slot t": busy again, idle in t - 1, and the last meeting was in such a slot."""
        gaps = []
        last_in = FALSE
        for slot in self._slots:
            if not counts[slot]:
                last_in = self.clauses.all_of([last_in, -busy[slot]])
                continue
            if slot > 0:
                gap = self.clauses.all_of([last_in, busy[slot], -busy[slot - 1]])
                gaps += [gap] if gap != FALSE else []
            last_in = self.clauses.any_of([last_in, busy[slot]])
        return gaps

    def _gapless_days(self, person: int) -> None:
        """Implied: without a gap the first meeting says it all, n slots from there on and no others are busy."""
        number, busy = len(self.problem.wishes_of[person]), self.busy[person]
        whole_day = self.problem.gaps_over_breaks or len({slot.session for slot in self.problem.slots}) == 1
        if number < 2 or not whole_day:
            return
        gap = self.counted[person][0] if self.counted[person] else FALSE
        begun = [FALSE]
        for slot in self._slots:
            begun.append(self.clauses.any_of([begun[-1], busy[slot]]))
        for slot in self._slots:
            over = begun[max(0, slot + 1 - number)]
            self.clauses.add(gap, -busy[slot], -over)
            self.clauses.add(gap, busy[slot], -begun[slot + 1], over)
            if FALSE in busy[slot : slot + number] or slot + number > len(busy):
                self.clauses.add(gap, -begun[slot + 1], begun[slot])
        self.clauses.add(gap, begun[-1])

    def _equal_gaps(self) -> None:
        """Whoever has more than d + k gaps, everybody who meets has more than k."""
        within = self.problem.equal_within
        meeting = [counted for person, counted in enumerate(self.counted) if self.problem.wishes_of[person]]
        most = max(map(len, meeting), default=0)
        if within is None or most <= within:
            return
        for more in range(most - within):
            everybody = self.clauses.new()
            for counted in meeting:
                self.clauses.add(-everybody, counted[more] if more < len(counted) else FALSE)
                if more + within < len(counted):
                    self.clauses.add(-counted[more + within], everybody)


def _hosts(problem: Problem) -> list[int]:
    """For each wish one of its people, so that few people host all wishes."""
    open_ = Counter(person for wish in problem.wishes for person in wish.people)
    hosts = [-1] * len(problem.wishes)
    while open_:
        host = max(open_, key=lambda person: (open_[person], -person))
        for number in problem.wishes_of[host]:
            if hosts[number] < 0:
                hosts[number] = host
                open_.subtract(problem.wishes[number].people)
        open_ = +open_
    return hosts
