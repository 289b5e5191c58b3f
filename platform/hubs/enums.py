"""Roles, visibility levels and kinds of hub: the words in which policies speak."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in one hub; a visitor has no membership at all."""

    VISITOR = "visitor", _("Visitor")
    MEMBER = "member", _("Member")
    FACILITATOR = "facilitator", _("Facilitator")
    ORGANISER = "organiser", _("Event organiser")
    HUB_ADMIN = "hub_admin", _("Hub administrator")


class Visibility(models.TextChoices):
    """Who may read a statement or a profile, from everybody to the hub's own staff."""

    PUBLIC = "public", _("Everybody")
    MEMBERS = "members", _("Members of the hub: everybody with a profile here")
    HUB = "hub", _("Only us and the hub's staff")


class HubType(models.TextChoices):
    """Kind of cluster; decides later which KPIs count.

    Source: analysis of eleven North-Jutland clusters (2014).
    """

    FIRM_NETWORK = "firm_network", _("Firm network")
    TRIPLE_HELIX = "triple_helix", _("Triple helix")
    PUBLIC = "public", _("Publicly driven")
    RESEARCH = "research", _("Research driven")
    INNOVATION_PLATFORM = "innovation_platform", _("Innovation platform")
    COORDINATING_PLATFORM = "coordinating_platform", _("Coordinating platform")
