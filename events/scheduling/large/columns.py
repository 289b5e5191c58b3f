"""A problem as arrays: who is in which wish, and the columns (wish, slot, group of pools) that programs choose from."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from events.scheduling.gaps.places import pool_groups
from events.scheduling.problem import Problem

Numbers = NDArray[np.int64]


class Layout:
    """What stays the same while solving.

    `people_of` (wishes, people) is 1 where the person is in the wish; `values` and `rules` (wishes,); `most` (people,)
    meetings, infinite where there is no cap; `capacity` (groups, slots). `wish_at[s]` and `group_at[s]`, in step, are
    all ways to hold a meeting in slot s.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.groups = pool_groups(problem)
        self.slots = len(problem.slots)
        self.values = np.array([wish.value for wish in problem.wishes], dtype=float)
        self.rules = np.array([wish.is_rule for wish in problem.wishes], dtype=bool)
        self.most = np.array([np.inf if who.most is None else who.most for who in problem.people], dtype=float)
        self.allowed = np.zeros((len(problem.wishes), self.slots), dtype=bool)
        for number, slots in enumerate(problem.possible_slots):
            self.allowed[number, list(slots)] = True
        self.possible: NDArray[np.bool_] = self.allowed.sum(axis=1) > 0
        self.capacity = np.array([group.capacity for group in self.groups], dtype=int).reshape(
            len(self.groups), self.slots
        )
        self.wish_at, self.group_at = self._spots()

    @cached_property
    def people_of(self) -> csr_matrix:
        """Who is in which wish."""
        people = [wish.people for wish in self.problem.wishes]
        ends = np.concatenate([[0], np.cumsum([len(each) for each in people], dtype=int)])
        flat = np.fromiter((person for each in people for person in each), dtype=np.int64, count=int(ends[-1]))
        return csr_matrix((np.ones(flat.size), flat, ends), shape=(len(people), len(self.problem.people)))

    @cached_property
    def usable(self) -> NDArray[np.bool_]:
        """(people, slots): whether the person could have any meeting in the slot."""
        return np.asarray(self.people_of.T @ self.allowed.astype(float) > 0)

    @cached_property
    def groups_of(self) -> list[list[int]]:
        """For each wish the groups of pools it may use."""
        found: list[list[int]] = [[] for _wish in self.problem.wishes]
        for number, group in enumerate(self.groups):
            for wish in group.wishes:
                found[wish].append(number)
        return found

    @cached_property
    def tricky(self) -> NDArray[np.bool_]:
        """(wishes,): whether more than people and places decides where it can be held: an order, or walks."""
        found = np.full(len(self.problem.wishes), bool(self.problem.walking))
        for rule in self.problem.precedences:
            found[[rule.before, rule.after]] = True
        return found

    def _spots(self) -> tuple[list[Numbers], list[Numbers]]:
        users = [np.array(sorted(group.wishes), dtype=np.int64) for group in self.groups]
        wishes, groups = [], []
        for slot in range(self.slots):
            here = [
                each[self.allowed[each, slot]] if self.capacity[g, slot] else each[:0] for g, each in enumerate(users)
            ]
            wishes.append(np.concatenate([np.zeros(0, dtype=np.int64), *here]))
            groups.append(np.repeat(np.arange(len(users)), [len(each) for each in here]).astype(np.int64))
        return wishes, groups
