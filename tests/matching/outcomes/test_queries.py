"""Both sides beside each other, differences named, silence apart, and what the learning part reads."""

from datetime import date

import pytest

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotAllowed, NotFound
from matching.domain.outcomes.answers import Answer
from matching.domain.outcomes.questions import QuestionFields, add_question
from matching.enums import IntroductionState
from matching.models import FollowUp, Introduction
from matching.queries.disagreements import disagreements
from matching.queries.follow_ups import find_follow_up, find_told_contact, next_moment, told_at_moment
from matching.queries.outcomes import (
    LastWord,
    answer_counts,
    follow_ups_due,
    known_outcomes,
    last_words,
    relation_of,
)
from matching.queries.surveys import survey_table
from tests.factories import HubFactory, MembershipFactory
from tests.matching.cluster import facilitator, visitor
from tests.matching.outcomes.contacts import DO_NOT_KNOW, NO_BENEFIT, at, came, contact, question, speaker, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def broker(hub: Hub) -> Viewer:
    return Viewer(hub.pk, Role.FACILITATOR, MembershipFactory(hub=hub, role=Role.FACILITATOR).user.pk)


def differences(hub: Hub, ours: Answer | None, theirs: Answer | None) -> list[tuple[str, str, str]]:
    introduction = contact(hub)
    seeker = tell(introduction, ours, side="seeker") if ours else None
    receiver = tell(introduction, theirs, side="receiver") if theirs else None
    return [(each.difference.value, each.side, each.rung) for each in disagreements(seeker, receiver)]


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        (came("meeting_held"), came("meeting_held"), []),
        (came("project_formed"), came("meeting_held"), [
            ("only_one", "receiver", "meeting_held"), ("only_one", "seeker", "project_formed"),
        ]),
        (came("project_formed", standing="expected"), came("project_formed"), [
            ("standing", "receiver", "project_formed"),
        ]),
        (came("project_formed", standing="expected"), came("input_received"), []),
        (came("input_received", "commercial_result"), came("funding_raised"), []),
        (came("meeting_held"), NO_BENEFIT, [("benefit", "seeker", "")]),
        (NO_BENEFIT, came("meeting_held"), [("benefit", "receiver", "")]),
        (NO_BENEFIT, NO_BENEFIT, []),
        (came("meeting_held"), DO_NOT_KNOW, []),
        (DO_NOT_KNOW, NO_BENEFIT, []),
        (came("meeting_held"), None, []),
        (None, None, []),
    ],
)  # fmt: skip
def test_differences_are_named_and_silence_contradicts_nobody(
    hub: Hub, ours: Answer | None, theirs: Answer | None, wanted: list[tuple[str, str, str]]
) -> None:
    assert differences(hub, ours, theirs) == wanted


def test_relation_shows_both_sides_at_each_moment(hub: Hub, broker: Viewer) -> None:
    introduction = contact(hub, "2026-03-02")
    tell(introduction, came("project_formed"), "2026-03-17", side="seeker")
    tell(introduction, NO_BENEFIT, "2026-03-18", side="receiver")
    FollowUp.objects.filter(moment="three_months", side="seeker").update(asked_at=at("2026-06-02"))

    relation = relation_of(introduction, viewer=broker, today=date(2026, 6, 20))

    states = [(each.moment, [word.state for word in each.words], len(each.disagreements)) for each in relation.past]
    assert states == [("two_weeks", ["answered", "answered"], 1), ("three_months", ["waiting", "not_asked"], 0)]
    assert (relation.has_disagreements, relation.next_day) == (True, date(2027, 3, 2))


def test_silence_is_told_after_three_months_not_before(hub: Hub, broker: Viewer) -> None:
    introduction = contact(hub, "2026-03-02")
    FollowUp.objects.filter(moment="two_weeks").update(asked_at=at("2026-03-16"))

    states = [
        relation_of(introduction, viewer=broker, today=day).past[0].words[0].state
        for day in (date(2026, 6, 14), date(2026, 6, 15))
    ]

    assert states == ["waiting", "silent"]


def test_party_reads_its_own_words_only(hub: Hub) -> None:
    introduction = contact(hub)
    tell(introduction, came("meeting_held"), side="seeker")
    tell(introduction, Answer("no_benefit", text="Spild af tid."), side="receiver")

    relation = relation_of(introduction, viewer=speaker(introduction.seeker), today=date(2026, 3, 20))

    words = [word for each in relation.moments for word in each.words]
    assert ({word.side for word in words}, relation.has_disagreements) == ({"seeker"}, False)
    assert [word.report.kind for word in words if word.report] == ["outcomes"]


def test_stranger_and_another_hubs_broker_read_nothing(hub: Hub) -> None:
    introduction = contact(hub)
    tell(introduction, came("meeting_held"), side="seeker")
    other = HubFactory(slug="nordbro")

    for viewer in (visitor(hub), facilitator(other)):
        relation = relation_of(introduction, viewer=viewer, today=date(2026, 3, 20))
        assert [word for each in relation.moments for word in each.words] == []


