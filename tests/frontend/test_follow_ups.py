"""Follow-ups answered from a mailed link without signing in."""

import re
from datetime import datetime

import pytest
from django.core import mail as mailbox
from django.test import Client
from django.utils import timezone

from hubs.models import Hub
from mailgate.domain.sending import send_due_mails
from mailgate.links import sign
from matching.domain.outcomes.asking import ask_due
from matching.models import FollowUp, Introduction, OutcomeReport, TimelineEntry
from tests.factories import HubFactory
from tests.frontend.conftest import SCRIPT
from tests.frontend.follow_up_pages import begun, link_of, own_question, told
from tests.matching.outcomes.contacts import NO_BENEFIT, contact, question, tell

DESK, QUESTIONS, EXPORT = "/en/desk/follow-ups/", "/en/settings/questions/", "/en/desk/follow-ups/answers.csv"
pytestmark = pytest.mark.django_db


@pytest.fixture
def introduction(hub: Hub) -> Introduction:
    """Both said yes two weeks ago."""
    return contact(hub, begun(14), asked="En times samtale om sensoren.")


def test_opening_the_link_shows_the_question_and_changes_nothing(client: Client, introduction: Introduction) -> None:
    link = link_of(question(introduction))
    before = list(FollowUp.objects.values())

    pages = [client.get(link), client.head(link), client.get(link)]

    page = pages[0].content.decode()
    assert [each.status_code for each in pages] == [200, 200, 200]
    assert "<h1>What came of it?</h1>" in page
    assert "En times samtale om sensoren." in page
    assert (list(FollowUp.objects.values()), OutcomeReport.objects.count(), TimelineEntry.objects.count()) == (
        before, 0, 0,
    )  # fmt: skip


def test_link_is_for_its_reader_only(client: Client, introduction: Introduction) -> None:
    response = client.get(link_of(question(introduction)))

    assert "no-store" in response["Cache-Control"] or "private" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_answer_is_stored_and_thanked_for(client: Client, introduction: Introduction) -> None:
    link = link_of(question(introduction))

    response = client.post(
        link, {"outcomes": ["meeting_held", "input_received"], "standing_input_received": "expected"}, follow=True
    )

    page = response.content.decode()
    assert told() == [("outcomes", [("meeting_held", "achieved"), ("input_received", "expected")])]
    assert OutcomeReport.objects.get().source == "link"
    assert response.redirect_chain == [(f"{link}thanks/", 302)]
    assert "<h1>Thank you</h1>" in page
    assert "What it is used for" in page
    upcoming = question(introduction, "three_months").due_on
    assert f"We ask again in {upcoming:%B %Y}." in page


def test_thanks_after_the_last_moment_name_no_next(client: Client, hub: Hub) -> None:
    introduction = contact(hub, begun(735))
    tell(introduction, NO_BENEFIT, timezone.localdate().isoformat(), follow_up=question(introduction, "two_years"))

    page = client.get(f"{link_of(question(introduction, 'two_years'))}thanks/").content.decode()

    assert "This was the last time we ask." in page


@pytest.mark.parametrize("kind", ["no_benefit", "do_not_know"])
def test_no_benefit_and_do_not_know_are_answers(client: Client, introduction: Introduction, kind: str) -> None:
    client.post(link_of(question(introduction)), {"outcomes": [kind], "standing_meeting_held": "achieved"})

    assert told() == [(kind, [])]


@pytest.mark.parametrize(
    "outcomes", [["meeting_held", "no_benefit"], ["no_benefit", "do_not_know"], ["do_not_know", "project_formed"]]
)
def test_ticks_that_exclude_each_other_are_asked_about(
    client: Client, introduction: Introduction, outcomes: list[str]
) -> None:
    response = client.post(link_of(question(introduction)), {"outcomes": outcomes})

    page = response.content.decode()
    assert (response.status_code, told()) == (422, [])
    assert "“No benefit” and “Do not know” each stand alone." in page
    assert len(re.findall(r'name="outcomes"[^>]* checked', page)) == 2


