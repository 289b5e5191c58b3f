"""`bench allocate`: who is shown to whom in a whole market, by data of others or by a generated market under caps."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from kernel.errors import DomainError, InvalidInput
from matching.engine.allocation.assignment import Allocation, allocate
from matching.engine.allocation.caps import load_caps
from matching.engine.allocation.frank_wolfe import nash_social_welfare, social_welfare
from matching.engine.allocation.greedy import greedy_pairs
from matching.engine.allocation.market import Market, Values, pair_values
from matching.engine.allocation.outcomes import count_envies, expected_matches, expected_matches_of_lists
from matching.engine.allocation.policies import naive, product, tu_matching
from matching.engine.allocation.rankings import RankingPolicy

Figures = dict[str, float]
POLICIES: dict[str, Callable[[Market], RankingPolicy]] = {
    "naive": naive,
    "product": product,
    "tu_matching": tu_matching,
    "social_welfare": social_welfare,
    "nash_social_welfare": nash_social_welfare,
}
DEFAULT_SIZE = 3700
LIST_LENGTH = 10
# A clinician takes three contacts, a firm with a sales force fifteen: places are scarcer than lists are long.
_LEAST_CAP, _MOST_CAP = 3, 15
_POPULARITY = 0.5
_SEED = 20261122


class MarketMissing(DomainError):
    """The folder holds no market that can be read."""

    code = "market_missing"


@dataclass(frozen=True)
class GeneratedMarket:
    """Values of pairs (n, n), float32, and how often each right agent may be shown."""

    values: Values
    right_caps: NDArray[np.int64]


def run(say: Callable[[str], None]) -> Figures:
    """Both parts: the shared example where it is there, and a generated market of 3,700 a side."""
    shared = Path(settings.BASE_DIR).parent / "shared" / "data" / "fairreciprocal"
    figures = run_size(DEFAULT_SIZE, say)
    if not shared.is_dir():
        say("the shared example market is not on this machine; its figures are left out")
        return figures
    return figures | {f"example_{name}": figure for name, figure in run_data(shared, say).items()}


def run_data(folder: Path, say: Callable[[str], None]) -> Figures:
    """Expected matches and envies of each policy; `left_to_right.csv` (n, m) and `right_to_left.csv` (m, n).

    `expected_matches` and `envies` (both sides together) are those of the Nash policy.

    Raises:
        MarketMissing: a file is not there or holds no table of probabilities.
    """
    market = read_market(folder)
    figures: Figures = {}
    for name, policy_of in POLICIES.items():
        say(f"{name} on {market.left_to_right.shape[0]} x {market.left_to_right.shape[1]} agents")
        policy = policy_of(market)
        figures[f"{name}_matches"] = expected_matches(market, policy)
        figures[f"{name}_envies"] = float(sum(count_envies(market, policy)))
    best = {"expected_matches": figures["nash_social_welfare_matches"], "envies": figures["nash_social_welfare_envies"]}
    return best | figures


def read_market(folder: Path) -> Market:
    """The market of a folder.

    Raises:
        MarketMissing: a file is not there or holds no table of probabilities.
    """
    tables = []
    for name in ("left_to_right.csv", "right_to_left.csv"):
        path = Path(folder) / name
        if not path.is_file():
            raise MarketMissing(f"{path} is missing. Give a folder with left_to_right.csv and right_to_left.csv.")
        try:
            lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
            tables.append(np.array([[float(cell) for cell in line.split(",")] for line in lines]))
        except ValueError as error:
            raise MarketMissing(f"{path} must hold numbers with commas, rows of one length: {error}") from error
    try:
        return Market(*tables)
    except ValueError as error:
        raise MarketMissing(f"{folder} holds no market: {error}") from error


def run_size(size: int, say: Callable[[str], None]) -> Figures:
    """Time, broken caps and welfare of lists of ten in a generated market of `size` agents on each side.

    Matches are expected matches when both sides read their list from the top, place r with probability 1/r.
    `gap` is what may be missing to the best Nash welfare, `gap_total` to the largest sum of values.

    Raises:
        InvalidInput: size is below 1.
    """
    if size < 1:
        raise InvalidInput(f"The market needs at least one agent on each side, got {size}.")
    market = generated_market(size, np.random.default_rng(_SEED))
    say(f"Nash welfare over {size} x {size} agents")
    nash, seconds = _timed(market, "nash")
    say(f"largest sum of values over {size} x {size} agents")
    total, seconds_total = _timed(market, "total")
    say("greedy lists, and lists without caps")
    greedy, uncapped = _greedy(market), _uncapped(market)
    return {
        "seconds": seconds,
        "caps_broken": float(caps_broken(nash, market.right_caps) + caps_broken(total, market.right_caps)),
        "expected_matches": _matches(market, nash.left, nash.right),
        "expected_matches_product_uncapped": _matches(market, *uncapped),
        "expected_matches_greedy": _matches(market, *greedy),
        "expected_matches_total": _matches(market, total.left, total.right),
        "gap": nash.gap,
        "gap_total": total.gap,
        "seconds_total": seconds_total,
        "pairs": float(len(nash.left)),
        "left_without_any": float(size - len(np.unique(nash.left))),
        "left_without_any_greedy": float(size - len(np.unique(greedy[0]))),
        "overloaded_product_uncapped": float((_loads(uncapped[1], size) > market.right_caps).sum()),
    }


def generated_market(size: int, generator: np.random.Generator) -> GeneratedMarket:
    """Half taste, half popularity, as in the shared example, with caps from 3 to 15 on the right."""
    popularity = np.linspace(1, 0, size, dtype=np.float32)
    tastes = [
        (1 - _POPULARITY) * generator.random((size, size), dtype=np.float32) + _POPULARITY * popularity
        for _side in range(2)
    ]
    return GeneratedMarket(pair_values(*tastes), generator.integers(_LEAST_CAP, _MOST_CAP + 1, size))


def caps_broken(allocation: Allocation, right_caps: NDArray[np.int64]) -> int:
    """How many agents of either side stand in more pairs than they may; counted from the pairs alone."""
    size = len(right_caps)
    over_left = (_loads(allocation.left, size) > LIST_LENGTH).sum()
    return int(over_left + (_loads(allocation.right, size) > right_caps).sum())


def _timed(market: GeneratedMarket, objective: str) -> tuple[Allocation, float]:
    start = time.perf_counter()
    found = allocate(
        market.values,
        list_length=LIST_LENGTH,
        right_caps=market.right_caps,
        objective="nash" if objective == "nash" else "total",
    )
    return found, time.perf_counter() - start


def _loads(agents: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.bincount(agents, minlength=size)


def _matches(market: GeneratedMarket, left: NDArray[np.int64], right: NDArray[np.int64]) -> float:
    return expected_matches_of_lists(market.values, left, right)


def _uncapped(market: GeneratedMarket) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each left agent's ten best by the product of both probabilities."""
    shown = np.argsort(-market.values, axis=1, kind="stable")[:, :LIST_LENGTH].astype(np.int64)
    return np.repeat(np.arange(len(shown)), shown.shape[1]), shown.ravel()


def _greedy(market: GeneratedMarket) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    caps = load_caps(market.values.shape, list_length=LIST_LENGTH, right_caps=market.right_caps)
    left, right = np.divmod(greedy_pairs(market.values, caps), market.values.shape[1])
    return left, right