def test_word_between_the_moments_stands_for_itself(hub: Hub, broker: Viewer) -> None:
    introduction = contact(hub, "2026-03-02")
    tell(introduction, came("meeting_held"), "2026-03-05", source="web")

    relation = relation_of(introduction, viewer=broker, today=date(2026, 3, 6))

    assert [(each.moment, each.label, len(each.words)) for each in relation.past] == [("", "", 1)]


def test_known_outcomes_keep_the_first_day_of_what_is_achieved(hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")
    FollowUp.objects.filter(side="seeker", moment="one_year").update(asked_at=at("2027-03-02"))
    tell(introduction, came("project_formed", standing="expected"), "2026-03-17")
    tell(introduction, came("project_formed"), "2026-06-03")
    tell(introduction, came("project_formed"), "2027-03-03", follow_up=question(introduction, "one_year"))

    (known,) = known_outcomes(hub.pk)

    assert (known.introduction_id, known.side, known.rung, known.standing, known.told_at) == (
        introduction.pk, "seeker", "project_formed", "achieved", at("2026-06-03"),
    )  # fmt: skip
    assert (known.last_asked, known.last_answered) == ("one_year", "one_year")


def test_known_outcome_that_is_expected_is_as_old_as_the_last_word(hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")
    tell(introduction, came("funding_raised", standing="expected"), "2026-03-17")
    tell(introduction, came("funding_raised", standing="expected"), "2026-06-03")

    (known,) = known_outcomes(hub.pk)

    assert (known.standing, known.told_at) == ("expected", at("2026-06-03"))


def test_later_no_benefit_takes_nothing_back_and_sides_stay_apart(hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")
    tell(introduction, came("meeting_held"), "2026-03-17", side="seeker")
    tell(introduction, NO_BENEFIT, "2026-06-03", side="seeker")
    tell(introduction, came("meeting_held", standing="expected"), "2026-03-18", side="receiver")

    known = {(row.side, row.rung): row.standing for row in known_outcomes(hub.pk)}

    assert known == {("seeker", "meeting_held"): "achieved", ("receiver", "meeting_held"): "expected"}


def test_known_outcomes_are_the_hubs_own(hub: Hub) -> None:
    tell(contact(HubFactory(slug="nordbro")), came("meeting_held"))

    assert (known_outcomes(hub.pk), last_words(hub.pk)) == ([], {})


def test_last_words_keep_silence_no_benefit_and_do_not_know_apart(hub: Hub) -> None:
    silent, refused, unsure = (contact(hub, "2026-03-02") for _each in range(3))
    FollowUp.objects.filter(side="seeker", moment="two_weeks").update(asked_at=at("2026-03-16"))
    tell(refused, NO_BENEFIT)
    tell(unsure, DO_NOT_KNOW, source="phone")

    words = last_words(hub.pk)

    assert words == {
        (silent.pk, "seeker"): LastWord("two_weeks", at("2026-03-16")),
        (refused.pk, "seeker"): LastWord("two_weeks", at("2026-03-16"), "two_weeks", at("2026-03-17"), "no_benefit"),
        (unsure.pk, "seeker"): LastWord("two_weeks", at("2026-03-16"), "two_weeks", at("2026-03-17"), "do_not_know"),
    }


def mark_asked(introduction: Introduction, side: str, *, reminded: str | None = "2026-03-23") -> None:
    rows = FollowUp.objects.filter(introduction=introduction, side=side, moment="two_weeks")
    rows.update(asked_at=at("2026-03-16"), reminded_at=at(reminded) if reminded else None)


def test_silent_side_is_due_by_phone_a_week_after_the_reminder(hub: Hub, broker: Viewer) -> None:
    introduction = contact(hub)
    mark_asked(introduction, "seeker")
    mark_asked(introduction, "receiver", reminded=None)

    due = [follow_ups_due(broker, today=date(2026, 3, day)) for day in (29, 30)]

    assert [len(each) for each in due] == [0, 1]
    call = due[1][0]
    assert (call.profile, call.other, call.is_silent) == (introduction.seeker, introduction.receiver, True)


def test_side_that_no_mail_reached_is_due_by_phone_the_day_after(hub: Hub, broker: Viewer) -> None:
    introduction = contact(hub)
    mark_asked(introduction, "receiver", reminded=None)

    due = [follow_ups_due(broker, today=date(2026, 3, day)) for day in (16, 17)]

    assert [[(call.follow_up.side, call.is_silent) for call in each] for each in due] == [[], [("seeker", False)]]
    assert due[1][0].profile == introduction.seeker


def test_answered_paused_ended_and_old_moments_are_not_due(hub: Hub, broker: Viewer) -> None:
    answered, paused = contact(hub), contact(hub)
    for introduction in (answered, paused, contact(hub, state=IntroductionState.WITHDRAWN)):
        mark_asked(introduction, "seeker")
        mark_asked(introduction, "receiver", reminded=None)
    tell(answered, DO_NOT_KNOW, "2026-03-25")
    paused.seeker.is_paused = True
    paused.seeker.save()
    waiting = contact(hub)
    mark_asked(waiting, "seeker")
    mark_asked(waiting, "receiver", reminded=None)

    assert [call.profile for call in follow_ups_due(broker, today=date(2026, 4, 1))] == [waiting.seeker]
    assert "two_weeks" not in {call.follow_up.moment for call in follow_ups_due(broker, today=date(2026, 6, 20))}


def test_longest_waiting_stand_first(hub: Hub, broker: Viewer) -> None:
    later, earlier = contact(hub, "2026-03-04"), contact(hub, "2026-03-02")
    FollowUp.objects.filter(side="receiver").delete()

    due = follow_ups_due(broker, today=date(2026, 4, 1))

    assert [call.follow_up.introduction_id for call in due] == [earlier.pk, later.pk]


def test_desk_reads_are_for_brokers_of_the_hub(hub: Hub) -> None:
    introduction = contact(hub)
    mark_asked(introduction, "seeker")

    for read in (answer_counts, survey_table):
        with pytest.raises(NotAllowed):
            read(speaker(introduction.seeker))
    with pytest.raises(NotAllowed):
        follow_ups_due(visitor(hub), today=date(2026, 4, 1))
    stranger = facilitator(HubFactory(slug="nordbro"))
    assert follow_ups_due(stranger, today=date(2026, 4, 1)) == []
    assert {row.asked for row in answer_counts(stranger)} == {0}


def test_counts_keep_the_four_apart(hub: Hub, broker: Viewer) -> None:
    FollowUp.objects.filter(introduction=contact(hub), side="seeker", moment="two_weeks").update(
        asked_at=at("2026-03-16")
    )
    for answer in (came("meeting_held"), NO_BENEFIT, NO_BENEFIT, DO_NOT_KNOW):
        tell(contact(hub), answer, "2026-03-17")

    first, *others = answer_counts(broker)

    assert (first.moment, first.asked, first.outcomes, first.no_benefit, first.do_not_know, first.silent) == (
        "two_weeks", 5, 1, 2, 1, 1,
    )  # fmt: skip
    assert {row.asked for row in others} == {0}


def test_survey_has_a_row_for_silence_and_the_hubs_own_answers(hub: Hub, broker: Viewer) -> None:
    own = add_question(broker, fields=QuestionFields("Hvor mange var med?", "How many took part?", "number"))
    introduction = contact(hub, "2026-03-02")
    FollowUp.objects.filter(side="receiver", moment="two_weeks").update(asked_at=at("2026-03-16", hour=0))
    tell(introduction, came("meeting_held", text="Godt", hub_answers={own.public_id: "4"}), "2026-03-17")

    table = survey_table(broker)

    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    told, silent = sorted(rows, key=lambda row: row["side"], reverse=True)
    assert (told["answer"], told["meeting_held"], told["text"]) == ("outcomes", "achieved", "Godt")
    assert told["question: How many took part?"] == "4"
    assert (silent["answer"], silent["asked_on"], silent["meeting_held"]) == ("no_answer", "2026-03-16", "")


def test_survey_of_a_period_leaves_the_rest_out(hub: Hub, broker: Viewer) -> None:
    tell(contact(hub, "2026-03-02"), NO_BENEFIT, "2026-03-17")
    tell(contact(hub, "2026-05-02"), NO_BENEFIT, "2026-05-17")
    tell(contact(hub, "2026-05-02"), NO_BENEFIT, "2026-05-03")

    table = survey_table(broker, since=date(2026, 5, 3), until=date(2026, 5, 16))

    told = [row[table.columns.index("told_on")] for row in table.rows]
    assert told == ["2026-05-17", "2026-05-03"]


def test_link_finds_its_follow_up_in_its_hub_only(hub: Hub) -> None:
    follow_up = question(contact(hub))

    assert find_follow_up(hub.pk, str(follow_up.public_id)) == follow_up
    assert find_follow_up(hub.pk, "not-an-id") is None
    assert find_follow_up(HubFactory(slug="nordbro").pk, str(follow_up.public_id)) is None


def test_contact_is_found_by_its_sides_and_brokers(hub: Hub, broker: Viewer) -> None:
    introduction, other = contact(hub), contact(hub)

    for viewer in (broker, speaker(introduction.seeker), speaker(introduction.receiver)):
        assert find_told_contact(viewer, introduction.public_id) == introduction
    for viewer in (visitor(hub), speaker(other.seeker), facilitator(HubFactory(slug="nordbro"))):
        with pytest.raises(NotFound):
            find_told_contact(viewer, introduction.public_id)


def test_moment_now_and_next(hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")
    own = tell(introduction, NO_BENEFIT, "2026-06-03")

    by_self = told_at_moment(introduction, "seeker", by_phone=False, today=date(2026, 6, 5))
    by_phone = told_at_moment(introduction, "seeker", by_phone=True, today=date(2026, 6, 5))
    upcoming = next_moment(introduction, "seeker", today=date(2026, 6, 5))

    assert by_self == (question(introduction, "three_months"), own)
    assert by_phone == (question(introduction, "three_months"), None)
    assert upcoming == question(introduction, "one_year")
    assert next_moment(introduction, "seeker", today=date(2028, 3, 2)) is None
