"""`viewer_of` is asked directly where no session stands behind the request, as for API tokens."""

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from profiles.middleware import viewer_of
from tests.factories import AffiliationFactory, MembershipFactory


def test_nobody_is_a_visitor(hub: Hub) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    assert viewer_of(request, hub.pk) == Viewer(hub_id=hub.pk)


def test_person_is_told_with_role_and_organisations(hub: Hub) -> None:
    affiliation = AffiliationFactory(organisation__hub=hub)
    MembershipFactory(hub=hub, user=affiliation.user, role=Role.ORGANISER)
    request = RequestFactory().get("/")
    request.user = affiliation.user

    assert viewer_of(request, hub.pk) == Viewer(
        hub.pk, Role.ORGANISER, affiliation.user_id, frozenset({affiliation.organisation_id})
    )


def test_closed_account_is_a_visitor_even_when_something_signed_it_in(hub: Hub) -> None:
    affiliation = AffiliationFactory(organisation__hub=hub, user__is_active=False)
    MembershipFactory(hub=hub, user=affiliation.user, role=Role.HUB_ADMIN)
    request = RequestFactory().get("/")
    request.user = affiliation.user

    assert viewer_of(request, hub.pk) == Viewer(hub_id=hub.pk)
