"""Closed sets that the code itself branches on; open, labelled lists are taxonomies instead."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProfileKind(models.TextChoices):
    """Who speaks in a profile."""

    FIRM = "firm", _("Firm")
    RESEARCHER = "researcher", _("Researcher")
    CLINICIAN = "clinician", _("Hospital department")
    MUNICIPALITY = "municipality", _("Municipal unit")
    KNOWLEDGE_INSTITUTION = "knowledge_institution", _("Knowledge institution")
    INVESTOR = "investor", _("Investor")
    ADVISER = "adviser", _("Adviser")
    STUDENT = "student", _("Students")


class StatementKind(models.TextChoices):
    """What a statement does: it is the unit that is embedded and matched."""

    ABOUT = "about", _("About")
    OFFER = "offer", _("Offer")
    NEED = "need", _("Need")


class Taxonomy(models.TextChoices):
    """The labelled lists of the domain; their terms are seeded from `profiles/taxonomies`."""

    FIRM_SECTOR = "firm_sector", _("Sector")
    FIRM_PHASE = "firm_phase", _("Phase")
    PRODUCT_STAGE = "product_stage", _("Product stage")
    CONTACT_PURPOSE = "contact_purpose", _("Purpose of the contact")
    COLLABORATION_FORM = "collaboration_form", _("Form of collaboration")
    IP_STATE = "ip_state", _("Intellectual property")
    THEME = "theme", _("Theme")
    CLINICAL_SPECIALTY = "clinical_specialty", _("Specialty")
    MUNICIPAL_FIELD = "municipal_field", _("Municipal field")
    COMPETENCE = "competence", _("Competence")
    ACTIVITY_LEVEL = "activity_level", _("Activity level")
    REGION = "region", _("Region")
    MUNICIPALITY = "municipality", _("Municipality")
