"""Organisation, profile, statement, and the terms that describe them.

A term's primary key is `taxonomy:code`, so a foreign key keeps codes honest without a join.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Cast
from django.db.models.lookups import StartsWith
from django.utils.translation import gettext_lazy as _

from hubs.enums import Visibility
from hubs.models import Hub
from kernel.models import BaseModel
from profiles.enums import ProfileKind, StatementKind, Taxonomy

MAX_STATEMENT_CHARACTERS = 5_000


class Term(models.Model):
    """One value of a taxonomy with its two labels; seeded reference data, the same for every hub."""

    key = models.CharField(primary_key=True, max_length=90)
    taxonomy = models.CharField(max_length=30, choices=Taxonomy)
    code = models.CharField(max_length=50)
    label_da = models.CharField(max_length=160)
    label_en = models.CharField(max_length=160)
    position = models.PositiveIntegerField(default=0)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    version = models.PositiveIntegerField(default=1, help_text=_("Taxonomy version that last named the term."))
    retired = models.BooleanField(default=False, help_text=_("Kept for old rows, not offered any more."))

    class Meta:
        ordering = ("taxonomy", "position", "code")
        constraints = (models.UniqueConstraint(fields=("taxonomy", "code"), name="term_code_once"),)

    def __str__(self) -> str:
        return self.key

    def label(self, language: str) -> str:
        """The label in Danish or, for any other language, English."""
        return self.label_da if language == "da" else self.label_en


def term_field(taxonomy: Taxonomy, **options: Any) -> models.ForeignKey[Term | None, Term | None]:
    """An optional reference to a term; that it is of this taxonomy is a check constraint of the model."""
    return models.ForeignKey(
        Term,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"taxonomy": taxonomy.value},
        verbose_name=taxonomy.label,
        **options,
    )


def stands_in(name: str, taxonomy: Taxonomy) -> StartsWith:
    """Condition: the term key in column `name` begins with the taxonomy (a foreign key lacks the lookup)."""
    return StartsWith(Cast(models.F(name), models.CharField(max_length=90)), f"{taxonomy.value}:")


def term_constraints(model: str, fields: dict[str, Taxonomy]) -> tuple[models.CheckConstraint, ...]:
    """One check a field: a term of another taxonomy cannot be stored there."""
    return tuple(
        models.CheckConstraint(
            condition=models.Q(**{f"{name}__isnull": True}) | models.Q(stands_in(name, taxonomy)),
            name=f"{model}_{name}_taxonomy",
        )
        for name, taxonomy in fields.items()
    )


class Organisation(BaseModel):
    """A firm, hospital, municipality or university: answers for profiles, and its people may edit them."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="organisations")
    name = models.CharField(_("organisation"), max_length=200)
    website = models.URLField(_("website"), blank=True)
    cvr_number = models.CharField(_("CVR number"), max_length=8, blank=True)
    sector = term_field(Taxonomy.FIRM_SECTOR)
    phase = term_field(Taxonomy.FIRM_PHASE)
    founded_year = models.PositiveSmallIntegerField(
        _("founded"), null=True, blank=True, validators=(MinValueValidator(1600), MaxValueValidator(2100))
    )
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("hub", "name"), name="organisation_name_once_a_hub"),
            *term_constraints("organisation", {"sector": Taxonomy.FIRM_SECTOR, "phase": Taxonomy.FIRM_PHASE}),
        )

    def __str__(self) -> str:
        return self.name


class Affiliation(BaseModel):
    """A person who speaks for an organisation and may edit its profiles."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="affiliations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="affiliations")

    class Meta:
        ordering = ("organisation", "user")
        constraints = (models.UniqueConstraint(fields=("organisation", "user"), name="affiliated_once"),)

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"


class Profile(BaseModel):
    """One voice of an organisation in a hub: the firm, a department, a research group, a municipal unit."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="profiles")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="profiles")
    kind = models.CharField(_("kind"), max_length=30, choices=ProfileKind)
    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(max_length=80)
    region = term_field(Taxonomy.REGION)
    municipality = term_field(Taxonomy.MUNICIPALITY)
    specialty = term_field(Taxonomy.CLINICAL_SPECIALTY)
    municipal_field = term_field(Taxonomy.MUNICIPAL_FIELD)
    themes = models.ManyToManyField(Term, through="ProfileTheme", related_name="+", blank=True)
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    visibility = models.CharField(_("who may see this"), max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    is_paused = models.BooleanField(_("paused"), default=False)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("hub", "slug"), name="profile_slug_once_a_hub"),
            *term_constraints(
                "profile",
                {
                    "region": Taxonomy.REGION,
                    "municipality": Taxonomy.MUNICIPALITY,
                    "specialty": Taxonomy.CLINICAL_SPECIALTY,
                    "municipal_field": Taxonomy.MUNICIPAL_FIELD,
                },
            ),
        )
        indexes = (models.Index(fields=("hub", "kind"), name="profile_hub_kind"),)

    def __str__(self) -> str:
        return self.name


class ProfileTheme(models.Model):
    """A strategic theme that a profile works with."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="theme_links")
    theme = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("theme",)
        constraints = (
            models.UniqueConstraint(fields=("profile", "theme"), name="profile_theme_once"),
            models.CheckConstraint(
                condition=models.Q(stands_in("theme", Taxonomy.THEME)), name="profile_theme_taxonomy"
            ),
        )

    def __str__(self) -> str:
        return f"{self.profile_id} {self.theme_id}"


class Statement(BaseModel):
    """One offer, one need or the about-text of a profile: the unit that is embedded and matched."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="statements")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="statements")
    kind = models.CharField(_("kind"), max_length=10, choices=StatementKind)
    text = models.TextField(_("text"), max_length=MAX_STATEMENT_CHARACTERS)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="da")
    purpose = term_field(Taxonomy.CONTACT_PURPOSE)
    stage = term_field(Taxonomy.PRODUCT_STAGE)
    collaboration = term_field(Taxonomy.COLLABORATION_FORM)
    ip_state = term_field(Taxonomy.IP_STATE)
    visibility = models.CharField(_("who may see this"), max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("profile", "position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("profile",), condition=models.Q(kind=StatementKind.ABOUT), name="one_about_a_profile"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="statement_has_text"),
            *term_constraints(
                "statement",
                {
                    "purpose": Taxonomy.CONTACT_PURPOSE,
                    "stage": Taxonomy.PRODUCT_STAGE,
                    "collaboration": Taxonomy.COLLABORATION_FORM,
                    "ip_state": Taxonomy.IP_STATE,
                },
            ),
        )
        indexes = (models.Index(fields=("hub", "kind"), name="statement_hub_kind"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"

    @property
    def organisation_id(self) -> int:
        """The organisation that speaks; lets the policy module judge statements and profiles alike."""
        return self.profile.organisation_id

    def is_expired(self, today: date) -> bool:
        """Whether the last day of validity lies before `today`."""
        return self.expires_on is not None and self.expires_on < today
