"""How a hub brokers contacts, and how much contact a profile takes: reading with defaults, and setting."""

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.policies import Action, Viewer, may_set_hub_rules, require
from kernel.audit import record_change
from kernel.errors import NotAllowed
from matching.models import ContactRules, HubRules, Introduction
from profiles.domain.saving import assign, save_valid
from profiles.models import Profile


def hub_rules(hub_id: int) -> HubRules:
    """The hub's rules; the defaults, unsaved, when it has set none."""
    return HubRules.objects.filter(pk=hub_id).first() or HubRules(hub_id=hub_id)


def contact_rules(profile: Profile) -> ContactRules:
    """The profile's rules; no cap and no screening, unsaved, when it has set none."""
    found = ContactRules.objects.filter(pk=profile.pk).first()
    return found or ContactRules(hub_id=profile.hub_id, profile=profile)


@transaction.atomic
def set_hub_rules(
    viewer: Viewer, *, answer_days: int, open_requests: int, screens_all: bool, explored_places: int
) -> HubRules:
    """Set all rules of the viewer's hub; requests that were sent keep the last day that they were given.

    Raises:
        NotAllowed: the viewer does not administer the hub.
        InvalidInput: a number lies outside its limits.
    """
    if not may_set_hub_rules(viewer):
        raise NotAllowed(_("Only the hub's administrators may change its rules."))
    rules = HubRules.objects.select_for_update().filter(pk=viewer.hub_id).first() or HubRules(hub_id=viewer.hub_id)
    changed = assign(
        rules,
        {
            "answer_days": answer_days,
            "open_requests": open_requests,
            "screens_all": screens_all,
            "explored_places": explored_places,
        },
    )
    save_valid(rules)
    record_change(
        viewer.hub_id,
        actor_id=viewer.user_id,
        action="update",
        subject_type="hub_rules",
        subject_id=rules.hub.public_id,
        changed_fields=changed,
    )
    return rules


@transaction.atomic
def set_contact_rules(
    profile: Profile, *, viewer: Viewer, monthly_cap: int | None, wants_screening: bool
) -> ContactRules:
    """Set a profile's cap and wish for screening; a lower cap takes nothing back, it only lets nothing more in.

    Raises:
        NotAllowed: the viewer does not speak for the profile.
        InvalidInput: the cap lies outside its limits.
    """
    require(viewer, Action.EDIT, profile)
    # The lock of `take_place`: a cap that is being set and a place that is being taken wait for each other.
    list(Profile.objects.select_for_update(no_key=True).filter(pk=profile.pk).values_list("pk"))
    rules = contact_rules(profile)
    changed = assign(rules, {"monthly_cap": monthly_cap, "wants_screening": wants_screening})
    save_valid(rules)
    record_change(
        profile.hub_id,
        actor_id=viewer.user_id,
        action="update",
        subject_type="contact_rules",
        subject_id=profile.public_id,
        changed_fields=changed,
    )
    return rules


def is_screened(introduction: Introduction) -> bool:
    """Whether a facilitator reads the request first: the hub's rule or the asked party's wish."""
    return wants_screening(introduction.receiver)


def wants_screening(profile: Profile) -> bool:
    """Whether a facilitator reads first what others ask of the profile: the hub's rule or its own wish."""
    return hub_rules(profile.hub_id).screens_all or contact_rules(profile).wants_screening
