"""The plan of a hall with its stands to scale; colour never says anything that a pattern or the table does not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from string import ascii_uppercase

from django.utils.translation import gettext as _

from events.models import Hall, Stand
from profiles.terms import label_of

# Classes of the style sheet: as many colours as can be told apart, then the same with stripes.
LOOKS = 12
MOST_WIDTHS = 10
# Letters of a number are this much of the stand's depth, and so wide each.
_TEXT_SHARE, _LETTER_WIDTH = 0.5, 0.62


@dataclass(frozen=True)
class StandMark:
    """One stand as it is drawn; lengths in decimetres, `sign` the letter of its theme where the plan shows themes.

    `url` is where the public plan leads from it; organisers are led to their form.
    """

    stand: Stand
    look: str
    sign: str
    theme: str
    holder: str
    x: float
    y: float
    text_size: float
    overlaps: bool
    url: str = ""
    is_sought: bool = False

    @property
    def words(self) -> str:
        """What the mark says to those who do not see it."""
        return ", ".join(filter(None, (_("Stand %(number)s") % {"number": self.stand.number}, self.holder, self.theme)))


@dataclass(frozen=True)
class PlanKey:
    """A line of the legend."""

    look: str
    sign: str
    label: str
    count: int


@dataclass(frozen=True)
class HallPlan:
    """A hall, its marks and the legend."""

    hall: Hall
    marks: tuple[StandMark, ...]
    legend: tuple[PlanKey, ...]

    @property
    def width_class(self) -> str:
        """How wide the plan is drawn on a phone, so that fingers hit a stand: by each ten metres begun."""
        return f"plan--{min(ceil(self.hall.plan_width / 100), MOST_WIDTHS)}"


def draw_plans(halls: Iterable[Hall], *, by_theme: bool = False, overlapping: Iterable[int] = ()) -> list[HallPlan]:
    """Plans of the halls that have stands, coloured by who has them or by theme; halls come with their stands."""
    with_stands = [(hall, list(hall.stands.all())) for hall in halls]
    themes = sorted({stand.theme_id for _hall, stands in with_stands for stand in stands if stand.theme_id})
    numbers = {theme: number for number, theme in enumerate(themes)}
    wrong = frozenset(overlapping)
    return [_draw(hall, stands, numbers if by_theme else None, wrong) for hall, stands in with_stands if stands]


def _draw(hall: Hall, stands: Sequence[Stand], numbers: dict[str, int] | None, wrong: frozenset[int]) -> HallPlan:
    marks = tuple(_mark(stand, numbers, wrong) for stand in stands)
    counts: dict[tuple[str, str, str], int] = {}
    for mark in marks:
        label = (
            (mark.theme or _("No theme")) if numbers is not None else (_("Taken") if mark.holder else _("Still free"))
        )
        key = (mark.sign, mark.look, label)
        counts[key] = counts.get(key, 0) + 1
    legend = tuple(PlanKey(look, sign, label, number) for (sign, look, label), number in sorted(counts.items()))
    return HallPlan(hall, marks, legend)


def _mark(stand: Stand, numbers: dict[str, int] | None, wrong: frozenset[int]) -> StandMark:
    holder = holder_of(stand)
    number = numbers.get(stand.theme_id or "") if numbers is not None else None
    look = f"theme-{number % LOOKS}" if number is not None else "taken" if holder and numbers is None else "free"
    x, y, size = place_number(stand)
    return StandMark(
        stand=stand, look=look, sign="" if number is None else ascii_uppercase[number % 26],
        theme=label_of(stand.theme_id), holder=holder,
        x=x, y=y, text_size=size, overlaps=stand.pk in wrong,
    )  # fmt: skip


def place_number(stand: Stand) -> tuple[float, float, float]:
    """The middle of the stand and how high its number is written, in decimetres."""
    size = min(stand.height * _TEXT_SHARE, stand.width / (_LETTER_WIDTH * (len(stand.number) + 0.6)))
    return stand.left + stand.width / 2, stand.top + stand.height / 2, round(size, 1)


def holder_of(stand: Stand) -> str:
    """Who has the stand; empty for nobody."""
    if stand.profile is not None:
        return stand.profile.name
    return stand.organisation.name if stand.organisation is not None else ""
