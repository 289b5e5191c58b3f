"""The form of one text: an offer, a need, or what a profile says of itself."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.forms.plain import PlainForm, Text
from hubs.enums import Visibility
from profiles.domain.fields import StatementFields
from profiles.domain.stored_fields import statement_fields
from profiles.enums import StatementKind, Taxonomy
from profiles.models import Statement
from profiles.terms import choices_of

TAXONOMY_FIELDS = {
    "purpose": Taxonomy.CONTACT_PURPOSE,
    "stage": Taxonomy.PRODUCT_STAGE,
    "collaboration": Taxonomy.COLLABORATION_FORM,
    "ip_state": Taxonomy.IP_STATE,
}


def text_area(rows: int = 5) -> forms.Textarea:
    """A field for a few sentences."""
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


class StatementForm(PlainForm):
    """Everything that can be said about one text."""

    domain_names: ClassVar[dict[str, str]] = {taxonomy.value: name for name, taxonomy in TAXONOMY_FIELDS.items()}

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("What is it"), widget=forms.RadioSelect)
    text = Text(
        label=gettext_lazy("Text"),
        widget=text_area(),
        help_text=gettext_lazy("One or two sentences: what, for whom, in which setting, how much, when."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Written in"), choices=settings.LANGUAGES)
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose of the contact"), required=False)
    stage = forms.ChoiceField(label=gettext_lazy("Product stage"), required=False)
    collaboration = forms.ChoiceField(label=gettext_lazy("Form of collaboration"), required=False)
    ip_state = forms.ChoiceField(label=gettext_lazy("Intellectual property"), required=False)
    expires_on = forms.DateField(
        label=gettext_lazy("Valid until"),
        required=False,
        help_text=gettext_lazy("Others see the text until the end of that day. Leave it empty if it always holds."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y"],
        error_messages={"invalid": gettext_lazy("Write the day like this: 31.12.2027.")},
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may see the text"), choices=Visibility.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, may_be_about: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [
            (StatementKind.NEED.value, _("Something we need")),
            (StatementKind.OFFER.value, _("Something we offer")),
            (StatementKind.ABOUT.value, _("What we are")),
        ]
        self.offer("kind", kinds if may_be_about else kinds[:2])
        for name, taxonomy in TAXONOMY_FIELDS.items():
            self.offer(name, choices_of(taxonomy), blank=True)

    def statement_fields(self) -> StatementFields:
        """What was written."""
        written = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return StatementFields(**written)


def statement_initial(statement: Statement) -> dict[str, Any]:
    """A stored text as the form first shows it."""
    return {**vars(statement_fields(statement)), "version": statement.version}
