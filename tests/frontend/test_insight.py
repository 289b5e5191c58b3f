"""The insight pages: who may read them, what they say with and without a ranker, and deciding who ranks."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from frontend.card_page import card_page
from frontend.expert_words import EXPERT_REASONS, reason_in_words
from frontend.feature_words import feature_words, group_words
from frontend.ranker_words import judgement_in_words, notes_in_words
from hubs.enums import Role
from hubs.models import Hub
from matching.domain.learning import holdouts
from matching.domain.learning.judging import TOO_FEW_LISTS, UNUSABLE
from matching.domain.learning.promoting import judge_shadow
from matching.domain.learning.training import train_hub
from matching.engine.contact_features import NAMES
from matching.engine.priors import PRIORS, STAGES
from matching.engine.promotion import REASONS
from matching.enums import RankerState
from matching.models import RankerDecision, RankerVersion
from tests.factories import HubFactory
from tests.frontend.conftest import SCRIPT, works_as
from tests.matching.learning.logs import NOW, lived_year

INSIGHT, RANKERS, FAIRNESS = "/en/insight/", "/en/insight/rankers/", "/en/insight/fairness/"
STAFF = (Role.FACILITATOR, Role.ORGANISER, Role.HUB_ADMIN)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fitting boosted trees takes seconds, and no page is about how."""
    monkeypatch.setattr(holdouts, "_challenged", lambda *_args: (None, "too_few_outcomes"))


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are read on the day on which the log ends."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def trained(hub: Hub) -> RankerVersion:
    """A shadow that has learnt from a lived year and was compared with the first ranker."""
    lived_year(hub)
    row = train_hub(hub.pk, now=NOW)
    judge_shadow(hub.pk, now=NOW)
    assert row is not None
    row.refresh_from_db()
    return row


def shadow(hub: Hub) -> RankerVersion:
    """A shadow that has learnt nothing: quickly made."""
    row = train_hub(hub.pk, now=timezone.now())
    assert row is not None
    return row


def champion(hub: Hub) -> int:
    return RankerVersion.objects.get(hub=hub, state=RankerState.CHAMPION).number


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


# Who may read


@pytest.mark.parametrize("path", [INSIGHT, RANKERS, f"{RANKERS}2/", FAIRNESS, "/en/settings/ranker/"])
def test_insight_is_for_those_who_work_for_the_hub(client: Client, hub: Hub, path: str) -> None:
    shadow(hub)
    visitor = client.get(path)
    member = works_as(client, hub, Role.MEMBER).get(path)
    staff = [works_as(client, hub, role).get(path) for role in STAFF]

    assert (visitor.status_code, "/account/login/" in visitor["Location"]) == (302, True)
    assert (member.status_code, "Only those who work for the hub" in member.content.decode()) == (403, True)
    assert [each.status_code for each in staff] == [200, 200, 200]


def test_rail_shows_insight_to_staff_only(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.MEMBER)
    member = read(client, "/en/search/")
    works_as(client, hub, Role.ORGANISER)

    assert ('href="/en/insight/"' in member, 'href="/en/insight/"' in read(client, "/en/search/")) == (False, True)


def test_rankers_of_another_hub_stay_there(client: Client, hub: Hub) -> None:
    theirs = shadow(HubFactory(slug="nordbro", name="Nordbro"))
    works_as(client, hub, Role.FACILITATOR)

    responses = [
        client.get(f"{RANKERS}{theirs.number}/"),
        client.post(f"{RANKERS}{theirs.number}/promote/", {"reason": "Fordi."}),
        client.post(f"{RANKERS}1/roll-back/"),
    ]

    assert [each.status_code for each in responses] == [404, 404, 404]
    assert "No ranker has been trained yet" in read(client, RANKERS)
    assert RankerVersion.objects.get(hub=theirs.hub, state=RankerState.CHAMPION).number == 1


