"""The form that asks what came of a contact: one screen of ticks, the same by link, on the page and by telephone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from frontend.forms.plain import PlainForm, Text
from frontend.forms.statements import text_area
from matching.domain.outcomes.answers import MONEY_RUNGS, Answer, ToldOutcome, contradiction
from matching.domain.outcomes.questions import QuestionFields
from matching.enums import AnswerKind, Attribution, Counterfactual, Moment, QuestionForm, Rung, Standing
from matching.models import HubQuestion, OutcomeReport

# Each of these stands alone.
ALONE = (AnswerKind.NO_BENEFIT, AnswerKind.DO_NOT_KNOW)
_GROUPED = re.compile("\\d{1,3}([., \u00a0\u202f]\\d{3})+|\\d+", re.ASCII)
# More digits than any amount has; Python itself refuses to read thousands of them.
_LONGEST_AMOUNT = 30


@dataclass(frozen=True)
class RungRow:
    """One rung as the page draws it: its tick, whether it is achieved or expected, and kroner if it is money."""

    tick: forms.boundfield.BoundWidget
    standing: forms.BoundField
    amount: forms.BoundField | None


class Kroner(forms.CharField):
    """A whole amount, however its thousands are grouped; empty is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **options)

    def clean(self, value: Any) -> int | None:
        """The number of kroner.

        Raises:
            ValidationError: it is not a whole number.
        """
        written = str(super().clean(value)).strip()
        if not written:
            return None
        if len(written) > _LONGEST_AMOUNT or not _GROUPED.fullmatch(written):
            raise ValidationError(_("Write whole kroner, such as 250,000, or leave the amount empty."))
        return int(re.sub(r"\D", "", written))


class Ticks(forms.CheckboxSelectMultiple):
    """The outcomes to tick; those that stand alone say so, for the script that unticks the others."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """One checkbox."""
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        if option["value"] in ALONE:
            option["attrs"]["data-alone"] = ""
        return option


class OutcomeForm(PlainForm):
    """What came of it, and for `asks_effect` how much the hub meant; then what the hub itself asks."""

    outcomes = forms.MultipleChoiceField(label=gettext_lazy("Tick everything that holds"), required=False, widget=Ticks)
    attribution = forms.ChoiceField(
        label=gettext_lazy("How much did the hub’s part mean for it?"),
        choices=Attribution.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    counterfactual = forms.ChoiceField(
        label=gettext_lazy("Without the hub, the result would have been"), required=False
    )
    text = Text(
        label=gettext_lazy("In your own words"), required=False, widget=text_area(3),
        help_text=gettext_lazy("What went well, what stood in the way, what you learnt."),
    )  # fmt: skip

    def __init__(self, *args: Any, asks_effect: bool, questions: Sequence[HubQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("outcomes", [*Rung.choices, *((each.value, each.label) for each in ALONE)])
        self.offer("counterfactual", Counterfactual.choices, blank=True)
        self.questions = {f"question_{each.public_id.hex}": each for each in questions}
        for rung in Rung:
            self._add_details(rung)
        for name, question in self.questions.items():
            self.fields[name] = _question_field(question)
        if not asks_effect:
            del self.fields["attribution"], self.fields["counterfactual"]
        self.order_fields([name for name in self.fields if name != "text"])

    def _add_details(self, rung: Rung) -> None:
        """Achieved or expected, and how many kroner."""
        self.fields[f"standing_{rung}"] = forms.ChoiceField(
            label=rung.label, choices=Standing.choices, required=False,
            initial=Standing.ACHIEVED, widget=forms.RadioSelect(attrs={"class": "chip-input"}),
        )  # fmt: skip
        if rung in MONEY_RUNGS:
            field = Kroner(label=_("Kroner (if you know)"))
            field.widget.attrs["class"] = "form-control"
            self.fields[f"amount_{rung}"] = field

    def rung_rows(self) -> Iterator[RungRow]:
        """The rungs, each with what belongs to it."""
        for tick in self["outcomes"]:
            code = tick.data["value"]
            if code not in ALONE:
                yield RungRow(tick, self[f"standing_{code}"], self[f"amount_{code}"] if code in MONEY_RUNGS else None)

    def alone_ticks(self) -> list[forms.boundfield.BoundWidget]:
        """“No benefit” and “Do not know”."""
        return [tick for tick in self["outcomes"] if tick.data["value"] in ALONE]

    def question_fields(self) -> list[forms.BoundField]:
        """The hub's own questions."""
        return [self[name] for name in self.questions]

    def answer(self) -> Answer:
        """What was ticked and written.

        Raises:
            InvalidInput: ticks that exclude each other.
        """
        written = self.cleaned_data
        alone = [code for code in ALONE if code in written["outcomes"]]
        rungs = [code for code in written["outcomes"] if code not in ALONE]
        if len(alone) > 1 or (alone and rungs):
            raise contradiction()
        return Answer(
            kind=alone[0] if alone else AnswerKind.OUTCOMES,
            outcomes=tuple(self._told(rung) for rung in rungs),
            attribution=written.get("attribution", ""),
            counterfactual=written.get("counterfactual", ""),
            text=written["text"],
            hub_answers={each.public_id: str(written[name]) for name, each in self.questions.items()},
        )

    def _told(self, rung: str) -> ToldOutcome:
        standing = self.cleaned_data[f"standing_{rung}"] or Standing.ACHIEVED
        return ToldOutcome(rung, standing, self.cleaned_data.get(f"amount_{rung}"))


def outcome_initial(report: OutcomeReport | None) -> dict[str, Any]:
    """An earlier answer as the form first shows it."""
    if report is None:
        return {}
    told, answers = list(report.outcomes.all()), report.hub_answers.select_related("question")
    return {
        "outcomes": [each.rung for each in told] if report.kind == AnswerKind.OUTCOMES else [report.kind],
        **{f"standing_{each.rung}": each.standing for each in told},
        **{f"amount_{each.rung}": each.amount_dkk for each in told if each.amount_dkk is not None},
        "attribution": report.attribution,
        "counterfactual": report.counterfactual,
        "text": report.text,
        **{f"question_{each.question.public_id.hex}": each.value for each in answers},
    }


def _question_field(question: HubQuestion) -> forms.Field:
    """A field in the form of the question; none of them must be answered."""
    label = question.text(get_language() or "")
    if question.form == QuestionForm.YES_NO:
        choices = [("yes", _("Yes")), ("no", _("No"))]
        radio = forms.RadioSelect(attrs={"class": "form-check-input"})
        return forms.ChoiceField(label=label, required=False, choices=choices, widget=radio)
    attrs = {"class": "form-control"} | ({"inputmode": "numeric"} if question.form == QuestionForm.NUMBER else {})
    return Text(label=label, required=False, widget=forms.TextInput(attrs=attrs))


class QuestionEntryForm(PlainForm):
    """A question that the hub adds to the core set."""

    text_da = Text(label=gettext_lazy("The question in Danish"))
    text_en = Text(label=gettext_lazy("The question in English"))
    form = forms.ChoiceField(
        label=gettext_lazy("How it is answered"),
        choices=QuestionForm.choices,
        initial=QuestionForm.YES_NO,
        widget=forms.RadioSelect,
    )
    moments = forms.MultipleChoiceField(
        label=gettext_lazy("When it is asked"),
        choices=Moment.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick none to ask it every time."),
    )

    def question_fields(self) -> QuestionFields:
        """What was written."""
        written = self.cleaned_data
        return QuestionFields(written["text_da"], written["text_en"], written["form"], tuple(written["moments"]))
