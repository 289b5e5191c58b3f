"""What the ranking believes, set by administrators; the log as JSON lines; cards that were shown to learn from."""

import json
from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from frontend.bridge import bridge_card
from hubs.enums import Role
from hubs.models import Hub
from matching.domain.learning.training import train_hub
from matching.enums import Direction, RankerState
from matching.models import PriorEdit, RankerVersion, RungValue
from matching.results import Match
from matching.results import Side as MatchSide
from tests.factories import HubFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT, works_as
from tests.matching.learning.logs import NOW, ago, ask, features, lived_year, show

WEIGHTS = "/en/settings/ranker/"
WEIGHT = f"{WEIGHTS}accepts/same_region/"
VALUE = f"{WEIGHTS}values/funding_raised/"
LOG = "/en/insight/impressions.jsonl"
pytestmark = pytest.mark.django_db


def champion(hub: Hub) -> RankerVersion | None:
    return RankerVersion.objects.filter(hub=hub, state=RankerState.CHAMPION).first()


# Weights


def test_weights_show_the_expert_the_hub_and_why(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(f"{WEIGHTS}?stage=accepts").content.decode()

    assert "short ways; a region&#x27;s hospital serves its region&#x27;s firms" in page
    assert "assumed: half of the answers are yes" in page
    assert ("Change" in page, 'href="/en/settings/rules/"' in page) == (False, True)
    assert client.get(f"{WEIGHTS}?stage=nowhere").status_code == 200


@pytest.mark.parametrize(("language", "written"), [("", "0,5"), ("/en", "0.5"), ("/en", " 0,50 ")])
def test_administrator_sets_a_weight_with_a_reason(client: Client, hub: Hub, language: str, written: str) -> None:
    works_as(client, hub, Role.HUB_ADMIN)

    address = f"{language}/settings/ranker/accepts/same_region/"
    response = client.post(address, {"mean": written, "reason": f"Korte veje hos os. {SCRIPT}"}, follow=True)

    page = response.content.decode()
    edit = PriorEdit.objects.get(hub=hub)
    assert (edit.stage, edit.feature, edit.mean) == ("accepts", "same_region", 0.5)
    assert response.redirect_chain == [(f"{language}/settings/ranker/?stage=accepts", 302)]
    assert ("<script>alert" in page, "Korte veje hos os. &lt;script&gt;alert" in page) == (False, True)


def test_weight_holds_at_once_where_nothing_was_learnt_and_later_where_it_was(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.HUB_ADMIN)

    at_once = client.post(WEIGHT, {"mean": "0.5", "reason": "Fordi."}, follow=True).content.decode()
    first = champion(hub)
    lived_year(hub, weeks=4)
    learnt = train_hub(hub.pk, now=NOW)
    assert learnt is not None
    client.post(f"/en/insight/rankers/{learnt.number}/promote/", {"reason": "Fordi."})
    later = client.post(WEIGHT, {"mean": "0.6", "reason": "Fordi."}, follow=True).content.decode()

    assert ("It holds at once" in at_once, first is not None) == (True, True)
    assert ("The next ranker that is trained knows it" in later, champion(hub)) == (True, learnt)


def test_empty_weight_takes_the_experts_again(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.HUB_ADMIN)
    client.post(WEIGHT, {"mean": "-1", "reason": "Fordi."})
    form = client.get(WEIGHT).content.decode()

    client.post(WEIGHT, {"mean": "", "reason": "Vi tog fejl."})

    assert ('value="-1"' in form, "the expert&#x27;s weight is 0.2." in form) == (True, True)
    assert PriorEdit.objects.count() == 0


@pytest.mark.parametrize(
    ("mean", "reason"),
    [("6", "Fordi."), ("nan", "Fordi."), ("inf", "Fordi."), ("meget", "Fordi."), ("1", ""), ("1", "x" * 501)],
)
def test_bad_weight_is_refused_with_words(client: Client, hub: Hub, mean: str, reason: str) -> None:
    works_as(client, hub, Role.HUB_ADMIN)

    response = client.post(WEIGHT, {"mean": mean, "reason": reason})

    assert (response.status_code, PriorEdit.objects.count()) == (422, 0)
    assert 'id="errors"' in response.content.decode()


@pytest.mark.parametrize("path", ["accepts/paid_for/", "nowhere/same_region/", "values/fame/"])
def test_weight_that_is_not_there_is_told(client: Client, hub: Hub, path: str) -> None:
    works_as(client, hub, Role.HUB_ADMIN)

    response = client.post(WEIGHTS + path, {"mean": "1", "value": "1", "reason": "Fordi."})

    assert (response.status_code, PriorEdit.objects.count(), RungValue.objects.count()) == (404, 0, 0)


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.ORGANISER, Role.MEMBER])
@pytest.mark.parametrize("path", [WEIGHT, VALUE])
def test_others_may_not_set_what_is_believed(client: Client, hub: Hub, role: Role, path: str) -> None:
    works_as(client, hub, role)

    responses = [client.get(path), client.post(path, {"mean": "1", "value": "1", "reason": "Fordi."})]

    assert [each.status_code for each in responses] == [403, 403]
    assert (PriorEdit.objects.count(), RungValue.objects.count()) == (0, 0)


