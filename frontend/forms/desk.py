"""Forms of the hub's own people: screening, introducing two others, handing over, the record, the rules."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.forms.introductions import minutes_choices
from frontend.forms.plain import PlainForm, Text
from frontend.forms.statements import text_area
from hubs.models import User
from matching.domain.introductions.screening import CRITERIA, criteria_by_group
from matching.enums import ScreeningMark
from matching.models.introductions import MAX_NOTE_CHARACTERS
from profiles.enums import Taxonomy
from profiles.terms import choices_of

DAY_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y"]
MOST_CAPPED = 500
_LONGEST_PERIOD_DAYS = 3_660
# Days at the ends of the calendar have no moment in UTC.
_FIRST_YEAR, _LAST_YEAR = 1900, 9000


class ScreeningForm(PlainForm):
    """A mark for each of the sixteen criteria, and a note; one of two buttons says what happens."""

    note = Text(
        label=gettext_lazy("Your note"),
        required=False,
        widget=text_area(3),
        help_text=gettext_lazy(
            "If you pass it on, only the hub reads the note. If you send it back, it is your question to the writer."
        ),
    )

    def __init__(self, *args: Any, stored: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for criterion in CRITERIA:
            self.fields[criterion.code] = forms.ChoiceField(
                label=criterion.label,
                help_text=criterion.question,
                choices=ScreeningMark.choices,
                required=False,
                initial=(stored or {}).get(criterion.code, ScreeningMark.UNKNOWN.value),
                widget=forms.RadioSelect(attrs={"class": "mark-input"}),
            )

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The criteria as they are asked: the group's name, then its fields."""
        return [
            (str(group.label), [self[criterion.code] for criterion in criteria])
            for group, criteria in criteria_by_group().items()
        ]

    def marks(self) -> dict[str, str]:
        """What was marked, by criterion."""
        return {criterion.code: self.cleaned_data.get(criterion.code, "") for criterion in CRITERIA}


class ProposalForm(PlainForm):
    """Two others, why these two, and what they could talk about."""

    seeker = forms.SlugField(widget=forms.HiddenInput)
    receiver = forms.SlugField(widget=forms.HiddenInput)
    purpose = forms.CharField(required=False, widget=forms.HiddenInput)
    ours = forms.UUIDField(required=False, widget=forms.HiddenInput)
    theirs = forms.UUIDField(required=False, widget=forms.HiddenInput)
    reason = Text(
        label=gettext_lazy("Why these two"),
        widget=text_area(9),
        help_text=gettext_lazy("Both read it. We have begun from the two texts above; change what you know better."),
    )
    contact_purpose = forms.ChoiceField(label=gettext_lazy("Purpose"))
    asked = Text(
        label=gettext_lazy("What is asked"),
        widget=text_area(3),
        help_text=gettext_lazy("As the one who seeks would say it."),
    )
    minutes = forms.TypedChoiceField(label=gettext_lazy("How much of their time?"), coerce=int)

    def __init__(self, *args: Any, suggested_minutes: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("contact_purpose", choices_of(Taxonomy.CONTACT_PURPOSE))
        self.offer("minutes", minutes_choices(suggested_minutes))


class HandOverForm(PlainForm):
    """To whom, and what the colleague should know."""

    to = forms.ChoiceField(label=gettext_lazy("Who takes over"))
    note = Text(
        label=gettext_lazy("What they should know"),
        required=False,
        widget=text_area(4),
        max_length=MAX_NOTE_CHARACTERS,
        help_text=gettext_lazy("Only the hub's staff reads it. It stands on the timeline of each case."),
    )

    def __init__(self, *args: Any, colleagues: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._colleagues = {str(each.public_id): each for each in colleagues}
        self.offer("to", [(public_id, str(each)) for public_id, each in self._colleagues.items()])

    @property
    def colleague(self) -> User:
        """The chosen one, of a valid form."""
        return self._colleagues[self.cleaned_data["to"]]


class PeriodForm(PlainForm):
    """From one day to another, both included."""

    since = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=DAY_FORMATS,
        error_messages={"invalid": gettext_lazy("Write the day like this: 31.12.2027.")},
    )
    until = forms.DateField(
        label=gettext_lazy("Until and including"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=DAY_FORMATS,
        error_messages={"invalid": gettext_lazy("Write the day like this: 31.12.2027.")},
    )

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last, and the period not beyond what a record is kept for."""
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if isinstance(since, date) and isinstance(until, date):
            if since > until:
                self.add_error("until", _("The last day lies before the first. Change one of the two."))
            elif (until - since).days > _LONGEST_PERIOD_DAYS or since.year < _FIRST_YEAR or until.year > _LAST_YEAR:
                self.add_error("since", _("Choose at most ten years at a time."))
        return cleaned


class HubRulesForm(PlainForm):
    """How the hub brokers contacts."""

    answer_days = forms.IntegerField(
        label=gettext_lazy("Days to answer"),
        min_value=2,
        max_value=90,
        help_text=gettext_lazy(
            "So long a request can be answered, with one reminder half way. 14 is usual: shorter and busy "
            "departments miss it, longer and firms lose patience. Requests already sent keep their day."
        ),
    )
    open_requests = forms.IntegerField(
        label=gettext_lazy("Open requests at a time, for each organisation that asks"),
        min_value=1,
        max_value=100,
        help_text=gettext_lazy(
            "A limit makes people choose whom they ask, so that each request is worth reading. What you propose "
            "yourselves is not counted."
        ),
    )
    screens_all = forms.BooleanField(
        label=gettext_lazy("A facilitator reads every request first"),
        required=False,
        help_text=gettext_lazy(
            "Otherwise only requests to those who wished for it are read first. It protects busy departments, and "
            "costs you some minutes for each request."
        ),
    )
    explored_places = forms.IntegerField(
        label=gettext_lazy("Places of a list of ten for trying out"),
        min_value=0,
        max_value=5,
        help_text=gettext_lazy(
            "In so many places the list shows somebody of whom we know little yet, so that the ranking learns and "
            "newcomers are seen. 0 turns it off: then it learns only about those it shows already."
        ),
    )


class ContactRulesForm(PlainForm):
    """How much contact a profile takes."""

    monthly_cap = forms.IntegerField(
        label=gettext_lazy("Requests a month at most"),
        required=False,
        min_value=0,
        max_value=MOST_CAPPED,
        help_text=gettext_lazy(
            "Over all channels: web, mail and events. When the month is full nobody can ask, and others who fit are "
            "suggested instead. Leave it empty for no limit; 0 lets nobody in."
        ),
    )
    wants_screening = forms.BooleanField(
        label=gettext_lazy("A facilitator reads requests to us first"),
        required=False,
        help_text=gettext_lazy("You only see those that are worth your time. It takes a day or two more."),
    )
