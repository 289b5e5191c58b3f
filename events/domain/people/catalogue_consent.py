"""Whether an exhibitor stands in the public catalogue: yes, until somebody of the organisation takes that back."""

from django.db import transaction

from events.domain.locks import lock_event
from events.models import Participant, Participation
from hubs.policies import Viewer
from kernel.audit import record_change


@transaction.atomic
def set_in_catalogue(person: Participant, *, wanted: bool, viewer: Viewer | None) -> None:
    """Say it for the person's whole organisation at the event.

    Only for a person whom the caller has been let in to change, see `change_person`.
    """
    lock_event(person.event)
    row = Participation.objects.get(pk=person.participation_id)
    if row.in_catalogue == wanted:
        return
    row.in_catalogue = wanted
    row.save(update_fields=["in_catalogue", "updated_at"])
    record_change(
        row.hub_id, actor_id=viewer.user_id if viewer else None, action="update",
        subject_type="participation", subject_id=row.public_id, changed_fields=("in_catalogue",),
    )  # fmt: skip
