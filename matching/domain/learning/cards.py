"""The model card of a ranker: on what it rests, what it believes, how well it foretold what came later, and its limits.

Plain JSON, codes instead of words (pages translate), no ids and no names. Keys of a trained ranker's card:

- `format` 1; `number`; `made_at` (ISO); `period` {`from`, `until`} (ISO or None).
- `data`: counts by name: `impressions`, `unreadable_impressions`, `showings` (days on which a pair was shown),
  `requests`, `requests_without_features`, `withdrawn`, `unanswered`, `said_yes`, `said_no`, `said_not_now`,
  `seeker_declined`, `contacts`, `contacts_silent`, `contacts_without_features`, `answers_unsure`, `outcomes`,
  `told_by_one_side`, `disagreements`, `simulated`. A name that is missing counts 0.
- `stages`: for each of `priors.STAGES`: `observations`, `positives`, `converged`, `note`,
  `intercept` and `features` [..] with `name`, `prior`, `prior_sd`, `learned`, `learned_sd`, `moved` (difference in
  learnt deviations), `reason` (the expert's, English; "" without an opinion).
- `values`: {rung: value}; `delays`: {rung: {`documented`, `learned`}} (median days).
- `metrics`: {stage: None where too little was held out, else {`trained_on`, `held_out`, `positives`,
  `learned`, `prior`, `base`, `challenger`: {`log_loss`, `auc`, `ece`}, each None where it cannot be told;
  `challenger` None with `challenger_note` too_few_outcomes or nothing_learned}}. Held out are the later rows.
- `challenger_ahead`: stages in which the boosted trees had a clearly lower log loss; they are never used by themselves.
- `calibration`: {stage: [{`low`, `high`, `count`, `predicted`, `happened`}]} of the held-out rows.
- `slices`: {stage: [{`dimension` kind|size|region|warmth, `value`, `rows`, `happened`, `expected`, `log_loss`}]},
  by the receiver; `warmth` is "warm" where the receiver has been asked before, else "cold".
- `notes`: [{`code`, `stage`?}]: `expert` (only the expert's weights), `no_evidence`, `one_class`, `not_converged`,
  `constant_features` (with `features`), `unreadable_features`, `too_little_held_out`, `simulated`.
- `off_policy`: None until judged, else `judging.Judgement.to_json`: `since`, `until`, `lists`, `impressions`,
  `reason` (`promotion.REASONS`, too_few_lists or unusable_ranker), `promotes`, `is_twin`, and with a comparison
  `champion` and `shadow` {`ips`, `snips`, `dr`, `sndr`: {`value`, `low`, `high`}, `ess`, `clipped_share`,
  `impressions`, `rewarded`}, `differences` by estimator, `difference`, `least_ess`, `least_rewarded`, `estimator`.
- `promotions`: [{`change`, `reason`, `at`, `before` (number or None), `judgement`}], the newest last.

The card of the first champion has `format`, `number`, `made_at`, `notes` and `promotions` only.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np

from matching.domain.introductions.days import local_day
from matching.domain.learning.evidence import HubEvidence, StageRows
from matching.domain.learning.holdouts import HeldOut, hold_out, slices
from matching.engine.bayesian import Posterior
from matching.engine.contact_features import NAMES
from matching.engine.ladder import RUNGS
from matching.engine.priors import ACCEPTS, ANSWERS, ASKS, STAGES, PriorTable
from matching.engine.ranker import ContactRanker
from matching.queries.groups import Groups, groups_of

CHAIN = (ASKS, ANSWERS, ACCEPTS)
# The trees are ahead when their log loss is lower by more than this share.
_CLEARLY_LOWER = 0.02
_DIMENSIONS = ("kind", "size", "region")


def model_card(
    hub_id: int, ranker: ContactRanker, evidence: HubEvidence, tables: Mapping[str, PriorTable], *, now: datetime
) -> dict[str, Any]:
    """The card of a ranker that was trained on this evidence from these tables."""
    held_out = {
        stage: hold_out(evidence.stages[stage], tables[stage], with_challenger=stage in CHAIN) for stage in STAGES
    }
    groups = groups_of(hub_id, today=local_day(now))
    judged = {stage: held_out[stage] for stage in CHAIN}
    return {
        "format": 1,
        "made_at": now.isoformat(),
        "period": {"from": evidence.since.isoformat() if evidence.since else None, "until": now.isoformat()},
        "data": dict(evidence.counts),
        "stages": {stage: _beliefs(tables[stage], ranker.stages[stage]) for stage in STAGES},
        "values": dict(ranker.values),
        "delays": {
            rung.code: {"documented": rung.median_delay_days, "learned": learned.median_delay_days}
            for rung, learned in zip(RUNGS, evidence.rungs, strict=True)
        },
        "metrics": {stage: _metrics(each) for stage, each in held_out.items()},
        "challenger_ahead": [stage for stage, each in judged.items() if each and _trees_ahead(each)],
        "calibration": {stage: [asdict(one) for one in each.bins()] if each else [] for stage, each in judged.items()},
        "slices": {stage: slices(each, _groups(each.rows, groups)) if each else [] for stage, each in judged.items()},
        "notes": _notes(evidence, ranker, held_out),
        "off_policy": None,
        "promotions": [],
    }


def _beliefs(table: PriorTable, learned: Posterior) -> dict[str, Any]:
    prior = table.prior()
    deviations = np.sqrt(np.maximum(np.diag(learned.covariance), 0.0))
    reasons = {weight.feature: weight.reason for weight in table.weights}
    rows = [
        {
            "name": name,
            "prior": float(before),
            "prior_sd": float(before_sd),
            "learned": float(mean),
            "learned_sd": float(deviation),
            "moved": float((mean - before) / max(deviation, 1e-9)),
            "reason": reasons.get(name, table.base_reason if name == "intercept" else ""),
        }
        for name, before, before_sd, mean, deviation in zip(
            (*NAMES, "intercept"), prior.coefficients, prior.deviations, learned.mean, deviations, strict=True
        )
    ]
    return {
        "observations": learned.observations,
        "positives": learned.positives,
        "converged": learned.converged,
        "note": learned.note,
        "intercept": rows[-1],
        "features": rows[:-1],
    }


def _metrics(held_out: HeldOut | None) -> dict[str, Any] | None:
    if held_out is None:
        return None
    trees = held_out.challenger
    return {
        "trained_on": held_out.trained_on,
        "held_out": len(held_out.rows),
        "positives": int(held_out.rows.evidence.label.sum()),
        "learned": held_out.figures(held_out.learned),
        "prior": held_out.figures(held_out.prior),
        "base": held_out.figures(held_out.base),
        "challenger": held_out.figures(trees) if trees is not None else None,
        "challenger_note": held_out.challenger_note,
    }


def _trees_ahead(held_out: HeldOut) -> bool:
    if held_out.challenger is None:
        return False
    trees = held_out.figures(held_out.challenger)["log_loss"]
    learned = held_out.figures(held_out.learned)["log_loss"]
    return trees is not None and learned is not None and trees < learned * (1.0 - _CLEARLY_LOWER)


def _groups(rows: StageRows, groups: Groups) -> dict[str, Any]:
    """The receivers' groups of each dimension, and whether anything is known of how they answer."""
    found = {dimension: groups.values(dimension, rows.receiver) for dimension in _DIMENSIONS}
    habits = [NAMES.index(name) for name in ("answers_history", "accepts_history")]
    known = (rows.evidence.matrix[:, habits] != 0).any(axis=1)
    return found | {"warmth": np.where(known, "warm", "cold")}


