"""The words of the mails: both languages, nobody's markup, nothing about what is gone or settled."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import resolve
from django.utils import timezone, translation

from frontend.mails.registering import RENDERERS
from hubs.models import Hub
from mailgate.domain.outbox import queue_mail
from mailgate.links import read
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail, registered_kinds
from matching.models import FollowUp, Introduction, OutcomeReport, Participant, Project, ProjectRole, Quote
from tests.factories import AffiliationFactory, HubFactory, OrganisationFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT

MET = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
# Every state in which somebody is told something, with what the row must hold there.
CONSENTED = {"seeker_consented_at": MET, "receiver_consented_at": MET, "answered_at": MET}
STATES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "introduction_received": ("sent", "receiver", {}),
    "introduction_proposed": ("sent", "receiver", {}),
    "introduction_reminder": ("seen", "receiver", {}),
    "introduction_accepted": ("accepted", "seeker", CONSENTED),
    "introduction_declined": ("declined", "seeker", {"decline_reason": "too_early", "decline_note": "Til foråret"}),
    "introduction_not_now": ("not_now", "seeker", {"ask_again_on": date(2027, 2, 1)}),
    "introduction_expired": ("expired", "seeker", {}),
    "introduction_returned": ("returned", "seeker", {}),
    "introduction_withdrawn": ("withdrawn", "receiver", {}),
    "introduction_gone": ("sent", "receiver", {}),
}
WAITS = ("introduction_received", "introduction_proposed", "introduction_reminder")


@pytest.fixture
def introduction(hub: Hub) -> Introduction:
    """A firm asks a department for a small trial."""
    firm = ProfileFactory(hub=hub, organisation=OrganisationFactory(hub=hub), name="Sensia ApS", languages=["da", "en"])
    ward = ProfileFactory(
        hub=hub, organisation=OrganisationFactory(hub=hub), name="Afdeling Nord", kind="clinician", languages=["da"]
    )
    AffiliationFactory(organisation=firm.organisation, user__email="firmaet@firma.example")
    offer = StatementFactory(profile=firm, kind="offer", text="Vi tilbyder en sensor, der måler tryksår om natten.")
    need = StatementFactory(profile=ward, kind="need", text="Vi søger en sensor mod tryksår.")
    made = Introduction.objects.create(
        hub=hub,
        seeker=firm,
        receiver=ward,
        contact_purpose_id="contact_purpose:test",
        opi_step="mini_trial",
        asked="Må vi prøve sensoren på to stuer?",
        minutes=45,
        state="sent",
        sent_at=timezone.now(),
        expires_at=timezone.now() + 14 * DAY,
        seeker_consented_at=timezone.now(),
    )
    for side, statement in (("seeker", offer), ("receiver", need)):
        Quote.objects.create(
            hub=hub, introduction=made, side=side, statement=statement, text=statement.text, language="da"
        )
    return made


def mail_about(hub: Hub, kind: str, context: dict[str, str], language: str = "da") -> OutgoingMail:
    return queue_mail(
        hub.pk,
        kind=kind,
        address="laege@afdeling.example",
        language=language,
        context=context,
        once=f"{kind}-{language}-{context}",
        not_before=timezone.now(),
    )


def rendered(hub: Hub, kind: str, context: dict[str, str], language: str = "da") -> RenderedMail | None:
    mail = mail_about(hub, kind, context, language)
    with translation.override(language):
        return RENDERERS[kind](mail, Addresses(mail))


def told(introduction: Introduction, kind: str, language: str = "da", **changes: Any) -> RenderedMail | None:
    """The mail of that kind with the row in the state in which it is sent."""
    state, side, values = STATES[kind]
    Introduction.objects.filter(pk=introduction.pk).update(**{"state": state, **values, **changes})
    context = {"introduction": str(introduction.public_id), "side": side}
    return rendered(introduction.hub, kind, context, language)


def links_of(mail: RenderedMail) -> list[str]:
    return [word for word in mail.text.split() if word.startswith("http://testserver/")]


def test_every_kind_has_its_renderer() -> None:
    assert set(RENDERERS) <= registered_kinds()
    assert {*STATES, "screening_waiting", "follow_up", "follow_up_reminder", "project_invitation"} <= set(RENDERERS)


@pytest.mark.parametrize("kind", STATES)
@pytest.mark.parametrize("language", ["da", "en"])
def test_mail_has_one_way_on_and_one_way_out_in_its_language(
    introduction: Introduction, kind: str, language: str
) -> None:
    mail = told(introduction, kind, language)

    assert mail is not None
    way_on, way_out = links_of(mail)
    with translation.override(language):
        assert resolve(way_on.removeprefix("http://testserver")).namespace == "frontend"
        assert resolve(way_out.removeprefix("http://testserver")).url_name == "mail_stop"
    assert way_on.startswith("http://testserver/en/") == (language == "en")
    assert mail.html.count("<a ") == 2
    assert f'href="{way_on}"' in mail.html
    assert f'<html lang="{language}">' in mail.html


@pytest.mark.parametrize("kind", STATES)
def test_subject_is_one_line_and_the_two_forms_say_the_same(introduction: Introduction, kind: str) -> None:
    mail = told(introduction, kind, "en")

    assert mail is not None
    assert mail.subject == mail.subject.strip() != ""
    lead = mail.text.splitlines()[0]
    assert lead in unescape(mail.html)
    assert "{{" not in mail.text + mail.html
    assert "%(" not in mail.text + mail.html


@pytest.mark.parametrize("kind", STATES)
def test_hostile_names_and_words_are_no_markup(introduction: Introduction, kind: str) -> None:
    type(introduction.seeker).objects.update(name=SCRIPT[:150], contact_email="kontakt@firma.example")
    Quote.objects.update(text=SCRIPT)
    mail = told(introduction, kind, asked=SCRIPT, **({"decline_note": SCRIPT} if kind.endswith("declined") else {}))

    assert mail is not None
    assert "<script" not in mail.html
    assert "<img" not in mail.html
    assert "onerror=y>" not in mail.html


@pytest.mark.parametrize("kind", WAITS)
def test_clinician_reads_who_why_what_how_long_and_what_then(introduction: Introduction, kind: str) -> None:
    mail = told(introduction, kind, "en")

    assert mail is not None
    for form in (mail.text, unescape(mail.html)):
        assert "Sensia ApS" in form
        assert "Må vi prøve sensoren på to stuer?" in form
        assert "about 45 minutes" in form
        assert "It can shut the firm out of a later purchase above the threshold" in form
        assert "You seek" in form
        assert "They offer" in form
        assert "Same words" in form
    token = links_of(mail)[0].rstrip("/").rsplit("/", 1)[1]
    expected = {"introduction": str(introduction.public_id), "side": "receiver"}
    assert read(token, action="answer", max_age=DAY) == expected


def test_words_that_match_are_marked_on_both_banks(introduction: Introduction) -> None:
    mail = told(introduction, "introduction_received")

    assert mail is not None
    assert mail.html.count("<mark>sensor</mark>") == 2
    assert "<mark>" not in mail.text


def test_no_address_is_told_before_both_said_yes(introduction: Introduction) -> None:
    mails = [told(introduction, kind) for kind in STATES if kind != "introduction_accepted"]

    assert None not in mails
    assert [mail for mail in mails if mail and "firmaet@firma.example" in mail.text + mail.html] == []


def test_both_sides_get_the_addresses_of_the_other_when_both_said_yes(introduction: Introduction) -> None:
    Introduction.objects.update(state="accepted", **CONSENTED)
    context = {"introduction": str(introduction.public_id), "side": "receiver"}

    mail = rendered(introduction.hub, "introduction_accepted", context)

    assert mail is not None
    assert "firmaet@firma.example" in mail.text
    assert "firmaet@firma.example" in mail.html


@pytest.mark.parametrize("kind", [kind for kind in STATES if kind != "introduction_gone"])
def test_mail_about_a_request_that_has_moved_on_is_dropped(introduction: Introduction, kind: str) -> None:
    moved = {"state": "closed", **CONSENTED} if kind != "introduction_accepted" else {"state": "withdrawn"}

    assert told(introduction, kind) is not None
    assert told(introduction, kind, "en", **moved) is None


@pytest.mark.parametrize("kind", WAITS)
def test_request_whose_days_are_over_is_not_mailed(introduction: Introduction, kind: str) -> None:
    assert told(introduction, kind, expires_at=timezone.now() - DAY) is None


@pytest.mark.parametrize("kind", [kind for kind in STATES if kind != "introduction_gone"])
def test_mail_whose_cause_was_erased_is_dropped(introduction: Introduction, kind: str) -> None:
    public_id = str(introduction.public_id)
    hub = introduction.hub
    introduction.receiver.delete()

    assert rendered(hub, kind, {"introduction": public_id, "side": STATES[kind][1]}) is None


def test_mail_about_an_erased_contact_names_nobody(introduction: Introduction) -> None:
    mail = told(introduction, "introduction_gone")

    assert mail is not None
    assert "Sensia" not in mail.text + mail.html
    assert "sensoren" not in mail.text + mail.html


@pytest.mark.parametrize(
    "context",
    [{}, {"introduction": "none"}, {"introduction": "none", "side": "receiver"}, {"side": "receiver"}],
)
def test_context_that_names_nothing_is_dropped(hub: Hub, context: dict[str, str]) -> None:
    assert rendered(hub, "introduction_received", context) is None


def test_another_hubs_mail_cannot_name_the_request(introduction: Introduction) -> None:
    context = {"introduction": str(introduction.public_id), "side": "receiver"}

    assert rendered(HubFactory(slug="nordbro"), "introduction_received", context) is None


def test_simulated_request_mails_nobody(introduction: Introduction) -> None:
    assert told(introduction, "introduction_received", is_simulated=True) is None


def test_day_to_ask_again_is_told_and_later_its_coming(introduction: Introduction) -> None:
    first = told(introduction, "introduction_not_now", "en")
    context = {"introduction": str(introduction.public_id), "side": "seeker", "again": "yes"}
    again = rendered(introduction.hub, "introduction_not_now", context, "en")

    assert first is not None
    assert again is not None
    assert "1 February 2027" in first.text
    assert again.subject == "You may ask Afdeling Nord again"


def test_not_now_of_a_proposal_promises_the_asked_side_no_day_to_ask(introduction: Introduction) -> None:
    Introduction.objects.update(state="not_now", declined_by="seeker", ask_again_on=date(2027, 2, 1))
    context = {"introduction": str(introduction.public_id), "side": "receiver"}

    mail = rendered(introduction.hub, "introduction_not_now", context, "en")

    assert mail is not None
    assert "says “not now”" in mail.text
    assert "ask again" not in mail.text


@pytest.mark.parametrize(("side", "subject"), [("", "The hub has taken back"), ("receiver", "Afdeling Nord no longer")])
def test_withdrawn_says_who_took_it_back(introduction: Introduction, side: str, subject: str) -> None:
    Introduction.objects.update(state="withdrawn")
    introduction.timeline.create(hub_id=introduction.hub_id, kind="withdrawn", side=side, at=timezone.now())
    context = {"introduction": str(introduction.public_id), "side": "seeker"}

    mail = rendered(introduction.hub, "introduction_withdrawn", context, "en")

    assert mail is not None
    assert mail.subject.startswith(subject)


@pytest.mark.parametrize("language", ["da", "en"])
def test_facilitator_is_led_to_the_request_to_read(introduction: Introduction, language: str) -> None:
    Introduction.objects.update(state="screening")
    context = {"introduction": str(introduction.public_id), "side": ""}

    mail = rendered(introduction.hub, "screening_waiting", context, language)

    assert mail is not None
    assert "Sensia ApS" in mail.subject
    assert "Afdeling Nord" in mail.subject
    assert f"/desk/screen/{introduction.public_id}/" in links_of(mail)[0]
    Introduction.objects.update(state="sent")
    assert rendered(introduction.hub, "screening_waiting", {**context, "again": "yes"}, language) is None


@pytest.fixture
def follow_up(introduction: Introduction) -> FollowUp:
    Introduction.objects.update(state="accepted", **CONSENTED)
    return FollowUp.objects.create(
        hub=introduction.hub, introduction=introduction, side="seeker", moment="three_months", due_on=date(2026, 11, 23)
    )


@pytest.mark.parametrize("kind", ["follow_up", "follow_up_reminder"])
def test_follow_up_leads_to_its_question(follow_up: FollowUp, kind: str) -> None:
    mail = rendered(follow_up.hub, kind, {"follow_up": str(follow_up.public_id)}, "en")

    assert mail is not None
    assert mail.subject == "What came of your contact with Afdeling Nord?"
    assert "since 1 September 2026" in mail.text
    assert ("only reminder" in mail.text) == (kind == "follow_up_reminder")
    token = links_of(mail)[0].rstrip("/").rsplit("/", 1)[1]
    assert read(token, action="follow_up", max_age=DAY) == {"follow_up": str(follow_up.public_id)}


def test_follow_up_that_was_answered_meanwhile_is_dropped(follow_up: FollowUp) -> None:
    OutcomeReport.objects.create(
        hub=follow_up.hub,
        introduction=follow_up.introduction,
        follow_up=follow_up,
        side="seeker",
        kind="no_benefit",
        source="web",
        told_at=timezone.now(),
    )

    assert rendered(follow_up.hub, "follow_up", {"follow_up": str(follow_up.public_id)}) is None


@pytest.fixture
def invited(introduction: Introduction) -> Participant:
    project = Project.objects.create(
        hub=introduction.hub, owner=introduction.seeker, name="Rolige nætter", idea="Færre tryksår om natten."
    )
    ProjectRole.objects.create(hub=introduction.hub, project=project, part="public", wanted="To stuer at prøve på")
    return Participant.objects.create(
        hub=introduction.hub, project=project, profile=introduction.receiver, part="public"
    )


def test_invitation_tells_the_idea_and_the_part(invited: Participant) -> None:
    mail = rendered(invited.hub, "project_invitation", {"participant": str(invited.public_id)}, "en")

    assert mail is not None
    assert mail.subject == "Sensia ApS invites you to “Rolige nætter”"
    assert "Færre tryksår om natten." in mail.text
    assert "Public part: To stuer at prøve på" in mail.text
    token = links_of(mail)[0].rstrip("/").rsplit("/", 1)[1]
    assert read(token, action="invitation", max_age=DAY) == {"participant": str(invited.public_id)}


def test_invitation_that_was_answered_meanwhile_is_dropped(invited: Participant) -> None:
    Participant.objects.update(consent="no")

    assert rendered(invited.hub, "project_invitation", {"participant": str(invited.public_id)}) is None


def test_dark_colours_reach_everything_that_has_a_light_one(introduction: Introduction) -> None:
    """Inline colours stay light in dark mode unless a class of the same element turns them."""
    mail = told(introduction, "introduction_received")

    assert mail is not None
    style = mail.html.split("prefers-color-scheme: dark", 1)[1].split("</style>", 1)[0]
    turned = set(re.findall(r"\.([\w-]+)", style))
    coloured = re.findall(r"<\w+([^>]*style=\"[^\"]*(?:color|background|border)[^\"]*#[^>]*)>", mail.html)
    assert len(coloured) > 10
    for attributes in coloured:
        classes = re.search(r'class="([^"]*)"', attributes)
        assert classes is not None, attributes
        assert set(classes[1].split()) & turned, attributes
