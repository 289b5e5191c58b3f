"""From what was shown, asked, answered and told to the evidence that each stage of the ranker learns from.

Each stage sees only those who reached it: requests among what was shown, answers among what was sent, a yes among
answers, a rung among contacts. What is not known yet is weighed by how much of it could be known, never as a no.
Everything is as it was known at a moment, so that a ranker of an earlier day can be trained again.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from matching.domain.introductions.days import COPENHAGEN
from matching.engine.bayesian import Evidence
from matching.engine.contact_features import NAMES
from matching.engine.exploration import examination_offset
from matching.engine.ladder import CODES, RUNGS, Rung, SeenDelays, learned_delays, matured
from matching.engine.priors import ACCEPTS, ANSWERS, ASKS, STAGES
from matching.enums import CONSENTED_STATES, Channel, DeclineReason, IntroductionState, Side
from matching.queries.disagreements import JOINT_RUNGS
from matching.queries.evidence import (
    Column,
    Exposures,
    Ids,
    Request,
    Told,
    days,
    exposures_of,
    requests_of,
    told_of,
)

# Outcomes are asked for over two years; what is older than three says little about today's hub.
HISTORY = timedelta(days=1096)
# A request within so many days came of the list, whatever page it was written on.
ASK_WINDOW_DAYS = 30.0
# Assumed: half of those who ask do so within two days of seeing the card; half of the answers come within four.
ASK_MEDIAN_DAYS, ANSWER_MEDIAN_DAYS = 2.0, 4.0
_ANSWER_WINDOW_DAYS = 14.0


@dataclass(frozen=True)
class DeclineWeight:
    """How much a no of this kind says about the fit of the pair, 0..1, and why."""

    weight: float
    reason: str


DECLINE_WEIGHTS: Mapping[str, DeclineWeight] = {
    DeclineReason.TOO_EARLY: DeclineWeight(0.5, "the product's stage did not fit yet; the pair may fit later"),
    DeclineReason.BENEFIT_UNCLEAR: DeclineWeight(1.0, "the other side sees no use: that is a poor fit"),
    DeclineReason.NOT_OUR_FIELD: DeclineWeight(1.0, "the plainest word on fit that there is"),
    DeclineReason.NO_CAPACITY: DeclineWeight(0.0, "time was short; nothing is said about the pair"),
    DeclineReason.ALREADY_SOLVED: DeclineWeight(0.7, "the need was met, which its text did not say; the field fitted"),
    DeclineReason.COMMERCIAL_UNCLEAR: DeclineWeight(0.7, "half about the firm's plan, half about what suits the pair"),
    DeclineReason.DESCRIPTION_UNCLEAR: DeclineWeight(0.3, "mostly about how the request was written"),
    DeclineReason.OTHER: DeclineWeight(0.7, "unknown, and a no all the same"),
    "": DeclineWeight(0.7, "no reason given: as another reason"),
}


@dataclass(frozen=True)
class StageRows:
    """The evidence of one stage, and for each row (n,) who asked whom and on which day (days since 1970).

    `told_by` names for rungs which side told it: "seeker", "receiver", "both", or "" for nobody.
    """

    evidence: Evidence
    seeker: Ids
    receiver: Ids
    at: Column
    told_by: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.at)

    def take(self, rows: NDArray[np.bool_]) -> "StageRows":
        """The rows that are named, (n,) flags."""
        seen = self.evidence
        kept = Evidence(seen.matrix[rows], seen.label[rows], seen.weight[rows], seen.matured[rows], seen.offset[rows])
        told = tuple(side for side, keep in zip(self.told_by, rows, strict=True) if keep) if self.told_by else ()
        return StageRows(kept, self.seeker[rows], self.receiver[rows], self.at[rows], told)


@dataclass(frozen=True)
class HubEvidence:
    """All that a hub's record says at a moment: rows by stage, the delays learned from it, and what was counted."""

    stages: Mapping[str, StageRows]
    rungs: tuple[Rung, ...]
    counts: Mapping[str, int]
    since: datetime | None = None

    @property
    def evidence(self) -> dict[str, Evidence]:
        """What `matching.engine.ranker.train` takes; a stage without rows is left out."""
        return {stage: rows.evidence for stage, rows in self.stages.items() if len(rows)}


