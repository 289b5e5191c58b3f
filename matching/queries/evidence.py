"""Reads for training: what was shown to whom, what was asked and answered, what each side told, as plain columns.

Nothing here knows a person: profiles are numbers, and no text is read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.contact_features import HIGH, LOW, NAMES, NEUTRAL
from matching.enums import AnswerKind, Channel, Standing
from matching.models import Impression, Introduction, Outcome, OutcomeReport

Ids = NDArray[np.int64]
Column = NDArray[np.float64]
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]

_BATCH = 5_000
_SECONDS_A_DAY = 86_400.0


def days(moment: datetime) -> float:
    """A moment as days, whole and broken ones, so that ages are plain differences."""
    return moment.timestamp() / _SECONDS_A_DAY


@dataclass(frozen=True)
class Exposures:
    """Places of lists that were shown to a known seeker for a purpose, (n,), oldest first; `at` in days.

    `shown_list`, `impression`, `seeker` and `profile` are row ids; `features` (n, `contact_features.NAMES`) holds NaN
    in every column of a row whose features cannot be read.
    """

    impression: Ids
    shown_list: Ids
    seeker: Ids
    profile: Ids
    purpose: NDArray[np.str_]
    position: Ids
    at: Column
    features: Matrix
    simulated: Flags


@dataclass(frozen=True)
class Request:
    """One introduction as training needs it; `features` are those of its impression, or its own."""

    pk: int
    seeker: int
    receiver: int
    state: str
    channel: str
    impression: int | None
    created_at: datetime
    sent_at: datetime | None
    expires_at: datetime | None
    answered_at: datetime | None
    seeker_consented_at: datetime | None
    receiver_consented_at: datetime | None
    declined_by: str
    decline_reason: str
    simulated: bool
    ask_again_on: date | None
    asked_again: int | None
    features: Column


@dataclass(frozen=True)
class Told:
    """What is known of one contact's outcomes at a moment.

    `achieved`: for each rung, the sides that told it, with the moment of the first word. `informed`: for each side,
    the moment of its last answer that was not “do not know”. `unsure`: how many answers were.
    """

    achieved: dict[str, dict[str, datetime]]
    informed: dict[str, datetime]
    unsure: int = 0


def exposures_of(hub_id: int, *, since: datetime, until: datetime) -> Exposures:
    """What seekers were shown in `since` < moment <= `until`, read in batches so that the rows never fill the memory.

    A list that a facilitator reads for somebody else is no showing: the seeker could not ask.
    """
    rows = (
        Impression.objects.filter(
            hub_id=hub_id,
            shown_list__seeker__isnull=False,
            shown_list__shown_at__gt=since,
            shown_list__shown_at__lte=until,
        )
        .exclude(shown_list__purpose="")
        .exclude(shown_list__channel=Channel.FACILITATOR)
        .order_by("shown_list__shown_at", "pk")
        .values_list(
            "pk", "shown_list_id", "shown_list__seeker_id", "profile_id", "position",
            "shown_list__purpose", "shown_list__shown_at", "shown_list__is_simulated", "features",
        )
    )  # fmt: skip
    ids, purposes, moments, simulated, tables = [], [], [], [], []
    for batch in _batches(rows.iterator(chunk_size=_BATCH)):
        ids.append(np.array([row[:5] for row in batch], dtype=np.int64).reshape(len(batch), 5))
        purposes += [row[5] for row in batch]
        moments += [days(row[6]) for row in batch]
        simulated += [row[7] for row in batch]
        tables.append(feature_table([row[8] for row in batch]))
    columns = np.concatenate(ids).T if ids else np.empty((5, 0), np.int64)
    impression, shown_list, seeker, profile, position = columns
    return Exposures(
        impression, shown_list, seeker, profile, np.array(purposes, dtype=np.str_), position,
        np.array(moments, dtype=np.float64),
        np.concatenate(tables) if tables else np.empty((0, len(NAMES))),
        np.array(simulated, dtype=np.bool_),
    )  # fmt: skip


def _batches(rows: Iterable[Any]) -> Iterable[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def feature_table(stored: Sequence[Any]) -> Matrix:
    """Stored features as a table (n, f); a row that is no list of f numbers is NaN throughout.

    A single value that is not finite takes its neutral value, the rest is clipped to its feature's range.
    """
    table = np.full((len(stored), len(NAMES)), np.nan)
    for place, row in enumerate(stored):
        if isinstance(row, list) and len(row) == len(NAMES):
            try:
                table[place] = row
            except (TypeError, ValueError, OverflowError):
                continue
    readable = np.isfinite(table).any(axis=1)
    repaired = np.clip(np.where(np.isfinite(table), table, NEUTRAL), LOW, HIGH)
    table[readable] = repaired[readable]
    return table


def requests_of(hub_id: int, *, since: datetime, until: datetime) -> list[Request]:
    """Introductions begun in `since` < moment <= `until`, oldest first."""
    rows = (
        Introduction.objects.filter(hub_id=hub_id, created_at__gt=since, created_at__lte=until)
        .order_by("pk")
        .values_list(
            "pk", "seeker_id", "receiver_id", "state", "channel", "impression_id", "created_at", "sent_at",
            "expires_at", "answered_at", "seeker_consented_at", "receiver_consented_at", "declined_by",
            "decline_reason", "is_simulated", "ask_again_on", "asked_again_id", "impression__features", "features",
        )
    )  # fmt: skip
    found = list(rows)
    shown, own = feature_table([row[17] for row in found]), feature_table([row[18] for row in found])
    features = np.where(np.isnan(shown), own, shown)
    return [Request(*row[:17], features=features[place]) for place, row in enumerate(found)]


def told_of(hub_id: int, *, until: datetime) -> dict[int, Told]:
    """What was told up to a moment, by introduction id; a contact that nobody has answered about is not there."""
    found: dict[int, Told] = {}
    reports = OutcomeReport.objects.filter(hub_id=hub_id, told_at__lte=until).order_by("told_at", "pk")
    for introduction, side, kind, told_at in reports.values_list("introduction_id", "side", "kind", "told_at"):
        told = found.get(introduction) or Told({}, {})
        if kind == AnswerKind.DO_NOT_KNOW:
            told = Told(told.achieved, told.informed, told.unsure + 1)
        else:
            told.informed[side] = told_at
        found[introduction] = told
    outcomes = Outcome.objects.filter(hub_id=hub_id, report__told_at__lte=until, standing=Standing.ACHIEVED).order_by(
        "report__told_at", "pk"
    )
    columns = ("report__introduction_id", "rung", "report__side", "report__told_at")
    for introduction, rung, side, told_at in outcomes.values_list(*columns):
        found[introduction].achieved.setdefault(rung, {}).setdefault(side, told_at)
    return found
