"""What becomes evidence of which stage, and what says nothing."""

from datetime import timedelta

import numpy as np
import pytest

from hubs.models import Hub
from matching.domain.learning.evidence import DECLINE_WEIGHTS, HubEvidence, StageRows, evidence_of
from matching.engine.contact_features import HIGH, NAMES, NEUTRAL
from matching.engine.exploration import examination_offset
from matching.engine.ladder import CODES, RUNGS
from matching.engine.priors import STAGES
from matching.enums import AnswerKind, Channel, DeclineReason, IntroductionState, Standing
from profiles.models import Profile
from tests.factories import HubFactory, ProfileFactory
from tests.matching.learning.logs import NOW, ago, ask, features, show, tell

pytestmark = pytest.mark.django_db


def pair(hub: Hub) -> tuple[Profile, Profile]:
    firm, ward = ProfileFactory.create_batch(2, hub=hub, organisation__hub=hub)
    return firm, ward


def learned(hub: Hub, **moment: object) -> HubEvidence:
    return evidence_of(hub.pk, now=moment.get("now", NOW))  # type: ignore[arg-type]


def stage(hub: Hub, name: str) -> StageRows:
    return learned(hub).stages[name]


def labels(hub: Hub, name: str) -> list[float]:
    return stage(hub, name).evidence.label.tolist()


def test_nothing_recorded_gives_every_stage_without_rows(hub: Hub) -> None:
    found = learned(hub)

    assert tuple(found.stages) == STAGES
    assert [len(rows) for rows in found.stages.values()] == [0] * len(STAGES)
    assert (found.evidence, found.since, found.rungs) == ({}, None, RUNGS)


def test_asks_are_places_of_lists_and_count_lower_places_less(hub: Hub) -> None:
    firm, ward = pair(hub)
    other = ProfileFactory(hub=hub)
    shown = show(firm, [other, ward], at=ago(60), rows=[features(), features(same_field=1.0)])
    ask(firm, ward, at=ago(59), impression=shown[1])

    rows = stage(hub, "asks")

    assert rows.receiver.tolist() == [other.pk, ward.pk]
    assert rows.evidence.label.tolist() == [0.0, 1.0]
    assert rows.evidence.offset == pytest.approx(examination_offset(np.array([0, 1])))
    assert rows.evidence.matrix[:, NAMES.index("same_field")].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(("days_later", "label"), [(0.5, 1.0), (29.5, 1.0), (30.5, 0.0), (-0.5, 0.0)])
def test_asks_take_a_request_of_the_pair_within_thirty_days_as_come_of_the_list(
    hub: Hub, days_later: float, label: float
) -> None:
    firm, ward = pair(hub)
    show(firm, [ward], at=ago(90))
    ask(firm, ward, at=ago(90 - days_later))

    assert labels(hub, "asks") == [label]


def test_asks_take_the_other_direction_and_a_draft_as_no_request(hub: Hub) -> None:
    firm, ward = pair(hub)
    show(firm, [ward], at=ago(90))
    ask(ward, firm, at=ago(89))
    ask(firm, ward, at=ago(88), state=IntroductionState.DRAFT, sent_at=None, seeker_consented_at=None, expires_at=None)

    assert labels(hub, "asks") == [0.0]


def test_asks_take_a_facilitators_own_proposal_only_from_the_list_it_names(hub: Hub) -> None:
    firm, ward = pair(hub)
    named, other = show(firm, [ward], at=ago(90)), show(firm, [ward], at=ago(80))
    ask(firm, ward, at=ago(79), impression=named[0], channel=Channel.FACILITATOR)

    rows = stage(hub, "asks")

    assert other[0].pk != named[0].pk
    assert rows.evidence.label.tolist() == [1.0, 0.0]


def test_asks_count_a_page_read_twice_once_at_its_best_place(hub: Hub) -> None:
    firm, ward = pair(hub)
    other = ProfileFactory(hub=hub)
    show(firm, [other, ward], at=ago(60))
    show(firm, [ward], at=ago(60) + timedelta(hours=1))

    rows = stage(hub, "asks")

    assert sorted(rows.receiver.tolist()) == sorted([other.pk, ward.pk])
    assert rows.evidence.offset[rows.receiver == ward.pk].tolist() == [0.0]


def test_asks_of_one_pair_in_one_month_share_one_weight(hub: Hub) -> None:
    firm, ward = pair(hub)
    for days in (60, 59, 58, 20):
        show(firm, [ward], at=ago(days))

    assert stage(hub, "asks").evidence.weight == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1.0])


def test_asks_leave_out_search_and_lists_for_nobody_known(hub: Hub) -> None:
    firm, ward = pair(hub)
    show(firm, [ward], at=ago(60), purpose="")
    show(None, [ward], at=ago(60))

    assert len(stage(hub, "asks")) == 0


