"""What a contact can lead to once both sides said yes: the rungs that carry value, how often and how late they come.

Late is the rule here: up to ten years lie between idea and market, so an outcome that has not come yet is weighed by
how many would have come by now.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]

# What was heard of is at least half a day old; a shorter age would make a delay certain.
_LEAST_DAYS = 0.5
_GRID = np.exp(np.linspace(np.log(1 / 40), np.log(40), 601))


@dataclass(frozen=True)
class Rung:
    """One outcome: its share among accepted contacts, its median delay from acceptance, and what it is worth.

    `value` is relative: one meeting held is worth 1. `source` says where the rate and the delay come from.
    """

    code: str
    base_rate: float
    median_delay_days: float
    value: float
    source: str


RUNGS = (
    Rung("meeting_held", 0.80, 14, 1.0, "assumed: booked before, both said yes; one in five falls through"),
    Rung("input_received", 0.33, 30, 2.0, "33 % had concrete ideas one month after taking part"),
    Rung("test_or_evidence", 0.15, 120, 5.0, "14-17 % reported a new technology, product or service"),
    Rung(
        "project_formed", 0.12, 180, 8.0, "13-18 % a project with new partners; 9.1 % of 2,210 meetings a cooperation"
    ),
    Rung("funding_raised", 0.04, 365, 15.0, "of 30 projects advised in a year 10 were funded: a third of the projects"),
    Rung("commercial_result", 0.03, 540, 25.0, "between 1.2 % agreements of 2,210 meetings and 12 % sales in surveys"),
    Rung(
        "stopped_with_learning", 0.10, 120, 4.0, "assumed: as often as not even a project; learning early is a success"
    ),
)
CODES = tuple(rung.code for rung in RUNGS)
VALUES: Mapping[str, float] = {rung.code: rung.value for rung in RUNGS}


@dataclass(frozen=True)
class SeenDelays:
    """Outcomes that came: days from acceptance to each, and days from acceptance to today, (n,).

    Only what came before today can be seen, so short delays are overrepresented among young contacts.

    Raises:
        ValueError: lengths differ, a number is not finite, or a delay is negative or longer than the age.
    """

    delay_days: Column
    age_days: Column

    def __post_init__(self) -> None:
        delay, age = np.asarray(self.delay_days, dtype=np.float64), np.asarray(self.age_days, dtype=np.float64)
        if delay.ndim != 1 or delay.shape != age.shape:
            raise ValueError("Each outcome has one delay and one age.")
        if not (np.isfinite(delay).all() and np.isfinite(age).all() and (delay >= 0).all() and (delay <= age).all()):
            raise ValueError("A delay is counted from 0 days to the age of its contact.")
        object.__setattr__(self, "delay_days", delay)
        object.__setattr__(self, "age_days", age)


def matured(rung: Rung, age_days: Column) -> Column:
    """Share (n,) of a rung's outcomes that have come at these ages: exponential delays, half of them at the median.

    Raises:
        ValueError: an age is not finite.
    """
    age = np.asarray(age_days, dtype=np.float64)
    if not np.isfinite(age).all():
        raise ValueError("An age is a finite number of days.")
    return np.asarray(-np.expm1(-np.log(2.0) / rung.median_delay_days * np.maximum(age, 0.0)), dtype=np.float64)


def learned_delays(seen: Mapping[str, SeenDelays], *, strength: float = 4.0) -> tuple[Rung, ...]:
    """The rungs with the median delays that the hub's own outcomes make likely; a rung without any stays as it is.

    The rate of an exponential delay has a gamma prior worth `strength` outcomes around the documented median; each
    outcome contributes its density given that it came before today (right truncation).

    Raises:
        ValueError: a code is no rung, or `strength` is not above 0.
    """
    unknown = sorted(set(seen) - set(CODES))
    if unknown:
        raise ValueError(f"There is no rung {', '.join(unknown)}.")
    if not 0.0 < strength < np.inf:
        raise ValueError("The strength of the prior is above 0.")
    return tuple(
        replace(rung, median_delay_days=_median_days(rung, seen[rung.code], strength))
        if rung.code in seen and len(seen[rung.code].delay_days)
        else rung
        for rung in RUNGS
    )


def _median_days(rung: Rung, seen: SeenDelays, strength: float) -> float:
    """The delay whose rate is the posterior mean, summed over a fine grid of rates."""
    rates = np.log(2.0) / rung.median_delay_days * _GRID
    age = np.maximum(seen.age_days, _LEAST_DAYS)
    # The grid is even in the logarithm of the rate, hence strength and not strength - 1.
    density = strength * np.log(rates) - strength * _GRID
    density += len(age) * np.log(rates) - rates * seen.delay_days.sum()
    density -= np.array([np.log(-np.expm1(-rate * age)).sum() for rate in rates])
    share = np.exp(density - density.max())
    return float(np.log(2.0) * share.sum() / (share @ rates))


def values_of(edits: Mapping[str, float] | None = None) -> dict[str, float]:
    """The value of every rung, with the hub's `edits` in place of the default ones.

    Raises:
        ValueError: a code is no rung, a value is negative or not finite, or nothing has a value.
    """
    unknown = sorted(set(edits or {}) - set(CODES))
    if unknown:
        raise ValueError(f"There is no rung {', '.join(unknown)}.")
    values = {code: float(value) for code, value in ({**VALUES, **(edits or {})}).items()}
    if not all(np.isfinite(value) and value >= 0.0 for value in values.values()):
        raise ValueError("The value of a rung is a number from 0 up.")
    if not any(values.values()):
        raise ValueError("At least one rung is worth something.")
    return values
