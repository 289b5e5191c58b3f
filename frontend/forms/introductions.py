"""Forms of introductions: writing a request, answering one, agreeing on a meeting, declaring interests."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from frontend.forms.plain import PlainForm, Text
from frontend.forms.statements import text_area
from matching.domain.introductions.opi import StepMeaning
from matching.enums import DeclineReason
from matching.models import Introduction
from profiles.enums import Taxonomy
from profiles.models import Profile
from profiles.terms import choices_of, code_of

DAY_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y"]
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%d.%m.%Y %H.%M"]
# What people ask of each other, from a short talk to a week's work.
USUAL_MINUTES = (15, 30, 45, 60, 90, 120, 180, 240, 480, 960, 2400)
_NEEDED_TO_SEND = ("contact_purpose", "asked", "minutes")
_HOUR, _WORKDAY = 60, 480
_MONTHS_OFFERED = (1, 3, 6)
_MONTHS_A_YEAR = 12
_SHORTEST_MONTH = 28


def minutes_label(minutes: int) -> str:
    """A span of work time as people say it."""
    if minutes >= _WORKDAY and minutes % _WORKDAY == 0:
        days = minutes // _WORKDAY
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if minutes >= _HOUR and minutes % _HOUR == 0:
        hours = minutes // _HOUR
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def minutes_choices(stored: int | None) -> list[tuple[str, str]]:
    """The usual spans and the one that is stored, shortest first."""
    return [(str(each), minutes_label(each)) for each in sorted({*USUAL_MINUTES, *([stored] if stored else [])})]


class RequestForm(PlainForm):
    """One request: what it is for, what exactly, how long, and what it means for a later tender."""

    domain_names: ClassVar[dict[str, str]] = {"text": "seeker_text"}

    version = forms.IntegerField(widget=forms.HiddenInput)
    contact_purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"),
        required=False,
        help_text=gettext_lazy("One request has one purpose. Whoever reads it knows at once what it is about."),
    )
    asked = Text(
        label=gettext_lazy("What exactly do you ask for?"),
        required=False,
        widget=text_area(6),
        help_text=gettext_lazy("Whom you want to talk to, about what, where and when. They read this first."),
    )
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("How much of their time?"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("All in all, for the people you ask."),
    )
    seeker_text = Text(
        label=gettext_lazy("What you write about yourselves"),
        required=False,
        widget=text_area(4),
        help_text=gettext_lazy("Stands on your side of the bridge. Say nothing here that must stay secret."),
    )
    opi_step = forms.ChoiceField(
        label=gettext_lazy("What kind of contact is it?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Public buyers must know beforehand what a contact means for a later tender."),
    )
    ip_state = forms.ChoiceField(
        label=gettext_lazy("Rights to what you show"),
        required=False,
        help_text=gettext_lazy("Whoever tells too early can lose the right to a patent."),
    )
    novelty_checked = forms.BooleanField(
        label=gettext_lazy("We have made sure that we lose no rights by telling this"), required=False
    )

    def __init__(self, *args: Any, stored: Introduction, steps: Mapping[str, StepMeaning], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("contact_purpose", choices_of(Taxonomy.CONTACT_PURPOSE), blank=True)
        self.offer("minutes", minutes_choices(stored.minutes), blank=True)
        self.offer("ip_state", choices_of(Taxonomy.IP_STATE), blank=True)
        self.offer("opi_step", [(code, _explained(meaning)) for code, meaning in steps.items()])
        if not steps:
            del self.fields["opi_step"]
        # A draft may be kept half filled in; what is sent may not lack these.
        for name in _NEEDED_TO_SEND:
            self.fields[name].required = not self.is_bound or self.data.get("go") == "send"


def request_initial(introduction: Introduction, seeker_text: str) -> dict[str, Any]:
    """A stored request as the form first shows it."""
    return {
        "version": introduction.version,
        "contact_purpose": code_of(introduction.contact_purpose_id),
        "asked": introduction.asked,
        "minutes": introduction.minutes,
        "seeker_text": seeker_text,
        "opi_step": introduction.opi_step,
        "ip_state": code_of(introduction.ip_state_id),
        "novelty_checked": introduction.novelty_checked,
    }


class AnswerForm(PlainForm):
    """Yes, not now until a day, or no with a reason; one of the three buttons says which."""

    YES, NOT_NOW, NO = "yes", "not_now", "no"

    answer = forms.ChoiceField(
        choices=[(YES, gettext_lazy("Yes, please")), (NOT_NOW, gettext_lazy("Not now")), (NO, gettext_lazy("No"))],
        widget=forms.HiddenInput,
    )
    months = forms.ChoiceField(
        label=gettext_lazy("When may they ask again?"), required=False, widget=forms.RadioSelect, initial="3"
    )
    ask_again_on = forms.DateField(
        label=gettext_lazy("Or on a day of your choice"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=DAY_FORMATS,
        error_messages={"invalid": gettext_lazy("Write the day like this: 31.12.2027.")},
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why not? They get this reason, and nothing else."),
        choices=DeclineReason.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    note = Text(
        label=gettext_lazy("A word to them"),
        required=False,
        widget=text_area(2),
        help_text=gettext_lazy("Such as whom they should ask instead."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("months", [(str(count), _in_months(count)) for count in _MONTHS_OFFERED])

    def clean(self) -> dict[str, Any]:
        """A no has one of the kind reasons."""
        cleaned = super().clean()
        if cleaned.get("answer") == self.NO and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Choose the reason that comes nearest: each of them helps them differently."))
        return cleaned

    def day_to_ask_again(self, today: date) -> date:
        """The day that was written, else so many months from now."""
        day: date | None = self.cleaned_data.get("ask_again_on")
        return day or months_later(today, int(self.cleaned_data.get("months") or _MONTHS_OFFERED[1]))


class MeetingForm(PlainForm):
    """When the two meet."""

    meeting_at = forms.DateTimeField(
        label=gettext_lazy("Day and hour"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=MOMENT_FORMATS,
        error_messages={"invalid": gettext_lazy("Write day and hour like this: 31.12.2027 13:30.")},
    )


class InterestsForm(PlainForm):
    """Whether one side has interests in the other."""

    has_interests = forms.TypedChoiceField(
        label=gettext_lazy("Do you, or somebody close to you, have interests in the other side?"),
        choices=[("no", gettext_lazy("No, none")), ("yes", gettext_lazy("Yes, we have"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Such as shares, a seat on the board, a second job, or family."),
    )
    text = Text(
        label=gettext_lazy("Which interests"),
        required=False,
        widget=text_area(2),
        help_text=gettext_lazy("Only if you have any. Both sides and the hub can read it."),
    )


class NoteForm(PlainForm):
    """A line in the timeline of a relation."""

    text = Text(label=gettext_lazy("Note"), widget=text_area(2))


def months_later(day: date, months: int) -> date:
    """The same day some months later; the last one that every month has, for the 29th to the 31st."""
    years, month = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    return date(day.year + years, month + 1, min(day.day, _SHORTEST_MONTH))


def _in_months(count: int) -> str:
    return ngettext("In %(count)d month", "In %(count)d months", count) % {"count": count}


def _explained(meaning: StepMeaning) -> str:
    """A step with what the two do, and what that means for a later tender."""
    frame = '<b>{}</b><span class="choice-hint">{} <em>{}</em></span>'
    return format_html(frame, meaning.step.label, meaning.what, meaning.tender)


class StartForm(PlainForm):
    """For whom one asks, and from which list and which two texts; hidden but for the choice of a profile."""

    seeker = forms.ChoiceField(label=gettext_lazy("You ask as"))
    purpose = forms.CharField(required=False, widget=forms.HiddenInput)
    ours = forms.UUIDField(required=False, widget=forms.HiddenInput)
    theirs = forms.UUIDField(required=False, widget=forms.HiddenInput)
    shown_list = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, profiles: Sequence[Profile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("seeker", [(each.slug, each.name) for each in profiles])
        if len(profiles) == 1:
            self.fields["seeker"].widget = forms.HiddenInput()
