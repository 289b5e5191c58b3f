"""Where the buttons of mails lead: signed links for those who are not signed in, pages for the others."""

from django.urls import reverse

from mailgate.links import sign
from mailgate.renderers import Addresses
from matching.models import FollowUp, Introduction, Participant


def answer_link(introduction: Introduction, side: str, addresses: Addresses) -> str:
    """One screen: yes, not now, no."""
    token = sign("answer", introduction=str(introduction.public_id), side=side)
    return addresses.link(reverse("frontend:answer", args=[token]))


def follow_up_link(follow_up: FollowUp, addresses: Addresses) -> str:
    """The questions of one moment."""
    return addresses.link(reverse("frontend:follow_up", args=[sign("follow_up", follow_up=str(follow_up.public_id))]))


def invitation_link(participant: Participant, addresses: Addresses) -> str:
    """The invitation to a project's table."""
    token = sign("invitation", participant=str(participant.public_id))
    return addresses.link(reverse("frontend:invitation", args=[token]))


def introduction_link(introduction: Introduction, addresses: Addresses, *, page: str = "introduction") -> str:
    """The contact's page, or another one of it, for those who sign in."""
    return addresses.link(reverse(f"frontend:{page}", args=[introduction.public_id]))


def page_link(name: str, addresses: Addresses) -> str:
    """A page of the site that needs nothing to be named."""
    return addresses.link(reverse(f"frontend:{name}"))
