"""The three kinds of match a hub brokers, and how the two statements of a match face each other."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What a recommendation is for; each has its own rules about who fits whom."""

    OPI_LIGHT = "opi_light", _("OPI-light")
    PROJECT = "project", _("Collaboration project")
    EVENT = "event", _("Event meeting")
    ERFA = "erfa", _("Exchange of experience")


class Direction(models.TextChoices):
    """Which of our statements meets which of theirs."""

    NEED_OFFER = "need_offer", _("You seek what they offer")
    OFFER_NEED = "offer_need", _("They seek what you offer")
    SAME_NEED = "same_need", _("They have the same concern")
    QUERY = "query", _("Fits your search")


class TeamRole(models.TextChoices):
    """The three parts of a triple-helix project."""

    COMMERCIAL = "commercial", _("Commercial part")
    KNOWLEDGE = "knowledge", _("Knowledge part")
    PUBLIC = "public", _("Public part")
