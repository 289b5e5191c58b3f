"""Reads: whom, or which agreed meeting, a written name or badge code means; asked of the database, never of a list.

People are told by "name (profile)", or by the name alone where both are the same; a meeting by its two, with a dash
between them. Behind either may stand badge codes, which tell those of one name apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Generic, TypeVar

from django.db.models import Case, CharField, F, Model, Q, QuerySet, Value, When
from django.db.models.functions import Concat

from events.models import MeetingRequest, Participant

Row = TypeVar("Row", bound=Model)
# Enough to choose from; who is told more writes more.
MOST_FOUND = 20
MOST_WORDS = 8
_DASH = " – "
_SIGNS = "()·–-,"


@dataclass(frozen=True)
class Found(Generic[Row]):
    """What was found, at most MOST_FOUND of `total`; `is_whole` where the words are all of a name or code."""

    rows: tuple[Row, ...]
    total: int
    is_whole: bool

    @property
    def only(self) -> Row | None:
        """The one that is meant; a part of a name never means somebody."""
        return self.rows[0] if self.is_whole and self.total == 1 else None


def people_named(rows: QuerySet[Participant], written: str) -> Found[Participant]:
    """Those of the rows who are called so or have that code; else those in whom every word is found."""
    words = one_line(written)
    known = rows.annotate(told=_told(), told_with_code=Concat(_told(), Value(" · "), "code"))
    ways = (
        Q(told=words) | Q(told_with_code=words),
        Q(code__iexact=words),
        Q(told__iexact=words) | Q(told_with_code__iexact=words) | Q(name__iexact=words),
    )
    return _found(known.order_by("name", "pk"), ways, words, ("",))


def meetings_named(rows: QuerySet[MeetingRequest], written: str) -> Found[MeetingRequest]:
    """Those of the rows whose two are called so, in order or only one of them; else those with every word."""
    words = one_line(written)
    # Few keyboards have the dash.
    spellings = {words, words.replace(" - ", _DASH)}
    codes = Concat("sender__code", Value(_DASH), "receiver__code")
    known = rows.annotate(
        pair=Concat(_told("sender__"), Value(_DASH), _told("receiver__")),
        pair_with_codes=Concat(_told("sender__"), Value(_DASH), _told("receiver__"), Value(" · "), codes),
        pair_names=Concat("sender__name", Value(_DASH), "receiver__name"),
        pair_codes=codes,
        sender_told=_told("sender__"),
        receiver_told=_told("receiver__"),
    )
    one = ("sender_told", "sender__name", "sender__code", "receiver_told", "receiver__name", "receiver__code")
    ways = (
        Q(pair=words) | Q(pair_with_codes=words),
        _any(("pair_codes",), spellings),
        _any(("pair", "pair_with_codes", "pair_names"), spellings),
        _any(one, {words}),
    )
    return _found(known, ways, words, ("sender__", "receiver__"))


def one_line(written: str) -> str:
    """The words with one space between them, as names are stored."""
    return " ".join(written.replace("\x00", " ").split())


def _told(prefix: str = "") -> Case:
    name, profile = f"{prefix}name", f"{prefix}participation__profile__name"
    both = Concat(name, Value(" ("), profile, Value(")"), output_field=CharField())
    return Case(When(**{name: F(profile)}, then=F(name)), default=both, output_field=CharField())


def _any(columns: Iterable[str], spellings: Iterable[str]) -> Q:
    asked = [Q(**{f"{column}__iexact": each}) for column in columns for each in sorted(spellings)]
    return reduce(lambda one, other: one | other, asked)


def _found(rows: QuerySet[Row], ways: Iterable[Q], words: str, prefixes: Iterable[str]) -> Found[Row]:
    """The first way that finds somebody, the narrowest first; after them the words one by one."""
    if not words:
        return Found((), 0, is_whole=False)
    for way in ways:
        found = _some(rows.filter(way), is_whole=True)
        if found.total:
            return found
    parts = [part for part in (word.strip(_SIGNS) for word in words.split()) if part][:MOST_WORDS]
    if not parts:
        return Found((), 0, is_whole=False)
    return _some(rows.filter(reduce(and_, (_somewhere(part, prefixes) for part in parts))), is_whole=False)


def _some(rows: QuerySet[Row], *, is_whole: bool) -> Found[Row]:
    found = tuple(rows[: MOST_FOUND + 1])
    total = len(found) if len(found) <= MOST_FOUND else rows.count()
    return Found(found[:MOST_FOUND], total, is_whole=is_whole)


def _somewhere(word: str, prefixes: Iterable[str]) -> Q:
    columns = ("name", "participation__profile__name", "participation__profile__organisation__name")
    asked = Q()
    for prefix in prefixes:
        asked |= Q(**{f"{prefix}code__iexact": word})
        for column in columns:
            asked |= Q(**{f"{prefix}{column}__icontains": word})
    return asked
