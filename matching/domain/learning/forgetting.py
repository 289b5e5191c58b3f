"""Erasure reaches what was logged: the packed candidates of a list lose whoever is gone, and old ones are emptied.

Rows go with their profile by themselves; ids inside a list's packed candidates would not.
"""

import logging
from datetime import datetime, timedelta

import numpy as np

from hubs.models import Hub
from matching.candidates_blob import Candidates
from matching.models import ShownList
from profiles.models import Profile

logger = logging.getLogger(__name__)

# Rankers are judged on half a year at most; the impressions themselves stay.
KEPT = timedelta(days=400)
_BATCH = 200


def scrub_candidates(hub_id: int, *, now: datetime) -> int:
    """Rewrite candidates that hold a profile which is gone, empty what is old or unreadable; how many lists changed."""
    lists = ShownList.objects.filter(hub_id=hub_id).exclude(candidates=b"")
    changed = lists.filter(shown_at__lt=now - KEPT).update(candidates=b"")
    living = np.array(sorted(Profile.objects.filter(hub_id=hub_id).values_list("pk", flat=True)), dtype=np.int64)
    rows = lists.filter(shown_at__gte=now - KEPT).order_by("pk").values_list("pk", "candidates")
    for pk, blob in rows.iterator(chunk_size=_BATCH):
        kept = _without_the_gone(bytes(blob), living)
        if kept != blob:
            changed += ShownList.objects.filter(pk=pk).update(candidates=kept)
    return changed


def scrub_due(now: datetime) -> int:
    """Every hub in turn; for the worker, once a day."""
    return sum(scrub_candidates(hub_id, now=now) for hub_id in Hub.objects.values_list("pk", flat=True))


def _without_the_gone(blob: bytes, living: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> bytes:
    try:
        found = Candidates.unpacked(blob)
    except ValueError:
        logger.warning("A list's candidates cannot be read; they are emptied.")
        return b""
    here = np.isin(found.profiles, living)
    if here.all():
        return blob
    return Candidates(found.profiles[here], found.matrix[here]).packed() if here.any() else b""
