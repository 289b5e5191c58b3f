"""Letting visitors see exhibitors of whom nothing but a name is known: the catalogue shows public profiles only."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.domain.locks import lock_event
from events.models import Event
from events.queries.unseen_exhibitors import is_draft, unseen_exhibitors
from hubs.enums import Visibility
from hubs.policies import Viewer, require_organiser
from kernel.audit import record_changes
from kernel.errors import NotFound
from matching.domain.changes import note_changes
from profiles.models import Profile


@transaction.atomic
def show_exhibitors(event: Event, *, viewer: Viewer) -> int:
    """Make the profiles of exhibitors public that are no more than a name, for which nobody speaks. Returns how many.

    Where somebody speaks for a profile, or wrote on it, that one chose who reads it, and it stays.

    Raises:
        NotAllowed: the viewer is no organiser.
        NotFound: another hub's event.
    """
    require_organiser(viewer)
    if event.hub_id != viewer.hub_id:
        raise NotFound(_("We cannot find that event."))
    locked = lock_event(event)
    profiles = _lock_drafts(locked)
    for profile in profiles:
        profile.visibility = Visibility.PUBLIC
        profile.version += 1
        profile.updated_at = timezone.now()
    Profile.objects.bulk_update(profiles, ("visibility", "version", "updated_at"))
    note_changes(locked.hub_id, profile_ids=[profile.pk for profile in profiles])
    record_changes(
        locked.hub_id, actor_id=viewer.user_id, action="update", subject_type="profile",
        changed_fields={profile.public_id: ("visibility",) for profile in profiles},
    )  # fmt: skip
    return len(profiles)


def _lock_drafts(event: Event) -> list[Profile]:
    """Those that are drafts still once nobody else writes on them: who wrote meanwhile has chosen who reads it."""
    keys = [profile.pk for profile in unseen_exhibitors(event).drafts]
    rows = Profile.objects.filter(pk__in=keys).order_by("pk")
    # First the locks, then the look: what the wait for a lock let in is seen by the next statement alone.
    list(rows.select_for_update().values_list("pk"))
    return list(rows.filter(is_draft()))
