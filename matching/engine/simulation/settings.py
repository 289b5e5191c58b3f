"""What a simulated cluster is like: how many, how often, how late, and how far the truth lies from the expert's table.

Every number can be replaced, also from a JSON object, so that a ranker can be tried on worlds nobody tuned it for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np

from matching.engine.contact_features import NAMES
from matching.engine.ladder import CODES, RUNGS, VALUES
from matching.engine.priors import STAGES
from matching.engine.purposes import ADVISER, CLINICIAN, FIRM, MUNICIPALITY, RESEARCHER

KINDS = (FIRM, RESEARCHER, CLINICIAN, MUNICIPALITY, ADVISER)
_RATES = {rung.code: rung.base_rate for rung in RUNGS}
_DELAYS = {rung.code: rung.median_delay_days for rung in RUNGS}
_CAPS = {FIRM: (2, 6), RESEARCHER: (1, 4), CLINICIAN: (1, 2), MUNICIPALITY: (1, 3), ADVISER: (2, 8)}
DAYS_A_MONTH = 30
_MOST_PROFILES = 3000


@dataclass(frozen=True)
class Settings:
    """One kind of cluster; `with_changes` replaces some of its numbers.

    profiles, months, list_length: how large and how long. introductions_a_month: requests that lists by the expert's
        table would bring; it decides how many lists are shown (introductions_a_month / list_length / ask_rate).
    ask_rate: requests a card shown; answer_rate: requests that are decided in time; accept_rate: yes among decisions;
        rung_rates {rung: share of accepted contacts that reach it}. All hold for lists by the expert's table.
    values {rung: worth}, what the hub holds the outcomes to be worth.
    median_days {rung: median delay in days after acceptance}, answer_days: the same for an answer to a request;
        expires_days: later answers count as none. not_now: share of "not now" among requests without a decision.
    follow_up_days and follow_up_answers: when the parties are asked what came of it, and the share of contacts for
        which at least one side answers; the rest is silence.
    caps {kind: (least, most)} requests that a party takes in `cap_days`; `uncapped` is the share that sets no cap.
    attention: place r of a list is looked at with probability r ** -attention.
    deviation: how far the true weights lie from the expert's, in standard deviations of the expert's table.
    weights {stage: {feature: logits a unit}}: true weights given outright; they take the place of drawn ones.
    hidden_pair, hidden_party: standard deviations (logits) of what nobody can observe of a pair, of a party.
    repeat_days: a pair that was brought together is not shown again for so long.
    negated: features whose weights are negated in every stage of the "wrong prior" that a learner has to unlearn.

    Raises:
        ValueError: a name is not known, or a number is out of range; the message says which.
    """

    profiles: int = 300
    months: int = 24
    introductions_a_month: float = 40.0
    list_length: int = 10
    ask_rate: float = 0.10
    answer_rate: float = 0.60
    accept_rate: float = 0.50
    rung_rates: Mapping[str, float] = field(default_factory=lambda: _RATES)
    values: Mapping[str, float] = field(default_factory=lambda: VALUES)
    median_days: Mapping[str, float] = field(default_factory=lambda: _DELAYS)
    answer_days: float = 4.0
    expires_days: float = 14.0
    not_now: float = 0.15
    follow_up_days: tuple[float, ...] = (14.0, 90.0, 365.0, 730.0)
    follow_up_answers: tuple[float, ...] = (0.7, 0.65, 0.55, 0.5)
    caps: Mapping[str, tuple[int, int]] = field(default_factory=lambda: _CAPS)
    uncapped: float = 0.2
    cap_days: int = DAYS_A_MONTH
    attention: float = 0.5
    deviation: float = 1.0
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    hidden_pair: float = 0.5
    hidden_party: float = 0.4
    repeat_days: float = 180.0
    negated: tuple[str, ...] = ("relevance", "offer_need_meaning", "need_offer_meaning")

    def __post_init__(self) -> None:
        for name, default in (("rung_rates", _RATES), ("values", VALUES), ("median_days", _DELAYS)):
            object.__setattr__(self, name, _completed(name, getattr(self, name), default, CODES))
        caps = _completed("caps", self.caps, _CAPS, KINDS)
        object.__setattr__(self, "caps", {kind: (int(low), int(high)) for kind, (low, high) in caps.items()})
        for name in ("follow_up_days", "follow_up_answers", "negated"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        _check_sizes(self)
        _check_shares(self)
        _check_times(self)
        _check_preferences(self)

    @property
    def lists_a_month(self) -> int:
        """Lists shown each month, the same for every policy."""
        return max(1, round(self.introductions_a_month / (self.list_length * self.ask_rate)))

    def with_changes(self, changes: Mapping[str, Any]) -> "Settings":
        """These settings with some replaced; in a table (`rung_rates`, `caps`, ...) only the entries given change.

        Raises:
            ValueError: a setting is not known, or a value does not fit.
        """
        known = {each.name for each in fields(self)}
        unknown = sorted(set(changes) - known)
        if unknown:
            raise ValueError(f"There is no setting {', '.join(unknown)}. Known: {', '.join(sorted(known))}.")
        merged: dict[str, Any] = {}
        for name, value in changes.items():
            before = getattr(self, name)
            if isinstance(before, Mapping) and not isinstance(value, Mapping):
                raise ValueError(f"{name} is a table of names and values.")
            merged[name] = {**before, **value} if isinstance(before, Mapping) else value
        try:
            return replace(self, **merged)
        except (TypeError, AttributeError, KeyError) as error:
            raise ValueError(f"A setting has a value of the wrong kind: {error}") from error


def _completed(
    name: str, given: Mapping[str, Any], default: Mapping[str, Any], allowed: tuple[str, ...]
) -> dict[str, Any]:
    unknown = sorted(set(given) - set(allowed))
    if unknown:
        raise ValueError(f"{name} has no entry {', '.join(unknown)}. Known: {', '.join(allowed)}.")
    return {**default, **given}


def _check_sizes(settings: Settings) -> None:
    for name, least in (("profiles", 20), ("months", 1), ("list_length", 1), ("cap_days", 1)):
        value = getattr(settings, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name} is a whole number from {least} up.")
    if settings.profiles > _MOST_PROFILES:
        raise ValueError(f"profiles is at most {_MOST_PROFILES}: every pair is kept in memory.")
    if settings.list_length >= settings.profiles:
        raise ValueError("list_length is smaller than profiles.")
    if not 0.0 < settings.introductions_a_month < np.inf:
        raise ValueError("introductions_a_month is above 0.")
    for kind, (low, high) in settings.caps.items():
        if not 0 <= low <= high:
            raise ValueError(f"caps of {kind} are two whole numbers from 0 up, the smaller first.")


def _check_shares(settings: Settings) -> None:
    rates = {name: getattr(settings, name) for name in ("ask_rate", "answer_rate", "accept_rate")}
    for name, share in {**rates, **settings.rung_rates}.items():
        if not 0.0 < share < 1.0:
            raise ValueError(f"{name} is a share between 0 and 1, both excluded.")
    shares = {"not_now": settings.not_now, "uncapped": settings.uncapped}
    shares |= {f"follow_up_answers[{place}]": share for place, share in enumerate(settings.follow_up_answers)}
    for name, share in shares.items():
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"{name} is a share from 0 to 1.")
    if not all(0.0 <= value < np.inf for value in settings.values.values()) or not any(settings.values.values()):
        raise ValueError("values are numbers from 0 up, and at least one is above 0.")


def _check_times(settings: Settings) -> None:
    days = {f"median_days of {code}": delay for code, delay in settings.median_days.items()}
    days |= {name: getattr(settings, name) for name in ("answer_days", "expires_days")}
    for name, delay in days.items():
        if not 0.0 < delay < np.inf:
            raise ValueError(f"{name} is a number of days above 0.")
    if len(settings.follow_up_days) != len(settings.follow_up_answers):
        raise ValueError("follow_up_days and follow_up_answers are as many.")
    later = [0.0, *settings.follow_up_days]
    if not all(first < second < np.inf for first, second in pairwise(later)):
        raise ValueError("follow_up_days grow from above 0.")
    if not 0.0 <= settings.repeat_days < np.inf:
        raise ValueError("repeat_days is a number of days from 0 up.")


def _check_preferences(settings: Settings) -> None:
    for name in ("attention", "deviation", "hidden_pair", "hidden_party"):
        if not 0.0 <= getattr(settings, name) < np.inf:
            raise ValueError(f"{name} is a number from 0 up.")
    named = set(settings.negated).union(*settings.weights.values())
    unknown = sorted(named - set(NAMES))
    if unknown:
        raise ValueError(f"There is no feature {', '.join(unknown)}. Known: {', '.join(NAMES)}.")
    stages = sorted(set(settings.weights) - set(STAGES))
    if stages:
        raise ValueError(f"There is no stage {', '.join(stages)}. Known: {', '.join(STAGES)}.")
    if not all(np.isfinite(weight) for each in settings.weights.values() for weight in each.values()):
        raise ValueError("A weight is a finite number.")
