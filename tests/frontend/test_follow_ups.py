"""Follow-up pages: answered from a link without signing in, told on the page, recorded by phone, read at the desk."""

import csv
import io
import re
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core import mail as mailbox
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from mailgate.domain.sending import send_due_mails
from mailgate.links import sign
from matching.domain.outcomes.asking import ask_due
from matching.domain.outcomes.questions import QuestionFields, add_question
from matching.models import FollowUp, HubQuestion, Introduction, OutcomeReport, TimelineEntry
from tests.factories import HubFactory, MembershipFactory
from tests.frontend.conftest import SCRIPT, speaks_for, works_as
from tests.matching.outcomes.contacts import NO_BENEFIT, came, contact, party, question, tell

DESK, QUESTIONS, EXPORT = "/en/desk/follow-ups/", "/en/settings/questions/", "/en/desk/follow-ups/answers.csv"
pytestmark = pytest.mark.django_db


def begun(days_ago: int) -> str:
    """The day on which a contact began, so that a moment of it is due today."""
    return (timezone.localdate() - timedelta(days=days_ago)).isoformat()


@pytest.fixture
def introduction(hub: Hub) -> Introduction:
    """Both said yes two weeks ago."""
    return contact(hub, begun(14), asked="En times samtale om sensoren.")


def link_of(follow_up: FollowUp) -> str:
    return f"/en/follow-up/{sign('follow_up', follow_up=str(follow_up.public_id))}/"


def own_question(hub: Hub, form: str = "yes_no", text: str = "Did you talk to a lawyer?") -> HubQuestion:
    broker = MembershipFactory(hub=hub, role=Role.HUB_ADMIN).user
    fields = QuestionFields("Talte I med en jurist?", text, form)
    return add_question(Viewer(hub.pk, Role.HUB_ADMIN, broker.pk), fields=fields)


def told(side: str = "seeker") -> list[tuple[str, list[tuple[str, str]]]]:
    """Kind and rungs of each stored answer of the side."""
    reports = OutcomeReport.objects.filter(side=side).order_by("pk")
    return [(each.kind, list(each.outcomes.values_list("rung", "standing"))) for each in reports]


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
    assert f'<a href="#id_{name}">How many took part?: Write a whole number' in response.content.decode()


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


# On the contact's page


def tell_page(introduction: Introduction) -> str:
    return f"/en/contacts/{introduction.public_id}/outcome/"


def test_party_tells_on_the_contacts_page(client: Client, introduction: Introduction) -> None:
    speaks_for(client, introduction.receiver)

    page = client.post(tell_page(introduction), {"outcomes": ["meeting_held"]}, follow=True).content.decode()

    assert (told("receiver"), told("seeker")) == ([("outcomes", [("meeting_held", "achieved")])], [])
    report = OutcomeReport.objects.get()
    assert (report.source, report.follow_up, report.recorded_by) == (
        "web", question(introduction, side="receiver"), None,
    )  # fmt: skip
    assert "Thank you. The answer is stored. We ask again in" in page
    assert "You answered on" in page


def test_party_cannot_tell_for_the_other_side(client: Client, introduction: Introduction) -> None:
    speaks_for(client, introduction.receiver)

    client.post(f"{tell_page(introduction)}?side=seeker", {"outcomes": ["meeting_held"], "side": "seeker"})

    assert (len(told("receiver")), len(told("seeker"))) == (1, 0)


def test_party_does_not_read_what_the_other_side_told(client: Client, introduction: Introduction) -> None:
    tell(introduction, came("meeting_held", text="Hemmeligt ord."), timezone.localdate().isoformat(), side="seeker")
    speaks_for(client, introduction.receiver)

    page = client.get(tell_page(introduction)).content.decode()

    assert "Hemmeligt ord." not in page


def test_two_units_of_one_organisation_choose_who_tells(client: Client, hub: Hub) -> None:
    seeker = party(hub)
    introduction = contact(hub, begun(14), seeker=seeker, receiver=party(hub))
    introduction.receiver.organisation = seeker.organisation
    introduction.receiver.save()
    speaks_for(client, seeker)

    page = client.get(tell_page(introduction)).content.decode()
    client.post(tell_page(introduction), {"outcomes": ["no_benefit"], "side": "receiver"})

    assert 'href="?side=receiver"' in page
    assert (told("seeker"), told("receiver")) == ([], [("no_benefit", [])])


def test_strangers_and_visitors_tell_nothing(client: Client, hub: Hub, introduction: Introduction) -> None:
    address = tell_page(introduction)
    assert client.post(address, {"outcomes": ["meeting_held"]})["Location"].startswith("/en/account/login/?next=")

    speaks_for(client, party(hub))

    assert client.get(address).status_code == 404
    assert client.post(address, {"outcomes": ["meeting_held"]}).status_code == 404
    assert OutcomeReport.objects.count() == 0


def test_request_that_waits_for_an_answer_has_nothing_to_tell(client: Client, introduction: Introduction) -> None:
    Introduction.objects.update(receiver_consented_at=None, state="sent")
    speaks_for(client, introduction.seeker)

    response = client.post(tell_page(introduction), {"outcomes": ["meeting_held"]})

    assert (response.status_code, OutcomeReport.objects.count()) == (409, 0)
    assert "once both sides have said yes" in response.content.decode()


# By telephone, and at the desk


def phone_page(introduction: Introduction, side: str = "seeker") -> str:
    return f"/en/desk/contacts/{introduction.public_id}/phone/?side={side}"


