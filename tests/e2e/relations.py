"""Puts a contact between two of the demo's profiles into the site under test, and tells its link.

It is done in the site's own environment: what a walk needs would else take weeks to come.
"""

from dataclasses import dataclass

from tests.e2e.site import Site

SEEKER, RECEIVER = "skansevig-scan", "lungelyd"


@dataclass(frozen=True)
class Relation:
    """The token of the seeker's link at the latest moment that is due, and the public id of the contact."""

    token: str
    contact: str


def relation_in(site: Site, *, days_ago: int) -> Relation:
    """A contact to which both said yes so many days ago; the earlier one of the two is taken away."""
    return Relation(**site.backstage.do(_make, days_ago))


def _make(days_ago: int) -> dict[str, str]:
    from datetime import timedelta

    from django.utils import timezone

    from mailgate.links import sign
    from matching.domain.outcomes.planning import plan_follow_ups
    from matching.enums import IntroductionState
    from matching.models import Introduction
    from profiles.models import Profile

    seeker, receiver = (Profile.objects.get(slug=slug) for slug in (SEEKER, RECEIVER))
    Introduction.objects.filter(seeker=seeker, receiver=receiver).delete()
    moment = timezone.now() - timedelta(days=days_ago)
    introduction = Introduction.objects.create(
        hub_id=seeker.hub_id,
        seeker=seeker,
        receiver=receiver,
        state=IntroductionState.ACCEPTED,
        contact_purpose_id="contact_purpose:test",
        asked="En halv times besøg, hvor to medarbejdere prøver sensoren på en seng.",
        seeker_consented_at=moment,
        receiver_consented_at=moment,
        sent_at=moment,
        expires_at=moment + timedelta(days=14),
        answered_at=moment,
    )
    rows = plan_follow_ups(introduction, now=moment)
    due = [row for row in rows if row.side == "seeker" and row.due_on <= timezone.localdate()]
    token = sign("follow_up", follow_up=str(due[-1].public_id))
    return {"token": token, "contact": str(introduction.public_id)}
