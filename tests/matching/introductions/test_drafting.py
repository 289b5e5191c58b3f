"""A half-written request: what it says, whom it may be about, and that it is changed by its writer only."""

from dataclasses import replace

import pytest

from hubs.enums import Visibility
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import EditConflict, InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from matching.domain.introductions.changing import withdraw_introduction
from matching.domain.introductions.drafting import draft_introduction, update_draft
from matching.domain.introductions.errors import AlreadyAsked, Paused, WrongState
from matching.domain.introductions.fields import RequestFields, stored_fields
from matching.models import Impression, Introduction, ShownList
from tests.factories import HubFactory, StatementFactory
from tests.matching.introductions.parties import NOW, Person, broker, drafted, party, sent, told


def test_draft_is_half_written_from_the_two_statements(firm: Person, ward: Person) -> None:
    ours = StatementFactory(
        profile=firm.profile, text="We have a sensor for wounds.", language="en", ip_state_id="ip_state:applied"
    )
    theirs = StatementFactory(
        profile=ward.profile, text="Vi kan afprøve nyt udstyr.", kind="offer", purpose_id="contact_purpose:test"
    )

    draft = drafted(firm, ward, ours=ours, theirs=theirs)

    assert (draft.state, draft.contact_purpose_id, draft.opi_step, draft.minutes, draft.ip_state_id) == (
        "draft",
        "contact_purpose:test",
        "mini_trial",
        240,
        "ip_state:applied",
    )
    assert draft.asked.split("\n\n") == [
        "We ask whether we may try it out with you, small and well prepared, and what that would take.",
        "It takes about 240 minutes of your time; we prepare the rest.",
    ]
    assert [(quote.side, quote.text) for quote in draft.quotes.all()] == [
        ("seeker", ours.text),
        ("receiver", theirs.text),
    ]
    assert told(draft) == [("drafted", "seeker")]


@pytest.mark.parametrize(
    ("kind", "first"),
    [("need", "You seek: “Vi mangler ro.” We think that we can help."), ("offer", "You offer: “Vi mangler ro.”")],
)
def test_draft_without_our_statement_says_why_them(firm: Person, ward: Person, kind: str, first: str) -> None:
    firm.profile.languages = ["en"]

    draft = drafted(firm, ward, theirs=StatementFactory(profile=ward.profile, text="Vi mangler ro.", kind=kind))

    assert draft.asked.startswith(first)
    assert draft.contact_purpose_id == "contact_purpose:feedback"


def test_draft_shortens_a_long_statement_but_quotes_it_whole(firm: Person, ward: Person) -> None:
    firm.profile.languages = ["en"]
    theirs = StatementFactory(profile=ward.profile, text="ord " * 900)

    draft = drafted(firm, ward, theirs=theirs)

    assert len(draft.asked) < 500
    assert draft.quotes.get(side="receiver").text == theirs.text


def test_drafting_twice_gives_the_same_draft(firm: Person, ward: Person) -> None:
    theirs = StatementFactory(profile=ward.profile)

    first, second = drafted(firm, ward, theirs=theirs), drafted(firm, ward, theirs=theirs)

    assert first.pk == second.pk
    assert drafted(firm, ward, theirs=theirs, purpose="project").pk != first.pk


def test_draft_for_a_stranger_is_refused(firm: Person, ward: Person, hub: Hub) -> None:
    stranger = party(hub)

    with pytest.raises(NotAllowed):
        draft_introduction(stranger.viewer, seeker=firm.profile, receiver=ward.profile, purpose="opi_light", now=NOW)


def test_draft_to_another_hubs_profile_is_not_found(firm: Person) -> None:
    other = party(HubFactory(slug="anden", name="Anden"))

    with pytest.raises(NotFound):
        draft_introduction(firm.viewer, seeker=firm.profile, receiver=other.profile, purpose="opi_light", now=NOW)
    assert Introduction.objects.count() == 0


def test_draft_to_a_hidden_profile_is_not_found(firm: Person, hub: Hub) -> None:
    hidden = party(hub, visibility=Visibility.HUB)

    with pytest.raises(NotFound):
        draft_introduction(firm.viewer, seeker=firm.profile, receiver=hidden.profile, purpose="opi_light", now=NOW)


def test_draft_cannot_quote_a_text_that_is_not_open(firm: Person, ward: Person, hub: Hub) -> None:
    secret = StatementFactory(profile=ward.profile, visibility=Visibility.HUB, text="Hemmelig plan.")
    elsewhere = StatementFactory(profile=party(hub).profile)

    for statement in (secret, elsewhere):
        with pytest.raises(InvalidInput):
            drafted(firm, ward, theirs=statement)
    assert Introduction.objects.count() == 0


def test_draft_to_oneself_is_refused(firm: Person) -> None:
    with pytest.raises(InvalidInput, match="itself"):
        draft_introduction(firm.viewer, seeker=firm.profile, receiver=firm.profile, purpose="opi_light", now=NOW)


def test_draft_to_a_paused_profile_says_so(firm: Person, ward: Person) -> None:
    ward.profile.is_paused = True
    ward.profile.save()

    with pytest.raises(Paused, match="Afdeling for Intensiv takes a break"):
        drafted(firm, ward)


