"""Trains a ranker into shadow in the site under test, as the worker does at night, and tells its number.

Run as a program by `shadow_in`, in the site's own environment: the night is far off when a walk begins.
"""

import subprocess
import sys

from demo.serving import ROOT, environment
from tests.e2e.site import Site


def shadow_in(site: Site) -> int:
    """The number of a ranker that was trained just now on whatever the site has lived through."""
    chosen = {"DJANGO_SETTINGS_MODULE": "videnbro.settings.embedded", "VIDENBRO_DATA_DIR": str(site.data)}
    command = [sys.executable, "-m", "tests.e2e.rankers"]
    done = subprocess.run(
        command, cwd=ROOT, env={**environment(), **chosen}, check=True, capture_output=True, text=True
    )
    return int(done.stdout.splitlines()[-1])


def _train() -> int:
    from django.utils import timezone

    from hubs.models import Hub
    from matching.domain.learning.promoting import judge_shadow
    from matching.domain.learning.training import train_hub

    hub, now = Hub.objects.earliest("pk"), timezone.now()
    row = train_hub(hub.pk, now=now)
    if row is None:
        raise RuntimeError("Somebody else trains the hub.")
    judge_shadow(hub.pk, now=now)
    return row.number


def main() -> None:
    """Train once."""
    import django

    django.setup()
    print(_train())


if __name__ == "__main__":
    main()
