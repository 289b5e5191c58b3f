"""A hub's own opinions: weights of the expert's tables set otherwise, and what reaching a rung is worth to it.

They come into force with the next ranker that is trained and put in force; a hub that has learnt nothing yet begins
anew from its edited weights at once.
"""

from datetime import datetime

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from hubs.models import Hub
from hubs.policies import Viewer, require_setting_weights
from kernel.audit import record_change
from kernel.errors import InvalidInput
from matching.domain.learning.champion import rung_values_of, tables_of
from matching.domain.learning.versions import UnusableRanker, begin_from_experts, lock_rankers, ranker_of
from matching.engine.contact_features import NAMES
from matching.engine.ladder import CODES, VALUES, values_of
from matching.engine.priors import PRIORS, STAGES
from matching.enums import RankerState
from matching.models import PriorEdit, RankerVersion, RungValue
from profiles.texts import clean_text

MAX_REASON_CHARACTERS = 500
# Five logits are odds of 150 to 1: no opinion is that strong.
MOST_WEIGHT = 5.0
MOST_VALUE = 10_000.0


@transaction.atomic
def edit_prior(
    viewer: Viewer, *, stage: str, feature: str, mean: float | None, reason: str, now: datetime
) -> PriorEdit | None:
    """Set one weight of the hub's tables; None as `mean` puts the expert's back.

    Raises:
        NotAllowed: the viewer does not administer the hub.
        InvalidInput: there is no such stage or feature, the weight is out of range, or there is no reason.
    """
    require_setting_weights(viewer)
    if stage not in STAGES:
        raise InvalidInput(_("There is no such stage. Choose one of the list."), field="stage")
    if feature not in NAMES:
        raise InvalidInput(_("There is no such feature. Choose one of the list."), field="feature")
    if mean is not None and not (np.isfinite(mean) and abs(mean) <= MOST_WEIGHT):
        raise InvalidInput(_("A weight is a number from -5 to 5."), field="mean")
    words = clean_text(reason, field="reason", max_length=MAX_REASON_CHARACTERS)
    if not words:
        raise InvalidInput(_("Say in a sentence why this weight is right for the hub."), field="reason")
    lock_rankers(viewer.hub_id)
    edited = PriorEdit.objects.filter(hub_id=viewer.hub_id, stage=stage, feature=feature)
    row = None
    if mean is None:
        edited.delete()
    else:
        row, _new = PriorEdit.objects.update_or_create(
            hub_id=viewer.hub_id,
            stage=stage,
            feature=feature,
            defaults={"mean": float(mean), "reason": words, "edited_by_id": viewer.user_id},
        )
    _record(viewer, "prior_weight", f"{stage}.{feature}")
    _begin_anew(viewer, words, now=now)
    return row


@transaction.atomic
def value_rung(viewer: Viewer, *, rung: str, value: float | None, now: datetime, reason: str = "") -> dict[str, float]:
    """Set what reaching a rung is worth to the hub; None puts the default back. All values in force.

    Raises:
        NotAllowed: the viewer does not administer the hub.
        InvalidInput: there is no such rung, the value is out of range, or no rung would be worth anything.
    """
    require_setting_weights(viewer)
    if rung not in CODES:
        raise InvalidInput(_("There is no such outcome. Choose one of the list."), field="rung")
    if value is not None and not (np.isfinite(value) and 0.0 <= value <= MOST_VALUE):
        raise InvalidInput(_("A value is a number from 0 to 10,000."), field="value")
    lock_rankers(viewer.hub_id)
    try:
        values = values_of(rung_values_of(viewer.hub_id) | {rung: VALUES[rung] if value is None else float(value)})
    except ValueError as error:
        raise InvalidInput(_("At least one outcome must be worth something."), field="value") from error
    rows = RungValue.objects.filter(hub_id=viewer.hub_id, rung=rung)
    if value is None:
        rows.delete()
    else:
        RungValue.objects.update_or_create(hub_id=viewer.hub_id, rung=rung, defaults={"value": float(value)})
    _record(viewer, "rung_value", rung)
    _begin_anew(viewer, clean_text(reason, field="reason", max_length=MAX_REASON_CHARACTERS), now=now)
    return values


def weights_in_force(hub_id: int) -> dict[str, dict[str, tuple[float, float, str]]]:
    """For each stage and feature: the expert's weight, the hub's, and the reason of whoever set it last."""
    edits = {(row.stage, row.feature): row.reason for row in PriorEdit.objects.filter(hub_id=hub_id)}
    tables = tables_of(hub_id)
    found: dict[str, dict[str, tuple[float, float, str]]] = {}
    for stage in STAGES:
        experts = {weight.feature: weight.reason for weight in PRIORS[stage].weights}
        found[stage] = {
            name: (float(before), float(own), edits.get((stage, name), experts.get(name, "")))
            for name, before, own in zip(NAMES, PRIORS[stage].means, tables[stage].means, strict=True)
        }
    return found


def _record(viewer: Viewer, subject: str, field: str) -> None:
    record_change(
        viewer.hub_id,
        actor_id=viewer.user_id,
        action="update",
        subject_type=subject,
        subject_id=Hub.objects.only("public_id").get(pk=viewer.hub_id).public_id,
        changed_fields=(field,),
    )


def _begin_anew(viewer: Viewer, reason: str, *, now: datetime) -> None:
    """Put the edited weights in force where nothing has been learnt that they would throw away."""
    champion = RankerVersion.objects.filter(hub_id=viewer.hub_id, state=RankerState.CHAMPION).first()
    if champion is None or not _has_learnt(champion):
        begin_from_experts(viewer.hub_id, now=now, before=champion, reason=reason, actor_id=viewer.user_id)


def _has_learnt(champion: RankerVersion) -> bool:
    try:
        return any(stage.observations for stage in ranker_of(champion).stages.values())
    except UnusableRanker:
        return False
