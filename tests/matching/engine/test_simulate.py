"""The simulator: same luck for all, caps, rates, the judge's own counting, and a world of somebody else's."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from matching.engine.contact_features import NAMES
from matching.engine.priors import ACCEPTS, ANSWERS, ASKS, PRIORS, STAGES
from matching.engine.simulate import (
    NO,
    POLICIES,
    YES,
    ByScore,
    Candidates,
    ClusterFactory,
    Learner,
    Query,
    Record,
    Settings,
    SimulatedWorld,
    calibration,
    cap_violations,
    figures,
    prior_policy,
    random_policy,
    run_hub,
    simulate,
    worth_by_month,
    wrong_tables,
)
from matching.engine.simulation.cluster import make_cluster
from matching.engine.simulation.judging import by_quarter, gap_closed
from matching.engine.simulation.policies import expected_values

SMALL = Settings(profiles=40, months=3, list_length=5, introductions_a_month=10.0)


def a_world(settings: Settings = SMALL, number: int = 0) -> SimulatedWorld:
    return SimulatedWorld(make_cluster(settings, number))


def a_record(**changes: np.ndarray) -> Record:
    """Four cards on two lists of a day each, every probability one half."""
    half = np.full((len(STAGES), 4), 0.5)
    plain = Record(
        day=np.array([1.0, 1.0, 2.0, 2.0]),
        party=np.array([7, 8, 7, 9]),
        asked=np.array([True, False, True, False]),
        answer=np.array([YES, NO, NO, NO]),
        truth=half,
        predicted=half,
        propensity=np.ones(4),
    )
    return replace(plain, **changes)


def test_hub_of_a_number_is_the_same_each_time_and_others_differ() -> None:
    first, again, other = (simulate(a_world(number=each), random_policy(1), SMALL) for each in (0, 0, 1))

    np.testing.assert_array_equal(first.truth, again.truth)
    np.testing.assert_array_equal(first.asked, again.asked)
    assert not np.array_equal(first.party, other.party)


def test_pair_meets_the_same_luck_whoever_else_is_shown() -> None:
    settings = replace(SMALL, attention=0.0)
    alone, among = a_world(settings), a_world(settings)
    query = alone.queries(0)[0]
    parties = alone.candidates(query).party

    few, all_of_them = alone.show(query, parties[3:6]), among.show(query, parties)

    np.testing.assert_array_equal(few.asked, all_of_them.asked[3:6])
    np.testing.assert_array_equal(few.answer, all_of_them.answer[3:6])
    np.testing.assert_array_equal(few.rung_days, all_of_them.rung_days[3:6])


def test_rates_hold_for_lists_by_the_experts_table() -> None:
    settings = Settings(profiles=120, months=6, introductions_a_month=120.0, uncapped=1.0, repeat_days=0.0)

    record = simulate(a_world(settings), prior_policy(settings.values), settings)

    asks, answers, accepts = (record.truth[STAGES.index(stage)] for stage in (ASKS, ANSWERS, ACCEPTS))
    assert asks.mean() == pytest.approx(settings.ask_rate, rel=0.2)
    assert np.average(answers, weights=asks) == pytest.approx(settings.answer_rate, rel=0.15)
    assert np.average(accepts, weights=asks * answers) == pytest.approx(settings.accept_rate, rel=0.2)


def test_requests_use_up_a_cap_until_the_next_period() -> None:
    caps = dict.fromkeys(SMALL.caps, (1, 1))
    world = a_world(replace(SMALL, caps=caps, uncapped=0.0, ask_rate=0.3, repeat_days=0.0))
    query = world.queries(0)[0]
    parties = world.candidates(query).party

    asked = world.show(query, parties).asked

    later, next_period = replace(query, day=query.day), replace(query, day=query.day + 30.0)
    assert asked.any()
    np.testing.assert_array_equal(world.candidates(later).allowed, ~asked)
    assert world.candidates(next_period).allowed.all()


def test_party_without_room_ever_is_never_allowed() -> None:
    world = a_world(replace(SMALL, caps=dict.fromkeys(SMALL.caps, (0, 0)), uncapped=0.0))

    record = simulate(world, random_policy(1), SMALL)

    assert len(record.day) == 0


def test_policy_that_passes_over_caps_is_caught() -> None:
    settings = replace(SMALL, caps=dict.fromkeys(SMALL.caps, (1, 1)), uncapped=0.0, ask_rate=0.3)

    class Careless(ByScore):
        def choose(self, query: Query, candidates: Candidates, length: int) -> object:  # type: ignore[override]
            return super().choose(query, replace(candidates, allowed=np.ones_like(candidates.allowed)), length)

    kept, broken = a_world(settings), a_world(settings)
    careful = simulate(kept, prior_policy(settings.values), settings)
    careless = simulate(broken, Careless(lambda query, candidates: candidates.similarity), settings)

    assert cap_violations(careful, *kept.load_caps()) == 0
    assert cap_violations(careless, *broken.load_caps()) > 0


def test_cap_violations_count_cards_shown_and_requests_made_too_many() -> None:
    caps = np.full(10, -1)
    caps[7] = 1

    # The second card of party 7 was shown while it was full, and led to a request beyond the cap.
    assert cap_violations(a_record(), caps, 30) == 2
    assert cap_violations(a_record(asked=np.array([True, False, False, False])), caps, 30) == 1
    assert cap_violations(a_record(), caps, 1) == 0
    assert cap_violations(a_record(), np.full(10, -1), 30) == 0


def test_without_a_hidden_part_the_truth_is_what_can_be_observed() -> None:
    seen = a_world(replace(SMALL, hidden_pair=0.0, hidden_party=0.0))
    veiled = a_world()

    for world, equal in ((seen, True), (veiled, False)):
        query = world.queries(0)[0]
        candidates = world.candidates(query)
        assert np.allclose(world.truth(query, candidates), world.observable_truth(candidates)) is equal


def test_weights_given_outright_are_the_truth() -> None:
    settings = SMALL.with_changes({"weights": {ASKS: {"same_region": 2.5}}, "deviation": 0.0})

    weights = make_cluster(settings, 0).preferences.weights

    expected = PRIORS[ASKS].means.copy()
    expected[NAMES.index("same_region")] = 2.5
    np.testing.assert_array_equal(weights[STAGES.index(ASKS)], expected)
    np.testing.assert_array_equal(weights[STAGES.index(ANSWERS)], PRIORS[ANSWERS].means)


def test_expected_value_is_the_chain_times_the_worth_of_the_rungs() -> None:
    probabilities = np.full((len(STAGES), 1), 0.5)

    assert expected_values(probabilities, {"meeting_held": 1.0, "funding_raised": 15.0})[0] == 0.125 * 8.0


def test_months_and_quarters_add_up() -> None:
    record = a_record(day=np.array([1.0, 1.0, 31.0, 31.0]))

    worth = worth_by_month(record, replace(SMALL, months=4))

    np.testing.assert_allclose(worth[0], [2, 2, 0, 0])
    np.testing.assert_allclose(worth[1], [0.25, 0.25, 0, 0])
    np.testing.assert_allclose(by_quarter(worth)[1], [0.5])
    np.testing.assert_allclose(by_quarter(worth[:, :2])[0], [4])


def test_calibration_is_asked_of_those_who_got_so_far() -> None:
    said = np.full((len(STAGES), 4), 0.5)
    said[STAGES.index(ASKS)] = 0.7
    said[STAGES.index(ACCEPTS), 0] = 0.9

    errors = calibration(a_record(predicted=said), 0).errors()

    assert errors[ASKS] == pytest.approx(0.2)
    assert errors[ANSWERS] == 0.0
    # Two were decided; one of them was foretold 0.4 too high.
    assert errors[ACCEPTS] == pytest.approx(0.2)
    assert calibration(a_record(), 5).errors() == {}


def test_gap_is_none_where_the_expert_was_right() -> None:
    assert gap_closed(10.0, 13.0, 14.0) == 0.75
    assert gap_closed(10.0, 8.0, 14.0) == -0.5
    assert np.isnan(gap_closed(10.0, 9.0, 10.05))


def test_learner_logs_what_it_showed_with_its_chance() -> None:
    world = a_world()
    learner = Learner(SMALL.values, explored_places=2, seed=3)
    query = world.queries(0)[0]

    chosen = learner.choose(query, world.candidates(query), 5)

    assert chosen.explored.tolist() == [False] * 3 + [True] * 2
    assert (chosen.propensity[:3] == 1.0).all()
    assert ((chosen.propensity[3:] > 0.0) & (chosen.propensity[3:] <= 1.0)).all()
    assert chosen.predicted is not None
    assert chosen.predicted.shape == (len(STAGES), 5)


def test_wrong_tables_turn_the_named_weights_round() -> None:
    wrong = wrong_tables(replace(SMALL, negated=("relevance", "offer_need_meaning")))

    for stage, table in PRIORS.items():
        signs = np.where(np.isin(NAMES, ("relevance", "offer_need_meaning")), -1.0, 1.0)
        np.testing.assert_array_equal(wrong[stage].means, signs * table.means)
        np.testing.assert_array_equal(wrong[stage].deviations, table.deviations)


def test_learner_beats_an_expert_who_is_wrong_and_the_oracle_beats_both() -> None:
    settings = Settings(profiles=80, months=4, deviation=1.5, uncapped=1.0, hidden_pair=0.2, repeat_days=0.0)

    result = run_hub(settings, 0, ClusterFactory(1))

    worth = {name: float(result.worth[name][2].sum() / result.worth[name][0].sum()) for name in POLICIES}
    assert worth["random"] < worth["wrong_prior"] < worth["prior"] < worth["learner"] < worth["oracle"]
    assert sum(result.caps_broken.values()) == 0


def test_figures_are_of_all_hubs_together() -> None:
    factory = ClusterFactory(1)
    hubs = [run_hub(SMALL, number, factory) for number in range(2)]

    found = figures(hubs)

    shown = sum(hub.worth["prior"][0].sum() for hub in hubs)
    assert found["hubs"] == 2
    assert found["prior_value"] == pytest.approx(100 * sum(hub.worth["prior"][2].sum() for hub in hubs) / shown)
    assert found["cap_violations"] == 0
    loss = max((1 - hub.quarters("learner", 2) / hub.quarters("prior", 2)).max() for hub in hubs)
    assert found["worst_quarter_loss"] == pytest.approx(loss)


def test_world_of_somebody_else_can_be_tried() -> None:
    class Sleepy(SimulatedWorld):
        """Nobody asks in the first month."""

        def queries(self, month: int) -> Sequence[Query]:
            return [] if month == 0 else super().queries(month)

    record = simulate(Sleepy(make_cluster(SMALL, 0)), Learner(SMALL.values), SMALL)

    assert set(record.month.tolist()) == {1, 2}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"answer_rates": 0.3}, "no setting answer_rates"),
        ({"answer_rate": 1.5}, "answer_rate is a share"),
        ({"ask_rate": float("nan")}, "ask_rate is a share"),
        ({"ask_rate": "often"}, "wrong kind"),
        ({"profiles": 3}, "profiles is a whole number from 20"),
        ({"profiles": 10_000}, "at most 3000"),
        ({"months": 2.5}, "months is a whole number"),
        ({"list_length": 300}, "smaller than profiles"),
        ({"introductions_a_month": 0}, "above 0"),
        ({"rung_rates": {"fame": 0.1}}, "no entry fame"),
        ({"rung_rates": 0.3}, "table of names"),
        ({"median_days": {"meeting_held": -1}}, "days above 0"),
        ({"caps": {"firm": [5, 2]}}, "smaller first"),
        ({"caps": {"firm": 5}}, "wrong kind"),
        ({"follow_up_days": [14, 7, 365, 730]}, "grow"),
        ({"follow_up_days": [14]}, "as many"),
        ({"weights": {"asks": {"beauty": 1.0}}}, "no feature beauty"),
        ({"weights": {"dreams": {}}}, "no stage dreams"),
        ({"weights": {"asks": {"same_region": float("inf")}}}, "finite"),
        ({"deviation": -1}, "deviation is a number from 0"),
        ({"values": dict.fromkeys(SMALL.values, 0.0)}, "at least one is above 0"),
    ],
)
def test_settings_that_do_not_fit_say_which(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Settings().with_changes(changes)


def test_changes_of_a_table_leave_its_other_entries() -> None:
    changed = Settings().with_changes({"rung_rates": {"meeting_held": 0.5}, "months": 6})

    assert changed.rung_rates == {**Settings().rung_rates, "meeting_held": 0.5}
    assert changed.months == 6


def test_rate_that_no_list_can_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="out of reach"):
        make_cluster(replace(SMALL, attention=3.0, ask_rate=0.9), 0)
