"""MiniZinc data files (.dzn), as far as scheduling instances use them: numbers, ranges, sets, lists and tables.

Source: The MiniZinc Handbook, "Spec.: data files" of release 2.8.
"""

import re
from collections.abc import Collection
from typing import ClassVar, NoReturn

from kernel.errors import DomainError

# A number, a set, a list, or a table as a list of its rows.
Value = int | frozenset[int] | list["Value"]

_TOKEN = re.compile(r"\s*(?:(\d+)(?!\.\d)|([A-Za-z_]\w*)|(\.\.|\[\||\|\]|[-{}\[\](),;=|]))")
_COMMENT_OR_TEXT = re.compile(r"%[^\n]*|/\*.*?\*/|(\"(?:[^\"\\\n]|\\.)*\")", re.DOTALL)
_LONGEST_RANGE = 100_000


class InstanceUnreadable(DomainError):
    """A data file is not there, or cannot be understood; the message says where."""

    code: ClassVar[str] = "timetable_instance_unreadable"


def parse_dzn(text: str, names: Collection[str]) -> dict[str, Value]:
    """The values of these names, as far as the data file gives them; what other names hold is not looked at.

    Raises:
        InstanceUnreadable: the text is no data file, or a name is given twice.
    """
    text = _COMMENT_OR_TEXT.sub(_emptied, text)
    values: dict[str, Value] = {}
    start = 0
    for statement in text.split(";"):
        reader = _Reader(text[:start], statement)
        start += len(statement) + 1
        if reader.at_end():
            continue
        name = reader.take_name()
        reader.take("=")
        if name in values:
            raise InstanceUnreadable(f"{name} is given twice.")
        if name in names:
            values[name] = reader.whole_value()
    return values


def _emptied(found: re.Match[str]) -> str:
    """A comment goes, its lines stay; a text stays as an empty one: nothing in it ends a statement."""
    return '""' if found[1] else "\n" * found[0].count("\n") + " "


class _Reader:
    """Takes a text apart, token by token."""

    def __init__(self, before: str, text: str) -> None:
        self._line = before.count("\n") + 1
        self._text = text.rstrip()
        self._place = 0

    def at_end(self) -> bool:
        return self._place >= len(self._text)

    def take_name(self) -> str:
        return self._taken(2, "a name")

    def take(self, sign: str) -> None:
        if not self._skip(sign):
            self._refuse(f"'{sign}'")

    def whole_value(self) -> Value:
        try:
            value = self.value()
        except RecursionError as error:
            raise InstanceUnreadable(f"Line {self._line}: lists are nested too deep.") from error
        if not self.at_end():
            self._refuse("';'")
        return value

    def value(self) -> Value:
        if self._skip("{"):
            return self._set()
        if self._skip("[|"):
            return self._table()
        if self._skip("["):
            return self._list("]")
        if self._peek(2):
            return self._named()
        first = self._number()
        return self._range(first) if self._skip("..") else first

    def _number(self) -> int:
        sign = -1 if self._skip("-") else 1
        return sign * int(self._taken(1, "a number"))

    def _range(self, first: int) -> frozenset[int]:
        last = self._number()
        if last - first >= _LONGEST_RANGE:
            raise InstanceUnreadable(f"The range {first}..{last} is too long.")
        return frozenset(range(first, last + 1))

    def _set(self) -> frozenset[int]:
        members: set[int] = set()
        for member in self._list("}"):
            if isinstance(member, list):
                self._refuse("numbers in a set")
            members |= {member} if isinstance(member, int) else member
        return frozenset(members)

    def _list(self, end: str) -> list[Value]:
        values: list[Value] = []
        while not self._skip(end):
            values.append(self.value())
            if not self._skip(","):
                self.take(end)
                break
        return values

    def _table(self) -> list[Value]:
        rows: list[Value] = []
        row: list[Value] = []
        while True:
            if self._skip("|]"):
                return rows + ([row] if row else [])
            if self._skip("|"):
                rows += [row] if row else []
                row = []
                continue
            row.append(self.value())
            if not self._skip(",") and not (self._next("|") or self._next("|]")):
                self._refuse("',' or '|'")

    def _named(self) -> Value:
        name = self.take_name()
        dimensions = re.fullmatch(r"array([1-6])d", name)
        if dimensions is None:
            raise InstanceUnreadable(f"{name} is neither a number, a set nor a list.")
        self.take("(")
        *indexes, values = self._list(")")
        last = indexes[-1] if indexes else None
        if len(indexes) != int(dimensions[1]) or not isinstance(last, frozenset) or not isinstance(values, list):
            raise InstanceUnreadable(f"{name} needs a range for each dimension, and a list.")
        if len(indexes) == 1:
            return values
        width = max(1, len(last))
        return [values[start : start + width] for start in range(0, len(values), width)]

    def _match(self) -> re.Match[str] | None:
        return _TOKEN.match(self._text, self._place)

    def _peek(self, kind: int) -> bool:
        found = self._match()
        return found is not None and found[kind] is not None

    def _next(self, sign: str) -> bool:
        found = self._match()
        return found is not None and found[3] == sign

    def _skip(self, sign: str) -> bool:
        found = self._match()
        if found is None or found[3] != sign:
            return False
        self._place = found.end()
        return True

    def _taken(self, kind: int, what: str) -> str:
        found = self._match()
        if found is None or found[kind] is None:
            self._refuse(what)
        self._place = found.end()
        return found[kind]

    def _refuse(self, wanted: str) -> NoReturn:
        line = self._line + self._text.count("\n", 0, self._place)
        here = self._text[self._place : self._place + 20].strip() or "the end"
        raise InstanceUnreadable(f"Line {line}: {wanted} should stand here, not {here!r}.")
