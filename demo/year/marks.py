"""Marking what the simulation has made: as simulated, on its own day, and without a mail that could leave.

Rows take their creation from the clock on the wall; here they get the day on which they would have been made.
"""

from datetime import datetime

from django.db.models import Max, Model

from hubs.models import Hub
from kernel.models import AuditRecord
from mailgate.enums import MailState
from mailgate.models import OutgoingMail
from matching.models import (
    Candidate,
    FollowUp,
    Gate,
    HubQuestion,
    Introduction,
    LearningRun,
    Milestone,
    OutcomeReport,
    Participant,
    Project,
    ProjectRole,
    RankerDecision,
    RankerVersion,
    Shortlist,
    ShownList,
)

SIMULATED = "simulated"
_MARKED: tuple[type[Model], ...] = (Introduction, Project, ShownList)
_DATED: tuple[type[Model], ...] = (
    *_MARKED, FollowUp, OutcomeReport, Participant, ProjectRole, Milestone, Gate, Shortlist, Candidate, HubQuestion,
    RankerVersion, RankerDecision, LearningRun, OutgoingMail,
)  # fmt: skip


class Marks:
    """Remembers the last row of each table, so that whatever comes after it is known as the simulation's."""

    def __init__(self, hub: Hub) -> None:
        self._hub_id = hub.pk
        tables: tuple[type[Model], ...] = (*_DATED, AuditRecord)
        self._last = {model: _newest(model) for model in tables}
        self._first_mail = self._last[OutgoingMail]

    def settle(self, at: datetime) -> None:
        """Give all that is new this moment as its creation, and the mark."""
        for model, last in self._last.items():
            newest = _newest(model)
            if newest == last:
                continue
            values: dict[str, object] = {"created_at": at}
            if model is not AuditRecord:
                values["updated_at"] = at
            if model in _MARKED:
                values["is_simulated"] = True
            model._default_manager.filter(hub_id=self._hub_id, pk__gt=last).update(**values)
            self._last[model] = newest

    def drop_mails(self, before: datetime) -> int:
        """No mail of a past that never was: what the simulation queued is dropped, before a worker can see it."""
        rows = OutgoingMail.objects.filter(hub_id=self._hub_id, pk__gt=self._first_mail, not_before__lt=before)
        return rows.filter(state=MailState.WAITING).update(state=MailState.DROPPED, error=SIMULATED)


def _newest(model: type[Model]) -> int:
    return int(model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0)
