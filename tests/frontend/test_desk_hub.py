"""The hub's page, the record for procurement law, the hub's rules and a profile's own limits."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from frontend.views.hub import bottlenecks
from hubs.enums import Role
from hubs.models import Hub
from matching.domain.introductions.rules import contact_rules, hub_rules
from matching.models import ContactRules, HubRules, Introduction
from matching.queries.hub_page import contact_ladder, introduction_states, projects_by_stage
from matching.queries.introductions import StateCount
from tests.factories import HubFactory
from tests.frontend.conftest import speaks_for, works_as
from tests.matching.introductions.parties import Person, accepted, broker, capped, party, sent
from tests.matching.outcomes.contacts import came, contact, tell

HUB, RECORD, EXPORT = "/en/desk/introductions/", "/en/desk/record/", "/en/desk/contacts.csv"
SETTINGS, RULES = "/en/settings/", "/en/settings/rules/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(hub: Hub) -> Person:
    return party(hub, name="Sårpleje ApS", slug="saarpleje", kind="firm")


@pytest.fixture
def ward(hub: Hub) -> Person:
    return party(hub, name="Afdeling for Intensiv", kind="clinician")


def state(code: str, count: int, oldest: int, slow: int) -> StateCount:
    return StateCount(code, code, count, "", oldest, oldest, slow)


# The hub's page


@pytest.mark.parametrize(
    ("role", "status"), [(Role.MEMBER, 403), (Role.ORGANISER, 200), (Role.FACILITATOR, 200), (Role.HUB_ADMIN, 200)]
)
def test_hub_page_is_read_by_all_who_work_for_it(client: Client, hub: Hub, role: Role, status: int) -> None:
    assert client.get(HUB).status_code == 302
    works_as(client, hub, role)

    assert client.get(HUB).status_code == status
    assert client.post(HUB).status_code == 405


def test_organiser_reads_counts_but_no_names(client: Client, hub: Hub, firm: Person, ward: Person) -> None:
    sent(firm, ward, now=timezone.now())
    works_as(client, hub, Role.ORGANISER)
    counts = client.get(f"{HUB}?state=sent").content.decode()
    works_as(client, hub, Role.FACILITATOR)
    names = client.get(f"{HUB}?state=sent").content.decode()

    assert ("Sårpleje ApS" in counts, "Sårpleje ApS" in names) == (False, True)
    assert "Follow-ups due" not in counts
    assert EXPORT not in counts


def test_bottlenecks_are_told_in_words(english: None) -> None:
    told = bottlenecks([state("screening", 12, 9, 5), state("sent", 1, 8, 1), state("seen", 4, 2, 0)])

    assert told == [
        "12 requests wait for screening, the oldest 9 days.",
        "1 request has not been opened, the oldest for 8 days.",
    ]


def test_every_slow_state_has_a_sentence(english: None) -> None:
    from matching.queries.introductions import SLOW_AFTER_DAYS

    told = bottlenecks([state(code, 2, 90, 1) for code in SLOW_AFTER_DAYS])

    assert len(set(told)) == len(SLOW_AFTER_DAYS)
    assert all("%" not in sentence for sentence in told)


def test_states_count_the_hub_with_ages(hub: Hub, firm: Person, ward: Person) -> None:
    now = timezone.now()
    for days in (3, 9, 4):
        request = sent(firm, party(hub), now=now)
        Introduction.objects.filter(pk=request.pk).update(sent_at=now - timedelta(days=days))
    elsewhere = HubFactory(slug="elsewhere")
    sent(party(elsewhere), party(elsewhere), now=now)
    _user, viewer = broker(hub, Role.ORGANISER)

    found = {row.state: row for row in introduction_states(viewer, now=now)}

    assert (found["sent"].count, found["sent"].median_days, found["sent"].oldest_days, found["sent"].slow) == (
        3, 4, 9, 1,
    )  # fmt: skip


def test_ladder_counts_each_contact_once_a_rung(hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")
    contact(hub, "2026-03-03")
    tell(introduction, came("project_formed"), "2026-03-17", side="seeker")
    tell(introduction, came("project_formed"), "2026-03-17", side="receiver")
    tell(introduction, came("funding_raised", standing="expected"), "2026-04-17", side="seeker", source="phone")
    _user, viewer = broker(hub)

    steps = {step.code: (step.count, step.of_all, step.of_before) for step in contact_ladder(viewer, since=None)}

    assert (steps["sent"], steps["accepted"], steps["met"]) == ((2, 100, None), (2, 100, 100), (0, 0, 0))
    assert (steps["project_formed"], steps["funding_raised"]) == ((1, 50, None), (0, 0, None))


def test_ladder_of_a_period_leaves_out_what_was_sent_before(hub: Hub) -> None:
    contact(hub, "2020-03-02")
    recent = contact(hub, "2026-03-02")
    _user, viewer = broker(hub)

    steps = contact_ladder(viewer, since=recent.sent_at)

    assert steps[0].count == 1


def test_empty_hub_divides_by_nothing(client: Client, hub: Hub) -> None:
    _user, viewer = broker(hub)
    works_as(client, hub, Role.FACILITATOR)

    assert {step.of_all for step in contact_ladder(viewer, since=None)} == {0}
    assert {(row.running, row.stalled) for row in projects_by_stage(viewer)} == {(0, 0)}
    assert "Nothing stands still longer than it should." in client.get(HUB).content.decode()


@pytest.mark.parametrize("query", ["?state=nonsense", "?state=%00", "?since=<b>", "?state=draft&since=all"])
def test_hub_page_ignores_what_it_does_not_know(client: Client, hub: Hub, query: str) -> None:
    works_as(client, hub, Role.FACILITATOR)

    response = client.get(HUB + query)

    assert (response.status_code, "<b>" in response.content.decode()) == (200, False)


# The record


def test_record_holds_the_period_and_runs_no_formula(client: Client, hub: Hub, ward: Person) -> None:
    firm = party(hub, name="=cmd|' /C calc'!A1", slug="formula")
    sent(firm, ward, now=timezone.now())
    today = timezone.localdate().isoformat()
    works_as(client, hub, Role.FACILITATOR)

    inside = client.get(EXPORT, {"since": today, "until": today})
    before = client.get(EXPORT, {"since": "2020-01-01", "until": "2020-12-31"})

    rows = list(csv.reader(io.StringIO(inside.content.decode("utf-8-sig")), delimiter=";"))
    assert inside["Content-Type"] == "text/csv; charset=utf-8"
    assert inside["Content-Disposition"].startswith("attachment;")
    assert rows[1][2] == "'=cmd|' /C calc'!A1"
    assert len(before.content.decode("utf-8-sig").splitlines()) == 1


@pytest.mark.parametrize(
    "period",
    [
        {},
        {"since": "2026-01-01"},
        {"since": "tomorrow", "until": "2026-01-01"},
        {"since": "2026-02-01", "until": "2026-01-01"},
        {"since": "0001-01-01", "until": "9999-12-31"},
        {"since": "9999-12-01", "until": "9999-12-31"},
        {"since": "0001-01-01", "until": "0001-01-02"},
    ],
)
def test_wrong_periods_come_back_to_the_form(client: Client, hub: Hub, period: dict[str, str]) -> None:
    works_as(client, hub, Role.FACILITATOR)

    response = client.get(EXPORT, period)

    assert response.status_code == 422
    assert "text/html" in response["Content-Type"]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ORGANISER])
def test_record_is_for_brokers(client: Client, hub: Hub, role: Role) -> None:
    works_as(client, hub, role)

    assert [client.get(RECORD).status_code, client.get(EXPORT).status_code] == [403, 403]


def test_record_is_of_this_hub(client: Client, hub: Hub) -> None:
    elsewhere = HubFactory(slug="elsewhere")
    accepted(party(elsewhere), party(elsewhere), now=timezone.now())
    today = timezone.localdate().isoformat()
    works_as(client, hub, Role.HUB_ADMIN)

    response = client.get(EXPORT, {"since": today, "until": today})

    assert len(response.content.decode("utf-8-sig").splitlines()) == 1


# Settings


@pytest.mark.parametrize(
    ("role", "status", "questions"),
    [(Role.MEMBER, 403, False), (Role.ORGANISER, 200, False), (Role.FACILITATOR, 200, True)],
)
def test_settings_show_what_one_may_set(client: Client, hub: Hub, role: Role, status: int, questions: bool) -> None:
    works_as(client, hub, role)

    response = client.get(SETTINGS)

    assert (response.status_code, 'href="/en/settings/questions/"' in response.content.decode()) == (status, questions)


RULES_SENT = {"answer_days": "21", "open_requests": "4", "screens_all": "on", "explored_places": "0"}


def test_administrator_sets_the_rules(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.HUB_ADMIN)

    page = client.post(RULES, RULES_SENT, follow=True).content.decode()

    rules = hub_rules(hub.pk)
    assert (rules.answer_days, rules.open_requests, rules.screens_all, rules.explored_places) == (21, 4, True, 0)
    assert "Saved." in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer_days": "1"},
        {"open_requests": "0"},
        {"explored_places": "6"},
        {"answer_days": "many"},
        {"answer_days": ""},
    ],
)
def test_rules_outside_their_limits_are_refused(client: Client, hub: Hub, wrong: dict[str, str]) -> None:
    works_as(client, hub, Role.HUB_ADMIN)

    response = client.post(RULES, RULES_SENT | wrong)

    assert (response.status_code, HubRules.objects.count()) == (422, 0)


@pytest.mark.parametrize(("role", "read"), [(Role.FACILITATOR, 200), (Role.ORGANISER, 200), (Role.MEMBER, 403)])
def test_others_read_the_rules_at_most(client: Client, hub: Hub, role: Role, read: int) -> None:
    works_as(client, hub, role)

    page = client.get(RULES)

    assert (page.status_code, 'name="answer_days"' in page.content.decode()) == (read, False)
    assert client.post(RULES, RULES_SENT).status_code == 403
    assert HubRules.objects.count() == 0


# A profile's own limits


def test_own_people_set_their_limits(client: Client, hub: Hub, firm: Person) -> None:
    speaks_for(client, firm.profile)
    address = "/en/my-profile/saarpleje/contact/"

    overview = client.get("/en/my-profile/saarpleje/").content.decode()
    page = client.post(address, {"monthly_cap": "3", "wants_screening": "on"}, follow=True).content.decode()

    rules = contact_rules(firm.profile)
    assert (rules.monthly_cap, rules.wants_screening) == (3, True)
    assert f'href="{address}"' in overview
    assert "Saved." in page


def test_empty_cap_means_no_limit_and_none_means_none(client: Client, hub: Hub, firm: Person) -> None:
    capped(firm, 3)
    speaks_for(client, firm.profile)
    address = "/en/my-profile/saarpleje/contact/"

    client.post(address, {"monthly_cap": "0"})
    assert contact_rules(firm.profile).monthly_cap == 0
    client.post(address, {"monthly_cap": ""})

    assert contact_rules(firm.profile).monthly_cap is None


@pytest.mark.parametrize("cap", ["-1", "501", "1.5", "three"])
def test_caps_outside_their_limits_are_refused(client: Client, hub: Hub, firm: Person, cap: str) -> None:
    speaks_for(client, firm.profile)

    response = client.post("/en/my-profile/saarpleje/contact/", {"monthly_cap": cap})

    assert (response.status_code, ContactRules.objects.count()) == (422, 0)


def test_strangers_set_no_limits(client: Client, hub: Hub, firm: Person, ward: Person) -> None:
    address = "/en/my-profile/saarpleje/contact/"
    assert client.post(address, {"monthly_cap": "0"}).status_code == 302
    speaks_for(client, ward.profile)

    assert [client.get(address).status_code, client.post(address, {"monthly_cap": "0"}).status_code] == [403, 403]
    assert ContactRules.objects.count() == 0
