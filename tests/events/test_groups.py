"""AIMday: questions are handed in by those who take part, and the groups keep every rule."""

from datetime import timedelta

import pytest
from django.test import Client

from events.domain.groups.composing import Composition, compose_groups
from events.domain.groups.group_tasks import researchers_of
from events.domain.groups.questions import (
    QuestionFields,
    QuestionsClosed,
    change_question,
    hand_in_question,
    take_question_back,
)
from events.domain.setup.changing import ChangedMeanwhile
from events.enums import EventKind, EventState, QuestionState, Wanting
from events.models import Availability, Event, GroupSeat, Hall, Participant, Preference, Question, Slot
from events.queries.agenda import agenda_of
from events.scheduling.group_task import Unheld
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import EditConflict, InvalidInput, NotAllowed, NotFound
from tests.events.wish_people import NOW, STARTS, encoder_fixture, make_event, organiser, person, speaks_as  # noqa: F401
from tests.factories import HubFactory
from tests.frontend.conftest import works_as

pytestmark = pytest.mark.usefixtures("encoder")
ASKED = QuestionFields("Hvordan måler vi tryk under en forbinding?", "Sensorer driver efter en uge.", least=2, most=2)


@pytest.fixture
def event(hub: Hub) -> Event:
    made = make_event(hub, kind=EventKind.AIMDAY, state=EventState.OPEN)
    for hour in (1, 2):
        start = STARTS + timedelta(hours=hour)
        Slot.objects.create(hub=hub, event=made, starts_at=start, ends_at=start + timedelta(minutes=50))
    Hall.objects.create(hub=hub, event=made, name="Lokale 1")
    return made


@pytest.fixture
def firm(event: Event) -> Participant:
    return person(event, "Firma")


def researcher(event: Event, name: str, offer: str = "Vi forsker.", *, senior: bool = False) -> Participant:
    return person(event, name, offer=offer, kind="researcher", is_senior=senior)


def three(event: Event) -> list[Participant]:
    return [
        researcher(event, "Alma", "Vi måler tryk under en forbinding med sensorer.", senior=True),
        researcher(event, "Birk", "Vi måler tryk i sengen."),
        researcher(event, "Carl", "Vi forsker i astronomi og fjerne galakser."),
    ]


def ask(firm: Participant, fields: QuestionFields = ASKED) -> Question:
    return hand_in_question(firm, viewer=speaks_as(firm), fields=fields, now=NOW)


def compose(event: Event) -> Composition:
    event.refresh_from_db()
    return compose_groups(event, viewer=organiser(event), version=event.version, now=NOW)


def group(question: Question) -> set[str]:
    return {seat.participant.name for seat in GroupSeat.objects.filter(question=question)}


def test_group_holds_those_whose_words_are_nearest(event: Event, firm: Participant) -> None:
    three(event)
    question = ask(firm)

    composed = compose(event)

    question.refresh_from_db()
    assert (composed.held, composed.unheld, composed.proven) == (1, {}, True)
    assert group(question) == {"Alma", "Birk"}
    assert question.state == QuestionState.TAKEN
    assert question.hall is not None


def test_question_without_a_senior_is_told_why(event: Event, firm: Participant) -> None:
    Participant.objects.filter(pk__in=[each.pk for each in three(event)]).update(is_senior=False)
    question = ask(firm)

    assert compose(event).unheld == {question.pk: Unheld.NO_SENIOR}


def test_who_said_no_thanks_and_colleagues_stay_out(event: Event, firm: Participant) -> None:
    alma, birk, carl = three(event)
    Preference.objects.create(hub=event.hub, event=event, person=birk, other=firm, wanting=Wanting.NO_THANKS)
    person(event, "Egen", offer="Vi måler tryk.", profile=firm.participation.profile)
    question = ask(firm)

    compose(event)

    assert group(question) == {alma.name, carl.name}


def test_slots_that_do_not_suit_are_kept(event: Event, firm: Participant) -> None:
    first, second = Slot.objects.filter(event=event)
    alma, *_rest = three(event)
    Availability.objects.create(hub=event.hub, participant=alma, slot=first)
    question = ask(firm)

    compose(event)
    question.refresh_from_db()

    assert question.slot == second


def test_one_room_holds_one_group_at_a_time_and_composing_again_replaces(event: Event, firm: Participant) -> None:
    three(event)
    other = person(event, "Andet")
    questions = [ask(firm), ask(other, QuestionFields("Hvad støjer om natten på afdelingen?", least=2, most=3))]

    compose(event)
    compose(event)

    for question in questions:
        question.refresh_from_db()
    assert questions[0].slot != questions[1].slot
    assert GroupSeat.objects.values("question", "participant").distinct().count() == GroupSeat.objects.count()


