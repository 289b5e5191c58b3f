"""Reading: who may know of a request, what waits for whom, states with their age, another hub's is not there."""

from datetime import timedelta
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from hubs.enums import Role
from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import NotFound
from matching.domain.introductions.answering import answer_not_now, decline_introduction, mark_seen
from matching.domain.introductions.changing import add_note
from matching.domain.introductions.drafting import draft_introduction
from matching.models import Introduction
from matching.queries.introductions import (
    Contacts,
    Waiting,
    answering_side,
    cases_of,
    contact_details,
    contacts_of,
    find_introduction,
    screening_queue,
    states_of,
    timeline_of,
    visible_introductions,
    waiting_for,
)
from tests.factories import HubFactory
from tests.matching.introductions.parties import (
    LATER,
    NOW,
    Person,
    accepted,
    broker,
    capped,
    drafted,
    introduced,
    party,
    sent,
)


def test_a_sent_request_is_found_by_both_sides_and_brokers(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    request = sent(firm, ward)

    for viewer in (firm.viewer, ward.viewer, facilitator[1]):
        assert find_introduction(viewer, request.public_id) == request


def test_others_cannot_tell_a_request_from_none(firm: Person, ward: Person, hub: Hub) -> None:
    request = sent(firm, ward)
    other_hub = HubFactory(slug="anden", name="Anden")
    strangers = (
        party(hub).viewer,
        broker(hub, Role.ORGANISER)[1],
        broker(other_hub)[1],
        Viewer(other_hub.pk, Role.HUB_ADMIN, firm.user.pk, firm.viewer.organisation_ids),
        Viewer(hub.pk),
    )

    for viewer in strangers:
        with pytest.raises(NotFound) as hidden:
            find_introduction(viewer, request.public_id)
        with pytest.raises(NotFound) as absent:
            find_introduction(viewer, uuid4())
        assert str(hidden.value) == str(absent.value)


def test_the_asked_side_learns_of_a_request_only_when_it_is_sent(firm: Person, ward: Person) -> None:
    draft = drafted(firm, ward)

    with pytest.raises(NotFound):
        find_introduction(ward.viewer, draft.public_id)
    assert contacts_of(ward.viewer) == Contacts()
    assert find_introduction(firm.viewer, draft.public_id) == draft


def test_a_facilitators_unsent_proposal_is_known_to_brokers_only(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    draft = draft_introduction(facilitator[1], seeker=firm.profile, receiver=ward.profile, purpose="opi_light", now=NOW)

    assert find_introduction(facilitator[1], draft.public_id) == draft
    assert list(visible_introductions(firm.viewer)) == list(visible_introductions(ward.viewer)) == []
    assert contacts_of(firm.viewer) == Contacts()


def test_contacts_are_grouped_by_what_waits_for_whom(firm: Person, hub: Hub) -> None:
    others = [party(hub) for _number in range(6)]
    draft = drafted(firm, others[0])
    waiting = sent(firm, others[1])
    to_answer = sent(others[2], firm)
    contact = accepted(firm, others[3])
    later = answer_not_now(sent(firm, others[4]), side="receiver", actor=others[4].user, now=NOW)
    ended = decline_introduction(sent(firm, others[5]), side="receiver", actor=others[5].user, now=NOW, reason="other")

    assert contacts_of(firm.viewer) == Contacts(
        to_answer=[to_answer], to_finish=[draft], waiting=[waiting], open=[contact], not_now=[later], ended=[ended]
    )
    assert waiting_for(firm.viewer) == Waiting(to_answer=1, to_finish=1)
    assert waiting_for(others[1].viewer).total == 1
    assert waiting_for(Viewer(hub.pk)) == Waiting()


def test_contacts_take_the_same_queries_however_many(
    firm: Person, hub: Hub, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(3):
        sent(firm, party(hub))

    with django_assert_num_queries(2):
        found = contacts_of(firm.viewer)
        names = [(row.seeker.organisation.name, row.receiver.name, list(row.quotes.all())) for row in found.waiting]
    assert len(names) == 3
    with django_assert_num_queries(1):
        waiting_for(firm.viewer)


def test_what_waits_for_a_facilitator(firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]) -> None:
    capped(ward, None, screening=True)
    waiting = sent(firm, ward)
    case = introduced(facilitator[1], party(hub), party(hub), purpose="project")

    assert (screening_queue(facilitator[1]), cases_of(facilitator[1])) == ([waiting], [case])
    assert waiting_for(facilitator[1]) == Waiting(to_screen=1)
    assert (screening_queue(firm.viewer), cases_of(firm.viewer), states_of(firm.viewer, now=NOW)) == ([], [], [])


def test_states_tell_age_next_step_and_bottlenecks(
    firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    for days in (1, 3, 8):
        sent(party(hub), party(hub), now=NOW - timedelta(days=days))
    accepted(firm, ward, now=NOW - timedelta(days=2))
    seen = sent(party(hub), reader := party(hub), now=NOW - timedelta(days=9))
    mark_seen(seen, side="receiver", actor=reader.user, now=NOW - timedelta(days=4))

    rows = {row.state: row for row in states_of(facilitator[1], now=NOW)}

    assert [(rows["sent"].count, rows["sent"].median_days, rows["sent"].oldest_days, rows["sent"].slow)] == [
        (3, 3, 8, 1)
    ]
    assert (rows["sent"].is_bottleneck, rows["accepted"].is_bottleneck) == (True, False)
    assert (rows["seen"].oldest_days, rows["accepted"].next_step) == (4, "The two agree on a meeting")
    assert (rows["draft"].count, rows["draft"].oldest_days, len(rows)) == (0, 0, 12)


def test_states_count_the_own_hub_only(firm: Person, ward: Person) -> None:
    sent(firm, ward)
    elsewhere = broker(HubFactory(slug="anden", name="Anden"))[1]

    assert sum(row.count for row in states_of(elsewhere, now=NOW)) == 0


def test_the_timeline_shows_each_what_it_may_read(
    firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    request = sent(firm, ward)
    add_note(request, viewer=facilitator[1], text="Kun for os.", staff_only=True, now=LATER)
    add_note(request, viewer=facilitator[1], text="Til jer begge.", now=LATER)

    def read(viewer: Viewer) -> list[str]:
        return [entry.text or entry.kind for entry in timeline_of(viewer, request)]

    assert read(facilitator[1]) == ["drafted", "sent", "Kun for os.", "Til jer begge."]
    assert read(firm.viewer) == ["drafted", "sent", "Til jer begge."]
    assert read(ward.viewer) == ["sent", "Til jer begge."]
    assert read(party(hub).viewer) == []


def test_contact_details_open_to_the_two_after_both_yes_and_to_nobody_else(
    firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    request = sent(firm, ward)
    before = [
        contact_details(viewer, request, side) is not None
        for viewer, side in (
            (firm.viewer, "receiver"),
            (ward.viewer, "seeker"),
            (firm.viewer, "seeker"),
            (facilitator[1], "receiver"),
        )
    ]
    contact = accepted(ward, party(hub))

    assert before == [False, False, True, True]
    assert contact_details(firm.viewer, contact, "seeker") is None
    assert contact_details(ward.viewer, contact, "receiver") is not None
    elsewhere = broker(HubFactory(slug="anden", name="Anden"))[1]
    assert contact_details(elsewhere, contact, "seeker") is None


def test_consents_that_ended_in_a_no_open_nothing(firm: Person, ward: Person) -> None:
    request = decline_introduction(sent(firm, ward), side="receiver", actor=ward.user, now=NOW, reason="other")

    assert contact_details(firm.viewer, request, "receiver") is None
    assert contact_details(ward.viewer, request, "seeker") is None


def test_the_side_that_is_still_to_answer(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)

    assert [answering_side(person.viewer, request) for person in (firm, ward)] == ["", "receiver"]
    assert Introduction.objects.count() == 1
