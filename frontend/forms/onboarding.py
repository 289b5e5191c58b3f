"""The three short steps to a profile: what we are, what we offer, what we need."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from frontend.forms.plain import PlainForm, Text
from frontend.forms.profiles import municipality_groups
from frontend.forms.statements import TAXONOMY_FIELDS, text_area
from profiles.domain.fields import OrganisationFields, ProfileFields, StatementFields
from profiles.enums import ProfileKind, StatementKind, Taxonomy
from profiles.terms import choices_of


class AboutUsForm(PlainForm):
    """Step one: who speaks, where, and one text that says what they do."""

    domain_names: ClassVar[dict[str, str]] = {"name": "unit"}

    kind = forms.ChoiceField(label=gettext_lazy("We are"), choices=ProfileKind.choices, widget=forms.RadioSelect)
    organisation = Text(
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy("The full name of the firm, hospital, municipality or university."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    unit = Text(
        label=gettext_lazy("Department, group or unit"),
        required=False,
        help_text=gettext_lazy("Leave it empty if you speak for the whole organisation."),
    )
    municipality = forms.ChoiceField(label=gettext_lazy("Municipality"), required=False)
    text = Text(
        label=gettext_lazy("What you do"),
        help_text=gettext_lazy("One or two sentences, as you would say it to somebody at a stand."),
        widget=text_area(4),
    )
    language = forms.ChoiceField(label=gettext_lazy("Written in"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("municipality", municipality_groups(), blank=True)
        self.fields["kind"].initial = ProfileKind.FIRM.value
        self.fields["language"].initial = get_language()

    def organisation_fields(self) -> OrganisationFields:
        """The organisation as written."""
        return OrganisationFields(name=self.cleaned_data["organisation"])

    def profile_fields(self) -> ProfileFields:
        """The profile as written; it bears the organisation's name unless a unit is named."""
        written = self.cleaned_data
        return ProfileFields(
            kind=written["kind"],
            name=written["unit"] if written["unit"].strip() else written["organisation"],
            municipality=written["municipality"],
            languages=(written["language"],),
        )

    def statement_fields(self) -> StatementFields:
        """The text about us."""
        return StatementFields(
            kind=StatementKind.ABOUT.value,
            text=self.cleaned_data["text"],
            language=self.cleaned_data["language"],
        )


class ShortStatementForm(PlainForm):
    """An offer or a need with the one or two choices that matter most; the rest can be added later."""

    domain_names: ClassVar[dict[str, str]] = {taxonomy.value: name for name, taxonomy in TAXONOMY_FIELDS.items()}
    statement_kind: ClassVar[StatementKind]

    text = Text(required=False, widget=text_area())
    language = forms.ChoiceField(label=gettext_lazy("Written in"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()
        for name, taxonomy in TAXONOMY_FIELDS.items():
            if name in self.fields:
                self.offer(name, choices_of(taxonomy), blank=True)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written, which is allowed."""
        return not self.cleaned_data["text"].strip()

    def statement_fields(self) -> StatementFields:
        """What was written."""
        return StatementFields(kind=self.statement_kind.value, **self.cleaned_data)


class OfferForm(ShortStatementForm):
    """Step two."""

    statement_kind = StatementKind.OFFER

    stage = forms.ChoiceField(label=Taxonomy.PRODUCT_STAGE.label, required=False)
    collaboration = forms.ChoiceField(label=Taxonomy.COLLABORATION_FORM.label, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What you offer")
        self.fields["text"].help_text = _("Such as a product to try, test beds, knowledge, cases or time with users.")


class NeedForm(ShortStatementForm):
    """Step three."""

    statement_kind = StatementKind.NEED

    purpose = forms.ChoiceField(label=Taxonomy.CONTACT_PURPOSE.label, required=False)
    collaboration = forms.ChoiceField(label=Taxonomy.COLLABORATION_FORM.label, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What you need")
        self.fields["text"].help_text = _("Say what exactly, of whom, how many and by when: that is what we match on.")