@pytest.mark.parametrize("number", ["99", "9" * 30])
def test_ranker_that_is_not_there_is_told(client: Client, hub: Hub, number: str) -> None:
    response = works_as(client, hub, Role.FACILITATOR).get(f"{RANKERS}{number}/")

    assert (response.status_code, "There is no ranker of that number." in response.content.decode()) == (404, True)


# A hub without any ranker


def test_empty_hub_says_that_the_experts_weights_rank(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.FACILITATOR)

    insight, rankers, fairness = read(client, INSIGHT), read(client, RANKERS), read(client, FAIRNESS)

    assert "No ranker has been trained yet." in insight
    assert "Nothing has been learnt yet: no ranker has been trained." in insight
    assert "Who decided last" not in insight
    assert "No ranker has been trained yet" in rankers
    assert ("Nothing has been shown yet" in fairness, "Nobody can buy a place" in fairness) == (True, True)


def test_ranker_without_evidence_says_so(client: Client, hub: Hub) -> None:
    shadow(hub)
    works_as(client, hub, Role.FACILITATOR)

    first, second = read(client, f"{RANKERS}1/"), read(client, f"{RANKERS}2/")

    assert "Nothing has been learnt yet: it holds the expert&#x27;s weights only." in first
    assert "No case yet, so the expert&#x27;s weights hold: Asks, Answers in time, Says yes, We met" in second
    assert "Too few later cases to judge it by." in second
    assert '<svg class="plot"' not in second


# A hub that has learnt


def test_insight_tells_who_ranks_what_was_learnt_and_what_a_shadow_would_do(client: Client, hub: Hub) -> None:
    trained(hub)
    works_as(client, hub, Role.FACILITATOR)

    page = read(client, INSIGHT)

    assert re.search(r"Small hospitals, municipalities and small firms say yes [^<]+ large hospitals and firms\.", page)
    assert 'href="/en/insight/rankers/1/">Ranker 1</a>' in page
    assert "It rests on no contact yet" in page
    assert re.search(r"On the same \d+ lists, each hundred places would have been worth [\d.]+ more than", page)
    assert "Begun from the expert&#x27;s weights" in page


def test_card_draws_and_tabulates_the_same_numbers(client: Client, hub: Hub) -> None:
    row = trained(hub)
    works_as(client, hub, Role.FACILITATOR)

    page = read(client, f"{RANKERS}{row.number}/")

    bins = row.card["calibration"]["accepts"]
    plot = page[page.index('<svg class="plot"') : page.index("</svg>", page.index('<svg class="plot"'))]
    assert plot.count('class="plot-dot') == len(bins) > 2
    for each in bins:
        assert f'cx="{round(100 * each["predicted"], 1)}" cy="{round(100 * (1 - each["happened"]), 1)}"' in plot
        assert f'data-label="Happened">{round(100 * each["happened"])}\N{NO-BREAK SPACE}%' in page
    learned = next(each for each in row.card["stages"]["accepts"]["features"] if each["name"] == "small_unit")
    assert f'data-label="Learnt">+{learned["learned"]:.2f} ' in page
    assert ('<span class="tag">has moved</span>' in page, "small provincial hospitals are easier" in page) == (
        True,
        True,
    )
    assert "Part of this is simulated" not in page


def test_card_is_looked_at_stage_by_stage(client: Client, hub: Hub) -> None:
    row = trained(hub)
    works_as(client, hub, Role.FACILITATOR)

    headings = {
        stage: re.findall(r'id="foretold-title">([^<]+)', read(client, f"{RANKERS}{row.number}/?stage={stage}"))
        for stage in (*STAGES, "<script>", "")
    }

    assert headings["asks"] == ["Asks: how well it is foretold"]
    assert headings["rung:meeting_held"] == ["We met: how well it is foretold"]
    assert headings["<script>"] == headings[""] == ["Says yes: how well it is foretold"]
    assert len({told[0] for told in headings.values()}) == len(STAGES)