def test_draft_where_they_have_asked_us_points_there(firm: Person, ward: Person) -> None:
    theirs = sent(ward, firm)

    with pytest.raises(AlreadyAsked, match="has asked you already") as raised:
        drafted(firm, ward)

    assert raised.value.details == {"introduction": str(theirs.public_id)}


def test_draft_keeps_the_impression_only_of_the_receiver(firm: Person, ward: Person, hub: Hub) -> None:
    shown = ShownList.objects.create(hub=hub, channel="web", ranker_name="x", shown_at=NOW)
    rows = [
        Impression.objects.create(
            hub=hub, shown_list=shown, profile=profile, position=place, propensity=1.0, place_propensity=1.0
        )
        for place, profile in enumerate((ward.profile, firm.profile))
    ]

    wrong = drafted(firm, ward, impression=rows[1])
    right = drafted(firm, ward, impression=rows[0], purpose="event")

    assert (wrong.impression, right.impression) == (None, rows[0])


def test_update_changes_what_the_form_says(firm: Person, ward: Person) -> None:
    draft = drafted(firm, ward)
    fields = RequestFields(
        contact_purpose="demonstration",
        asked="Må vi vise jer den?",
        minutes=20,
        opi_step="light_contact",
        ip_state="granted",
        novelty_checked=True,
        seeker_text="En ny sårmåler.",
    )

    changed = update_draft(draft, viewer=firm.viewer, version=draft.version, fields=fields)

    assert stored_fields(changed) == fields
    record = AuditRecord.objects.get(subject_id=draft.public_id, action="update")
    assert (record.actor_id, record.subject_type) == (firm.user.pk, "introduction")
    assert set(record.changed_fields) == {
        "contact_purpose_id",
        "asked",
        "minutes",
        "ip_state_id",
        "novelty_checked",
        "seeker_text",
    }


def test_update_that_changes_one_field_records_that_field(firm: Person, ward: Person) -> None:
    draft = drafted(firm, ward)
    fields = replace(stored_fields(draft), minutes=25)

    update_draft(draft, viewer=firm.viewer, version=draft.version, fields=fields)

    assert AuditRecord.objects.get(subject_id=draft.public_id, action="update").changed_fields == ["minutes"]


def test_update_of_an_older_version_changes_nothing(firm: Person, ward: Person) -> None:
    draft = drafted(firm, ward)
    update_draft(draft, viewer=firm.viewer, version=draft.version, fields=RequestFields(asked="Først."))

    with pytest.raises(EditConflict):
        update_draft(draft, viewer=firm.viewer, version=draft.version, fields=RequestFields(asked="Bagefter."))

    draft.refresh_from_db()
    assert draft.asked == "Først."


@pytest.mark.parametrize(
    "fields",
    [
        RequestFields(minutes=4),
        RequestFields(minutes=6_001),
        RequestFields(contact_purpose="golf"),
        RequestFields(opi_step="moon"),
        RequestFields(ip_state="theme:personal_health"),
        RequestFields(asked="x" * 1_501),
        RequestFields(asked="nul \x00"),
        RequestFields(seeker_text="\ud800"),
    ],
)
def test_update_refuses_what_breaks_a_rule(firm: Person, ward: Person, fields: RequestFields) -> None:
    draft = drafted(firm, ward)

    with pytest.raises(InvalidInput):
        update_draft(draft, viewer=firm.viewer, version=draft.version, fields=fields)

    draft.refresh_from_db()
    assert draft.asked.startswith(("I udbyder", "You offer"))


def test_update_by_others_is_refused(firm: Person, ward: Person, facilitator: tuple[object, Viewer]) -> None:
    draft = drafted(firm, ward)

    with pytest.raises(NotFound):
        update_draft(draft, viewer=ward.viewer, version=draft.version, fields=RequestFields(asked="Nej."))
    changed = update_draft(
        draft, viewer=facilitator[1], version=draft.version, fields=RequestFields(asked="Hjulpet på vej.")
    )

    assert changed.asked == "Hjulpet på vej."


def test_update_after_sending_or_withdrawing_is_too_late(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)

    with pytest.raises(WrongState, match="Sent"):
        update_draft(request, viewer=firm.viewer, version=request.version, fields=RequestFields())
    withdrawn = withdraw_introduction(request, viewer=firm.viewer, now=NOW)
    with pytest.raises(WrongState, match="Withdrawn"):
        update_draft(withdrawn, viewer=firm.viewer, version=withdrawn.version, fields=RequestFields())


def test_hostile_words_are_kept_as_words(firm: Person, ward: Person) -> None:
    hostile = '<script>alert(1)</script> "; DROP TABLE matching_introduction; -- {{ 7*7 }} %s %(name)s \u202egnp.exe'
    theirs = StatementFactory(profile=ward.profile, text=hostile)

    draft = drafted(firm, ward, theirs=theirs)

    assert draft.quotes.get(side="receiver").text == hostile
    assert "<script>alert(1)</script>" in draft.asked
    assert "%(name)s" in draft.asked


def test_a_facilitator_who_writes_for_others_makes_the_hubs_proposal(firm: Person, ward: Person, hub: Hub) -> None:
    user, viewer = broker(hub)

    draft = draft_introduction(viewer, seeker=firm.profile, receiver=ward.profile, purpose="opi_light", now=NOW)

    assert (draft.channel, draft.facilitator, draft.seeker_consented_at) == ("facilitator", user, None)
