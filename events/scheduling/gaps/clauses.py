"""Clauses for a SAT solver, and the few building blocks of constraints that timetables need.

Literals are numbered from 1, a negative number is the opposite; `TRUE` and `FALSE` are literals as well, so that an
encoder needs no case for what is known beforehand.
"""

from collections.abc import Iterable, Sequence

TRUE = 1
FALSE = -1


class Clauses:
    """A growing conjunctive normal form; literal 1 is true."""

    def __init__(self) -> None:
        self.top = TRUE
        self.clauses: list[list[int]] = [[TRUE]]

    def new(self) -> int:
        """A fresh literal."""
        self.top += 1
        return self.top

    def add(self, *literals: int) -> None:
        """At least one of the literals holds."""
        kept = [literal for literal in literals if literal != FALSE]
        if TRUE not in kept:
            self.clauses.append(kept)

    def any_of(self, literals: Iterable[int]) -> int:
        """A literal that holds exactly if one of these does."""
        kept = sorted({literal for literal in literals if literal != FALSE})
        if TRUE in kept:
            return TRUE
        if len(kept) < 2:
            return kept[0] if kept else FALSE
        made = self.new()
        for literal in kept:
            self.add(-literal, made)
        self.add(-made, *kept)
        return made

    def all_of(self, literals: Iterable[int]) -> int:
        """A literal that holds exactly if all of these do."""
        return -self.any_of(-literal for literal in literals)

    def at_most_one(self, literals: Sequence[int]) -> None:
        """No two of them hold: pairwise for few, by a chain of small groups for many."""
        kept = [literal for literal in literals if literal != FALSE]
        while len(kept) > 6:
            group, rest = kept[:4], kept[4:]
            carried = self.new()
            for literal in group:
                self.add(-literal, carried)
            self._pairwise(group)
            kept = [carried, *rest]
        self._pairwise(kept)

    def _pairwise(self, literals: Sequence[int]) -> None:
        for number, literal in enumerate(literals):
            for other in literals[number + 1 :]:
                self.add(-literal, -other)

    def counted(self, literals: Sequence[int], up_to: int) -> list[int]:
        """Totaliser: literal k of the answer (from 0) holds exactly if more than k of these do; `up_to` of them.

        Source: Bailleux and Boufkhad, CP 2003.
        """
        sure = sum(literal == TRUE for literal in literals)
        open_ = [literal for literal in literals if literal not in (TRUE, FALSE)]
        counted = [TRUE] * min(sure, up_to)
        return counted + self._tree(open_, up_to - len(counted))

    def _tree(self, literals: Sequence[int], up_to: int) -> list[int]:
        if up_to <= 0 or not literals:
            return []
        if len(literals) == 1:
            return [literals[0]]
        half = len(literals) // 2
        return self._merged(self._tree(literals[:half], up_to), self._tree(literals[half:], up_to), up_to)

    def _merged(self, left: list[int], right: list[int], up_to: int) -> list[int]:
        made = [self.new() for _each in range(min(up_to, len(left) + len(right)))]
        for a in range(len(left) + 1):
            for b in range(len(right) + 1):
                # At least a on the left and b on the right make at least a + b ...
                if 0 < a + b <= len(made):
                    self.add(*(-left[a - 1],) * (a > 0), *(-right[b - 1],) * (b > 0), made[a + b - 1])
                # ... and no more than a on the left and no more than b on the right make no more than a + b.
                if a + b < len(made):
                    self.add(*left[a : a + 1], *right[b : b + 1], -made[a + b])
        return made

    def between(self, literals: Sequence[int], least: int, most: int) -> None:
        """At least so many and at most so many of them hold."""
        possible = sum(literal != FALSE for literal in literals)
        if least > min(possible, most):
            self.add()
        counted = self.counted(literals, most + 1 if possible > most else least)
        if least > 0:
            self.add(*counted[least - 1 : least])
        if possible > most:
            self.add(-counted[most])

    def exactly(self, literals: Sequence[int], number: int) -> None:
        """Just that many of them hold."""
        self.between(literals, number, number)

    def at_most(self, literals: Sequence[int], number: int) -> None:
        """No more than that many of them hold."""
        self.between(literals, 0, number)

    def at_least(self, literals: Sequence[int], number: int) -> None:
        """That many of them or more hold."""
        self.between(literals, number, len(literals))