def test_numbers_in_drawings_are_no_danish_numbers(client: Client, hub: Hub) -> None:
    row = trained(hub)
    works_as(client, hub, Role.FACILITATOR)

    page = read(client, f"/insight/rankers/{row.number}/")
    drawings = " ".join(re.findall(r"<svg class=\"(?:plot|interval-plot).*?</svg>", page, re.DOTALL))

    assert drawings.count("<circle") > 20
    assert re.findall(r'="[^"]*\d,\d[^"]*"', drawings) == []
    assert re.search(r'class="is-number"[^>]*>0,\d', page)


def test_pages_hold_no_style_and_no_script(client: Client, hub: Hub) -> None:
    row = trained(hub)
    works_as(client, hub, Role.HUB_ADMIN)

    pages = [read(client, path) for path in (INSIGHT, f"{RANKERS}{row.number}/", FAIRNESS, "/en/settings/ranker/")]

    assert [re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", page) for page in pages] == [[]] * 4


def test_ranker_of_other_features_can_still_be_read(client: Client, hub: Hub) -> None:
    row = trained(hub)
    row.payload["stages"]["asks"]["names"][0] = "paid_for"
    row.card["stages"]["accepts"]["features"][0]["name"] = "paid_for"
    row.card["off_policy"] = None
    row.save()
    works_as(client, hub, Role.FACILITATOR)

    card, insight = read(client, f"{RANKERS}{row.number}/"), read(client, INSIGHT)
    refused = client.post(f"{RANKERS}{row.number}/promote/", {"reason": "Fordi."}, follow=True).content.decode()

    assert ("paid_for" in card, "It has not been compared" in insight) == (True, True)
    assert ("was trained on other features" in refused, champion(hub)) == (True, 1)


# Deciding


def test_broker_lets_a_ranker_rank_with_a_reason(client: Client, hub: Hub) -> None:
    row = shadow(hub)
    works_as(client, hub, Role.FACILITATOR)

    page = client.post(f"{RANKERS}{row.number}/promote/", {"reason": f"Den er god. {SCRIPT}"}, follow=True)

    told = page.content.decode()
    assert page.redirect_chain == [(f"{RANKERS}2/", 302)]
    assert ("Ranker 2 orders the lists from now on." in told, champion(hub)) == (True, 2)
    assert ("<script>alert" in told, "Den er god. &lt;script&gt;alert" in told) == (False, True)
    assert "Go back to ranker 1" in told
    assert RankerDecision.objects.filter(hub=hub).count() == 2


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1_001, "halv \ufffd tekst", "a\x00b"])
def test_promotion_without_a_sound_reason_changes_nothing(client: Client, hub: Hub, reason: str) -> None:
    row = shadow(hub)
    works_as(client, hub, Role.FACILITATOR)

    response = client.post(f"{RANKERS}{row.number}/promote/", {"reason": reason})

    assert (response.status_code, champion(hub)) == (422, 1)
    assert 'id="errors"' in response.content.decode()


def test_second_click_of_the_same_promotion_says_so(client: Client, hub: Hub) -> None:
    row = shadow(hub)
    works_as(client, hub, Role.FACILITATOR)
    client.post(f"{RANKERS}{row.number}/promote/", {"reason": "Fordi."})

    page = client.post(f"{RANKERS}{row.number}/promote/", {"reason": "Fordi."}, follow=True).content.decode()

    assert "This ranker orders the lists already." in page
    assert RankerDecision.objects.filter(hub=hub).count() == 2


def test_going_back_once_goes_back_once(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.FACILITATOR)
    for _each in range(2):
        client.post(f"{RANKERS}{shadow(hub).number}/promote/", {"reason": "Fordi."})
    assert champion(hub) == 3

    first = client.post(f"{RANKERS}3/roll-back/", {"reason": ""}, follow=True).content.decode()
    again = client.post(f"{RANKERS}3/roll-back/", {"reason": ""}, follow=True).content.decode()

    assert ("Ranker 2 orders the lists again." in first, champion(hub)) == (True, 2)
    assert "This ranker does not order the lists any more. Nothing was changed." in again
    assert "Let this ranker rank" in again