# What an outcome is worth


def test_administrator_values_an_outcome_and_takes_it_back(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.HUB_ADMIN)

    page = client.post(VALUE, {"value": "40", "reason": ""}, follow=True).content.decode()
    assert (RungValue.objects.get(hub=hub).value, "<strong>40.0</strong>" in page) == (40.0, True)
    client.post(VALUE, {"value": "", "reason": ""})
    assert RungValue.objects.count() == 0


@pytest.mark.parametrize("value", ["-1", "10001", "nan", "1e400", "meget"])
def test_bad_value_is_refused_with_words(client: Client, hub: Hub, value: str) -> None:
    response = works_as(client, hub, Role.HUB_ADMIN).post(VALUE, {"value": value, "reason": ""})

    assert (response.status_code, RungValue.objects.count()) == (422, 0)


# The log


def period(part: str = "events") -> dict[str, str]:
    return {"since": ago(30).date().isoformat(), "until": ago(1).date().isoformat(), "part": part}


def test_administrator_fetches_the_log_line_by_line(client: Client, hub: Hub) -> None:
    firm, other = ProfileFactory(hub=hub), ProfileFactory(hub=hub)
    (shown,) = show(firm, [other], at=ago(10), rows=[features(same_field=1.0)])
    ask(firm, other, at=ago(9), state="accepted", impression=shown)
    far = HubFactory(slug="nordbro", name="Nordbro")
    show(ProfileFactory(hub=far), [ProfileFactory(hub=far)], at=ago(10))
    works_as(client, hub, Role.HUB_ADMIN)

    responses = {part: client.get(LOG, period(part)) for part in ("events", "queries")}

    events, queries = (
        [json.loads(line) for line in b"".join(responses[part].streaming_content).splitlines()]  # type: ignore[attr-defined]
        for part in ("events", "queries")
    )
    assert responses["events"]["Content-Type"] == "application/jsonl; charset=utf-8"
    assert "-ubi-events-" in responses["events"]["Content-Disposition"]
    assert [each["action_name"] for each in events] == ["impression", "request", "accept"]
    assert events[0]["event_attributes"]["features"]["same_field"] == 1.0
    assert [each["query_response_hit_ids"] for each in queries] == [[str(other.public_id)]]


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.ORGANISER, Role.MEMBER])
def test_others_do_not_fetch_the_log(client: Client, hub: Hub, role: Role) -> None:
    works_as(client, hub, role)

    assert [client.get(path, period()).status_code for path in (LOG, "/en/insight/log/")] == [403, 403]


@pytest.mark.parametrize(
    "wrong", [{"since": "i går"}, {"part": "passwords"}, {"until": ""}, {"since": "2027-01-01", "until": "2026-01-01"}]
)
def test_log_of_no_period_is_asked_about(client: Client, hub: Hub, wrong: dict[str, str]) -> None:
    response = works_as(client, hub, Role.HUB_ADMIN).get(LOG, period() | wrong)

    assert (response.status_code, 'id="errors"' in response.content.decode()) == (422, True)


def test_log_form_proposes_the_last_months(client: Client, hub: Hub) -> None:
    page = works_as(client, hub, Role.HUB_ADMIN).get("/en/insight/log/").content.decode()

    assert (f'value="{timezone.localdate().isoformat()}"' in page, "no names" in page) == (True, True)


# Cards shown to learn from


@pytest.mark.parametrize("explored", [True, False])
def test_card_says_that_it_was_shown_to_learn(hub: Hub, explored: bool) -> None:
    text = StatementFactory(profile=ProfileFactory(hub=hub, name="Nordlys"))
    match = Match(text.profile, 1, Direction.NEED_OFFER, MatchSide("Vi tester.", "da", statement=text))

    card = bridge_card(replace(match, explored=explored))
    drawn = render_to_string("components/bridge_card.html", {"card": card})

    assert card.is_tried is explored
    assert ('class="tried"' in drawn) is explored
