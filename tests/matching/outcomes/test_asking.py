"""What is due is mailed once, reminded of once, and not to those who are paused or want no mail."""

import pytest

from hubs.models import Hub
from mailgate.domain.objecting import object_to_mail
from mailgate.models import OutgoingMail
from matching.domain.outcomes.asking import ask_due
from matching.enums import IntroductionState
from matching.models import FollowUp, Introduction
from profiles.models import Affiliation
from tests.factories import AffiliationFactory, HubFactory, UserFactory
from tests.matching.outcomes.contacts import NO_BENEFIT, at, contact, question, tell

pytestmark = pytest.mark.django_db


def mails(kind: str = "follow_up") -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk"))


def address(introduction: Introduction, side: str) -> str:
    return Affiliation.objects.get(organisation=introduction.party(side).organisation).user.email


def test_nothing_is_asked_the_day_before(hub: Hub) -> None:
    contact(hub, "2026-03-02")

    assert ask_due(at("2026-03-15", hour=23)) == 0
    assert mails() == []


def test_both_sides_are_asked_on_the_day(hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")

    assert ask_due(at("2026-03-16", hour=0)) == 2

    assert {mail.address for mail in mails()} == {address(introduction, side) for side in ("seeker", "receiver")}
    assert {mail.context["follow_up"] for mail in mails()} == {
        str(question(introduction, side=side).public_id) for side in ("seeker", "receiver")
    }


def test_each_person_is_asked_in_their_language(hub: Hub) -> None:
    introduction = contact(hub)
    AffiliationFactory(organisation=introduction.seeker.organisation, user=UserFactory(language="en"))

    assert ask_due(at("2026-03-16")) == 2

    seekers = [mail for mail in mails() if mail.context["follow_up"] == str(question(introduction).public_id)]
    assert sorted(mail.language for mail in seekers) == ["da", "en"]


def test_clock_that_runs_twice_mails_once(hub: Hub) -> None:
    contact(hub)

    assert (ask_due(at("2026-03-16")), ask_due(at("2026-03-16", hour=11)), ask_due(at("2026-03-17"))) == (2, 0, 0)
    assert len(mails()) == 2


def test_clock_set_back_mails_nobody_again(hub: Hub) -> None:
    contact(hub)
    ask_due(at("2026-03-16"))

    ask_due(at("2026-03-14"))
    ask_due(at("2026-03-16"))

    assert len(mails()) == 2


def test_silent_side_is_reminded_once_after_a_week(hub: Hub) -> None:
    introduction = contact(hub)
    ask_due(at("2026-03-16"))
    tell(introduction, NO_BENEFIT, "2026-03-18", side="receiver")

    counts = [ask_due(at(day)) for day in ("2026-03-22", "2026-03-23", "2026-03-24", "2026-04-10")]

    assert counts == [0, 1, 0, 0]
    assert [mail.address for mail in mails("follow_up_reminder")] == [address(introduction, "seeker")]


def test_reminder_after_a_week_that_loses_an_hour_comes_on_its_day(hub: Hub) -> None:
    # Asked late on 23 March; the clocks go forward on the 29th, so seven days are 167 hours.
    contact(hub, "2026-03-09")
    ask_due(at("2026-03-23", hour=23))

    assert ask_due(at("2026-03-30", hour=0)) == 2


def test_answered_side_is_not_asked(hub: Hub) -> None:
    introduction = contact(hub)
    tell(introduction, NO_BENEFIT, "2026-03-16", side="seeker")

    assert ask_due(at("2026-03-16", hour=12)) == 1


def test_paused_side_is_left_alone_until_it_opens_again(hub: Hub) -> None:
    introduction = contact(hub)
    introduction.seeker.is_paused = True
    introduction.seeker.save()
    assert ask_due(at("2026-03-16")) == 1

    introduction.seeker.is_paused = False
    introduction.seeker.save()

    assert ask_due(at("2026-03-20")) == 1


def test_side_paused_after_the_question_gets_no_reminder(hub: Hub) -> None:
    introduction = contact(hub)
    ask_due(at("2026-03-16"))
    introduction.seeker.is_paused = True
    introduction.seeker.save()

    assert ask_due(at("2026-03-23")) == 1


def test_who_objected_is_not_asked_and_counts_as_not_asked(hub: Hub) -> None:
    introduction = contact(hub)
    object_to_mail(hub.pk, address=address(introduction, "seeker"))

    assert ask_due(at("2026-03-16")) == 1
    assert question(introduction).asked_at is None
    assert [mail.address for mail in mails()] == [address(introduction, "receiver")]


def test_side_without_an_address_is_not_asked(hub: Hub) -> None:
    introduction = contact(hub)
    Affiliation.objects.filter(organisation=introduction.seeker.organisation).delete()

    assert ask_due(at("2026-03-16")) == 1
    assert question(introduction).asked_at is None


@pytest.mark.parametrize("state", [IntroductionState.WITHDRAWN, IntroductionState.DECLINED])
def test_contact_that_ended_is_not_asked_about(hub: Hub, state: str) -> None:
    contact(hub, state=state)

    assert ask_due(at("2026-03-16")) == 0


def test_closed_contact_is_still_asked_about(hub: Hub) -> None:
    contact(hub, state=IntroductionState.CLOSED)

    assert ask_due(at("2026-03-16")) == 2


def test_erased_contact_is_not_asked_about(hub: Hub) -> None:
    contact(hub).seeker.delete()

    assert (ask_due(at("2026-03-16")), FollowUp.objects.count()) == (0, 0)


def test_simulated_contact_mails_nobody(hub: Hub) -> None:
    contact(hub, is_simulated=True)

    assert ask_due(at("2026-03-16")) == 0


def test_worker_that_was_down_asks_the_latest_moment_only(hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")

    assert ask_due(at("2026-06-05")) == 2

    asked = FollowUp.objects.exclude(asked_at=None).values_list("introduction", "moment")
    assert set(asked) == {(introduction.pk, "three_months")}


def test_question_overtaken_by_the_next_gets_no_reminder(hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")
    ask_due(at("2026-05-01"))

    ask_due(at("2026-06-02"))

    reminded = FollowUp.objects.exclude(reminded_at=None)
    assert (reminded.count(), question(introduction, "three_months").asked_at) == (0, at("2026-06-02"))


def test_question_two_months_late_is_not_mailed_any_more(hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")
    FollowUp.objects.exclude(moment="two_years").delete()

    assert (ask_due(at("2028-05-02")), ask_due(at("2028-05-01"))) == (0, 2)
    assert question(introduction, "two_years").due_on.isoformat() == "2028-03-02"


def test_nobody_is_asked_about_a_meeting_still_to_come(hub: Hub) -> None:
    introduction = contact(hub)
    Introduction.objects.filter(pk=introduction.pk).update(meeting_at=at("2026-03-20"))

    assert (ask_due(at("2026-03-16")), ask_due(at("2026-03-21"))) == (0, 2)


def test_each_hub_mails_its_own(hub: Hub) -> None:
    other = HubFactory(slug="nordbro", name="Nordbro")
    contact(hub)
    contact(other)

    assert ask_due(at("2026-03-16")) == 4
    assert sorted(mail.hub_id for mail in mails()) == sorted([hub.pk, hub.pk, other.pk, other.pk])
