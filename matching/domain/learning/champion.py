"""Which ranker orders a hub's lists: the promoted one, or the expert's weights until there is one."""

import threading
from dataclasses import dataclass, replace

from matching.engine.ladder import values_of
from matching.engine.priors import PRIORS, PriorTable, edited_tables
from matching.engine.ranker import ContactRanker, prior_ranker
from matching.models import PriorEdit, RungValue
from matching.queries.learning import champion_of, policy_of

PRIOR_NAME = "expert"


@dataclass(frozen=True)
class Champion:
    """The ranker in force, and its row; without a row it is the expert's.

    `explored_places` are those of a list of ten that the hub gives to trying out.
    """

    ranker: ContactRanker
    row_id: int | None
    explored_places: int = 0

    @property
    def name(self) -> str:
        """The version, as impressions keep it."""
        return self.ranker.version


class _Memory:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[int, Champion] = {}

    def champion(self, hub_id: int) -> Champion:
        row_id, explored = policy_of(hub_id)
        with self._lock:
            kept = self._kept.get(hub_id)
        if kept is None or kept.row_id != row_id:
            kept = _read(hub_id)
            with self._lock:
                self._kept[hub_id] = kept
        return replace(kept, explored_places=explored)

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()


_memory = _Memory()


def champion_for(hub_id: int) -> Champion:
    """The hub's champion: one small query when this process knows it already."""
    return _memory.champion(hub_id)


def forget_champions() -> None:
    """Read everything anew: for whoever edits the expert's weights or a rung's value, and for tests."""
    _memory.forget()


def _read(hub_id: int) -> Champion:
    row = champion_of(hub_id)
    if row is None:
        return Champion(prior_ranker(tables_of(hub_id), rung_values_of(hub_id), PRIOR_NAME), None)
    return Champion(ContactRanker.from_json(row.payload), row.pk)


def tables_of(hub_id: int) -> dict[str, PriorTable]:
    """The expert's tables with the hub's own edits."""
    edits: dict[str, dict[str, float]] = {}
    for stage, feature, mean in PriorEdit.objects.filter(hub_id=hub_id).values_list("stage", "feature", "mean"):
        edits.setdefault(stage, {})[feature] = mean
    return edited_tables(PRIORS, edits)


def rung_values_of(hub_id: int) -> dict[str, float]:
    """What each rung is worth to the hub."""
    return values_of(dict(RungValue.objects.filter(hub_id=hub_id).values_list("rung", "value")))
