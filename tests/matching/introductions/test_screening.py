"""Screening: sixteen criteria, passed on or sent back, by the hub's brokers only."""

import pytest

from hubs.enums import Role
from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from matching.domain.introductions.drafting import update_draft
from matching.domain.introductions.errors import CapReached, Paused, WrongState
from matching.domain.introductions.fields import RequestFields, stored_fields
from matching.domain.introductions.screening import CRITERIA, criteria_by_group, screen_introduction
from matching.domain.introductions.sending import submit_introduction
from matching.models import Introduction, Screening
from matching.queries.introductions import timeline_of
from tests.factories import HubFactory
from tests.matching.introductions.parties import LATER, NOW, Person, broker, capped, mailed, party, sent, told


@pytest.fixture
def waiting(firm: Person, ward: Person, facilitator: tuple[User, Viewer]) -> Introduction:
    capped(ward, 1, screening=True)
    return sent(firm, ward)


def test_sixteen_criteria_in_four_groups() -> None:
    assert {group.value: len(criteria) for group, criteria in criteria_by_group().items()} == {
        "project": 4,
        "owner": 4,
        "commercial": 4,
        "societal": 4,
    }
    assert len({criterion.code for criterion in CRITERIA}) == 16
    assert all(str(criterion.label) and str(criterion.question).endswith("?") for criterion in CRITERIA)


def test_a_request_that_passes_is_sent_and_its_days_begin_then(
    waiting: Introduction, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    done = screen_introduction(
        waiting,
        viewer=facilitator[1],
        marks={"unmet_need": "yes", "risk": "partly", "payer": "no"},
        passes=True,
        note="Internt: god idé.",
        now=LATER,
    )

    assert (done.state, done.sent_at, done.facilitator) == ("sent", LATER, facilitator[0])
    assert mailed()[-1] == ("introduction_received", ward.user.email)
    marks = dict(Screening.objects.filter(introduction=done).values_list("criterion", "mark"))
    assert len(marks) == 16
    assert [marks[code] for code in ("unmet_need", "risk", "payer", "cost")] == ["yes", "partly", "no", "unknown"]
    assert "Internt: god idé." not in [entry.text for entry in timeline_of(ward.viewer, done)]
    assert "Internt: god idé." in [entry.text for entry in timeline_of(facilitator[1], done)]


def test_a_request_that_is_sent_back_can_be_changed_and_handed_in_again(
    waiting: Introduction, firm: Person, facilitator: tuple[User, Viewer]
) -> None:
    back = screen_introduction(waiting, viewer=facilitator[1], marks={}, passes=False, note="Hvad er nyt?", now=LATER)

    assert (back.state, back.sent_at, back.seeker_consented_at) == ("returned", None, None)
    assert mailed()[-1] == ("introduction_returned", firm.user.email)
    assert timeline_of(firm.viewer, back)[-1].text == "Hvad er nyt?"
    fields = RequestFields(**{**vars(stored_fields(back)), "asked": "Det nye er en måling hvert minut."})
    update_draft(back, viewer=firm.viewer, version=back.version, fields=fields)
    again = submit_introduction(back, viewer=firm.viewer, now=LATER)
    assert (again.state, again.seeker_consented_at) == ("screening", LATER)
    assert told(again)[1:] == [("submitted", "seeker"), ("returned", ""), ("submitted", "seeker")]
    screen_introduction(again, viewer=facilitator[1], marks={}, passes=False, note="Næsten.", now=LATER)
    assert [kind for kind, _address in mailed()].count("introduction_returned") == 2


def test_sending_back_needs_a_question(waiting: Introduction, facilitator: tuple[User, Viewer]) -> None:
    with pytest.raises(InvalidInput, match="what they should change"):
        screen_introduction(waiting, viewer=facilitator[1], marks={}, passes=False, note="  ", now=LATER)

    waiting.refresh_from_db()
    assert waiting.state == "screening"


@pytest.mark.parametrize("marks", [{"golf": "yes"}, {"risk": "wonderful"}])
def test_unknown_marks_are_refused(
    waiting: Introduction, facilitator: tuple[User, Viewer], marks: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput):
        screen_introduction(waiting, viewer=facilitator[1], marks=marks, passes=True, now=LATER)
    assert Screening.objects.count() == 0


def test_screening_when_the_month_has_filled_meanwhile_waits_on(
    waiting: Introduction, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    capped(ward, 1, screening=False)
    sent(party(hub), ward)

    with pytest.raises(CapReached):
        screen_introduction(waiting, viewer=facilitator[1], marks={}, passes=True, now=LATER)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.sent_at) == ("screening", None)


def test_screening_of_a_paused_profiles_request_waits_on(
    waiting: Introduction, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    type(ward.profile).objects.filter(pk=ward.profile.pk).update(is_paused=True)

    with pytest.raises(Paused):
        screen_introduction(waiting, viewer=facilitator[1], marks={}, passes=True, now=LATER)


def test_only_brokers_of_the_hub_screen(waiting: Introduction, firm: Person, hub: Hub) -> None:
    organiser = broker(hub, Role.ORGANISER)[1]
    elsewhere = broker(HubFactory(slug="anden", name="Anden"))[1]

    for viewer in (firm.viewer, organiser, Viewer(hub.pk)):
        with pytest.raises(NotAllowed):
            screen_introduction(waiting, viewer=viewer, marks={}, passes=True, now=LATER)
    with pytest.raises(NotFound):
        screen_introduction(waiting, viewer=elsewhere, marks={}, passes=True, now=LATER)


def test_two_facilitators_cannot_both_decide(waiting: Introduction, hub: Hub, facilitator: tuple[User, Viewer]) -> None:
    screen_introduction(waiting, viewer=facilitator[1], marks={}, passes=True, now=NOW)

    with pytest.raises(WrongState):
        screen_introduction(waiting, viewer=broker(hub)[1], marks={}, passes=False, note="Nej?", now=NOW)