def test_asks_of_yesterday_are_half_open(hub: Hub) -> None:
    firm, ward = pair(hub)
    show(firm, [ward], at=ago(0.0))
    show(firm, [ward], at=ago(2))
    show(firm, [ward], at=ago(31))

    matured = stage(hub, "asks").evidence.matured

    assert matured.tolist() == pytest.approx([1.0, 0.5, 0.0], abs=1e-4)


@pytest.mark.parametrize(
    ("state", "columns", "answer", "accept"),
    [
        (IntroductionState.ACCEPTED, {}, [1.0], [1.0]),
        (IntroductionState.CLOSED, {}, [1.0], [1.0]),
        (IntroductionState.DECLINED, {}, [1.0], [0.0]),
        (IntroductionState.DECLINED, {"decline_reason": "no_capacity"}, [1.0], []),
        (IntroductionState.NOT_NOW, {"ask_again_on": ago(10).date()}, [1.0], []),
        # The clock said it for a party that paused.
        (IntroductionState.NOT_NOW, {"ask_again_on": None}, [], []),
        (IntroductionState.EXPIRED, {}, [0.0], []),
        (IntroductionState.SEEN, {}, [0.0], []),
        (IntroductionState.WITHDRAWN, {}, [], []),
        (IntroductionState.SCREENING, {"sent_at": None, "expires_at": None}, [], []),
        (IntroductionState.DECLINED, {"declined_by": "seeker"}, [], []),
        (IntroductionState.DECLINED, {"declined_by": "seeker", "receiver_consented_at": ago(39)}, [1.0], [1.0]),
        (IntroductionState.EXPIRED, {"receiver_consented_at": ago(39)}, [1.0], [1.0]),
    ],
)
def test_answers_and_accepts_by_what_became_of_a_request(
    hub: Hub, state: str, columns: dict[str, object], answer: list[float], accept: list[float]
) -> None:
    firm, ward = pair(hub)
    ask(firm, ward, at=ago(40), state=state, **columns)

    assert labels(hub, "answers") == answer
    assert labels(hub, "accepts") == accept


def test_pending_request_is_open_until_its_last_day(hub: Hub) -> None:
    firm, ward = pair(hub)
    ask(firm, ward, at=ago(4), state=IntroductionState.SENT)
    young = stage(hub, "answers").evidence.matured[0]
    later = evidence_of(hub.pk, now=NOW + timedelta(days=10)).stages["answers"].evidence.matured[0]

    assert young == pytest.approx(0.5 / (1 - 2 ** (-14 / 4)))
    assert later == pytest.approx(1.0)


def test_every_reason_of_a_no_has_its_weight_and_why(hub: Hub) -> None:
    assert set(DECLINE_WEIGHTS) == {*DeclineReason.values, ""}
    assert all(0.0 <= each.weight <= 1.0 and len(each.reason) > 10 for each in DECLINE_WEIGHTS.values())

    for reason in DeclineReason.values:
        firm, ward = pair(hub)
        ask(firm, ward, at=ago(40), state=IntroductionState.DECLINED, decline_reason=reason)

    expected = [DECLINE_WEIGHTS[reason].weight for reason in DeclineReason.values if DECLINE_WEIGHTS[reason].weight]
    assert stage(hub, "accepts").evidence.weight.tolist() == expected


def test_rungs_need_one_sides_word_and_keep_whose_it_was(hub: Hub) -> None:
    firm, ward = pair(hub)
    contact = ask(firm, ward, at=ago(200), state=IntroductionState.ACCEPTED)
    tell(contact, "seeker", "meeting_held", at=ago(180))
    tell(contact, "receiver", "input_received", at=ago(170))
    tell(contact, "receiver", "project_formed", at=ago(100), standing=Standing.EXPECTED)

    found = learned(hub)

    reached = {code: found.stages[f"rung:{code}"].evidence.label.tolist() for code in CODES}
    assert reached == {code: [float(code in ("meeting_held", "input_received"))] for code in CODES}
    assert found.stages["rung:meeting_held"].told_by == ("seeker",)
    assert found.stages["rung:input_received"].told_by == ("receiver",)
    # Both were asked; a meeting is a thing of both, input is not.
    assert (found.counts["told_by_one_side"], found.counts["disagreements"]) == (2, 1)


def test_rung_that_has_not_come_is_open_up_to_the_last_informative_answer(hub: Hub) -> None:
    firm, ward = pair(hub)
    contact = ask(firm, ward, at=ago(400), state=IntroductionState.ACCEPTED, days_to_answer=0.0)
    tell(contact, "seeker", at=ago(220), kind=AnswerKind.NO_BENEFIT)
    tell(contact, "seeker", at=ago(30), kind=AnswerKind.DO_NOT_KNOW)

    rows = stage(hub, "rung:project_formed")

    # 180 days is the documented median delay of a project.
    assert rows.evidence.matured == pytest.approx([0.5])
    assert rows.evidence.label.tolist() == [0.0]


