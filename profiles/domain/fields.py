"""What a form, an endpoint or a file says of a profile or statement, before it is checked."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from stdnum.dk import cvr
from stdnum.exceptions import ValidationError as StdnumError

from hubs.enums import Visibility
from kernel.errors import InvalidInput
from profiles.enums import ProfileKind, StatementKind, Taxonomy
from profiles.models import MAX_STATEMENT_CHARACTERS
from profiles.terms import all_terms, key_of
from profiles.texts import clean_line, clean_text, quotable

STATEMENT_LANGUAGES = ("da", "en")
MEETING_LANGUAGES = ("da", "en", "sv", "no", "de", "nl", "fr", "es", "it", "pl", "fi", "is", "kl", "uk", "ar")
MAX_KEYWORDS = 12
MAX_EMPLOYEES = 10_000_000


@dataclass(frozen=True)
class OrganisationFields:
    """An organisation as written; codes, not term keys."""

    name: str
    website: str = ""
    cvr_number: str = ""
    sector: str = ""
    phase: str = ""
    founded_year: int | None = None
    employees: int | None = None

    def cleaned(self) -> dict[str, Any]:
        """Column values.

        Raises:
            InvalidInput: a text or code breaks a rule.
        """
        return {
            "name": clean_line(self.name, field="organisation", max_length=200, min_letters=2),
            "website": clean_line(self.website, field="website", max_length=200),
            "cvr_number": _cvr_number(self.cvr_number),
            "sector_id": key_of(Taxonomy.FIRM_SECTOR, self.sector),
            "phase_id": key_of(Taxonomy.FIRM_PHASE, self.phase),
            "founded_year": self.founded_year,
            "employees": self.employees,
        }


@dataclass(frozen=True)
class ProfileFields:
    """A profile as written; codes, not term keys."""

    kind: str
    name: str
    region: str = ""
    municipality: str = ""
    specialty: str = ""
    municipal_field: str = ""
    themes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("da",)
    visibility: str = Visibility.PUBLIC.value
    is_paused: bool = False
    contact_email: str = ""

    def cleaned(self) -> dict[str, Any]:
        """Column values; the region follows from the municipality when only that is given.

        Raises:
            InvalidInput: a text or code breaks a rule, or the municipality lies in another region.
        """
        municipality = key_of(Taxonomy.MUNICIPALITY, self.municipality)
        return {
            "kind": one_of(self.kind, ProfileKind.values, field="kind"),
            "name": clean_line(self.name, field="name", max_length=160, min_letters=2),
            "region_id": _region_key(self.region, municipality),
            "municipality_id": municipality,
            "specialty_id": key_of(Taxonomy.CLINICAL_SPECIALTY, self.specialty),
            "municipal_field_id": key_of(Taxonomy.MUNICIPAL_FIELD, self.municipal_field),
            "keywords": _keywords(self.keywords),
            "languages": [one_of(code, MEETING_LANGUAGES, field="languages") for code in dict.fromkeys(self.languages)],
            "visibility": one_of(self.visibility, Visibility.values, field="visibility"),
            "is_paused": self.is_paused,
            "contact_email": clean_line(self.contact_email, field="contact_email", max_length=254),
        }

    def theme_keys(self) -> list[str]:
        """Term keys of the themes, each once.

        Raises:
            InvalidInput: a theme is unknown.
        """
        return [key for code in dict.fromkeys(self.themes) if (key := key_of(Taxonomy.THEME, code))]


@dataclass(frozen=True)
class StatementFields:
    """A statement as written; codes, not term keys."""

    kind: str
    text: str
    language: str = "da"
    purpose: str = ""
    stage: str = ""
    collaboration: str = ""
    ip_state: str = ""
    visibility: str = Visibility.PUBLIC.value
    expires_on: date | None = None

    def cleaned(self) -> dict[str, Any]:
        """Column values.

        Raises:
            InvalidInput: a text or code breaks a rule.
        """
        return {
            "kind": one_of(self.kind, StatementKind.values, field="kind"),
            "text": clean_text(self.text, field="text", max_length=MAX_STATEMENT_CHARACTERS, min_letters=3),
            "language": one_of(self.language, STATEMENT_LANGUAGES, field="language"),
            "purpose_id": key_of(Taxonomy.CONTACT_PURPOSE, self.purpose),
            "stage_id": key_of(Taxonomy.PRODUCT_STAGE, self.stage),
            "collaboration_id": key_of(Taxonomy.COLLABORATION_FORM, self.collaboration),
            "ip_state_id": key_of(Taxonomy.IP_STATE, self.ip_state),
            "visibility": one_of(self.visibility, Visibility.values, field="visibility"),
            "expires_on": self.expires_on,
        }


def one_of(value: str, allowed: list[str] | tuple[str, ...], *, field: str) -> str:
    """The value, if it is allowed.

    Raises:
        InvalidInput: it is not; names what is.
    """
    if value not in allowed:
        raise InvalidInput(
            _("“%(value)s” is not a choice here. Use one of: %(allowed)s.")
            % {"value": quotable(value), "allowed": ", ".join(allowed)},
            field=field,
            known=list(allowed),
        )
    return value


def _cvr_number(raw: str) -> str:
    """Eight digits with a right check digit, or empty; spaces and DK before them are taken off."""
    written = clean_line(raw, field="cvr_number", max_length=20)
    try:
        return str(cvr.validate(written)) if written else ""
    except StdnumError as error:
        raise InvalidInput(
            _("That is not a CVR number. It has eight digits; you find it on virk.dk or an invoice."),
            field="cvr_number",
        ) from error


def _region_key(region: str, municipality: str | None) -> str | None:
    key = key_of(Taxonomy.REGION, region)
    parent = all_terms()[municipality].parent_id if municipality else None
    if key and parent and key != parent:
        raise InvalidInput(_("The municipality lies in another region. Choose one of the two anew."), field="region")
    return key or parent


def _keywords(words: tuple[str, ...]) -> list[str]:
    cleaned = [clean_line(word, field="keywords", max_length=60) for word in words]
    kept = list(dict.fromkeys(word for word in cleaned if word))
    if len(kept) > MAX_KEYWORDS:
        raise InvalidInput(
            _("Write at most %(limit)d keywords.") % {"limit": MAX_KEYWORDS},
            field="keywords",
            limit=MAX_KEYWORDS,
        )
    return kept
