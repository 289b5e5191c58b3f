"""A small simulated year: marked, harmless, within the caps, and the same again from the same seed."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from demo.loading import DATA_DIR
from demo.people import EVERYBODY, demo_people
from demo.steps import steps
from demo.year.bodies import has_year
from demo.year.waiting import REAL
from demo.year.year import Lived, Plan, simulate_year
from hubs.models import Hub
from mailgate.enums import MailState
from mailgate.models import OutgoingMail
from matching.domain.introductions.clock import run_clock
from matching.domain.introductions.days import COPENHAGEN, local_day
from matching.domain.learning import holdouts
from matching.domain.outcomes.asking import ask_due
from matching.enums import Channel, IntroductionState, ListState, ProjectState, RankerState
from matching.models import (
    FollowUp,
    Impression,
    Introduction,
    OutcomeReport,
    Participant,
    Project,
    RankerVersion,
    Shortlist,
    ShownList,
    TimelineEntry,
)
from profiles.models import Profile
from tests.demo.counts import rows_of_ours
from tests.demo.small_year import NOW, live

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("english")]

# Hardly anybody looks, but the written stories are all there.
SPARSE = Plan(days=365, lists_a_day=0.15)
S = IntroductionState


@pytest.fixture(scope="module")
def year(loaded: Hub, folder: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Lived]:
    """A year in which little happens but what is written."""
    # Boosted trees take seconds to import and to fit, and the year is not about them.
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(holdouts, "_challenged", lambda *_args: (None, "too_few_outcomes"))
        yield live(SPARSE, folder)
        transaction.set_rollback(True)


def test_year_has_something_of_every_kind(year: Lived) -> None:
    assert year.introductions == Introduction.objects.count() >= 40
    assert {S.SENT.value, S.SCREENING.value, S.DECLINED.value, S.EXPIRED.value} <= set(year.states)
    assert year.reports == OutcomeReport.objects.count() >= 5
    assert {row.channel for row in Introduction.objects.all()} >= {Channel.WEB.value, Channel.FACILITATOR.value}
    assert Impression.objects.filter(opened_at__isnull=False).exists()


def test_everything_is_marked_as_simulated(year: Lived) -> None:
    marked = [
        rows.filter(is_simulated=False).count() for rows in (Introduction.objects, Project.objects, ShownList.objects)
    ]

    assert marked == [0, 0, 0]
    assert (Project.objects.count(), ShownList.objects.count() > 0) == (5, True)


def test_no_mail_of_the_year_waits_or_was_sent(year: Lived) -> None:
    states = Counter(OutgoingMail.objects.values_list("state", "error"))

    assert set(states) == {(MailState.DROPPED.value, "simulated")}
    assert sum(states.values()) == year.mails_dropped > 0


def test_real_clocks_leave_the_year_alone(year: Lived) -> None:
    with transaction.atomic():
        later = NOW + timedelta(days=40)

        assert (run_clock(later), ask_due(later)) == (0, 0)
        assert not OutgoingMail.objects.filter(state=MailState.WAITING).exists()


def test_real_organisations_are_asked_and_nothing_more(year: Lived) -> None:
    real = Profile.objects.filter(slug__in=REAL)
    asked = Introduction.objects.filter(receiver__in=real)

    assert sorted({row.receiver.slug for row in asked}) == list(REAL)
    assert {row.state for row in asked} == {S.SENT}
    assert {row.seeker.kind for row in asked} == {"firm"}
    assert [row for row in asked if row.seen_at or row.answered_at or row.receiver_consented_at] == []


def test_nobody_outside_the_invented_has_a_past(year: Lived, loaded: Hub) -> None:
    """Real organisations stand in the excerpt and could have been drawn."""
    bodies = {row["key"] for row in yaml.safe_load((DATA_DIR / "year_bodies.yaml").read_text(encoding="utf-8"))}
    outside = Profile.objects.filter(hub=loaded).exclude(kind="firm").exclude(slug__in=bodies)

    assert outside.count() >= 6
    assert Introduction.objects.filter(seeker__in=outside).count() == 0
    assert Introduction.objects.filter(receiver__in=outside).exclude(receiver__slug__in=REAL).count() == 0
    assert Impression.objects.filter(profile__in=outside).count() == 0
    assert ShownList.objects.filter(seeker__in=outside).count() == 0
    assert Participant.objects.filter(profile__in=outside).count() == 0
    assert (
        OutcomeReport.objects.exclude(introduction__receiver__slug__in=bodies)
        .exclude(introduction__seeker__slug__in=bodies)
        .exclude(introduction__seeker__kind="firm", introduction__receiver__kind="firm")
        .count()
        == 0
    )


def test_moments_lie_within_the_year_and_in_order(year: Lived) -> None:
    first, end = datetime(2025, 11, 22, tzinfo=COPENHAGEN), datetime(2026, 11, 23, tzinfo=COPENHAGEN)
    entries = list(TimelineEntry.objects.values_list("at", flat=True))
    sent = Introduction.objects.filter(sent_at__isnull=False)

    assert [at for at in entries if not first <= at < end] == []
    assert [row for row in sent if row.sent_at and row.answered_at and row.answered_at < row.sent_at] == []
    assert [row for row in sent if row.sent_at and row.created_at > row.sent_at] == []
    assert [row for row in OutcomeReport.objects.all() if row.told_at >= end] == []


def test_each_log_in_finds_something_waiting(year: Lived, loaded: Hub) -> None:
    waiting = Introduction.objects.filter(state__in=(S.SENT, S.SEEN))
    keys = {person.profile_key for person in EVERYBODY if person.profile_key}

    assert {row.receiver.slug for row in waiting} >= keys
    assert Introduction.objects.filter(state=S.SCREENING).count() >= 2
    due = FollowUp.objects.filter(due_on=local_day(NOW), report=None).select_related("introduction__seeker")
    assert {row.introduction.seeker.slug for row in due} >= {"haandled-og-co", "pillevagt"}
    assert [user.email for user in demo_people(loaded)] == [person.email for person in EVERYBODY]


def test_projects_end_as_they_are_written(year: Lived) -> None:
    states = Counter(Project.objects.values_list("state", flat=True))
    stopped = Project.objects.get(state=ProjectState.STOPPED_WITH_LEARNING)
    own = Project.objects.get(owner__slug="haandled-og-co")

    assert states == {"running": 2, "stopped_with_learning": 1, "stalled": 1, "done": 1}
    assert "sluges" in stopped.learned
    assert stopped.ended_on is not None
    assert stopped.ended_on < local_day(NOW)
    assert set(own.roles.values_list("part", flat=True)) - set(own.participants.values_list("part", flat=True)) == {
        "commercial"
    }
    assert Participant.objects.filter(consent="no").count() == 1


def test_shortlists_are_asked_and_one_is_decided(year: Lived) -> None:
    decided = Shortlist.objects.get(state=ListState.DECIDED)

    assert Shortlist.objects.count() == 2
    assert [row.profile.slug for row in decided.candidates.filter(chosen=True)] == ["sterilspor"]
    assert decided.decided_by is not None
    assert decided.reason != ""


def test_rankers_are_trained_with_cards_and_one_ranks(year: Lived) -> None:
    rankers = list(RankerVersion.objects.order_by("number"))

    assert len(rankers) == 5
    assert sum(row.state == RankerState.CHAMPION for row in rankers) == 1
    assert rankers[-1].state == RankerState.SHADOW
    assert [row.number for row in rankers if not row.card] == []
    assert {"code": "simulated"} in rankers[-1].card["notes"]
    made = [row.created_at for row in rankers]
    assert made == sorted(made)
    assert made[0] < NOW - timedelta(days=360)


def test_second_run_changes_nothing(year: Lived, folder: Path, loaded: Hub) -> None:
    before = rows_of_ours()

    assert has_year(loaded) is True
    assert simulate_year(now=NOW, plan=SPARSE, folder=folder) is None
    assert rows_of_ours() == before


def test_command_says_that_it_is_there_already(year: Lived, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("simulate_year")

    assert capsys.readouterr().out == "A simulated year is there already.\n"
    assert next(step for step in steps() if step.command == "simulate_year").is_done() is True
