"""The Columbia speed-dating table as pairs of people who decided about each other, with what was known before.

Ratings given at the meeting, and all that was asked during or after it, are never read.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.csv_tables import Columns, find_table, read_columns
from benchmarks.data_files import DataMissing

Column = NDArray[np.float64]
Matrix = NDArray[np.float64]

_QUALITIES = ("attr", "sinc", "intel", "fun", "amb")
# Asked before the evening: what each looks for (1_1), how each sees itself (3_1), and thinks to be seen (5_1).
_PREFERENCES = tuple(f"{quality}1_1" for quality in (*_QUALITIES, "shar"))
_OWN = tuple(f"{quality}3_1" for quality in _QUALITIES)
_SEEN = tuple(f"{quality}5_1" for quality in _QUALITIES)
_INTERESTS = (
    "sports", "tvsports", "exercise", "dining", "museums", "art", "hiking", "gaming", "clubbing", "reading", "tv",
    "theater", "movies", "concerts", "music", "shopping", "yoga",
)  # fmt: skip
_PLAIN = ("age", "date", "go_out", "exphappy", "imprace", "imprelig", "gender")
_CODES = ("goal", "race", "field_cd", "career_c")
_PERSON = (*_PREFERENCES, *_OWN, *_SEEN, *_INTERESTS, *_PLAIN, *_CODES, "income")
_PAIR = ("iid", "pid", "wave", "dec", "int_corr", "samerace")
_LIKED = 7.0


@dataclass(frozen=True)
class Decisions:
    """Directed decisions (n,): who (`iid`) said yes to whom, and the number of the row of the other's decision.

    `matrix` (n, features) is what the decider's and the other's forms and the two together say; NaN is unknown.
    """

    names: tuple[str, ...]
    matrix: Matrix
    wave: NDArray[np.int64]
    yes: Column
    back: NDArray[np.int64]
    decider: NDArray[np.int64]

    @property
    def mutual(self) -> Column:
        """1 where both said yes, (n,)."""
        return np.asarray(self.yes * self.yes[self.back])


def read_decisions(place: Path) -> Decisions:
    """The decisions of a file, or of the one `speed*` table of a folder; rows without a counterpart are left out.

    Raises:
        DataMissing: the file cannot be read, a decision is not 0 or 1, somebody decides twice on one person, or no
            two people decided on each other.
    """
    path = find_table(place, "speed*")
    table = read_columns(path, (*_PAIR, *_PERSON), encoding="latin-1")
    if not np.isin(table["dec"], (0, 1)).all():
        raise DataMissing(f"{path.name}: a decision (dec) is 0 or 1.")
    known = np.isfinite(table["iid"]) & np.isfinite(table["pid"])
    table = {name: column[known] for name, column in table.items()}
    pairs = list(zip(table["iid"].tolist(), table["pid"].tolist(), strict=True))
    rows = {pair: row for row, pair in enumerate(pairs)}
    if len(rows) < len(pairs):
        raise DataMissing(f"{path.name}: somebody decides twice on one person.")
    kept = [row for row, (one, other) in enumerate(pairs) if (other, one) in rows]
    if not kept or not np.isfinite(table["wave"]).all():
        raise DataMissing(f"{path.name}: no two people decided on each other, or a wave is missing.")
    place_of = {row: place for place, row in enumerate(kept)}
    back = np.array([place_of[rows[pairs[row][1], pairs[row][0]]] for row in kept])
    ours = {name: column[kept] for name, column in table.items()}
    names, matrix = _features(ours, back)
    numbers = {name: ours[name].astype(np.int64) for name in ("wave", "iid")}
    return Decisions(names, matrix, numbers["wave"], ours["dec"], back, numbers["iid"])


def _features(table: Columns, back: NDArray[np.int64]) -> tuple[tuple[str, ...], Matrix]:
    """What the decider says, what the other says, both together, and the other's by the decider's gender."""
    own = _person(table)
    others = {name: column[back] for name, column in own.items()}
    side = own["gender"] - 0.5
    columns = {f"own_{name}": column for name, column in own.items()}
    columns |= {f"other_{name}": column for name, column in others.items()}
    columns |= {f"other_{name}_by_side": column * side for name, column in others.items() if name != "gender"}
    columns |= _together(table, own, others, side)
    return tuple(columns), np.stack(list(columns.values()), axis=1)


def _person(table: Columns) -> Columns:
    """One form, (n,) a column: preferences as shares of their sum (waves 6 to 9 asked on another scale)."""
    total = np.sum([table[name] for name in _PREFERENCES], axis=0)
    shares = {
        name: np.divide(table[name], total, out=np.full_like(total, np.nan), where=total > 0) for name in _PREFERENCES
    }
    plain = {name: table[name] for name in (*_OWN, *_SEEN, *_INTERESTS, *_PLAIN)}
    codes = {
        f"{name}_{code:g}": np.where(np.isnan(table[name]), np.nan, table[name] == code).astype(np.float64)
        for name in _CODES
        for code in range(1, 19)
        if (table[name] == code).any()
    }
    income = np.log(np.where(table["income"] > 0, table["income"], np.nan))
    return shares | plain | codes | {"own_mean": np.mean([table[name] for name in _OWN], axis=0), "income": income}


def _together(table: Columns, own: Columns, others: Columns, side: Column) -> Columns:
    """What only the two together have: distances, things in common, and wishes against the other's self-image."""
    older = others["age"] - own["age"]
    liked = [np.stack([form[name] for name in _INTERESTS]) for form in (own, others)]
    same = {
        f"same_{name}": np.sum([own[key] * others[key] for key in own if key.startswith(f"{name}_")], axis=0)
        for name in ("goal", "field_cd", "career_c")
        if any(key.startswith(f"{name}_") for key in own)
    }
    wishes = zip(_PREFERENCES, _OWN, strict=False)
    return same | {
        "older": older,
        "older_by_side": older * side,
        "age_apart": np.abs(older),
        "int_corr": table["int_corr"],
        "same_race": table["samerace"],
        "same_race_wanted": table["samerace"] * (own["imprace"] - 4.0),
        "wishes_met": np.sum([own[wish] * others[image] for wish, image in wishes], axis=0),
        "looks_wished_and_there": (own["attr1_1"] - 0.2) * (others["attr3_1"] - 7.0),
        "self_image_above": others["own_mean"] - own["own_mean"],
        "go_out_apart": np.abs(others["go_out"] - own["go_out"]),
        "interests_shared": ((liked[0] >= _LIKED) & (liked[1] >= _LIKED)).sum(axis=0).astype(np.float64),
        "interests_apart": np.abs(liked[0] - liked[1]).mean(axis=0),
    }