def test_empty_answer_is_asked_about_and_keeps_what_was_written(client: Client, introduction: Introduction) -> None:
    response = client.post(link_of(question(introduction)), {"text": f"Vi {SCRIPT} ringer."})

    page = response.content.decode()
    assert (response.status_code, told()) == (422, [])
    assert "Tick what came of it." in page
    assert ("<script>alert" in page, "Vi &lt;script&gt;alert" in page) == (False, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcomes": ["fame"]},
        {"outcomes": ["meeting_held"], "standing_meeting_held": "hoped"},
        {"outcomes": ["funding_raised"], "amount_funding_raised": "1,2 mio"},
        {"outcomes": ["funding_raised"], "amount_funding_raised": "9" * 14},
        {"outcomes": ["funding_raised"], "amount_funding_raised": "9" * 5000},
        {"outcomes": ["funding_raised"], "amount_funding_raised": "-5"},
        {"outcomes": ["meeting_held"], "text": "x" * 2_001},
        {"outcomes": ["meeting_held"], "text": "a\x00b"},
        {"outcomes": ["meeting_held"], "text": "halv \ufffd tekst"},
    ],
)
def test_bad_answer_is_refused_with_words(client: Client, introduction: Introduction, wrong: dict[str, object]) -> None:
    response = client.post(link_of(question(introduction)), wrong)

    assert (response.status_code, told()) == (422, [])
    assert 'id="errors"' in response.content.decode()


@pytest.mark.parametrize("written", ["1500000", "1.500.000", "1,500,000", "1 500 000", "1\u00a0500\u00a0000"])
def test_kroner_are_read_however_they_are_grouped(client: Client, introduction: Introduction, written: str) -> None:
    client.post(link_of(question(introduction)), {"outcomes": ["funding_raised"], "amount_funding_raised": written})

    assert OutcomeReport.objects.get().outcomes.get().amount_dkk == 1_500_000


def test_second_answer_replaces_the_first_and_says_so(client: Client, introduction: Introduction) -> None:
    link = link_of(question(introduction))
    client.post(link, {"outcomes": ["meeting_held"], "text": "Først."})

    form = client.get(link).content.decode()
    page = client.post(link, {"outcomes": ["no_benefit"]}, follow=True).content.decode()

    assert ("You answered on" in form, "Først." in form) == (True, True)
    assert len(re.findall(r'value="meeting_held"[^>]* checked', form)) == 1
    assert "Your new answer has replaced the one you gave before." in page
    assert told() == [("no_benefit", [])]


def test_first_answer_says_nothing_of_replacing(client: Client, introduction: Introduction) -> None:
    page = client.post(link_of(question(introduction)), {"outcomes": ["no_benefit"]}, follow=True).content.decode()

    assert "has replaced" not in page


def test_thanks_before_an_answer_lead_to_the_question(client: Client, introduction: Introduction) -> None:
    link = link_of(question(introduction))

    assert client.get(f"{link}thanks/")["Location"] == link


def test_effect_is_asked_from_three_months_on(client: Client, hub: Hub, introduction: Introduction) -> None:
    late = contact(hub, begun(95))

    early_page = client.get(link_of(question(introduction))).content.decode()
    late_page = client.get(link_of(question(late, "three_months"))).content.decode()

    assert ('name="attribution"' in early_page, 'name="counterfactual"' in early_page) == (False, False)
    assert ('name="attribution"' in late_page, 'name="counterfactual"' in late_page) == (True, True)
    client.post(
        link_of(question(late, "three_months")),
        {"outcomes": ["project_formed"], "attribution": "major", "counterfactual": "nothing"},
    )
    assert OutcomeReport.objects.values_list("attribution", "counterfactual").get() == ("major", "nothing")


def test_hubs_own_questions_are_asked_and_answered(client: Client, hub: Hub, introduction: Introduction) -> None:
    yes_no, number = own_question(hub), own_question(hub, "number", "How many took part?")
    link = link_of(question(introduction))

    page = client.get(link).content.decode()
    answers = {f"question_{yes_no.public_id.hex}": "no", f"question_{number.public_id.hex}": "4"}
    client.post(link, {"outcomes": ["meeting_held"], **answers})

    assert ("Did you talk to a lawyer?" in page, "How many took part?" in page) == (True, True)
    assert set(OutcomeReport.objects.get().hub_answers.values_list("value", flat=True)) == {"no", "4"}
    again = client.get(link).content.decode()
    assert re.search(r'value="no"[^>]* checked', again)


