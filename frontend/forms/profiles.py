"""Forms for what a profile and its organisation say of themselves."""

import re
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, gettext_lazy

from frontend.forms.plain import PlainForm, Text, language_choices
from hubs.enums import Visibility
from profiles.domain.fields import MAX_EMPLOYEES, OrganisationFields, ProfileFields
from profiles.domain.stored_fields import organisation_fields, profile_fields
from profiles.enums import ProfileKind, Taxonomy
from profiles.models import Organisation, Profile
from profiles.terms import choices_of, label_of, terms_of

_BETWEEN_KEYWORDS = re.compile(r"[,;\n]")


class OrganisationForm(PlainForm):
    """The organisation behind the profile."""

    domain_names: ClassVar[dict[str, str]] = {
        "organisation": "name",
        "firm_sector": "sector",
        "firm_phase": "phase",
    }

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = Text(label=gettext_lazy("Organisation"))
    website = Text(label=gettext_lazy("Website"), required=False, help_text=gettext_lazy("Such as https://www.firm.dk"))
    cvr_number = Text(
        label=gettext_lazy("CVR number"),
        required=False,
        help_text=gettext_lazy("Eight digits."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)
    phase = forms.ChoiceField(label=gettext_lazy("Phase"), required=False)
    founded_year = forms.IntegerField(label=gettext_lazy("Founded"), required=False)
    employees = forms.IntegerField(
        label=gettext_lazy("Employees"), required=False, min_value=0, max_value=MAX_EMPLOYEES
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("sector", choices_of(Taxonomy.FIRM_SECTOR), blank=True)
        self.offer("phase", choices_of(Taxonomy.FIRM_PHASE), blank=True)
        if kind != ProfileKind.FIRM:
            for name in ("sector", "phase", "founded_year", "employees"):
                del self.fields[name]

    def fields_for(self, organisation: Organisation) -> OrganisationFields:
        """What was written; what the form does not show stays as it is."""
        written = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return replace(organisation_fields(organisation), **written)


class ProfileForm(PlainForm):
    """Where a profile is, what it works with, who may see it."""

    domain_names: ClassVar[dict[str, str]] = {"clinical_specialty": "specialty", "theme": "themes"}

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = Text(label=gettext_lazy("Name"))
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    municipality = forms.ChoiceField(
        label=gettext_lazy("Municipality"),
        required=False,
        help_text=gettext_lazy("The region follows from it."),
    )
    specialty = forms.ChoiceField(label=gettext_lazy("Specialty"), required=False)
    municipal_field = forms.ChoiceField(label=gettext_lazy("Municipal field"), required=False)
    themes = forms.MultipleChoiceField(
        label=gettext_lazy("Themes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    keywords = Text(
        label=gettext_lazy("Keywords"),
        required=False,
        help_text=gettext_lazy("Up to twelve, with commas between, in the words of your trade."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages you can meet in"), required=False, widget=forms.CheckboxSelectMultiple
    )
    contact_email = Text(
        label=gettext_lazy("Contact e-mail"),
        required=False,
        help_text=gettext_lazy("Shown only when both sides have said yes."),
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email"}),
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may see the profile"), choices=Visibility.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("region", choices_of(Taxonomy.REGION), blank=True)
        self.offer("municipality", municipality_groups(), blank=True)
        self.offer("specialty", choices_of(Taxonomy.CLINICAL_SPECIALTY), blank=True)
        self.offer("municipal_field", choices_of(Taxonomy.MUNICIPAL_FIELD), blank=True)
        self.offer("themes", choices_of(Taxonomy.THEME))
        self.offer("languages", language_choices())
        if kind != ProfileKind.CLINICIAN:
            del self.fields["specialty"]
        if kind != ProfileKind.MUNICIPALITY:
            del self.fields["municipal_field"]

    def fields_for(self, profile: Profile) -> ProfileFields:
        """What was written; what the form does not show stays as it is."""
        written = dict(self.cleaned_data)
        written.pop("version")
        written["themes"] = tuple(written["themes"])
        written["languages"] = tuple(written["languages"])
        written["keywords"] = tuple(_BETWEEN_KEYWORDS.split(written["keywords"]))
        return replace(profile_fields(profile), **written)


def municipality_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Municipalities under the region in which they lie, for one select."""
    language = get_language() or "da"
    groups: dict[str, list[tuple[str, str]]] = {}
    for term in terms_of(Taxonomy.MUNICIPALITY):
        groups.setdefault(label_of(term.parent_id), []).append((term.code, term.label(language)))
    return [(region, sorted(choices, key=lambda choice: choice[1])) for region, choices in groups.items()]


def organisation_initial(organisation: Organisation) -> dict[str, Any]:
    """A stored organisation as the form first shows it."""
    return {**vars(organisation_fields(organisation)), "version": organisation.version}


def profile_initial(profile: Profile) -> dict[str, Any]:
    """A stored profile as the form first shows it."""
    stored = profile_fields(profile)
    return {**vars(stored), "keywords": ", ".join(stored.keywords), "version": profile.version}
