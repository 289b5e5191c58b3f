"""The hub's own questions: added, ordered, retired, by those who broker for it."""

import pytest

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from matching.domain.outcomes.questions import (
    MOST_ACTIVE,
    QuestionFields,
    add_question,
    move_question,
    questions_at,
    resume_question,
    retire_question,
)
from matching.models import HubQuestion
from tests.factories import HubFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def broker(hub: Hub) -> Viewer:
    return as_role(hub, Role.HUB_ADMIN)


def as_role(hub: Hub, role: Role) -> Viewer:
    return Viewer(hub.pk, role, MembershipFactory(hub=hub, role=role).user.pk)


def fields(number: int = 1, *moments: str, form: str = "yes_no") -> QuestionFields:
    return QuestionFields(f"Spørgsmål nummer {number}?", f"Question number {number}?", form, moments)


def texts(hub: Hub, moment: str | None = "two_weeks") -> list[str]:
    return [each.text_en[-2] for each in questions_at(hub.pk, moment)]


def test_questions_are_asked_in_the_order_they_came(hub: Hub, broker: Viewer) -> None:
    for number in (1, 2, 3):
        add_question(broker, fields=fields(number))

    assert texts(hub) == ["1", "2", "3"]
    assert AuditRecord.objects.filter(action="question_added", actor_id=broker.user_id).count() == 3


def test_question_is_asked_at_its_moments_only(hub: Hub, broker: Viewer) -> None:
    add_question(broker, fields=fields(1, "one_year", "three_months"))
    add_question(broker, fields=fields(2, "two_weeks", "three_months", "one_year", "two_years"))

    assert [texts(hub, moment) for moment in ("two_weeks", "one_year", None)] == [["2"], ["1", "2"], ["2"]]
    assert [each.moments for each in HubQuestion.objects.all()] == [["three_months", "one_year"], []]


def test_question_changes_places_and_stops_at_the_ends(hub: Hub, broker: Viewer) -> None:
    first, second = (add_question(broker, fields=fields(number)) for number in (1, 2))

    move_question(broker, public_id=second.public_id, earlier=True)
    assert texts(hub) == ["2", "1"]
    move_question(broker, public_id=second.public_id, earlier=True)
    move_question(broker, public_id=first.public_id, earlier=False)
    assert texts(hub) == ["2", "1"]


def test_retired_question_is_not_asked_and_can_come_back_last(hub: Hub, broker: Viewer) -> None:
    first = add_question(broker, fields=fields(1))
    add_question(broker, fields=fields(2))

    retire_question(broker, public_id=first.public_id)
    retire_question(broker, public_id=first.public_id)
    assert texts(hub) == ["2"]
    resume_question(broker, public_id=first.public_id)

    assert texts(hub) == ["2", "1"]
    assert AuditRecord.objects.filter(action="question_retired").count() == 1


def test_no_more_questions_than_fit_in_a_minute(hub: Hub, broker: Viewer) -> None:
    old = add_question(broker, fields=fields(0))
    retire_question(broker, public_id=old.public_id)
    for number in range(MOST_ACTIVE):
        add_question(broker, fields=fields(number))

    with pytest.raises(InvalidInput):
        add_question(broker, fields=fields(9))
    with pytest.raises(InvalidInput):
        resume_question(broker, public_id=old.public_id)

    assert len(questions_at(hub.pk, None)) == MOST_ACTIVE


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (QuestionFields("", "Is it there?"), "text_da"),
        (QuestionFields("Er det der?", "?"), "text_en"),
        (QuestionFields("Er det der?", "y" * 301), "text_en"),
        (QuestionFields("Er det der?", "Is it there?", "stars"), "form"),
        (QuestionFields("Er det der?", "Is it there?", "text", ("ten_years",)), "moments"),
    ],
)
def test_bad_question_is_refused(broker: Viewer, bad: QuestionFields, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_question(broker, fields=bad)

    assert (refused.value.details["field"], HubQuestion.objects.count()) == (field, 0)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ORGANISER])
def test_only_brokers_change_questions(hub: Hub, broker: Viewer, role: Role) -> None:
    stored = add_question(broker, fields=fields())
    other = as_role(hub, role)

    with pytest.raises(NotAllowed):
        add_question(other, fields=fields(2))
    with pytest.raises(NotAllowed):
        retire_question(other, public_id=stored.public_id)
    with pytest.raises(NotAllowed):
        move_question(other, public_id=stored.public_id, earlier=True)
    assert texts(hub) == ["1"]


def test_another_hubs_question_is_not_found(hub: Hub, broker: Viewer) -> None:
    stored = add_question(broker, fields=fields())
    stranger = as_role(HubFactory(slug="nordbro"), Role.HUB_ADMIN)

    for act in (retire_question, resume_question):
        with pytest.raises(NotFound):
            act(stranger, public_id=stored.public_id)
    with pytest.raises(NotFound):
        move_question(stranger, public_id=stored.public_id, earlier=True)
    assert texts(hub) == ["1"]
