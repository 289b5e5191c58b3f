"""Lets time pass in the site under test: what would be asked in two weeks is asked now, and a night's training is done.

Run as a program by the functions below, in the site's own environment.
"""

import re
import subprocess
import sys

from demo.serving import ROOT, environment
from tests.e2e.site import Site

_NUMBER = re.compile(r"ranker (\d+) is in shadow")


def two_weeks_pass(site: Site, contact: str) -> None:
    """The first follow-up of a contact is due today, and both sides are asked."""
    _run(site, "-m", "tests.e2e.time_passes", contact)


def night_passes(site: Site) -> int:
    """A ranker is trained into shadow; its number."""
    said = _run(site, str(ROOT / "manage.py"), "train_ranker", "--hub", "midtbro")
    found = _NUMBER.search(said)
    assert found, said
    return int(found.group(1))


def _run(site: Site, *command: str) -> str:
    chosen = {"DJANGO_SETTINGS_MODULE": "videnbro.settings.embedded", "VIDENBRO_DATA_DIR": str(site.data)}
    surroundings = {**environment(), **chosen}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=surroundings, check=True, capture_output=True, text=True
    )
    return done.stdout


def main() -> None:
    """Ask the two sides of the contact that the command line names."""
    import django

    django.setup()
    from django.utils import timezone

    from matching.domain.outcomes.asking import ask_due
    from matching.models import FollowUp

    rows = FollowUp.objects.filter(introduction__public_id=sys.argv[1], moment="two_weeks")
    rows.update(due_on=timezone.localdate())
    ask_due(timezone.now())


if __name__ == "__main__":
    main()
