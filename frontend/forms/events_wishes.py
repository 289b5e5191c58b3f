"""Forms of wishes at an event: looking for people, asking for a meeting, answering."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.enums import Wanting
from events.queries.wishes import OthersFilter
from frontend.forms.plain import PlainForm, Text
from frontend.forms.statements import text_area
from profiles.enums import ProfileKind

_MOST_CHARACTERS = 200


class OthersForm(PlainForm):
    """Whom one looks for among those who come."""

    q = forms.CharField(
        label=gettext_lazy("Name, organisation or topic"), required=False, max_length=_MOST_CHARACTERS,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("Kind of participant"), required=False)
    wish = forms.ChoiceField(label=gettext_lazy("What you have marked"), required=False)
    closed = forms.BooleanField(label=gettext_lazy("Also those who take no booked meetings"), required=False)

    def __init__(self, *args: Any, with_marks: bool = True, with_no_thanks: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("kind", ProfileKind.choices, blank=True)
        marks = [(value, label) for value, label in Wanting.choices if with_no_thanks or value != Wanting.NO_THANKS]
        self.offer("wish", marks if with_marks else [], blank=True)

    def wanted(self) -> OthersFilter:
        """What was asked for; what cannot be understood asks for nothing."""
        self.is_valid()
        told = {name: self.cleaned_data.get(name, "") for name in self.fields}
        words = told["q"] or self.data.get("q", "")[:_MOST_CHARACTERS]
        return OthersFilter(words=words, kind=told["kind"], wanting=told["wish"], with_closed=bool(told["closed"]))


class AskMeetingForm(PlainForm):
    """Why one wants to meet, and how much."""

    person = forms.UUIDField(required=False, widget=forms.HiddenInput)
    shown_list = forms.UUIDField(required=False, widget=forms.HiddenInput)
    stand = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = Text(
        label=gettext_lazy("Why do you want to meet?"),
        widget=text_area(5),
        help_text=gettext_lazy("Two sentences are enough. They read this first."),
    )
    is_must = forms.BooleanField(
        label=gettext_lazy("This is one of the meetings that I come for"),
        required=False,
        help_text=gettext_lazy("It counts double when the timetable is made. Only you and the organiser know."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].error_messages["required"] = _("Write in a sentence or two what you want to talk about.")


class AnswerMeetingForm(PlainForm):
    """Yes, or no with a word."""

    YES, NO = "yes", "no"

    answer = forms.ChoiceField(
        choices=[(YES, gettext_lazy("Yes, let us meet")), (NO, gettext_lazy("No, thank you"))],
        widget=forms.HiddenInput,
    )
    note = Text(
        label=gettext_lazy("A word with your no"),
        required=False,
        widget=text_area(2),
        help_text=gettext_lazy("They read it. Such as whom they should talk to instead."),
    )
