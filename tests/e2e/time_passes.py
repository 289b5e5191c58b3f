"""Lets time pass in the site under test: what would be asked in two weeks is asked now.

Run as a program by `two_weeks_pass`, in the site's own environment.
"""

import subprocess
import sys

from demo.serving import ROOT, environment
from tests.e2e.site import Site


def two_weeks_pass(site: Site, contact: str) -> None:
    """The first follow-up of a contact is due today, and both sides are asked."""
    chosen = {"DJANGO_SETTINGS_MODULE": "videnbro.settings.embedded", "VIDENBRO_DATA_DIR": str(site.data)}
    command = [sys.executable, "-m", "tests.e2e.time_passes", contact]
    subprocess.run(command, cwd=ROOT, env={**environment(), **chosen}, check=True)


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