@pytest.mark.parametrize("kind", [None, AnswerKind.DO_NOT_KNOW])
def test_silence_and_do_not_know_say_nothing_about_rungs(hub: Hub, kind: str | None) -> None:
    firm, ward = pair(hub)
    contact = ask(firm, ward, at=ago(400), state=IntroductionState.ACCEPTED)
    if kind:
        tell(contact, "receiver", at=ago(300), kind=kind)

    found = learned(hub)

    assert [len(found.stages[f"rung:{code}"]) for code in CODES] == [0] * len(CODES)
    assert (found.counts["contacts"], found.counts["contacts_silent"]) == (1, 1)


def test_delays_are_learnt_from_what_was_told(hub: Hub) -> None:
    for _each in range(30):
        firm, ward = pair(hub)
        contact = ask(firm, ward, at=ago(500), state=IntroductionState.ACCEPTED, days_to_answer=0.0)
        tell(contact, "seeker", "meeting_held", at=ago(440))

    delays = {rung.code: rung.median_delay_days for rung in learned(hub).rungs}

    assert 30 < delays["meeting_held"] < 50
    assert delays["project_formed"] == 180


@pytest.mark.parametrize(
    "forged", [[], [1.0] * 3, {"a": 1}, 7, "columns", [["x"]] * len(NAMES), [None] * len(NAMES), [10**400] * len(NAMES)]
)
def test_features_that_cannot_be_read_are_left_out_and_counted(hub: Hub, forged: object) -> None:
    firm, ward = pair(hub)
    shown = show(firm, [ward], at=ago(60), rows=[forged])
    ask(firm, ward, at=ago(59), impression=shown[0], state=IntroductionState.ACCEPTED)

    found = learned(hub)

    assert (len(found.stages["asks"]), len(found.stages["answers"])) == (0, 0)
    assert (found.counts["unreadable_impressions"], found.counts["requests_without_features"]) == (1, 1)


def test_single_value_out_of_range_is_brought_back(hub: Hub) -> None:
    firm, ward = pair(hub)
    row: list[float | None] = [*features(relevance=1e9)]
    row[NAMES.index("capacity_left")] = None
    show(firm, [ward], at=ago(60), rows=[row])

    kept = stage(hub, "asks").evidence.matrix[0]

    place, room = NAMES.index("relevance"), NAMES.index("capacity_left")
    assert (kept[place], kept[room]) == (HIGH[place], NEUTRAL[room])


def test_request_without_a_list_brings_its_own_features(hub: Hub) -> None:
    firm, ward = pair(hub)
    ask(firm, ward, at=ago(40), state=IntroductionState.ACCEPTED, features=features(same_field=1.0))

    assert stage(hub, "accepts").evidence.matrix[0, NAMES.index("same_field")] == 1.0


def test_another_hubs_record_is_not_read(hub: Hub) -> None:
    other = HubFactory(slug="other", name="Other")
    firm, ward = pair(other)
    shown = show(firm, [ward], at=ago(60))
    contact = ask(firm, ward, at=ago(59), impression=shown[0], state=IntroductionState.ACCEPTED)
    tell(contact, "seeker", "meeting_held", at=ago(30))

    assert learned(hub).evidence == {}
    assert len(learned(other).stages["rung:meeting_held"]) == 1


def test_evidence_of_an_earlier_day_knows_nothing_of_later_events(hub: Hub) -> None:
    firm, ward = pair(hub)
    shown = show(firm, [ward], at=ago(100))
    contact = ask(firm, ward, at=ago(98), impression=shown[0], state=IntroductionState.ACCEPTED, days_to_answer=5)
    tell(contact, "seeker", "meeting_held", at=ago(70))

    def seen(days: float) -> tuple[list[float], list[float], int]:
        found = evidence_of(hub.pk, now=ago(days))
        asks, answers = found.stages["asks"].evidence.label, found.stages["answers"].evidence.label
        return asks.tolist(), answers.tolist(), len(found.stages["rung:meeting_held"])

    assert seen(99) == ([0.0], [], 0)
    assert seen(96) == ([1.0], [0.0], 0)
    assert seen(92) == ([1.0], [1.0], 0)
    assert seen(60) == ([1.0], [1.0], 1)


def test_erased_profile_leaves_no_evidence(hub: Hub) -> None:
    firm, ward = pair(hub)
    other = ProfileFactory(hub=hub)
    shown = show(firm, [ward, other], at=ago(60))
    contact = ask(firm, ward, at=ago(59), impression=shown[0], state=IntroductionState.ACCEPTED)
    tell(contact, "receiver", "meeting_held", at=ago(30))

    ward.delete()

    found = learned(hub)
    assert found.stages["asks"].receiver.tolist() == [other.pk]
    assert [len(rows) for name, rows in found.stages.items() if name != "asks"] == [0] * (len(STAGES) - 1)


def test_list_that_a_facilitator_reads_for_others_is_no_showing(hub: Hub) -> None:
    firm, ward = pair(hub)
    show(firm, [ward], at=ago(40), channel="facilitator")
    assert labels(hub, "asks") == []

    show(firm, [ward], at=ago(39), channel="web")

    assert labels(hub, "asks") == [0.0]
