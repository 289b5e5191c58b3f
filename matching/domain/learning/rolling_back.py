"""Going back from one named ranker, so that a click that arrives twice goes back once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.policies import Viewer, require_broker
from kernel.errors import DomainError
from matching.domain.learning.promoting import roll_back
from matching.domain.learning.versions import lock_rankers
from matching.enums import RankerState
from matching.models import RankerVersion


class RanksNoLonger(DomainError):
    """Another ranker has ordered the lists since the page was opened."""

    code = "ranks_no_longer"
    status = 409


@transaction.atomic
def roll_back_from(viewer: Viewer, ranker: RankerVersion, *, reason: str = "", now: datetime) -> RankerVersion:
    """Put back the ranker that ordered the lists before this one, if this one still orders them.

    Raises:
        NotAllowed: the viewer does not broker for the hub.
        RanksNoLonger: it does not order them (any more), or it is another hub's.
        NothingToRollBack: no other one has ordered them.
        UnusableRanker: the one before is of other features than today's.
    """
    require_broker(viewer)
    lock_rankers(viewer.hub_id)
    if not RankerVersion.objects.filter(hub_id=viewer.hub_id, pk=ranker.pk, state=RankerState.CHAMPION).exists():
        raise RanksNoLonger(_("This ranker does not order the lists any more. Nothing was changed."))
    return roll_back(viewer, reason=reason, now=now)
