"""Puts a contact between two of the demo's profiles into the site under test, and tells its link.

Run as a program by `relation_in`, in the site's own environment: what a walk needs would else take weeks to come.
"""

import json
import subprocess
import sys
from dataclasses import dataclass

from demo.serving import ROOT, environment
from tests.e2e.site import Site

SEEKER, RECEIVER = "skansevig-scan", "lungelyd"


@dataclass(frozen=True)
class Relation:
    """The token of the seeker's link at the latest moment that is due, and the public id of the contact."""

    token: str
    contact: str


def relation_in(site: Site, *, days_ago: int) -> Relation:
    """A contact to which both said yes so many days ago; the earlier one of the two is taken away."""
    chosen = {"DJANGO_SETTINGS_MODULE": "videnbro.settings.embedded", "VIDENBRO_DATA_DIR": str(site.data)}
    command = [sys.executable, "-m", "tests.e2e.relations", str(days_ago)]
    done = subprocess.run(
        command, cwd=ROOT, env={**environment(), **chosen}, check=True, capture_output=True, text=True
    )
    return Relation(**json.loads(done.stdout.splitlines()[-1]))


def _make(days_ago: int) -> Relation:
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
    return Relation(token, str(introduction.public_id))


def main() -> None:
    """Make the contact so many days old as the command line says."""
    import django

    django.setup()
    made = _make(int(sys.argv[1]))
    print(json.dumps({"token": made.token, "contact": made.contact}))


if __name__ == "__main__":
    main()
