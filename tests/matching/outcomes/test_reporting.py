"""What a side says is kept as its own word: replaced by itself only, and never stored for what is erased."""

from uuid import uuid4

import pytest

from hubs.enums import Role
from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotFound
from kernel.models import AuditRecord
from matching.domain.outcomes.answers import Answer, ToldOutcome
from matching.domain.outcomes.questions import QuestionFields, add_question, retire_question
from matching.domain.outcomes.reporting import NoContactYet, report_outcome
from matching.enums import AnswerKind, IntroductionState
from matching.models import HubAnswer, HubQuestion, Introduction, Outcome, OutcomeReport, TimelineEntry
from tests.factories import MembershipFactory
from tests.matching.outcomes.contacts import DO_NOT_KNOW, NO_BENEFIT, at, came, contact, question, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def person(hub: Hub) -> User:
    user: User = MembershipFactory(hub=hub, role=Role.FACILITATOR).user
    return user


def rungs(report: OutcomeReport) -> dict[str, str]:
    return {each.rung: each.standing for each in report.outcomes.all()}


def asked(hub: Hub, person: User, form: str = "yes_no", *moments: str) -> HubQuestion:
    fields = QuestionFields("Har I talt med en jurist?", "Have you talked to a lawyer?", form, moments)
    return add_question(Viewer(hub.pk, Role.FACILITATOR, person.pk), fields=fields)


def test_answer_is_stored_with_its_moment_and_told_on_the_timeline(hub: Hub) -> None:
    introduction = contact(hub)

    report = tell(
        introduction, came("meeting_held", "input_received", text=" Godt. "), follow_up=question(introduction)
    )

    assert (report.kind, report.side, report.source, report.text) == ("outcomes", "seeker", "link", "Godt.")
    assert (report.told_at, report.follow_up) == (at("2026-03-17"), question(introduction))
    assert rungs(report) == {"meeting_held": "achieved", "input_received": "achieved"}
    entry = TimelineEntry.objects.get(introduction=introduction)
    assert (entry.kind, entry.side, entry.at, entry.text) == ("outcome", "seeker", at("2026-03-17"), "")
    assert AuditRecord.objects.filter(subject_id=report.public_id).get().action == "outcome_told"


def test_expected_outcome_and_kroner_are_kept(hub: Hub) -> None:
    told = ToldOutcome("funding_raised", "expected", 1_500_000)

    report = tell(contact(hub), Answer(AnswerKind.OUTCOMES, (told,), attribution="some", counterfactual="lower_50"))

    assert list(report.outcomes.values_list("rung", "standing", "amount_dkk")) == [
        ("funding_raised", "expected", 1_500_000)
    ]
    assert (report.attribution, report.counterfactual) == ("some", "lower_50")


def test_second_answer_replaces_the_sides_own(hub: Hub) -> None:
    introduction = contact(hub)
    first = tell(introduction, came("meeting_held", "project_formed"))

    second = tell(introduction, came("meeting_held", standing="expected"), "2026-03-18")

    assert (first.pk, OutcomeReport.objects.count()) == (second.pk, 1)
    assert (rungs(second), second.told_at) == ({"meeting_held": "expected"}, at("2026-03-18"))
    assert TimelineEntry.objects.count() == 1
    assert list(AuditRecord.objects.filter(subject_type="outcome_report").order_by("pk").values_list("action")) == [
        ("outcome_told",), ("outcome_changed",),
    ]  # fmt: skip


def test_both_sides_are_kept_beside_each_other(hub: Hub) -> None:
    introduction = contact(hub)

    tell(introduction, came("project_formed"), side="seeker")
    tell(introduction, NO_BENEFIT, side="receiver")

    assert dict(OutcomeReport.objects.values_list("side", "kind")) == {
        "seeker": "outcomes",
        "receiver": "no_benefit",
    }


