"""Trains a ranker into shadow in the site under test, as the worker does at night, and tells its number.

It is done in the site's own environment: the night is far off when a walk begins.
"""

from tests.e2e.site import Site


def shadow_in(site: Site) -> int:
    """The number of a ranker that was trained just now on whatever the site has lived through."""
    return int(site.backstage.do(_train))


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