def test_bad_hub_answer_is_told_beside_its_question(client: Client, hub: Hub, introduction: Introduction) -> None:
    name = f"question_{own_question(hub, 'number', 'How many took part?').public_id.hex}"

    response = client.post(link_of(question(introduction)), {"outcomes": ["meeting_held"], name: "mange"})

    assert (response.status_code, told()) == (422, [])
    assert f'<a href="#id_{name}">How many took part? Write a whole number' in response.content.decode()


@pytest.mark.parametrize("change", [lambda token: token[:-2], lambda token: "x" + token, lambda _token: "nonsense"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_forged_link_is_told_kindly(client: Client, introduction: Introduction, change: object, method: str) -> None:
    token = sign("follow_up", follow_up=str(question(introduction).public_id))

    response = getattr(client, method)(f"/en/follow-up/{change(token)}/", {"outcomes": ["meeting_held"]})  # type: ignore[operator]

    assert (response.status_code, told()) == (404, [])
    assert "<h1>This link does not work</h1>" in response.content.decode()


def test_token_of_another_page_opens_nothing(client: Client, introduction: Introduction) -> None:
    token = sign("answer", follow_up=str(question(introduction).public_id))

    response = client.post(f"/en/follow-up/{token}/", {"outcomes": ["meeting_held"]})

    assert (response.status_code, told()) == (404, [])


@pytest.mark.parametrize(("days", "status"), [(119, 200), (121, 410)])
def test_link_expires_and_says_how_to_go_on(
    client: Client, introduction: Introduction, monkeypatch: pytest.MonkeyPatch, days: int, status: int
) -> None:
    link = link_of(question(introduction))
    later = datetime.now().timestamp() + days * 86_400
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)

    responses = [client.get(link), client.get(f"{link}thanks/"), client.post(link, {"outcomes": ["no_benefit"]})]

    page = responses[0].content.decode()
    assert responses[0].status_code == status
    assert ("The link in the mail is too old" in page, len(told())) == (status == 410, int(status == 200))
    if status == 410:
        assert [each.status_code for each in responses] == [410, 410, 410]
        assert 'href="/en/account/login/"' in page


def test_answer_for_an_erased_profile_is_told_kindly_and_not_stored(client: Client, introduction: Introduction) -> None:
    link = link_of(question(introduction))
    introduction.receiver.delete()

    responses = [client.get(link), client.post(link, {"outcomes": ["meeting_held"]}), client.get(f"{link}thanks/")]

    assert [each.status_code for each in responses] == [410, 410, 410]
    assert "<h1>There is nothing more to answer</h1>" in responses[1].content.decode()
    assert (OutcomeReport.objects.count(), TimelineEntry.objects.count()) == (0, 0)


def test_link_of_another_hub_opens_nothing(client: Client, hub: Hub) -> None:
    other = contact(HubFactory(slug="nordbro"), begun(14))

    response = client.post(link_of(question(other)), {"outcomes": ["meeting_held"]})

    assert (response.status_code, OutcomeReport.objects.count()) == (410, 0)


def test_answer_needs_the_security_mark(introduction: Introduction) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(link_of(question(introduction)), {"outcomes": ["meeting_held"]})

    assert (response.status_code, told()) == (403, [])


def test_paused_side_may_still_answer(client: Client, introduction: Introduction) -> None:
    introduction.seeker.is_paused = True
    introduction.seeker.save()

    client.post(link_of(question(introduction)), {"outcomes": ["meeting_held"]})

    assert len(told()) == 1


def test_mailed_link_leads_to_the_question_and_back_to_the_answer(
    client: Client, hub: Hub, introduction: Introduction
) -> None:
    now = timezone.now()
    ask_due(now)
    send_due_mails(now=now)
    address = introduction.seeker.organisation.affiliations.get().user.email

    (mail,) = [each for each in mailbox.outbox if each.to == [address]]
    path = re.search(r"https?://[^/\s]+(/\S*follow-up/\S+/)", str(mail.body))
    assert path is not None
    client.post(path[1], {"outcomes": ["meeting_held"]})

    assert (len(told("seeker")), len(told("receiver"))) == (1, 0)
