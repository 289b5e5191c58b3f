"""Profiles: list, one, make, change."""

from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from api.changes import changed_profile, new_organisation, new_profile
from api.openapi import refusals
from api.pagination import ListPagination
from api.queries import ProfileFilters, list_profiles
from api.serializers.profiles import NewProfile, ProfileAnswer, ProfileChange, ProfilePage, ProfileQuery
from api.viewers import viewer_now
from api.views.base import HubView, chosen
from hubs.models import User
from profiles.domain.profiles import create_profile, update_profile
from profiles.queries import find_profile_by_id

NEW_PROFILE = OpenApiExample(
    "firm",
    summary=_("A small firm"),
    request_only=True,
    value={
        "organisation": {"name": "Nordlys Sensorik ApS", "sector": "medtech"},
        "kind": "firm",
        "name": "Nordlys Sensorik",
        "municipality": "0751",
        "keywords": ["tryksår", "sensor"],
        "languages": ["da", "en"],
    },
)


class ProfilesView(HubView):
    """The list of profiles."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(
        operation_id="list_profiles",
        summary=_("List profiles"),
        description=_("The profiles that you may see, by name, each with the statements that you may read."),
        parameters=[ProfileQuery],
        responses={200: ProfilePage, **refusals(400)},
    )
    def get(self, request: Request) -> Response:
        """A part of the list."""
        values = self.query(ProfileQuery)
        filters = ProfileFilters(
            kinds=chosen(values, "kind"),
            regions=chosen(values, "region"),
            municipalities=chosen(values, "municipality"),
            themes=chosen(values, "theme"),
        )
        pages = ListPagination(values["limit"], values["offset"])
        rows = pages.paginate_queryset(list_profiles(self.viewer, filters, today=self.today), request, self)
        return pages.get_paginated_response(self.render(ProfileAnswer, rows, many=True))

    @extend_schema(
        operation_id="create_profile",
        summary=_("Make a profile"),
        description=_(
            "Makes the organisation and its profile; you become a member of the hub who may change both. "
            "Name an organisation for which you already speak to add a profile to it."
        ),
        request=NewProfile,
        examples=[NEW_PROFILE],
        responses={201: ProfileAnswer, **refusals(400, 401, 403)},
    )
    def post(self, request: Request) -> Response:
        """The new profile."""
        values = self.body(NewProfile)
        organisation = new_organisation(values.pop("organisation"))
        profile = create_profile(
            self.hub,
            viewer=self.viewer,
            user=cast("User", request.user),
            organisation=organisation,
            fields=new_profile(values),
        )
        # Making it made the person a member who speaks for it, so who asks is not the same as before.
        self.viewer = viewer_now(request)
        return Response(self._answer(profile.public_id), status=201)

    def _answer(self, public_id: UUID) -> Any:
        return self.render(ProfileAnswer, find_profile_by_id(self.viewer, public_id, today=self.today))


class ProfileView(HubView):
    """One profile."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(
        operation_id="get_profile",
        summary=_("Read a profile"),
        description=_("One profile with the statements that you may read."),
        responses={200: ProfileAnswer, **refusals(404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """The profile."""
        return Response(self._answer(public_id))

    @extend_schema(
        operation_id="change_profile",
        summary=_("Change a profile"),
        description=_("Send the version that you read and what changes; all else stays."),
        request=ProfileChange,
        examples=[OpenApiExample("pause", request_only=True, value={"version": 3, "is_paused": True})],
        responses={200: ProfileAnswer, **refusals(400, 401, 403, 404, 409)},
    )
    def patch(self, request: Request, public_id: UUID) -> Response:
        """The changed profile."""
        values = self.body(ProfileChange)
        version = values.pop("version")
        profile = find_profile_by_id(self.viewer, public_id, today=self.today)
        update_profile(profile, viewer=self.viewer, version=version, fields=changed_profile(profile, values))
        return Response(self._answer(public_id))

    def _answer(self, public_id: UUID) -> Any:
        return self.render(ProfileAnswer, find_profile_by_id(self.viewer, public_id, today=self.today))
