"""Exposure, requests and acceptance by group; who is never shown and why; counts only."""

from datetime import timedelta

import numpy as np
import pytest

from hubs.enums import Role, Visibility
from hubs.models import Hub
from hubs.policies import Viewer
from matching.domain.learning.fairness import FairnessReport, GroupExposure, fairness_of, gini, top_tenth
from matching.domain.learning.promoting import promote
from matching.domain.learning.training import train_hub
from matching.enums import IntroductionState
from matching.models import ContactRules, RankerDecision
from profiles.models import Profile
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory, StatementFactory, UserFactory
from tests.matching.learning.logs import NOW, ago, ask, show

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "without_trees")]


def party(
    hub: Hub, kind: str = "clinician", *, days_old: float = 400, speaks: bool = True, **columns: object
) -> Profile:
    organisation = {key: columns.pop(key) for key in ("name", "employees", "founded_year") if key in columns}
    row: Profile = ProfileFactory(
        hub=hub, kind=kind, organisation=OrganisationFactory(hub=hub, **organisation), **columns
    )
    if speaks:
        StatementFactory(profile=row)
    Profile.objects.filter(pk=row.pk).update(created_at=ago(days_old))
    return row


def group(report: FairnessReport, dimension: str, value: str) -> GroupExposure:
    groups = next(each.groups for each in report.dimensions if each.code == dimension)
    return next(each for each in groups if each.value == value)


def test_empty_hub_has_an_empty_report(hub: Hub) -> None:
    report = fairness_of(hub.pk, now=NOW)

    assert (report.profiles, report.impressions, report.top_tenth, report.gini) == (0, 0, None, None)
    assert [each.groups for each in report.dimensions] == [()] * 4
    assert (report.never_shown, report.effect) == ((), None)


def test_groups_add_up_what_was_shown_asked_and_accepted(hub: Hub) -> None:
    firm = party(hub, "firm", employees=5, founded_year=2018)
    small = party(hub, name="Regionshospitalet Horsens", region_id="region:1082")
    large = party(hub, name="Aarhus Universitetshospital", region_id="region:1082")
    show(firm, [large, small], at=ago(20))
    show(firm, [small], at=ago(10))
    ask(firm, small, at=ago(9), state=IntroductionState.ACCEPTED)
    ask(firm, large, at=ago(8), state=IntroductionState.DECLINED)
    ask(firm, large, at=ago(7), state=IntroductionState.EXPIRED)

    report = fairness_of(hub.pk, now=NOW)

    attention = np.array([1.0, 1.0 / np.sqrt(2.0), 1.0])
    smalls, larges = group(report, "size", "small"), group(report, "size", "large")
    assert (smalls.profiles, smalls.impressions, smalls.requests, smalls.accepted) == (2, 2, 1, 1)
    assert (larges.profiles, larges.impressions, larges.requests, larges.answered) == (1, 1, 2, 1)
    assert (smalls.is_small, group(report, "region", "unknown").is_small) == (True, True)
    assert (smalls.acceptance_rate, larges.acceptance_rate) == (1.0, 0.0)
    assert smalls.attention_share == pytest.approx(attention[1:].sum() / attention.sum())
    assert larges.relative == pytest.approx(attention[0] / attention.sum() / (1 / 3))
    assert (group(report, "kind", "clinician").impressions, group(report, "kind", "firm").impressions) == (3, 0)
    assert group(report, "kind", "firm").acceptance_rate is None
    assert group(report, "region", "region:1082").profiles == 2
    assert group(report, "region", "unknown").label == "not known"
    # Only firms have an age.
    assert [each.value for each in report.dimensions[3].groups] == ["6-10"]
    assert (report.profiles, report.shown_profiles, report.impressions) == (3, 2, 3)
    assert (report.requests, report.accepted) == (3, 1)


def test_concentration_of_even_and_of_one_sided_exposure() -> None:
    assert gini(np.ones(20)) == pytest.approx(0.0)
    assert gini(np.array([0.0] * 19 + [1.0])) == pytest.approx(0.95)
    assert top_tenth(np.array([0.0] * 19 + [1.0])) == 1.0
    assert top_tenth(np.ones(20)) == pytest.approx(0.1)
    assert top_tenth(np.ones(3)) == pytest.approx(1 / 3)
    assert (gini(np.zeros(5)), top_tenth(np.zeros(5))) == (None, None)


def test_never_shown_are_counted_by_the_first_reason_that_holds(hub: Hub) -> None:
    firm, shown = party(hub, "firm"), party(hub)
    party(hub, is_paused=True, speaks=False)
    party(hub, speaks=False)
    assert not group(fairness_of(hub.pk, now=NOW), "kind", "clinician").is_small
    party(hub, visibility=Visibility.HUB)
    old = party(hub, speaks=False)
    StatementFactory(profile=old, expires_on=ago(1).date())
    full = party(hub)
    ContactRules.objects.create(hub=hub, profile=full, monthly_cap=0)
    outranked, _new, far = party(hub), party(hub, days_old=5), party(hub)
    show(firm, [shown], at=ago(5), others=[outranked])

    found = {each.reason: each.count for each in fairness_of(hub.pk, now=NOW).never_shown}

    assert far.pk != firm.pk
    # Nobody near: the seeker itself and one that no list has considered.
    assert found == {"paused": 1, "no_open_text": 3, "no_room": 1, "outranked": 1, "new": 1, "nobody_near": 2}


def test_what_was_shown_long_ago_or_elsewhere_does_not_count(hub: Hub) -> None:
    other = HubFactory(slug="other", name="Other")
    theirs = [party(other, "firm"), party(other)]
    show(theirs[0], theirs[1:], at=ago(5))
    firm, ward = party(hub, "firm"), party(hub)
    show(firm, [ward], at=ago(91))

    report = fairness_of(hub.pk, now=NOW)

    assert (report.profiles, report.impressions, report.requests) == (2, 0, 0)


def facilitator_of(hub: Hub) -> Viewer:
    return Viewer(hub_id=hub.pk, role=Role.FACILITATOR, user_id=UserFactory().pk)


def test_effect_of_the_last_change_of_ranker_compares_equal_times(hub: Hub) -> None:
    firm, small = party(hub, "firm"), party(hub, name="Regionshospitalet Horsens")
    large = party(hub, name="Aarhus Universitetshospital")
    shadow = train_hub(hub.pk, now=ago(30))
    assert shadow is not None
    promote(facilitator_of(hub), shadow, reason="Fordi.", now=ago(20))
    RankerDecision.objects.filter(ranker=shadow).update(created_at=ago(20))
    show(firm, [large], at=ago(41))
    show(firm, [large], at=ago(30))
    show(firm, [small], at=ago(10))

    effect = fairness_of(hub.pk, now=NOW).effect

    assert effect is not None
    assert (effect.number, effect.days) == (shadow.number, 20)
    shares = {each.value: (each.before, each.after) for each in effect.groups if each.dimension == "size"}
    assert (shares["small"], shares["large"]) == ((0.0, 1.0), (1.0, 0.0))


def test_effect_waits_a_week(hub: Hub) -> None:
    shadow = train_hub(hub.pk, now=ago(30))
    assert shadow is not None
    promote(facilitator_of(hub), shadow, reason="Fordi.", now=NOW)
    RankerDecision.objects.filter(ranker=shadow).update(created_at=NOW - timedelta(days=6))

    assert fairness_of(hub.pk, now=NOW).effect is None
