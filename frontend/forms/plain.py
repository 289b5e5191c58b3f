"""What our forms share: classes of the look, domain errors beside their fields, broken text refused."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from frontend.templatetags.words import language_name
from kernel.errors import InvalidInput
from profiles.domain.fields import MEETING_LANGUAGES

REPLACEMENT_CHARACTER = "\ufffd"
_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Textarea, "form-control"),
    (forms.widgets.Input, "form-control"),
)


class Text(forms.CharField):
    """A text that reaches the domain as it was typed: cleaning and length are rules of the domain."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)
        self.widget.attrs.setdefault("dir", "auto")


class PlainForm(forms.Form):
    """A form of ours; `domain_names` says which field shows an error that the domain names otherwise."""

    domain_names: ClassVar[Mapping[str, str]] = {}
    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            field.error_messages["required"] = _("Choose one.") if chosen else _("Fill this in.")
            for widget, name in _CLASSES:
                if isinstance(field.widget, widget) and not field.widget.is_hidden:
                    field.widget.attrs.setdefault("class", name)
                    break

    def clean(self) -> dict[str, Any]:
        """Refuse text that did not arrive as it was sent."""
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and REPLACEMENT_CHARACTER in value:
                self.add_error(name, _("Some characters did not arrive whole. Look for “�”, write them anew and save."))
        return cleaned

    def refuse(self, error: InvalidInput) -> None:
        """Put an error of the domain beside the field that it is about, else on top of the form."""
        field = str(error.details.get("field", ""))
        told: Mapping[str, list[str]] = error.details.get("fields") or {field: [str(error)]}
        for name, messages in told.items():
            shown = self.domain_names.get(name, name)
            self.add_error(shown if shown in self.fields else None, messages)

    def differences(self, stored: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """(label, what is stored, what was typed) of each field where the two differ, as people read them."""
        rows = []
        for bound in self.visible_fields():
            theirs = _as_people_read(bound, stored.get(bound.name))
            ours = _as_people_read(bound, self.cleaned_data.get(bound.name))
            if theirs != ours:
                rows.append((str(bound.label), theirs, ours))
        return rows

    def take_version(self, version: int) -> None:
        """Let the next save replace that version: the person has seen it."""
        data = cast("QueryDict", self.data).copy()
        data["version"] = str(version)
        self.data = data

    def offer(self, name: str, choices: Sequence[tuple[str, Any]], *, blank: bool = False) -> None:
        """Set what may be chosen in the reader's language; with `blank`, nothing may be chosen too."""
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = [("", _("Not chosen")), *choices] if blank else list(choices)


def _as_people_read(bound: forms.BoundField, value: Any) -> str:
    """Labels instead of codes."""
    labels = dict(_ungrouped(getattr(bound.field, "choices", ())))
    values = value if isinstance(value, list | tuple) else [value]
    return ", ".join(str(labels.get(each, each)) for each in values if each not in ("", None))


def _ungrouped(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    rows: list[tuple[Any, Any]] = []
    for value, label in choices:
        rows.extend(label if isinstance(label, list | tuple) else [(value, label)])
    return rows


def language_choices() -> list[tuple[str, str]]:
    """Languages that people may meet in, named in the reader's language."""
    return [(code, language_name(code)) for code in MEETING_LANGUAGES]