def test_no_benefit_do_not_know_and_silence_stay_apart(hub: Hub) -> None:
    introduction = contact(hub)

    tell(introduction, NO_BENEFIT, follow_up=question(introduction))
    tell(introduction, DO_NOT_KNOW, "2026-06-02", follow_up=question(introduction, "three_months"))

    reports = OutcomeReport.objects.values_list("follow_up__moment", "kind")
    assert dict(reports) == {"two_weeks": "no_benefit", "three_months": "do_not_know"}
    assert not Outcome.objects.exists()


def test_answer_on_the_page_belongs_to_the_latest_moment_due(hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")

    early = tell(introduction, came("meeting_held"), "2026-03-10", source="web")
    later = tell(introduction, came("meeting_held"), "2026-06-02", source="web")

    assert (early.follow_up, later.follow_up) == (None, question(introduction, "three_months"))


def test_answer_after_two_years_is_taken_and_says_when(hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")

    report = tell(introduction, came("commercial_result"), "2029-01-15", source="web")

    assert (report.follow_up, report.told_at) == (question(introduction, "two_years"), at("2029-01-15"))


def test_what_is_heard_by_phone_is_marked(hub: Hub, person: User) -> None:
    report = tell(contact(hub), came("meeting_held"), source="phone", actor=person)

    assert (report.source, report.recorded_by) == ("phone", person)


def test_own_word_replaces_what_was_heard_by_phone(hub: Hub, person: User) -> None:
    introduction = contact(hub)
    tell(introduction, came("meeting_held"), source="phone", actor=person)

    report = tell(introduction, NO_BENEFIT, "2026-03-18", follow_up=question(introduction))

    assert (OutcomeReport.objects.count(), report.source, report.recorded_by) == (1, "link", None)


def test_what_is_heard_by_phone_never_replaces_their_own_word(hub: Hub, person: User) -> None:
    introduction = contact(hub)
    own = tell(introduction, NO_BENEFIT)

    heard = tell(introduction, came("meeting_held"), "2026-03-20", source="phone", actor=person)
    again = tell(introduction, came("project_formed"), "2026-03-21", source="phone", actor=person)

    own.refresh_from_db()
    assert (own.kind, own.source) == ("no_benefit", "link")
    assert (heard.pk, heard.follow_up, rungs(again)) == (again.pk, None, {"project_formed": "achieved"})


def test_own_early_word_stays_beside_what_was_heard_early(hub: Hub, person: User) -> None:
    introduction = contact(hub)

    tell(introduction, came("meeting_held"), "2026-03-04", source="phone", actor=person)
    tell(introduction, NO_BENEFIT, "2026-03-05", source="web")

    assert sorted(OutcomeReport.objects.values_list("source", "kind")) == [("phone", "outcomes"), ("web", "no_benefit")]


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer("outcomes"), "outcomes"),
        (Answer("silence"), "outcomes"),
        (Answer("no_benefit", (ToldOutcome("meeting_held"),)), "outcomes"),
        (Answer("do_not_know", (ToldOutcome("meeting_held"),)), "outcomes"),
        (came("fame"), "outcomes"),
        (came("meeting_held", "meeting_held"), "outcomes"),
        (came("meeting_held", standing="hoped"), "standing_meeting_held"),
        (came("meeting_held", attribution="huge"), "attribution"),
        (came("meeting_held", counterfactual="lower_12"), "counterfactual"),
        (came("meeting_held", text="x" * 2_001), "text"),
        (came("meeting_held", text="a\x00b"), "text"),
        (Answer("outcomes", (ToldOutcome("funding_raised", amount_dkk=-1),)), "amount_funding_raised"),
        (Answer("outcomes", (ToldOutcome("funding_raised", amount_dkk=10**12 + 1),)), "amount_funding_raised"),
        (Answer("outcomes", (ToldOutcome("meeting_held", amount_dkk=5),)), "amount_meeting_held"),
        (came("meeting_held", hub_answers={uuid4(): "yes"}), "hub_answers"),
    ],
)
def test_bad_answer_is_refused_and_the_earlier_one_kept(hub: Hub, answer: Answer, field: str) -> None:
    introduction = contact(hub)
    tell(introduction, came("project_formed"))

    with pytest.raises(InvalidInput) as refused:
        tell(introduction, answer, "2026-03-18")

    assert refused.value.details["field"] == field
    assert rungs(OutcomeReport.objects.get()) == {"project_formed": "achieved"}


