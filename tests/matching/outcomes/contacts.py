"""Contacts for outcome tests: both said yes on a day that is named, and answers in one line each."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hubs.models import Hub
from hubs.policies import Viewer
from matching.domain.outcomes.answers import Answer, ToldOutcome
from matching.domain.outcomes.planning import plan_follow_ups
from matching.domain.outcomes.reporting import report_outcome
from matching.enums import AnswerKind, AnswerSource, IntroductionState, Side
from matching.models import FollowUp, Introduction, OutcomeReport
from profiles.models import Profile
from tests.factories import AffiliationFactory, ProfileFactory

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NO_BENEFIT = Answer(AnswerKind.NO_BENEFIT)
DO_NOT_KNOW = Answer(AnswerKind.DO_NOT_KNOW)


def at(day: str, hour: int = 10) -> datetime:
    """That hour of the day in Denmark."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=COPENHAGEN)


def contact(hub: Hub, accepted: str = "2026-03-02", *, planned: bool = True, **columns: Any) -> Introduction:
    """An accepted introduction of two new profiles, each with one person who can be mailed."""
    moment = at(accepted)
    introduction = Introduction.objects.create(
        hub=hub,
        seeker=columns.pop("seeker", None) or party(hub),
        receiver=columns.pop("receiver", None) or party(hub, kind="clinician"),
        state=columns.pop("state", IntroductionState.ACCEPTED),
        seeker_consented_at=moment,
        receiver_consented_at=moment,
        sent_at=moment,
        expires_at=moment,
        answered_at=moment,
        **columns,
    )
    if planned:
        plan_follow_ups(introduction, now=moment)
    return introduction


def party(hub: Hub, **columns: Any) -> Profile:
    """A profile with one person who speaks for it."""
    profile: Profile = ProfileFactory(organisation__hub=hub, **columns)
    AffiliationFactory(organisation=profile.organisation)
    return profile


def speaker(profile: Profile) -> Viewer:
    """The viewer who speaks for the profile."""
    return Viewer(hub_id=profile.hub_id, role="member", user_id=None, organisation_ids={profile.organisation_id})  # type: ignore[arg-type]


def came(*rungs: str, standing: str = "achieved", **more: Any) -> Answer:
    """An answer that names rungs."""
    return Answer(AnswerKind.OUTCOMES, tuple(ToldOutcome(rung, standing) for rung in rungs), **more)


def question(introduction: Introduction, moment: str = "two_weeks", side: str = Side.SEEKER) -> FollowUp:
    """The follow-up of a side at a moment."""
    return introduction.follow_ups.get(moment=moment, side=side)


def tell(
    introduction: Introduction,
    answer: Answer,
    day: str = "2026-03-17",
    *,
    side: str = Side.SEEKER,
    source: str = AnswerSource.LINK,
    **more: Any,
) -> OutcomeReport:
    """Report on a day."""
    return report_outcome(introduction, side=side, answer=answer, source=source, now=at(day), **more)