def evidence_of(hub_id: int, *, now: datetime) -> HubEvidence:
    """The evidence of a hub as it was known at `now`; later events are as if they had not come yet."""
    counts: Counter[str] = Counter()
    requests = requests_of(hub_id, since=now - HISTORY, until=now)
    exposures = exposures_of(hub_id, since=now - HISTORY, until=now)
    told = told_of(hub_id, until=now)
    counts["simulated"] = int(exposures.simulated.sum()) + sum(request.simulated for request in requests)
    contacts = [each for each in requests if _accepted_at(each, now) is not None]
    rungs = learned_delays(_seen_delays(contacts, told, now))
    stages = {ASKS: _asks(exposures, requests, now, counts)}
    stages |= _answers_and_accepts(requests, now, counts)
    stages |= _rung_rows(contacts, told, rungs, now, counts)
    first = min((rows.at.min() for rows in stages.values() if len(rows)), default=None)
    since = None if first is None else datetime.fromtimestamp(first * 86_400.0, tz=now.tzinfo)
    return HubEvidence({stage: stages[stage] for stage in STAGES}, rungs, dict(counts), since)


def visible_share(age_days: Column, *, median_days: float, window_days: float) -> Column:
    """Share (n,) of what comes within a window that has come at these ages: exponential, cut off at the window."""
    age = np.clip(age_days, 0.0, window_days)
    rate = np.log(2.0) / median_days
    return np.asarray(np.expm1(-rate * age) / np.expm1(-rate * window_days), dtype=np.float64)


@dataclass
class _Rows:
    """Rows being gathered for one stage."""

    features: list[Column] = field(default_factory=list)
    people: list[tuple[int, int]] = field(default_factory=list)
    numbers: list[tuple[float, float, float, float]] = field(default_factory=list)
    told_by: list[str] = field(default_factory=list)

    def add(self, request: Request, at: datetime, label: float, *, weight: float = 1.0, matured: float = 1.0) -> None:
        """One row of this request."""
        self.features.append(request.features)
        self.people.append((request.seeker, request.receiver))
        self.numbers.append((days(at), label, weight, matured))

    def rows(self) -> StageRows:
        """The table of it all."""
        count = len(self.people)
        at, label, weight, share = np.array(self.numbers, dtype=np.float64).reshape(count, 4).T
        people = np.array(self.people, dtype=np.int64).reshape(count, 2)
        matrix = np.array(self.features, dtype=np.float64).reshape(count, len(NAMES))
        return StageRows(Evidence(matrix, label, weight, share), people[:, 0], people[:, 1], at, tuple(self.told_by))


def _asks(shown: Exposures, requests: list[Request], now: datetime, counts: Counter[str]) -> StageRows:
    """One row for each day on which a pair was shown: did the seeker ask within 30 days?

    Reading a page twice is one showing, at its best place. The days of one pair and purpose in one month share the
    weight of one row, since they are one person making up one mind.
    """
    readable = np.isfinite(shown.features).all(axis=1)
    counts["impressions"], counts["unreadable_impressions"] = len(shown.at), int((~readable).sum())
    label = _asked(shown, requests, now)
    day, month = _local_days(shown.at)
    purpose = np.unique(shown.purpose, return_inverse=True)[1] if len(shown.purpose) else np.empty(0, np.int64)
    pair = np.stack([shown.seeker, shown.profile, purpose], axis=1)
    places = np.flatnonzero(readable)
    order = places[np.lexsort((shown.position[places], -label[places], day[places]))]
    _keys, first = np.unique(np.column_stack([pair[order], day[order]]), axis=0, return_index=True)
    kept = np.sort(order[first])
    _months, inverse, sharing = np.unique(
        np.column_stack([pair[kept], month[kept]]), axis=0, return_inverse=True, return_counts=True
    )
    age = days(now) - shown.at[kept]
    seen = Evidence(
        shown.features[kept],
        label[kept],
        1.0 / sharing[inverse.reshape(-1)],
        visible_share(age, median_days=ASK_MEDIAN_DAYS, window_days=ASK_WINDOW_DAYS),
        examination_offset(shown.position[kept]),
    )
    counts["showings"] = len(kept)
    return StageRows(seen, shown.seeker[kept], shown.profile[kept], shown.at[kept])


