"""The form of an AIMday question."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from events.domain.groups.questions import LEAST_GROUP, MOST_GROUP, QuestionFields
from events.models import Question
from frontend.forms.plain import PlainForm, Text


class QuestionForm(PlainForm):
    """A question, what lies behind it, and how large the group may be."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = Text(
        label=_("Your question"),
        help_text=_("One sentence that a researcher from another field understands."),
        widget=forms.TextInput(attrs={"maxlength": 200}),
    )
    text = Text(
        label=_("What lies behind it"),
        help_text=_("What you have tried, what a good hour would give you. Nothing confidential."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    language = forms.ChoiceField(label=_("Written in"), choices=settings.LANGUAGES)
    least = forms.IntegerField(label=_("Researchers at least"), min_value=LEAST_GROUP, max_value=MOST_GROUP, initial=3)
    most = forms.IntegerField(label=_("Researchers at most"), min_value=LEAST_GROUP, max_value=MOST_GROUP, initial=6)

    def told(self) -> QuestionFields:
        """What was written, for the domain."""
        data = self.cleaned_data
        return QuestionFields(data["title"], data["text"], data["language"], data["least"], data["most"])


def question_initial(question: Question) -> dict[str, Any]:
    """What stands there now."""
    names = ("version", "title", "text", "language", "least", "most")
    return {name: getattr(question, name) for name in names}