def _notes(
    evidence: HubEvidence, ranker: ContactRanker, held_out: Mapping[str, HeldOut | None]
) -> list[dict[str, Any]]:
    """What fell back, and what a reader must know before believing the figures."""
    notes: list[dict[str, Any]] = []
    if not evidence.evidence:
        notes.append({"code": "expert"})
    for stage, rows in evidence.stages.items():
        notes += [{"code": code, "stage": stage} for code in _trouble(rows, ranker.stages[stage])]
        if len(rows) and (flat := _constant(rows)):
            notes.append({"code": "constant_features", "stage": stage, "features": flat})
        if len(rows) and held_out[stage] is None:
            notes.append({"code": "too_little_held_out", "stage": stage})
    counts = evidence.counts
    if any(counts.get(name) for name in _UNREADABLE):
        notes.append({"code": "unreadable_features"})
    if counts.get("simulated"):
        notes.append({"code": "simulated"})
    return notes


_UNREADABLE = ("unreadable_impressions", "requests_without_features", "contacts_without_features")


def _trouble(rows: StageRows, learned: Posterior) -> list[str]:
    if not len(rows):
        return ["no_evidence"]
    label = rows.evidence.label[rows.evidence.weight > 0]
    found = ["one_class"] if label.size and (label == label[0]).all() else []
    return found if learned.converged else [*found, "not_converged"]


def _constant(rows: StageRows) -> list[str]:
    flat = np.ptp(rows.evidence.matrix, axis=0) == 0
    return [name for name, same in zip(NAMES, flat, strict=True) if same]
