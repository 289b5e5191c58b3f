"""Composing AIMday groups anew: seats that were told of stay, changes are seen first, reasons last, questions wait."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone
from numpy.typing import NDArray

from events.domain.groups.comparing import reasons_now, seat_changes
from events.domain.groups.composing import Proposal, apply_groups, propose_groups, unpacked
from events.domain.groups.leaving_out import leave_question_out, questions_left_out, take_question_in
from events.domain.groups.questions import QuestionFields, QuestionsClosed, change_question, take_question_back
from events.domain.people.registering import cancel_person
from events.domain.setup.changing import ChangedMeanwhile, EventCalledOff
from events.enums import EventKind, EventState, QuestionState
from events.models import Event, GroupSeat, Hall, Participant, Question, Slot
from events.scheduling.group_task import Unheld
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotAllowed, NotFound
from mailgate.models import OutgoingMail
from tests.events.test_groups import ASKED, ask, compose, group, researcher, three
from tests.events.wish_people import NOW, STARTS, encoder_fixture, make_event, organiser, person, speaks_as  # noqa: F401
from tests.factories import HubFactory
from tests.frontend.conftest import works_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encoder", "english")]
NOISE = QuestionFields("Hvordan sover borgere med støj om natten?", least=1, most=1)


@pytest.fixture
def event(hub: Hub) -> Event:
    """The question of a firm, answered by Alma and Birk; published, and everybody has read it."""
    made = make_event(hub, kind=EventKind.AIMDAY, state=EventState.OPEN)
    Slot.objects.create(hub=hub, event=made, starts_at=STARTS, ends_at=STARTS + timedelta(minutes=50))
    for name in ("Lokale 1", "Lokale 2"):
        Hall.objects.create(hub=hub, event=made, name=name)
    three(made)
    ask(person(made, "Firma"))
    compose(made)
    Event.objects.filter(pk=made.pk).update(state=EventState.PUBLISHED)
    made.refresh_from_db()
    return made


def question(event: Event) -> Question:
    return Question.objects.select_related("asker__event", "event").get(event=event, title=ASKED.title)


def told() -> list[str]:
    rows = OutgoingMail.objects.filter(kind="event_groups")
    return sorted(address.partition("@")[0] for address in rows.values_list("address", flat=True))


def another(event: Event) -> Question:
    """A second question, which came after the groups were composed."""
    firm = person(event, "Kunde")
    return Question.objects.create(
        hub=event.hub, event=event, asker=firm, title=NOISE.title, least=1, most=1, language="da"
    )


def test_published_seats_stay_though_somebody_fits_a_little_better(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = {"Alma": 0.9, "Birk": 0.5, "Carl": 0.6}
    monkeypatch.setattr("events.domain.groups.group_tasks.fit_of", _fits(fits))
    compose(event)
    little = group(question(event))
    fits["Carl"] = 0.8
    compose(event)

    assert (little, group(question(event))) == ({"Alma", "Birk"}, {"Alma", "Carl"})
    assert told() == ["alma", "birk", "carl", "firma"]


def _fits(fits: dict[str, float]) -> Callable[..., NDArray[np.float64]]:
    def fit_of(questions: Sequence[Question], researchers: Sequence[Participant], *, today: date) -> Any:
        return np.array([[fits[each.name] for each in researchers] for _question in questions])

    return fit_of


def test_groups_that_stay_keep_rows_rooms_and_silence(event: Event) -> None:
    before = list(GroupSeat.objects.order_by("pk").values_list("pk", flat=True))
    Question.objects.update(hall=Hall.objects.get(name="Lokale 2"))

    compose(event)

    found = question(event)
    assert list(GroupSeat.objects.order_by("pk").values_list("pk", flat=True)) == before
    assert (str(found.hall), told()) == ("Lokale 2", [])


def propose(event: Event) -> tuple[Proposal, dict[str, tuple[int, int]]]:
    proposed = propose_groups(event, viewer=organiser(event), version=event.version, now=NOW)
    changes = {each.person.name: (len(each.loses), len(each.gets)) for each in seat_changes(proposed)}
    return unpacked(proposed.proposal.packed()), changes


def test_changes_are_seen_first_and_only_those_concerned_are_told(event: Event) -> None:
    researcher(event, "Dag", "Vi forsker i støj om natten og søvn.", senior=True)
    another(event)
    seats = GroupSeat.objects.count()

    proposal, changes = propose(event)
    seen = GroupSeat.objects.count(), told()
    apply_groups(event, viewer=organiser(event), proposal=proposal, now=NOW)

    assert seen == (seats, [])
    assert changes == {"Dag": (0, 1), "Kunde": (0, 1)}
    assert told() == ["dag", "kunde"]
    assert group(question(event)) == {"Alma", "Birk"}


@pytest.mark.parametrize("what", ["cancelled", "changed", "came", "edited"])
def test_proposal_of_what_is_no_longer_so_is_refused(event: Event, what: str) -> None:
    another(event)
    proposal, _changes = propose(event)
    if what == "cancelled":
        cancel_person(event.people.get(name="Carl"), now=NOW)
    elif what == "changed":
        Event.objects.filter(pk=event.pk).update(state=EventState.OPEN)
        found = question(event)
        change_question(found, viewer=speaks_as(found.asker), version=found.version, fields=NOISE, now=NOW)
    elif what == "came":
        researcher(event, "Dag", senior=True)
    else:
        Event.objects.filter(pk=event.pk).update(version=event.version + 1)
    before = list(GroupSeat.objects.values_list("question", "participant"))

    with pytest.raises(ChangedMeanwhile):
        apply_groups(event, viewer=organiser(event), proposal=proposal, now=NOW)

    assert list(GroupSeat.objects.values_list("question", "participant")) == before


def test_proposal_is_applied_once_and_by_organisers_of_the_hub(event: Event) -> None:
    another(event)
    proposal, _changes = propose(event)
    foreign = Viewer(HubFactory(slug="nordbro").pk, Role.ORGANISER, 1)

    with pytest.raises(NotAllowed):
        apply_groups(event, viewer=speaks_as(event.people.get(name="Firma")), proposal=proposal, now=NOW)
    with pytest.raises(NotFound):
        apply_groups(event, viewer=foreign, proposal=proposal, now=NOW)
    apply_groups(event, viewer=organiser(event), proposal=proposal, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        apply_groups(event, viewer=organiser(event), proposal=proposal, now=NOW)


def test_reason_is_told_from_what_stands_now(event: Event) -> None:
    second = another(event)

    Participant.objects.filter(name="Carl").update(is_senior=True)
    free = reasons_now(event)
    Participant.objects.filter(name="Carl").update(is_senior=False)
    crowded = reasons_now(event)
    Participant.objects.update(is_senior=False)
    no_senior = reasons_now(event)
    Question.objects.filter(pk=second.pk).update(least=9, most=9)

    assert (free, crowded, no_senior, reasons_now(event)) == (
        {second.pk: None},
        {second.pk: Unheld.CROWDED_OUT},
        {second.pk: Unheld.NO_SENIOR},
        {second.pk: Unheld.TOO_FEW},
    )


def test_question_left_out_is_taken_in_again_without_a_group(event: Event) -> None:
    found = question(event)

    leave_question_out(found, viewer=organiser(event), now=NOW)
    gone = [each.pk for each in questions_left_out(event)], GroupSeat.objects.count(), told()
    take_question_in(found, viewer=organiser(event), now=NOW)
    found.refresh_from_db()

    assert gone == ([found.pk], 0, ["alma", "birk", "firma"])
    assert (found.state, found.slot, questions_left_out(event)) == (QuestionState.HANDED_IN, None, [])
    assert compose(event).held == 1


def test_what_its_asker_took_back_no_organiser_takes_in(event: Event) -> None:
    found = question(event)
    take_question_back(found, viewer=speaks_as(found.asker), now=NOW)

    with pytest.raises(NotFound):
        take_question_in(found, viewer=organiser(event), now=NOW)
    with pytest.raises(NotFound):
        leave_question_out(found, viewer=organiser(event), now=NOW)

    assert questions_left_out(event) == []


@pytest.mark.parametrize("state", [EventState.OVER, EventState.CANCELLED])
def test_questions_of_a_day_that_is_done_stay(event: Event, state: EventState) -> None:
    Event.objects.filter(pk=event.pk).update(state=state)

    with pytest.raises(QuestionsClosed, match="over or called off"):
        leave_question_out(question(event), viewer=organiser(event), now=NOW)


def test_questions_stay_once_the_day_has_passed(event: Event) -> None:
    out = another(event)
    leave_question_out(out, viewer=organiser(event), now=NOW)

    with pytest.raises(QuestionsClosed, match="The event has ended"):
        leave_question_out(question(event), viewer=organiser(event), now=event.ends_at)
    with pytest.raises(QuestionsClosed, match="The event has ended"):
        take_question_in(out, viewer=organiser(event), now=event.ends_at)


@pytest.mark.parametrize(("state", "after"), [("over", -1), ("cancelled", -1), ("published", 0)])
def test_groups_of_a_day_that_is_done_are_neither_composed_nor_applied(event: Event, state: str, after: int) -> None:
    another(event)
    researcher(event, "Dag", senior=True)
    proposal, _changes = propose(event)
    before = list(GroupSeat.objects.values_list("question", "participant"))
    Event.objects.filter(pk=event.pk).update(state=state)
    event.refresh_from_db()
    now = event.ends_at + timedelta(hours=after)

    with pytest.raises(QuestionsClosed):
        propose_groups(event, viewer=organiser(event), version=event.version, now=now)
    with pytest.raises(EventCalledOff if state == "cancelled" else QuestionsClosed):
        apply_groups(event, viewer=organiser(event), proposal=proposal, now=now)

    assert (list(GroupSeat.objects.values_list("question", "participant")), told()) == (before, [])


def test_who_said_meanwhile_that_the_day_is_over_is_not_asked_to_try_again(event: Event) -> None:
    proposal, _changes = propose(event)
    Event.objects.filter(pk=event.pk).update(state=EventState.OVER, version=event.version + 1)

    with pytest.raises(QuestionsClosed):
        apply_groups(event, viewer=organiser(event), proposal=proposal, now=NOW)


def test_page_says_that_the_day_has_passed_and_offers_nothing_that_cannot_be_done(client: Client, event: Event) -> None:
    researcher(event, "Dag", "Vi forsker i støj om natten og søvn.", senior=True)
    another(event)
    works_as(client, event.hub, Role.ORGANISER)
    page = f"/en/events/{event.slug}/organise/groups/"
    shown = client.post(page, {"version": event.version})
    past = timezone.now() - timedelta(hours=1)
    Event.objects.filter(pk=event.pk).update(starts_at=past - timedelta(hours=8), ends_at=past)

    after = client.post(page, {"proposal": shown.context["proposal"]})

    told_there = after.content.decode()
    assert (after.status_code, GroupSeat.objects.count(), told()) == (400, 2, [])
    assert "The event has ended, so its groups stay as they are" in told_there
    assert (ASKED.title in told_there, "Compose anew" in told_there, "Leave the question out" in told_there) == (
        True, False, False,
    )  # fmt: skip


def test_only_organisers_of_the_hub_leave_out(event: Event) -> None:
    found = question(event)

    with pytest.raises(NotAllowed):
        leave_question_out(found, viewer=speaks_as(found.asker), now=NOW)
    with pytest.raises(NotFound):
        leave_question_out(found, viewer=Viewer(HubFactory(slug="nordbro").pk, Role.ORGANISER, 1), now=NOW)


def test_page_shows_changes_then_applies_them_and_keeps_the_reasons(client: Client, event: Event) -> None:
    researcher(event, "Dag", "Vi forsker i støj om natten og søvn.", senior=True)
    another(event)
    works_as(client, event.hub, Role.ORGANISER)
    page = f"/en/events/{event.slug}/organise/groups/"

    before = client.get(page).content.decode()
    shown = client.post(page, {"version": event.version})
    kept = GroupSeat.objects.count()
    after = client.post(page, {"proposal": shown.context["proposal"]}, follow=True).content.decode()

    assert "A room and enough researchers are free for it now" in before
    assert "2 people would change seats" in shown.content.decode()
    assert (kept, GroupSeat.objects.count(), told()) == (2, 3, ["dag", "kunde"])
    assert "those whose group is another now are told" in after


@pytest.mark.parametrize("proposal", ["", "x", "W10:1abc:forged"])
def test_page_refuses_a_proposal_that_was_not_made_here(client: Client, event: Event, proposal: str) -> None:
    works_as(client, event.hub, Role.ORGANISER)

    response = client.post(f"/en/events/{event.slug}/organise/groups/", {"proposal": proposal})

    assert response.status_code == 409
    assert "Nothing is changed: compose anew" in response.content.decode()


def test_page_leaves_a_question_out_and_takes_it_in_again(client: Client, event: Event) -> None:
    works_as(client, event.hub, Role.ORGANISER)
    page, key = f"/en/events/{event.slug}/organise/groups/", question(event).public_id

    out = client.post(f"{page}{key}/leave-out/", follow=True).content.decode()
    back = client.post(f"{page}{key}/take-in/", follow=True).content.decode()

    assert ("Take in again" in out, "On the programme" in out) == (True, False)
    assert ("Take in again" in back, "Without a group" in back) == (False, True)
    assert client.get(f"{page}{key}/leave-out/").status_code == 405
