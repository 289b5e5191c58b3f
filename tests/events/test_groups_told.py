"""AIMday groups: what changes while they are composed stops the storing, and those concerned are told."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from events.domain.groups.questions import QuestionFields, change_question, take_question_back
from events.domain.people.registering import cancel_person
from events.domain.setup.changing import ChangedMeanwhile
from events.domain.setup.grids import SlotHasMeetings, remove_slot
from events.domain.setup.states import StepNotOpen, move_on
from events.enums import EventKind, EventState, QuestionState
from events.models import Availability, Event, GroupSeat, Hall, Participant, Question, Slot
from events.queries.setup import set_up_of
from events.scheduling import groups as solver
from events.templates import template_of
from frontend.event_steps import steps_of
from frontend.mails.events_groups import RENDERERS
from hubs.models import Hub
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses
from tests.events.test_groups import ASKED, ask, compose, researcher, three
from tests.events.wish_people import NOW, STARTS, encoder_fixture, make_event, organiser, person, speaks_as  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encoder", "english")]
OTHER_WORDS = QuestionFields("Hvordan sover borgere med støj om natten?", least=2, most=2)


@pytest.fixture
def event(hub: Hub) -> Event:
    made = make_event(hub, kind=EventKind.AIMDAY, state=EventState.OPEN)
    Slot.objects.create(hub=hub, event=made, starts_at=STARTS, ends_at=STARTS + timedelta(minutes=50))
    Hall.objects.create(hub=hub, event=made, name="Lokale 1")
    return made


@pytest.fixture
def question(event: Event) -> Question:
    """Asked by a firm, with three researchers of whom two fit."""
    three(event)
    return ask(person(event, "Firma"))


def told() -> list[str]:
    rows = OutgoingMail.objects.filter(kind="event_groups")
    return sorted(address.partition("@")[0] for address in rows.values_list("address", flat=True))


def publish(event: Event) -> Event:
    Event.objects.filter(pk=event.pk).update(state=EventState.WISHES_CLOSED)
    event.refresh_from_db()
    return move_on(event, viewer=organiser(event), to=EventState.PUBLISHED, version=event.version, now=NOW)


def meanwhile(monkeypatch: pytest.MonkeyPatch, do: Any) -> None:
    """Let something happen while the solver works."""
    compose_groups = solver.compose

    def compose_slowly(*args: Any, **named: Any) -> Any:
        found = compose_groups(*args, **named)
        do()
        return found

    monkeypatch.setattr(solver, "compose", compose_slowly)


def test_question_taken_back_meanwhile_stays_gone(
    event: Event, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: take_question_back(question, viewer=speaks_as(question.asker), now=NOW))

    with pytest.raises(ChangedMeanwhile):
        compose(event)

    question.refresh_from_db()
    assert (question.state, GroupSeat.objects.count()) == (QuestionState.LEFT_OUT, 0)


def test_question_changed_meanwhile_is_composed_anew_from_its_new_words(
    event: Event, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = speaks_as(question.asker)
    with monkeypatch.context() as patched:
        meanwhile(patched, lambda: change_question(question, viewer=viewer, version=1, fields=OTHER_WORDS, now=NOW))
        with pytest.raises(ChangedMeanwhile):
            compose(event)

    assert compose(event).held == 1


@pytest.mark.parametrize("who", ["Alma", "Firma"])
def test_who_cancels_meanwhile_gets_no_group(
    event: Event, question: Question, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    leaver = event.people.get(name=who)
    meanwhile(monkeypatch, lambda: cancel_person(leaver, now=NOW))

    with pytest.raises(ChangedMeanwhile):
        compose(event)

    assert not GroupSeat.objects.exists()


def test_who_is_not_free_any_more_meanwhile_is_not_placed(
    event: Event, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    alma, slot = event.people.get(name="Alma"), event.slots.get()
    meanwhile(monkeypatch, lambda: Availability.objects.create(hub=event.hub, participant=alma, slot=slot))

    with pytest.raises(ChangedMeanwhile):
        compose(event)

    assert not GroupSeat.objects.exists()


def test_question_of_somebody_who_cancelled_leaves_the_programme(event: Event, question: Question) -> None:
    compose(event)
    cancel_person(Participant.objects.get(pk=question.asker_id), now=NOW)

    assert compose(event).held == 0

    question.refresh_from_db()
    assert (question.state, question.slot, GroupSeat.objects.count()) == (QuestionState.HANDED_IN, None, 0)


def test_programme_is_published_once_it_has_groups_and_all_in_them_are_told(event: Event, question: Question) -> None:
    with pytest.raises(StepNotOpen):
        publish(event)
    compose(event)
    before = told()

    published = publish(event)

    assert (before, published.state, told()) == ([], EventState.PUBLISHED, ["alma", "birk", "firma"])


def test_steps_lead_an_organiser_to_the_published_programme(event: Event, question: Question) -> None:
    compose(event)
    Event.objects.filter(pk=event.pk).update(state=EventState.WISHES_CLOSED)
    event.refresh_from_db()

    with translation.override("en"):
        steps = steps_of(event, set_up_of(event), template_of(event.kind))

    assert [step.is_done for step in steps if step.title == "Compose the groups"] == [True]
    assert [step.to for step in steps if step.to == EventState.PUBLISHED] == ["published"]


def test_composing_again_tells_only_those_whose_groups_change(event: Event, question: Question) -> None:
    compose(event)
    publish(event)
    OutgoingMail.objects.all().delete()

    compose(event)
    unchanged = told()
    cancel_person(event.people.get(name="Birk"), now=NOW)
    researcher(event, "Dag", "Vi måler tryk i sengen.")
    OutgoingMail.objects.all().delete()
    compose(event)

    assert (unchanged, told()) == ([], ["alma", "dag", "firma"])


def test_period_that_goes_is_refused_first_and_then_told(event: Event, question: Question) -> None:
    compose(event)
    published = publish(event)
    OutgoingMail.objects.all().delete()
    viewer, slot = organiser(event), event.slots.get()

    with pytest.raises(SlotHasMeetings):
        remove_slot(slot, viewer=viewer, version=published.version, now=NOW)
    remove_slot(slot, viewer=viewer, version=published.version, and_replan=True, now=NOW)

    assert told() == ["alma", "birk", "firma"]


def test_group_of_a_question_that_is_taken_back_is_told_once_the_programme_is_out(
    event: Event, question: Question
) -> None:
    second = ask(person(event, "Kunde"), OTHER_WORDS)
    compose(event)
    take_question_back(second, viewer=speaks_as(second.asker), now=NOW)
    before = told()
    publish(event)
    OutgoingMail.objects.all().delete()

    take_question_back(question, viewer=speaks_as(question.asker), now=NOW)

    assert (before, told()) == ([], ["alma", "birk", "firma"])


def test_mail_says_when_where_and_with_whom(event: Event, question: Question) -> None:
    compose(event)
    publish(event)
    mail = OutgoingMail.objects.get(kind="event_groups", address="alma@firma.example")

    shown = RENDERERS["event_groups"](mail, Addresses(mail))
    take_question_back(question, viewer=speaks_as(question.asker), now=NOW)
    later = RENDERERS["event_groups"](mail, Addresses(mail))
    Event.objects.filter(pk=event.pk).update(state=EventState.CANCELLED)

    assert shown is not None
    assert later is not None
    assert [words in shown.text for words in (ASKED.title, "Lokale 1", "Firma", "Birk", "Alma (")] == [
        True, True, True, True, False,
    ]  # fmt: skip
    assert ("no group" in later.text, ASKED.title in later.text) == (True, False)
    assert RENDERERS["event_groups"](mail, Addresses(mail)) is None


def test_nobody_of_a_demonstration_is_written_to(event: Event, question: Question) -> None:
    Event.objects.filter(pk=event.pk).update(is_simulated=True)
    compose(event)

    publish(event)

    assert told() == []
