"""Which free stand for whom: a proposal that keeps those of one theme beside each other; plain data, no database."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Applicant:
    """Somebody without a stand: the place of its theme among the themes (None: it has none), and when it signed up.

    Of `signed_up` only the order counts.
    """

    key: int
    name: str
    theme: str | None = None
    theme_place: int = 0
    signed_up: int = 0


@dataclass(frozen=True)
class FreeStand:
    """A stand that nobody has; its theme where it is kept for one."""

    key: int
    theme: str | None = None


def propose_stands(applicants: Sequence[Applicant], stands: Sequence[FreeStand]) -> dict[int, int]:
    """Keys of stands by keys of applicants; `stands` come in the order in which one walks past them.

    Stands kept for a theme go to those of that theme. All others are laid theme by theme along the stands, by name
    within a theme; those without a theme come last, and a stand kept for another theme is used only when no other is
    left. Where stands are too few, those who signed up first have one.
    """
    first = sorted(applicants, key=lambda each: (each.signed_up, each.key))[: len(stands)]
    waiting = sorted(first, key=_beside_each_other)
    given = _own_themes(waiting, stands)
    rest = [each for each in waiting if each.key not in given]
    left = [stand for stand in stands if stand.key not in set(given.values())]
    places = {stand.key: place for place, stand in enumerate(left)}
    # Stable: of those kept for a theme and of the others, those that one walks past first.
    used = sorted(left, key=lambda stand: stand.theme is not None)[: len(rest)]
    used.sort(key=lambda stand: places[stand.key])
    return given | {each.key: stand.key for each, stand in zip(rest, used, strict=True)}


def _beside_each_other(each: Applicant) -> tuple[bool, int, str, str, int]:
    return each.theme is None, each.theme_place, each.theme or "", each.name.casefold(), each.key


def _own_themes(waiting: Sequence[Applicant], stands: Sequence[FreeStand]) -> dict[int, int]:
    of_theme: dict[str, list[FreeStand]] = defaultdict(list)
    for stand in stands:
        if stand.theme is not None:
            of_theme[stand.theme].append(stand)
    given: dict[int, int] = {}
    for each in waiting:
        own = of_theme.get(each.theme or "")
        if own:
            given[each.key] = own.pop(0).key
    return given