def test_first_ranker_has_nothing_to_go_back_to(client: Client, hub: Hub) -> None:
    shadow(hub)
    works_as(client, hub, Role.FACILITATOR)

    page = client.post(f"{RANKERS}1/roll-back/", follow=True).content.decode()

    assert "No other ranker has ordered the lists before this one." in page
    assert "roll-back" not in read(client, f"{RANKERS}1/")


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.MEMBER])
@pytest.mark.parametrize("step", ["2/promote/", "1/roll-back/"])
def test_others_may_not_decide(client: Client, hub: Hub, role: Role, step: str) -> None:
    shadow(hub)
    works_as(client, hub, role)

    response = client.post(RANKERS + step, {"reason": "Fordi."})

    assert (response.status_code, champion(hub)) == (403, 1)
    if role == Role.ORGANISER:
        assert '<form method="post" action="/en/insight' not in read(client, f"{RANKERS}2/")


def test_deciding_needs_a_post_and_the_security_mark(hub: Hub) -> None:
    shadow(hub)
    strict = works_as(Client(enforce_csrf_checks=True), hub, Role.FACILITATOR)

    responses = [strict.post(f"{RANKERS}2/promote/", {"reason": "Fordi."}), strict.get(f"{RANKERS}2/promote/")]

    assert ([each.status_code for each in responses], champion(hub)) == ([403, 405], 1)


# Words


def test_every_feature_has_its_words_and_no_other() -> None:
    words = feature_words()

    assert set(words) == set(NAMES)
    assert {each.group for each in words.values()} == set(group_words())
    assert [name for name, each in words.items() if not (each.label and each.meaning.endswith("."))] == []


def test_every_reason_of_the_expert_is_listed_to_be_translated() -> None:
    reasons = {table.base_reason for table in PRIORS.values()}
    reasons |= {weight.reason for table in PRIORS.values() for weight in table.weights}

    assert reasons == EXPERT_REASONS - {"the hub's own weight"}
    assert reason_in_words("Vi ved bedre.") == "Vi ved bedre."
    assert reason_in_words("") == ""


def test_every_judgement_and_note_is_told_in_words(english: None) -> None:
    codes = ("expert", "no_evidence", "one_class", "not_converged", "constant_features", "too_little_held_out")
    notes = [{"code": code, "stage": "asks", "features": ["same_field"]} for code in codes]

    assert [code for code in (*REASONS, TOO_FEW_LISTS, UNUSABLE) if judgement_in_words(code) == code] == []
    assert set(codes) & set(notes_in_words(notes, {})) == set()
    assert notes_in_words([{"code": "one_class", "stage": stage} for stage in ("asks", "answers")], {}) == (
        "All cases went the same way, so little can be told apart: Asks, Answers in time.",
    )


def test_card_that_holds_nothing_makes_an_empty_page(hub: Hub) -> None:
    row = RankerVersion.objects.create(hub=hub, number=7, payload={}, card={})

    page = card_page(row, stage="accepts")

    assert (page.stage, page.comparison, page.data, page.notes, page.rungs, page.stages) == (None, None, (), (), (), [])


def test_fairness_page_tells_shares_changes_and_every_feature(client: Client, hub: Hub) -> None:
    row = trained(hub)
    RankerVersion.objects.filter(hub=hub, state=RankerState.CHAMPION).update(state=RankerState.RETIRED)
    RankerVersion.objects.filter(pk=row.pk).update(state=RankerState.CHAMPION)
    decision = RankerDecision.objects.create(hub=hub, ranker=row, change="facilitator", reason="Fordi.")
    RankerDecision.objects.filter(pk=decision.pk).update(created_at=timezone.now() - timedelta(days=40))
    works_as(client, hub, Role.ORGANISER)

    page = read(client, FAIRNESS)

    assert ("Nobody can buy a place" in page, "Ranker 2 took over on" in page) == (True, True)
    assert [name for name in NAMES if f"<code>{name}</code>" not in page] == []
    assert 'class="share-bar"' in page
    assert "Nobody asked for anything near" in page or "They have no open offer or need" in page
