"""Sending: complete, within both caps, screened where somebody wants it; everything or nothing."""

import pytest

from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotFound
from kernel.models import AuditRecord
from matching.domain.introductions.drafting import draft_introduction, update_draft
from matching.domain.introductions.errors import (
    AlreadyAsked,
    CapReached,
    NoveltyNotSecured,
    Paused,
    TooManyOpen,
    WrongState,
)
from matching.domain.introductions.fields import RequestFields
from matching.domain.introductions.sending import submit_introduction
from matching.models import HubRules, Introduction, LoadPlace
from tests.matching.introductions.parties import NOW, Person, at, capped, drafted, mailed, party, sent, told

FULL = RequestFields(contact_purpose="feedback", asked="Hvad mangler I på stuen?", minutes=30)


def test_sending_says_yes_for_the_seeker_and_tells_the_receiver(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)

    assert (request.state, request.seeker_consented_at, request.receiver_consented_at) == ("sent", NOW, None)
    assert request.sent_at == NOW
    assert request.expires_at == at("2026-03-17", hour=0)
    assert mailed() == [("introduction_received", ward.user.email)]
    assert told(request) == [("drafted", "seeker"), ("sent", "seeker")]
    assert list(LoadPlace.objects.values_list("profile", "number", "subject")) == [
        (ward.profile.pk, 1, request.public_id)
    ]
    assert AuditRecord.objects.filter(subject_id=request.public_id, action="sent").count() == 1


def test_sending_twice_changes_nothing(firm: Person, ward: Person) -> None:
    draft = drafted(firm, ward)
    submit_introduction(draft, viewer=firm.viewer, now=NOW)

    with pytest.raises(WrongState):
        submit_introduction(draft, viewer=firm.viewer, now=NOW)

    assert len(mailed()) == 1
    assert LoadPlace.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (RequestFields(contact_purpose="feedback", asked="Hm?", minutes=30), "asked"),
        (RequestFields(contact_purpose="feedback", asked="🙂" * 100, minutes=30), "asked"),
        (RequestFields(asked=FULL.asked, minutes=30), "contact_purpose"),
        (RequestFields(contact_purpose="feedback", asked=FULL.asked), "minutes"),
    ],
)
def test_sending_names_what_is_missing(firm: Person, ward: Person, fields: RequestFields, field: str) -> None:
    draft = drafted(firm, ward)
    update_draft(draft, viewer=firm.viewer, version=draft.version, fields=fields)

    with pytest.raises(InvalidInput) as raised:
        submit_introduction(draft, viewer=firm.viewer, now=NOW)

    assert raised.value.details["field"] == field
    assert mailed() == []


def test_a_secret_is_not_told_before_novelty_is_secured(firm: Person, ward: Person) -> None:
    draft = drafted(firm, ward)
    secret = RequestFields(contact_purpose="feedback", asked=FULL.asked, minutes=30, ip_state="secret")
    draft = update_draft(draft, viewer=firm.viewer, version=draft.version, fields=secret)

    with pytest.raises(NoveltyNotSecured):
        submit_introduction(draft, viewer=firm.viewer, now=NOW)
    secured = RequestFields(**{**vars(secret), "novelty_checked": True})
    draft = update_draft(draft, viewer=firm.viewer, version=draft.version, fields=secured)

    assert submit_introduction(draft, viewer=firm.viewer, now=NOW).state == "sent"


def test_sending_by_the_receiver_or_a_stranger_is_not_found(firm: Person, ward: Person, hub: Hub) -> None:
    draft = drafted(firm, ward)

    for viewer in (ward.viewer, party(hub).viewer, Viewer(hub.pk), Viewer(hub.pk + 1, user_id=firm.user.pk)):
        with pytest.raises(NotFound):
            submit_introduction(draft, viewer=viewer, now=NOW)
    assert mailed() == []