def test_facilitator_records_what_she_hears(client: Client, hub: Hub, introduction: Introduction) -> None:
    works_as(client, hub, Role.FACILITATOR)

    address = phone_page(introduction, "receiver")
    page = client.post(address, {"outcomes": ["no_benefit"], "side": "receiver"}, follow=True).content.decode()

    report = OutcomeReport.objects.get()
    assert (report.side, report.kind, report.source) == ("receiver", "no_benefit", "phone")
    assert report.recorded_by is not None
    assert f"What {introduction.receiver.name} told is recorded, marked as told by phone." in page


def test_phone_page_shows_both_sides_and_where_they_differ(
    client: Client, hub: Hub, introduction: Introduction
) -> None:
    today = timezone.localdate().isoformat()
    tell(introduction, came("project_formed", text="Vi er i gang."), today, side="seeker")
    tell(introduction, came("meeting_held"), today, side="receiver", source="phone")
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(phone_page(introduction)).content.decode()

    seeker, receiver = introduction.seeker.name, introduction.receiver.name
    assert "The two sides see it differently" in page
    assert f"“A project together”: {seeker} says so, {receiver} does not." in page
    assert ("Vi er i gang." in page, "By phone" in page) == (True, True)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ORGANISER])
def test_desk_pages_are_for_brokers(client: Client, hub: Hub, introduction: Introduction, role: Role) -> None:
    works_as(client, hub, role)

    pages = [DESK, QUESTIONS, EXPORT, phone_page(introduction)]
    assert [client.get(page).status_code for page in pages] == [403] * 4
    assert client.post(phone_page(introduction), {"outcomes": ["no_benefit"]}).status_code == 403
    assert OutcomeReport.objects.count() == 0


def test_desk_names_whom_to_call_and_why(client: Client, hub: Hub) -> None:
    introduction = contact(hub, begun(40))
    FollowUp.objects.filter(moment="two_weeks", side="seeker").update(
        asked_at=timezone.now() - timedelta(days=26), reminded_at=timezone.now() - timedelta(days=19)
    )
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(DESK).content.decode()

    assert "2 calls" in page
    assert (page.count("Silent after a reminder"), page.count("No mail could be sent")) == (1, 1)
    assert f'href="{phone_page(introduction, "receiver")}"' in page


def test_empty_desk_says_when_somebody_comes_up(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.HUB_ADMIN)

    assert "Nobody waits for a call." in client.get(DESK).content.decode()


def test_desk_asks_the_database_as_often_for_many_calls_as_for_two(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.FACILITATOR)
    contact(hub, begun(40))
    client.get(DESK)
    with CaptureQueriesContext(connection) as two:
        client.get(DESK)
    contact(hub, begun(40))
    contact(hub, begun(41))

    with CaptureQueriesContext(connection) as six:
        page = client.get(DESK).content.decode()

    assert ("6 calls" in page, len(six)) == (True, len(two))


def test_export_cannot_be_run_as_a_formula(client: Client, hub: Hub, introduction: Introduction) -> None:
    tell(introduction, came("meeting_held", text='=HYPERLINK("x")'), timezone.localdate().isoformat())
    works_as(client, hub, Role.FACILITATOR)

    response = client.get(EXPORT)

    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert [row["text"] for row in rows] == ['\'=HYPERLINK("x")']
    assert response["Content-Disposition"] == 'attachment; filename="midtbro-outcomes.csv"'


# The hub's own questions


def test_question_is_added_moved_retired_and_asked_again(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.HUB_ADMIN)
    for number in (1, 2):
        client.post(QUESTIONS, {"text_da": f"Spørgsmål {number}?", "text_en": f"Question {number}?", "form": "yes_no"})
    first, second = HubQuestion.objects.order_by("pk")

    client.post(f"{QUESTIONS}{second.public_id}/", {"act": "earlier"})
    moved = client.get(QUESTIONS).content.decode()
    client.post(f"{QUESTIONS}{first.public_id}/", {"act": "retire"})
    retired = client.get(QUESTIONS).content.decode()
    client.post(f"{QUESTIONS}{first.public_id}/", {"act": "resume"})

    assert moved.index("Spørgsmål 2?") < moved.index("Spørgsmål 1?")
    assert retired.index("No longer asked") < retired.index("Spørgsmål 1?")
    assert HubQuestion.objects.filter(is_active=True).count() == 2


def test_bad_question_is_told_beside_its_field(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.HUB_ADMIN)

    response = client.post(QUESTIONS, {"text_da": "??", "text_en": "Is it?", "form": "yes_no", "moments": ["never"]})

    assert (response.status_code, HubQuestion.objects.count()) == (422, 0)
    assert 'id="errors"' in response.content.decode()


def test_unknown_act_and_reading_change_no_question(client: Client, hub: Hub) -> None:
    stored = own_question(hub)
    works_as(client, hub, Role.HUB_ADMIN)
    address = f"{QUESTIONS}{stored.public_id}/"

    assert client.post(address, {"act": "explode"}).status_code == 400
    assert client.get(address).status_code == 405
    assert client.post(f"{QUESTIONS}{uuid4()}/", {"act": "retire"}).status_code == 404
    assert HubQuestion.objects.get().is_active


def test_member_changes_no_question(client: Client, hub: Hub) -> None:
    stored = own_question(hub)
    works_as(client, hub, Role.MEMBER)

    assert client.post(f"{QUESTIONS}{stored.public_id}/", {"act": "retire"}).status_code == 403
    assert HubQuestion.objects.get().is_active


def test_dates_stand_as_people_say_them(client: Client, hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")
    tell(introduction, NO_BENEFIT, "2026-03-17")
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(phone_page(introduction)).content.decode()

    assert "Told on March 17, 2026" in page or "Told on 17 March 2026" in page
    assert date(2026, 3, 17).isoformat() not in page


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
