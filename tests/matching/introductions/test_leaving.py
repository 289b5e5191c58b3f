"""Somebody leaves in the middle: paused or erased; whoever waits is told, and nothing of the erased stays."""

import pytest

from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import NotAllowed
from mailgate.models import OutgoingMail
from matching.domain.introductions.answering import mark_seen
from matching.domain.introductions.changing import ask_again
from matching.domain.introductions.clock import run_clock
from matching.domain.introductions.errors import CapReached
from matching.domain.introductions.leaving import erase_profile
from matching.models import Introduction, LoadPlace, Quote, TimelineEntry
from profiles.models import Profile
from tests.matching.introductions.parties import (
    LATER,
    NOW,
    Person,
    accepted,
    at,
    capped,
    drafted,
    introduced,
    mailed,
    party,
    sent,
    told,
)


def pause(person: Person) -> None:
    Profile.objects.filter(pk=person.profile.pk).update(is_paused=True)


def test_what_a_paused_profile_was_asked_becomes_not_now(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)
    pause(ward)

    assert [run_clock(LATER), run_clock(LATER)] == [1, 0]

    request.refresh_from_db()
    assert (request.state, request.declined_by, request.ask_again_on) == ("not_now", "receiver", None)
    assert mailed()[-1] == ("introduction_not_now", firm.user.email)
    Profile.objects.update(is_paused=False)
    assert ask_again(request, viewer=firm.viewer, now=LATER).state == "draft"


@pytest.mark.parametrize("seen", [False, True])
def test_what_a_paused_profile_asked_is_withdrawn(firm: Person, ward: Person, seen: bool) -> None:
    request = sent(firm, ward)
    if seen:
        mark_seen(request, side="receiver", actor=ward.user, now=NOW)
    pause(firm)

    assert run_clock(LATER) == 1

    request.refresh_from_db()
    assert (request.state, LoadPlace.objects.count()) == ("withdrawn", 1)
    assert (mailed()[-1] == ("introduction_withdrawn", ward.user.email)) is seen


def test_a_proposal_to_the_paused_tells_the_other(firm: Person, ward: Person, facilitator: tuple[User, Viewer]) -> None:
    request = introduced(facilitator[1], firm, ward)
    pause(firm)

    run_clock(LATER)

    request.refresh_from_db()
    assert (request.state, request.declined_by) == ("not_now", "seeker")
    assert mailed()[-1] == ("introduction_not_now", ward.user.email)


def test_a_request_before_a_facilitator_waits_for_the_end_of_the_break(firm: Person, ward: Person) -> None:
    capped(ward, None, screening=True)
    request = sent(firm, ward)
    pause(ward)

    assert run_clock(LATER) == 0

    request.refresh_from_db()
    assert request.state == "screening"


def test_a_break_leaves_contacts_and_drafts_alone(firm: Person, ward: Person, hub: Hub) -> None:
    contact, draft = accepted(firm, ward), drafted(firm, party(hub))
    pause(firm)

    assert run_clock(LATER) == 0

    contact.refresh_from_db()
    draft.refresh_from_db()
    assert (contact.state, draft.state) == ("accepted", "draft")


def test_erasing_deletes_all_and_sends_a_word_without_names(firm: Person, ward: Person, hub: Hub) -> None:
    request = sent(firm, ward)
    other = accepted(party(hub), firm)
    waiting_ids = {str(request.public_id), str(other.public_id)}

    erase_profile(firm.profile, viewer=firm.viewer, now=LATER)

    assert Introduction.objects.count() == Quote.objects.count() == TimelineEntry.objects.count() == 0
    words = OutgoingMail.objects.filter(kind="introduction_gone")
    assert {mail.address for mail in words} == {
        ward.user.email,
        other.seeker.organisation.affiliations.get().user.email,
    }
    assert {mail.context["introduction"] for mail in words} == waiting_ids
    assert all(set(mail.context) == {"introduction", "side"} for mail in words)
    assert "Sårpleje" not in str(list(words.values()))


def test_erasing_the_seeker_keeps_the_place_of_what_was_mailed(firm: Person, ward: Person, hub: Hub) -> None:
    capped(ward, 1)
    sent(firm, ward)

    erase_profile(firm.profile, viewer=firm.viewer, now=LATER)

    with pytest.raises(CapReached):
        sent(party(hub), ward)


def test_erasing_says_nothing_to_who_was_never_asked(firm: Person, ward: Person, hub: Hub) -> None:
    drafted(firm, ward)
    capped(other := party(hub), None, screening=True)
    sent(firm, other)
    before = OutgoingMail.objects.count()

    erase_profile(firm.profile, viewer=firm.viewer, now=LATER)

    assert OutgoingMail.objects.count() == before


def test_only_its_own_people_and_brokers_erase_a_profile(firm: Person, ward: Person) -> None:
    sent(firm, ward)

    with pytest.raises(NotAllowed):
        erase_profile(firm.profile, viewer=ward.viewer, now=LATER)

    assert Introduction.objects.count() == 1


def test_erasing_the_old_request_leaves_the_newer_one(firm: Person, ward: Person) -> None:
    old = sent(firm, ward)
    run_clock(at("2026-04-01"))
    new = ask_again(old, viewer=firm.viewer, now=at("2026-04-02"))

    new.delete()

    old.refresh_from_db()
    assert (old.asked_again, told(old)[-1][0]) == (None, "asked_again")
    assert ask_again(old, viewer=firm.viewer, now=at("2026-04-03")).state == "draft"