def test_sending_to_who_paused_in_between_says_so(firm: Person, ward: Person) -> None:
    draft = drafted(firm, ward)
    type(ward.profile).objects.filter(pk=ward.profile.pk).update(is_paused=True)

    with pytest.raises(Paused):
        submit_introduction(draft, viewer=firm.viewer, now=NOW)


def test_cap_reached_between_showing_and_asking_says_when_there_is_room(firm: Person, ward: Person, hub: Hub) -> None:
    capped(ward, 1)
    draft = drafted(firm, ward)
    sent(party(hub), ward)

    with pytest.raises(CapReached) as raised:
        submit_introduction(draft, viewer=firm.viewer, now=NOW)

    assert raised.value.details == {"month": "2026-03-01", "free_from": "2026-04-01", "limit": 1}
    assert str(raised.value) == (
        "Afdeling for Intensiv takes no more requests in March, so nothing was sent. Ask again from 1 April, "
        "or ask one of the others who fit and have time now."
    )
    draft.refresh_from_db()
    assert (draft.state, draft.seeker_consented_at, len(mailed())) == ("draft", None, 1)
    assert submit_introduction(draft, viewer=firm.viewer, now=at("2026-04-01", hour=0)).state == "sent"


def test_open_requests_are_capped_per_organisation(firm: Person, hub: Hub) -> None:
    HubRules.objects.create(hub=hub, open_requests=2)
    colleague = party(hub, organisation=firm.profile.organisation)
    sent(firm, party(hub))
    sent(colleague, party(hub))

    with pytest.raises(TooManyOpen, match="2 open requests") as raised:
        sent(firm, party(hub))

    assert raised.value.details == {"limit": 2}
    assert sent(party(hub), party(hub)).state == "sent"


def test_a_facilitators_proposal_does_not_count_against_the_sender(
    firm: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    HubRules.objects.create(hub=hub, open_requests=1)
    draft = draft_introduction(
        facilitator[1], seeker=firm.profile, receiver=party(hub).profile, purpose="opi_light", now=NOW
    )
    proposed = submit_introduction(draft, viewer=facilitator[1], now=NOW)

    assert (proposed.state, proposed.seeker_consented_at) == ("sent", None)
    assert sent(firm, party(hub)).state == "sent"


def test_a_second_request_between_the_same_two_is_refused(firm: Person, ward: Person) -> None:
    first, second = drafted(firm, ward), drafted(firm, ward, purpose="project")
    submit_introduction(first, viewer=firm.viewer, now=NOW)

    with pytest.raises(AlreadyAsked) as raised:
        submit_introduction(second, viewer=firm.viewer, now=NOW)

    assert raised.value.details == {"introduction": str(first.public_id)}


def test_a_request_on_its_way_through_screening_is_not_betrayed(firm: Person, ward: Person) -> None:
    capped(firm, None, screening=True)
    mine = drafted(firm, ward)
    theirs = sent(ward, firm)

    with pytest.raises(AlreadyAsked) as raised:
        submit_introduction(mine, viewer=firm.viewer, now=NOW)

    assert theirs.state == "screening"
    assert raised.value.details == {}


@pytest.mark.parametrize("whose", ["hub", "receiver"])
def test_a_screened_request_waits_for_a_facilitator(
    firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer], whose: str
) -> None:
    if whose == "hub":
        HubRules.objects.create(hub=hub, screens_all=True)
    else:
        capped(ward, None, screening=True)

    request = sent(firm, ward)

    assert (request.state, request.sent_at, request.seeker_consented_at) == ("screening", None, NOW)
    assert mailed() == [("screening_waiting", facilitator[0].email)]
    assert LoadPlace.objects.count() == 0


def test_a_failure_while_sending_leaves_nothing(firm: Person, ward: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = drafted(firm, ward)

    def crash(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("matching.domain.introductions.sending.tell_side", crash)
    with pytest.raises(RuntimeError):
        submit_introduction(draft, viewer=firm.viewer, now=NOW)

    assert Introduction.objects.get(pk=draft.pk).state == "draft"
    assert (LoadPlace.objects.count(), told(draft)) == (0, [("drafted", "seeker")])
