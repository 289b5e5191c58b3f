"""Who ranks: a shadow takes over by evidence or by a person's recorded decision, and one click takes it back.

Each change leaves a decision with its reason, an entry in the ranker's model card and an audit record.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.policies import Viewer, require_broker
from kernel.audit import record_change
from kernel.errors import DomainError, InvalidInput, NotFound
from matching.domain.learning.judging import Judgement, judge
from matching.domain.learning.versions import lock_rankers, ranker_of
from matching.enums import RankerChange, RankerState
from matching.models import RankerDecision, RankerVersion
from profiles.texts import clean_text

MAX_REASON_CHARACTERS = 1_000


class RanksAlready(DomainError):
    """The ranker orders the lists already."""

    code = "ranks_already"
    status = 409


class NothingToRollBack(DomainError):
    """No other ranker has ordered the lists before this one."""

    code = "nothing_to_roll_back"
    status = 409


@dataclass(frozen=True)
class _Change:
    """Why the champion changes, and who says so."""

    kind: RankerChange
    reason: str
    actor_id: int | None = None
    judgement: dict[str, Any] | None = None


def judge_shadow(hub_id: int, *, now: datetime) -> Judgement | None:
    """Judge the shadow against the champion and keep that in its model card; None where one of the two is missing."""
    champion, shadow = _standing(hub_id, RankerState.CHAMPION), _standing(hub_id, RankerState.SHADOW)
    if champion is None or shadow is None:
        return None
    judgement = judge(hub_id, champion, shadow, now=now)
    with transaction.atomic():
        lock_rankers(hub_id)
        card = RankerVersion.objects.filter(pk=shadow.pk).values_list("card", flat=True).first()
        if card is not None:
            RankerVersion.objects.filter(pk=shadow.pk).update(card={**card, "off_policy": judgement.to_json()})
    return judgement


def promote_by_evidence(hub_id: int, *, now: datetime) -> RankerVersion | None:
    """Let the shadow take over if the logged lists say with 90 % confidence that it is better; else None.

    The judgement is kept in the shadow's model card either way.
    """
    champion, shadow = _standing(hub_id, RankerState.CHAMPION), _standing(hub_id, RankerState.SHADOW)
    judgement = judge_shadow(hub_id, now=now)
    if champion is None or shadow is None or judgement is None or not judgement.promotes:
        return None
    with transaction.atomic():
        lock_rankers(hub_id)
        # Somebody may have decided meanwhile: then the judgement was about another champion.
        still = _standing(hub_id, RankerState.CHAMPION), _standing(hub_id, RankerState.SHADOW)
        if still != (champion, shadow) or still[1] is None:
            return None
        change = _Change(RankerChange.EVIDENCE, _in_figures(judgement), judgement=judgement.to_json())
        return _put_in_force(still[1], champion, change, now=now)


@transaction.atomic
def promote(viewer: Viewer, ranker: RankerVersion, *, reason: str, now: datetime) -> RankerVersion:
    """Let this ranker order the hub's lists, because a person says so and why.

    Raises:
        NotAllowed: the viewer does not broker for the hub.
        NotFound: the ranker is gone, or another hub's.
        InvalidInput: there is no reason.
        RanksAlready: it orders them already.
        UnusableRanker: it is of other features than today's.
    """
    require_broker(viewer)
    words = _reason(reason)
    if not words:
        raise InvalidInput(_("Say in a sentence why this ranker should order the lists."), field="reason")
    lock_rankers(viewer.hub_id)
    chosen = RankerVersion.objects.filter(hub_id=viewer.hub_id, pk=ranker.pk).first()
    if chosen is None:
        raise NotFound(_("This ranker is not there any more. Choose another one."))
    if chosen.state == RankerState.CHAMPION:
        raise RanksAlready(_("This ranker orders the lists already."))
    champion = _standing(viewer.hub_id, RankerState.CHAMPION)
    return _put_in_force(chosen, champion, _Change(RankerChange.FACILITATOR, words, viewer.user_id), now=now)


@transaction.atomic
def roll_back(viewer: Viewer, *, reason: str = "", now: datetime) -> RankerVersion:
    """Put back the ranker that ordered the lists before the present one; again, and the one before that.

    Raises:
        NotAllowed: the viewer does not broker for the hub.
        NothingToRollBack: no other one has ordered them.
        UnusableRanker: the one before is of other features than today's.
    """
    require_broker(viewer)
    words = _reason(reason)
    lock_rankers(viewer.hub_id)
    champion = _standing(viewer.hub_id, RankerState.CHAMPION)
    before = ranker_before(champion) if champion else None
    if champion is None or before is None:
        raise NothingToRollBack(_("No other ranker has ordered the lists before this one."))
    return _put_in_force(before, champion, _Change(RankerChange.ROLLBACK, words, viewer.user_id), now=now)


def ranker_before(champion: RankerVersion) -> RankerVersion | None:
    """The one from which this champion took over; what was rolled back to keeps the one it once took over from."""
    took_over = RankerDecision.objects.filter(ranker=champion).exclude(change=RankerChange.ROLLBACK)
    decision = took_over.select_related("before").first()
    return decision.before if decision else None


def _standing(hub_id: int, state: RankerState) -> RankerVersion | None:
    return RankerVersion.objects.filter(hub_id=hub_id, state=state).order_by("-number").first()


def _reason(text: str) -> str:
    return clean_text(text, field="reason", max_length=MAX_REASON_CHARACTERS)


def _put_in_force(
    ranker: RankerVersion, champion: RankerVersion | None, change: _Change, *, now: datetime
) -> RankerVersion:
    ranker_of(ranker)
    if champion is not None:
        champion.state = RankerState.RETIRED
        champion.save(update_fields=["state", "updated_at"])
    entry = {
        "change": change.kind.value,
        "reason": change.reason,
        "at": now.isoformat(),
        "before": champion.number if champion else None,
        "judgement": change.judgement,
    }
    ranker.state = RankerState.CHAMPION
    ranker.card = {**ranker.card, "promotions": [*ranker.card.get("promotions", []), entry]}
    ranker.save(update_fields=["state", "card", "updated_at"])
    RankerDecision.objects.create(
        hub_id=ranker.hub_id,
        ranker=ranker,
        before=champion,
        change=change.kind,
        reason=change.reason,
        decided_by_id=change.actor_id,
    )
    record_change(
        ranker.hub_id,
        actor_id=change.actor_id,
        action=f"ranker_{change.kind.value}",
        subject_type="ranker",
        subject_id=ranker.public_id,
        changed_fields=("state",),
    )
    return ranker


def _in_figures(judgement: Judgement) -> str:
    """The evidence in one line without words, so that it reads the same in every language."""
    found = judgement.difference
    return f"{found.value:+.4g} [{found.low:+.4g}; {found.high:+.4g}], n = {judgement.lists}" if found else ""
