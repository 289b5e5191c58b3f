"""A hub with a log: lists as they were shown, requests that came of them, and what the sides told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from hubs.models import Hub
from matching.candidates_blob import Candidates
from matching.engine.contact_features import NAMES, NEUTRAL
from matching.engine.priors import TYPICAL
from matching.enums import AnswerKind, Channel, IntroductionState, Standing
from matching.models import Impression, Introduction, Outcome, OutcomeReport, ShownList
from profiles.models import Profile
from tests.factories import ProfileFactory

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Row = list[float]


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def features(**named: float) -> Row:
    """A typical pair with these columns instead."""
    row = TYPICAL.copy()
    for name, value in named.items():
        row[NAMES.index(name)] = value
    return [float(value) for value in row]


def neutral() -> Row:
    return [float(value) for value in NEUTRAL]


def _is_sound(row: Any) -> bool:
    """Whether the packed candidates can hold it; what an impression keeps may be forged."""
    return (
        isinstance(row, list)
        and len(row) == len(NAMES)
        and all(isinstance(value, float) and abs(value) < 1000 for value in row)
    )


def show(
    seeker: Profile | None,
    profiles: Sequence[Profile],
    *,
    at: datetime,
    rows: Sequence[Any] | None = None,
    others: Sequence[Profile] = (),
    propensity: float = 1.0,
    other_rows: Sequence[Row] | None = None,
    **columns: Any,
) -> list[Impression]:
    """A list as the policy shows it: everybody as likely; `others` were candidates that had no place."""
    hub_id = profiles[0].hub_id
    table = list(rows) if rows is not None else [features() for _each in profiles]
    numbers = [row if _is_sound(row) else neutral() for row in table]
    numbers += list(other_rows or [features(relevance=-4.0) for _each in others])
    ids = np.array([each.pk for each in (*profiles, *others)], dtype=np.int64)
    defaults = {"purpose": "opi_light", "ranker_name": "expert", "channel": Channel.WEB}
    blob = Candidates(ids, np.array(numbers, dtype=np.float64)).packed()
    shown = ShownList.objects.create(
        hub_id=hub_id, seeker=seeker, shown_at=at, **{**defaults, "candidates": blob, **columns}
    )
    impressions = [
        Impression(
            hub_id=hub_id,
            shown_list=shown,
            profile=profile,
            position=position,
            propensity=propensity,
            place_propensity=propensity / len(profiles),
            features=row,
        )
        for position, (profile, row) in enumerate(zip(profiles, table, strict=True))
    ]
    return Impression.objects.bulk_create(impressions)


def ask(
    seeker: Profile,
    receiver: Profile,
    *,
    at: datetime,
    state: str = IntroductionState.SENT,
    impression: Impression | None = None,
    days_to_answer: float = 1.0,
    **columns: Any,
) -> Introduction:
    """A request that was sent at that moment, and answered a day later if its state says so."""
    answered = at + timedelta(days=days_to_answer)
    said_yes = state in (IntroductionState.ACCEPTED, IntroductionState.MET, IntroductionState.CLOSED)
    said = said_yes or state in (IntroductionState.DECLINED, IntroductionState.NOT_NOW)
    refused = state in (IntroductionState.DECLINED, IntroductionState.NOT_NOW)
    defaults: dict[str, Any] = {
        "purpose": "opi_light",
        "seeker_consented_at": at,
        "receiver_consented_at": answered if said_yes else None,
        "sent_at": at,
        "expires_at": at + timedelta(days=14),
        "answered_at": answered if said else None,
        "declined_by": "receiver" if refused else "",
        "decline_reason": "not_our_field" if state == IntroductionState.DECLINED else "",
        "features": [] if impression else features(),
    }
    row = Introduction.objects.create(
        hub_id=seeker.hub_id, seeker=seeker, receiver=receiver, state=state, impression=impression,
        **{**defaults, **columns},
    )  # fmt: skip
    Introduction.objects.filter(pk=row.pk).update(created_at=at, updated_at=at)
    row.refresh_from_db()
    return row


def tell(
    introduction: Introduction,
    side: str,
    *rungs: str,
    at: datetime,
    kind: str = AnswerKind.OUTCOMES,
    standing: str = Standing.ACHIEVED,
) -> OutcomeReport:
    """What one side told at that moment."""
    report = OutcomeReport.objects.create(
        hub_id=introduction.hub_id, introduction=introduction, side=side, kind=kind, source="link", told_at=at
    )
    for rung in rungs:
        Outcome.objects.create(hub_id=report.hub_id, report=report, rung=rung, standing=standing)
    return report


@dataclass
class Cluster:
    """Firms that seek and departments that are sought, half of them small."""

    firms: list[Profile]
    small: list[Profile]
    large: list[Profile]
    introductions: list[Introduction] = field(default_factory=list)

    @property
    def departments(self) -> list[Profile]:
        return [*self.small, *self.large]


def cluster(hub: Hub, firms: int = 6, departments: int = 8) -> Cluster:
    half = departments // 2
    return Cluster(
        ProfileFactory.create_batch(firms, hub=hub, kind="firm", organisation__hub=hub),
        ProfileFactory.create_batch(half, hub=hub, kind="clinician", organisation__hub=hub),
        ProfileFactory.create_batch(
            departments - half, hub=hub, kind="clinician", organisation__hub=hub,
        ),
    )  # fmt: skip


def lived_year(hub: Hub, *, weeks: int = 40, firms: int = 6, seed: int = 5) -> Cluster:
    """Every week each firm is shown four of eight departments by lot and asks one by lot.

    Of ten answers of small departments eight or nine are yes, of ten of large ones one or two.
    """
    found, generator = cluster(hub, firms), np.random.default_rng(seed)
    for week in range(weeks):
        at = ago(7.0 * (weeks - week) + 30.0)
        for firm in found.firms:
            order = [found.departments[place] for place in generator.permutation(len(found.departments))]
            sizes = [1.0 if each in found.small else -1.0 for each in order]
            rows = [
                features(small_unit=size, relevance=float(generator.normal()), shared_themes=float(generator.random()))
                for size in sizes
            ]
            shown = show(firm, order[:4], at=at, rows=rows[:4], others=order[4:], other_rows=rows[4:], propensity=0.5)
            place = int(generator.integers(4))
            state = _answer(generator, 0.85 if sizes[place] > 0 else 0.15)
            row = ask(firm, order[place], at=at + timedelta(hours=2), state=state, impression=shown[place])
            found.introductions.append(row)
            if state == IntroductionState.ACCEPTED:
                rungs = ("meeting_held",) if generator.random() < 0.8 else ()
                tell(row, "seeker", *rungs, at=at + timedelta(days=16))
    return found


def _answer(generator: np.random.Generator, chance: float) -> str:
    """Three of ten requests are not answered."""
    if generator.random() < 0.3:
        return IntroductionState.EXPIRED
    return IntroductionState.ACCEPTED if generator.random() < chance else IntroductionState.DECLINED
