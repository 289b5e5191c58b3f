"""Lets time pass in the site under test: what would be asked in two weeks is asked now."""

from tests.e2e.site import Site


def two_weeks_pass(site: Site, contact: str) -> None:
    """The first follow-up of a contact is due today, and both sides are asked."""
    site.backstage.do(_ask_both, contact)


def _ask_both(contact: str) -> None:
    from django.utils import timezone

    from matching.domain.outcomes.asking import ask_due
    from matching.models import FollowUp

    rows = FollowUp.objects.filter(introduction__public_id=contact, moment="two_weeks")
    rows.update(due_on=timezone.localdate())
    ask_due(timezone.now())
