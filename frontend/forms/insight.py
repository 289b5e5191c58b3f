"""Forms about the ranker: why it should rank, the expert's weights, what an outcome is worth, the log's period."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from frontend.forms.desk import PeriodForm
from frontend.forms.plain import PlainForm, Text
from frontend.forms.statements import text_area

_INVALID_NUMBER = gettext_lazy("Write a number, such as 0.4.")


class Number(forms.FloatField):
    """A number with a comma or a point, as people write it; what is no number is told, and so is “nan”."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages={"invalid": _INVALID_NUMBER}, **options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        """The number; None for nothing."""
        return super().to_python(value.strip().replace(",", ".") if isinstance(value, str) else value)


class PromoteForm(PlainForm):
    """Why this ranker should order the lists."""

    reason = Text(
        label=gettext_lazy("Why should it?"),
        widget=text_area(3),
        help_text=gettext_lazy("A sentence is enough. It stands in the model card, with your name and the day."),
    )


class RollBackForm(PlainForm):
    """Why one goes back: may be left empty, since going back is sometimes urgent."""

    reason = Text(
        label=gettext_lazy("Why?"),
        required=False,
        widget=text_area(2),
        help_text=gettext_lazy("It stands in the model card, with your name and the day."),
    )


class WeightForm(PlainForm):
    """The hub's own weight of one feature at one stage."""

    mean = Number(
        label=gettext_lazy("The hub's weight"),
        required=False,
        help_text=gettext_lazy("From −5 to 5; 0 means that it does not matter. Leave it empty for the expert's."),
    )
    reason = Text(
        label=gettext_lazy("Why is this right for the hub?"),
        widget=text_area(3),
        help_text=gettext_lazy("Your colleagues and the next facilitator read it."),
    )


class RungValueForm(PlainForm):
    """What reaching an outcome is worth to the hub."""

    value = Number(
        label=gettext_lazy("What it is worth"),
        required=False,
        help_text=gettext_lazy("From 0 to 10,000; a meeting is usually worth 1. Leave it empty for the usual worth."),
    )
    reason = Text(
        label=gettext_lazy("Why?"),
        required=False,
        widget=text_area(2),
        help_text=gettext_lazy("It is kept when the value takes effect at once."),
    )


class LogForm(PeriodForm):
    """Which part of the log, from which day to which."""

    part = forms.ChoiceField(
        label=gettext_lazy("Which part"),
        choices=[
            ("events", gettext_lazy("What happened to each place: shown, opened, asked, accepted")),
            ("queries", gettext_lazy("The lists themselves, one line each")),
        ],
        widget=forms.RadioSelect,
    )