def _local_days(at: Column) -> tuple[Ids, Ids]:
    """The local day and the month of each moment, as running numbers."""
    dates = [datetime.fromtimestamp(each * 86_400.0, tz=COPENHAGEN).date() for each in at.tolist()]
    day = np.array([each.toordinal() for each in dates], dtype=np.int64)
    return day, np.array([each.year * 12 + each.month for each in dates], dtype=np.int64)


def asked_at(request: Request) -> datetime | None:
    """When the seeker handed the request in; None for a draft, and for what a facilitator proposed by herself."""
    if request.channel == Channel.FACILITATOR:
        return None
    return request.seeker_consented_at or request.sent_at


def _asked(shown: Exposures, requests: list[Request], now: datetime) -> Column:
    """1 for a place from which a request came, or whose pair was asked within the window after it."""
    linked: set[int] = set()
    moments: dict[tuple[int, int], list[float]] = {}
    for request in requests:
        own, begun = asked_at(request), asked_at(request) or request.sent_at
        if request.impression is not None and begun is not None and begun <= now:
            linked.add(request.impression)
        if own is not None and own <= now:
            moments.setdefault((request.seeker, request.receiver), []).append(days(own))
    label = np.isin(shown.impression, np.array(sorted(linked), dtype=np.int64)).astype(np.float64)
    for place, pair in enumerate(zip(shown.seeker.tolist(), shown.profile.tolist(), strict=True)):
        at = shown.at[place]
        if any(0.0 <= moment - at <= ASK_WINDOW_DAYS for moment in moments.get(pair, ())):
            label[place] = 1.0
    return label


def _answers_and_accepts(requests: list[Request], now: datetime, counts: Counter[str]) -> dict[str, StageRows]:
    """Answers of what was sent, and a yes among answers; silence says nothing about the pair."""
    answers, accepts = _Rows(), _Rows()
    for request in requests:
        if request.sent_at is None or request.sent_at > now:
            continue
        counts["requests"] += 1
        if not np.isfinite(request.features).all():
            counts["requests_without_features"] += 1
            continue
        if request.state == IntroductionState.WITHDRAWN:
            counts["withdrawn"] += 1
            continue
        _add_answer(request, request.sent_at, now, answers, accepts, counts)
    return {ANSWERS: answers.rows(), ACCEPTS: accepts.rows()}


def _add_answer(
    request: Request, sent_at: datetime, now: datetime, answers: _Rows, accepts: _Rows, counts: Counter[str]
) -> None:
    word = _word_of_receiver(request, now)
    if word == "unasked":
        counts["seeker_declined"] += 1
        return
    if word == "":
        answers.add(request, sent_at, 0.0, matured=_answer_share(request, sent_at, now))
        counts["unanswered"] += 1
        return
    answers.add(request, sent_at, 1.0)
    counts[f"said_{word}"] += 1
    if word == "yes":
        accepts.add(request, sent_at, 1.0)
    elif word == "no" and (weight := DECLINE_WEIGHTS.get(request.decline_reason, DECLINE_WEIGHTS[""]).weight):
        accepts.add(request, sent_at, 0.0, weight=weight)


