"""Whether an exhibitor stands in the public catalogue: yes, until somebody of the organisation takes that back."""

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.people.registering import lock_person
from events.models import Participant, Participation
from events.queries.stating import may_state_for
from hubs.policies import Viewer
from kernel.audit import record_change
from kernel.errors import NotAllowed


@transaction.atomic
def set_in_catalogue(person: Participant, *, wanted: bool, viewer: Viewer | None) -> None:
    """Say it for the person's whole organisation at the event; without `viewer`, the person's mailed link says it.

    Raises:
        NotAllowed: others speak for the profile, see `may_state_for`.
        NotFound: the row is gone.
    """
    locked = lock_person(person, viewer=viewer)
    if not may_state_for(locked, viewer):
        raise NotAllowed(_("Only the organisation itself or the event's organisers may change this."))
    row = Participation.objects.get(pk=locked.participation_id)
    if row.in_catalogue == wanted:
        return
    row.in_catalogue = wanted
    row.save(update_fields=["in_catalogue", "updated_at"])
    record_change(
        row.hub_id, actor_id=viewer.user_id if viewer else None, action="update",
        subject_type="participation", subject_id=row.public_id, changed_fields=("in_catalogue",),
    )  # fmt: skip