def test_plan_shows_the_group_once_the_programme_is_out(event: Event, firm: Participant) -> None:
    alma, *_rest = three(event)
    ask(firm)
    compose(event)
    alma.refresh_from_db()
    before = agenda_of(alma).entries
    Event.objects.filter(pk=event.pk).update(state=EventState.PUBLISHED)

    after = agenda_of(Participant.objects.get(pk=alma.pk)).entries

    assert before == ()
    assert [entry.title for entry in after] == [ASKED.title]
    assert "Firma" in {other.name for other in after[0].others}


def test_organiser_who_looked_at_an_older_event_overwrites_nothing(event: Event, firm: Participant) -> None:
    three(event)
    ask(firm)
    seen = event.version
    compose(event)

    with pytest.raises(ChangedMeanwhile):
        compose_groups(event, viewer=organiser(event), version=seen, now=NOW)


def test_members_and_other_hubs_compose_nothing(event: Event, firm: Participant) -> None:
    foreign = Viewer(HubFactory(slug="nordbro").pk, Role.ORGANISER, 1)

    with pytest.raises(NotAllowed):
        compose_groups(event, viewer=speaks_as(firm), version=event.version, now=NOW)
    with pytest.raises(NotFound):
        compose_groups(event, viewer=foreign, version=event.version, now=NOW)


def test_empty_day_composes_nothing(event: Event) -> None:
    assert compose(event).held == 0
    assert researchers_of(event) == []


def test_same_question_twice_is_one_and_a_fourth_is_one_too_many(event: Event, firm: Participant) -> None:
    ask(firm)
    ask(firm)
    for number in ("to", "tre"):
        ask(firm, QuestionFields(f"Spørgsmål nummer {number} om noget andet"))

    assert Question.objects.count() == 3
    with pytest.raises(InvalidInput):
        ask(firm, QuestionFields("Et helt fjerde spørgsmål om noget"))


@pytest.mark.parametrize(
    "fields",
    [
        QuestionFields(""),
        QuestionFields("kort"),
        QuestionFields("x" * 201),
        QuestionFields("Et rigtigt spørgsmål", least=0),
        QuestionFields("Et rigtigt spørgsmål", least=5, most=2),
        QuestionFields("Et rigtigt spørgsmål", most=99),
        QuestionFields("Et rigtigt spørgsmål", language="xx"),
        QuestionFields("Et rigtigt\x00 spørgsmål"),
    ],
)
def test_questions_that_cannot_be_are_refused(event: Event, firm: Participant, fields: QuestionFields) -> None:
    with pytest.raises(InvalidInput):
        ask(firm, fields)

    assert not Question.objects.exists()


@pytest.mark.parametrize("changed", [{"state": EventState.WISHES_CLOSED}, {"kind": EventKind.BROKERAGE}])
def test_questions_are_taken_while_an_aimday_is_open(event: Event, firm: Participant, changed: dict[str, str]) -> None:
    Event.objects.filter(pk=event.pk).update(**changed)

    with pytest.raises(QuestionsClosed):
        ask(firm)


def test_others_neither_ask_for_a_person_nor_change_its_question(event: Event, firm: Participant) -> None:
    question = ask(firm)
    stranger = speaks_as(person(event, "Fremmed"))

    with pytest.raises(NotAllowed):
        hand_in_question(firm, viewer=stranger, fields=ASKED, now=NOW)
    with pytest.raises(NotAllowed):
        change_question(question, viewer=stranger, version=1, fields=ASKED, now=NOW)
    with pytest.raises(NotAllowed):
        take_question_back(question, viewer=stranger, now=NOW)


def test_two_who_change_at_once_lose_nothing(event: Event, firm: Participant) -> None:
    question = ask(firm)
    change_question(question, viewer=speaks_as(firm), version=1, fields=ASKED, now=NOW)

    with pytest.raises(EditConflict):
        change_question(
            question, viewer=speaks_as(firm), version=1, fields=QuestionFields("Helt andre ord her"), now=NOW
        )


def test_question_taken_back_leaves_the_programme(event: Event, firm: Participant) -> None:
    three(event)
    question = ask(firm)
    compose(event)

    take_question_back(question, viewer=speaks_as(firm), now=NOW)
    question.refresh_from_db()

    assert (question.state, question.slot) == (QuestionState.LEFT_OUT, None)
    assert not GroupSeat.objects.exists()


def test_page_composes_and_says_how_good_it_is(client: Client, event: Event, firm: Participant) -> None:
    three(event)
    ask(firm)
    works_as(client, event.hub, Role.ORGANISER)

    page = client.post(f"/en/events/{event.slug}/organise/groups/", {"version": event.version}).content.decode()

    assert "1 question has a group." in page
    assert "proven" in page


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40])
def test_page_with_a_broken_version_changes_nothing(
    client: Client, event: Event, firm: Participant, version: str
) -> None:
    ask(firm)
    works_as(client, event.hub, Role.ORGANISER)

    response = client.post(f"/events/{event.slug}/organise/groups/", {"version": version})

    assert response.status_code == 409