def _word_of_receiver(request: Request, now: datetime) -> str:
    """What the asked side had said by then: "yes", "no", "not_now", nothing, or "unasked" where it had no chance to.

    A facilitator's proposal asks both sides: the receiver's yes counts whatever the seeker made of it.
    """
    if request.receiver_consented_at is not None and request.receiver_consented_at <= now:
        return "yes"
    if request.answered_at is None or request.answered_at > now:
        return ""
    if request.state in CONSENTED_STATES:
        return "yes"
    if request.declined_by == Side.SEEKER or _took_a_break(request):
        return "unasked"
    return {IntroductionState.DECLINED.value: "no", IntroductionState.NOT_NOW.value: "not_now"}.get(request.state, "")


def _took_a_break(request: Request) -> bool:
    """Whether the clock said "not now" for a party that paused: whoever says it themselves names a day."""
    return request.state == IntroductionState.NOT_NOW and request.ask_again_on is None


def _answer_share(request: Request, sent_at: datetime, now: datetime) -> float:
    """Share of the answers that would have come by now; all of them once the last day is over."""
    window = _ANSWER_WINDOW_DAYS if request.expires_at is None else max(days(request.expires_at) - days(sent_at), 1.0)
    age = np.array([days(now) - days(sent_at)])
    return float(visible_share(age, median_days=ANSWER_MEDIAN_DAYS, window_days=window)[0])


def _accepted_at(request: Request, now: datetime) -> datetime | None:
    """When both had said yes, if they had by then."""
    ours, theirs = request.seeker_consented_at, request.receiver_consented_at
    if request.state not in CONSENTED_STATES or ours is None or theirs is None:
        return None
    both = max(ours, theirs)
    return both if both <= now else None


def _seen_delays(contacts: list[Request], told: Mapping[int, Told], now: datetime) -> dict[str, SeenDelays]:
    """Days from acceptance until a rung was first told, and the age of its contact today."""
    found: dict[str, list[tuple[float, float]]] = {}
    for contact in contacts:
        accepted = _accepted_at(contact, now)
        for rung, sides in told[contact.pk].achieved.items() if accepted and contact.pk in told else ():
            if rung in CODES and accepted is not None:
                delay = max(days(min(sides.values())) - days(accepted), 0.0)
                found.setdefault(rung, []).append((delay, days(now) - days(accepted)))
    return {
        rung: SeenDelays(*(np.array(column, dtype=np.float64) for column in zip(*pairs, strict=True)))
        for rung, pairs in found.items()
    }


def _rung_rows(
    contacts: list[Request], told: Mapping[int, Told], rungs: tuple[Rung, ...], now: datetime, counts: Counter[str]
) -> dict[str, StageRows]:
    """For each rung the contacts about which somebody has said something.

    One side's word is enough. Not told is "not yet", weighed by the share of such outcomes that come by the last
    informative answer; silence and “do not know” say nothing at all.
    """
    tables = {rung.code: _Rows() for rung in RUNGS}
    for contact in contacts:
        accepted, words = _accepted_at(contact, now), told.get(contact.pk)
        counts["contacts"] += 1
        counts["answers_unsure"] += words.unsure if words else 0
        if accepted is None or words is None or not (words.informed or words.achieved):
            counts["contacts_silent"] += 1
            continue
        if not np.isfinite(contact.features).all():
            counts["contacts_without_features"] += 1
            continue
        _count_differences(words, counts)
        heard = max((*words.informed.values(), *(at for each in words.achieved.values() for at in each.values())))
        age = np.array([max(days(heard) - days(accepted), 0.0)])
        for rung in rungs:
            sides = words.achieved.get(rung.code, {})
            table = tables[rung.code]
            table.add(contact, accepted, float(bool(sides)), matured=float(matured(rung, age)[0]))
            table.told_by.append("both" if len(sides) > 1 else next(iter(sides), ""))
    return {f"rung:{code}": table.rows() for code, table in tables.items()}


def _count_differences(words: Told, counts: Counter[str]) -> None:
    """Rungs told by one side only, and of those the joint ones that the other side, asked too, does not tell."""
    for rung, sides in words.achieved.items():
        counts["outcomes"] += 1
        if len(sides) == 1:
            counts["told_by_one_side"] += 1
            counts["disagreements"] += rung in JOINT_RUNGS and len(words.informed) > 1