def test_without_an_outcome_nothing_is_attributed(hub: Hub) -> None:
    report = tell(contact(hub), Answer("no_benefit", attribution="major", counterfactual="same"))

    assert (report.attribution, report.counterfactual) == ("", "")


def test_answer_for_an_erased_profile_stores_nothing(hub: Hub) -> None:
    introduction = contact(hub)
    follow_up = question(introduction)
    Introduction.objects.get(pk=introduction.pk).receiver.delete()

    with pytest.raises(NotFound):
        tell(introduction, came("meeting_held"), follow_up=follow_up)

    assert (OutcomeReport.objects.count(), TimelineEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize("state", [IntroductionState.SENT, IntroductionState.DECLINED])
def test_before_both_said_yes_there_is_nothing_to_tell(hub: Hub, state: str) -> None:
    introduction = contact(hub, planned=False, state=state)
    Introduction.objects.filter(pk=introduction.pk).update(receiver_consented_at=None)

    with pytest.raises(NoContactYet):
        tell(introduction, came("meeting_held"))


def test_follow_up_of_another_side_or_contact_is_refused(hub: Hub) -> None:
    introduction, other = contact(hub), contact(hub)

    for follow_up in (question(introduction, side="receiver"), question(other)):
        with pytest.raises(InvalidInput):
            tell(introduction, came("meeting_held"), follow_up=follow_up)
    with pytest.raises(InvalidInput):
        report_outcome(introduction, side="nobody", answer=NO_BENEFIT, source="link", now=at("2026-03-17"))
    assert not OutcomeReport.objects.exists()


@pytest.mark.parametrize(
    ("form", "written", "stored"), [("yes_no", "no", "no"), ("number", " 012 ", "12"), ("text", " To  ord ", "To ord")]
)
def test_hubs_own_question_is_answered_in_its_form(
    hub: Hub, person: User, form: str, written: str, stored: str
) -> None:
    own = asked(hub, person, form)

    tell(contact(hub), came("meeting_held", hub_answers={own.public_id: written}))

    assert HubAnswer.objects.get().value == stored


@pytest.mark.parametrize(
    ("form", "written"),
    [("yes_no", "maybe"), ("number", "a few"), ("number", "-3"), ("number", "1" * 14), ("text", "x" * 501)],
)
def test_hub_answer_of_another_form_is_refused_beside_its_question(
    hub: Hub, person: User, form: str, written: str
) -> None:
    own = asked(hub, person, form)

    with pytest.raises(InvalidInput) as refused:
        tell(contact(hub), came("meeting_held", hub_answers={own.public_id: written}))

    assert refused.value.details["field"] == f"question_{own.public_id.hex}"


def test_empty_hub_answer_is_no_answer(hub: Hub, person: User) -> None:
    own = asked(hub, person, "text")

    tell(contact(hub), came("meeting_held", hub_answers={own.public_id: "  "}))

    assert not HubAnswer.objects.exists()


def test_question_of_another_moment_or_hub_cannot_be_answered(hub: Hub, person: User) -> None:
    late = asked(hub, person, "yes_no", "one_year")

    with pytest.raises(InvalidInput):
        tell(contact(hub), came("meeting_held", hub_answers={late.public_id: "yes"}))


def test_second_answer_keeps_what_was_said_to_a_question_retired_since(hub: Hub, person: User) -> None:
    own = asked(hub, person)
    introduction = contact(hub)
    tell(introduction, came("meeting_held", hub_answers={own.public_id: "yes"}))
    viewer = Viewer(hub.pk, Role.FACILITATOR, person.pk)
    retire_question(viewer, public_id=own.public_id)

    tell(introduction, came("project_formed"), "2026-03-18")

    assert HubAnswer.objects.get().value == "yes"
