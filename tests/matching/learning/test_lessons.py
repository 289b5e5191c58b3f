"""What was learnt, in words: only what has clearly moved, in shares, in the reader's language."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.utils import translation

from hubs.models import Hub
from matching.domain.learning.lesson_words import contrasts, how_often, sentence
from matching.domain.learning.lessons import lessons_of, moved_between
from matching.domain.learning.training import train_hub
from matching.engine.contact_features import NAMES
from matching.engine.priors import STAGES
from matching.engine.ranker import ContactRanker, prior_ranker
from matching.models import RankerVersion
from tests.matching.learning.logs import NOW, lived_year

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "without_trees")]


def moved(stage: str, feature: str, mean: float, deviation: float) -> ContactRanker:
    """The expert's ranker with one weight learnt from 50 rows."""
    before = prior_ranker()
    belief, place = before.stages[stage], NAMES.index(feature)
    weights, covariance = belief.mean.copy(), belief.covariance.copy()
    weights[place], covariance[place, place] = mean, deviation**2
    after = replace(belief, mean=weights, covariance=covariance, observations=50, positives=25)
    return ContactRanker("moved", {**before.stages, stage: after}, before.values)


def test_hub_without_a_trained_ranker_has_learnt_nothing_and_says_so(hub: Hub) -> None:
    found = lessons_of(hub.pk, now=NOW)

    assert (found.ranker, found.this_month, found.so_far) == (None, (), ())
    assert found.summary == "Nothing has been learnt yet: no ranker has been trained."


def test_training_on_nothing_says_that_nothing_is_clear(hub: Hub) -> None:
    train_hub(hub.pk, now=NOW)

    found = lessons_of(hub.pk, now=NOW)

    assert (found.ranker, found.so_far) == (2, ())
    assert found.summary.startswith("Nothing is clear yet: 0 requests and 0 times yes")


def test_small_places_that_say_yes_more_often_become_a_sentence(hub: Hub) -> None:
    lived_year(hub)
    train_hub(hub.pk, now=NOW)

    found = lessons_of(hub.pk, now=NOW)

    # Whom they ask is drawn by lot, so what was believed of relevance turned out wrong as well.
    lesson = next(each for each in found.so_far if (each.stage, each.feature) == ("accepts", "small_unit"))
    assert abs(found.so_far[0].moved) >= abs(lesson.moved) > 2.0
    assert lesson.times > 2.5
    assert lesson.text.startswith("Small hospitals, municipalities and small firms say yes ")
    assert lesson.text.endswith(" times as often as large hospitals and firms.")
    assert found.summary.startswith("This rests on ")
    assert (found.compared_with, found.this_month) == (None, ())


def test_this_month_compares_with_the_ranker_of_a_month_ago(hub: Hub) -> None:
    train_hub(hub.pk, now=NOW - timedelta(days=30))
    lived_year(hub)
    train_hub(hub.pk, now=NOW)

    found = lessons_of(hub.pk, now=NOW)

    assert found.compared_with == 2
    assert "small_unit" in {each.feature for each in found.this_month if each.stage == "accepts"}


def test_lesson_needs_a_clear_move() -> None:
    assert moved_between(prior_ranker(), moved("accepts", "same_region", 0.2 + 0.19, 0.1)) == ()
    assert len(moved_between(prior_ranker(), moved("accepts", "same_region", 0.2 + 0.21, 0.1))) == 1


def test_lesson_tells_shares_and_not_odds() -> None:
    lesson = moved_between(prior_ranker(), moved("asks", "same_region", np.log(2.0), 0.05))[0]

    # Twice the odds of one in ten is less than twice as often, and the rest of the belief is unsure.
    assert 1.5 < lesson.times < 1.8
    assert lesson.text == "Partners in the same region are asked clearly more often than others."


def test_weight_that_turned_out_to_mean_nothing_is_a_lesson_too() -> None:
    lesson = moved_between(prior_ranker(), moved("accepts", "same_field", 0.0, 0.1))[0]

    assert lesson.text == "Partners of the same specialty or field say yes about as often as others."


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (0.3, "much less often than others"),
        (0.5, "about half as often as others"),
        (0.7, "clearly less often than others"),
        (0.9, "a little less often than others"),
        (1.0, "about as often as others"),
        (1.2, "a little more often than others"),
        (1.5, "clearly more often than others"),
        (2.0, "about twice as often as others"),
        (3.0, "about three times as often as others"),
        (9.0, "many times as often as others"),
    ],
)
def test_ratios_become_words(times: float, words: str) -> None:
    assert how_often(times, "others") == words


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_stage_and_feature_has_words(language: str) -> None:
    with translation.override(language):
        assert set(contrasts()) == set(NAMES)
        assert all(each.low < each.high for each in contrasts().values())
        assert all(sentence(stage, "partnere", "ofte").startswith("Partnere ") for stage in STAGES)


def test_stored_ranker_of_other_features_teaches_nothing(hub: Hub) -> None:
    row = train_hub(hub.pk, now=NOW)
    assert row is not None
    RankerVersion.objects.filter(pk=row.pk).update(payload={"forged": True})

    assert lessons_of(hub.pk, now=NOW).ranker is None
