"""Forms of organisers: a new event, what it says of itself, and calling it off."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.clock import wall_of
from events.domain.setup.creating import NewEvent
from events.domain.setup.details import EventFields
from events.enums import ActivityLevel, EventKind, RequestMode
from events.models import Event
from events.templates import TEMPLATES
from frontend.forms.plain import PlainForm, Text, language_choices
from frontend.forms.projects import DAY_FORMATS
from frontend.forms.statements import text_area

CLOCK_FORMATS = ["%H:%M", "%H.%M", "%H:%M:%S"]
WALL_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%d-%m-%Y %H:%M"]


def clock_field(label: Any, **options: Any) -> forms.TimeField:
    """A time of day."""
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=CLOCK_FORMATS,
        error_messages={"invalid": gettext_lazy("Write the time like this: 09:30.")},
        **options,
    )


class WallField(forms.Field):
    """A day and a time as the clock of the event shows them; its zone is given to it by the domain."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **options)

    def to_python(self, value: Any) -> datetime | None:
        """The naive time."""
        written = str(value or "").strip()
        for form in WALL_FORMATS:
            try:
                return datetime.strptime(written, form)
            except ValueError:
                continue
        if written:
            raise forms.ValidationError(gettext_lazy("Write day and time like this: 31.12.2027 09:30."))
        return None


def told(label: str | Promise, text: object) -> str:
    """A choice with what it means below."""
    return format_html('<b>{}</b><span class="choice-hint">{}</span>', label, text)


class NewEventForm(PlainForm):
    """Name, day, place and kind; all else comes from the template of the kind."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    kind = forms.ChoiceField(label=gettext_lazy("What kind of event is it?"), widget=forms.RadioSelect)
    name = Text(label=gettext_lazy("Name of the event"), help_text=gettext_lazy("Such as Medico Bazar 2028."))
    day = forms.DateField(
        label=gettext_lazy("On which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=DAY_FORMATS,
        error_messages={"invalid": gettext_lazy("Write the day like this: 31.12.2027.")},
    )
    place = Text(label=gettext_lazy("At which place"), required=False, help_text=gettext_lazy("House and town."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("kind", [(kind.value, told(kind.label, TEMPLATES[kind].advice)) for kind in EventKind])

    def clean_day(self) -> date:
        """Nobody registers for a day that is over."""
        day: date = self.cleaned_data["day"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("That day is over. Choose today or a day to come."))
        return day

    def new_event(self) -> NewEvent:
        """What was written."""
        written = self.cleaned_data
        return NewEvent(name=written["name"], kind=written["kind"], day=written["day"], place=written["place"])


class VersionForm(PlainForm):
    """A form that carries the version of the event that its reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @property
    def seen(self) -> int:
        """The version that the reader saw."""
        return int(self.cleaned_data["version"])


class EventForm(VersionForm):
    """All that an event says of itself."""

    name = Text(label=gettext_lazy("Name of the event"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind of event"), choices=EventKind.choices)
    level = forms.ChoiceField(label=gettext_lazy("For whom"), choices=ActivityLevel.choices)
    place = Text(label=gettext_lazy("At which place"), required=False)
    address = Text(label=gettext_lazy("Address of the place"), required=False)
    summary = Text(label=gettext_lazy("What it is about"), required=False, widget=text_area(6))
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages spoken"), widget=forms.CheckboxSelectMultiple, required=False
    )
    starts = WallField(label=gettext_lazy("Begins at"))
    ends = WallField(label=gettext_lazy("Ends at"))
    time_zone = Text(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Where the clock hangs, such as Europe/Copenhagen. All times are shown on that clock."),
    )
    registration_opens = WallField(label=gettext_lazy("Registration opens"), required=False)
    registration_closes = WallField(label=gettext_lazy("Registration closes"), required=False)
    wishes_close = WallField(label=gettext_lazy("Wishes close"), required=False)
    reconfirm = WallField(
        label=gettext_lazy("Ask everybody to confirm on"),
        required=False,
        help_text=gettext_lazy("A week before is usual: those who cannot come make room for others."),
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Room for how many people"),
        required=False,
        help_text=gettext_lazy("Further ones go on the waiting list. Empty: no limit."),
    )
    request_mode = forms.ChoiceField(
        label=gettext_lazy("How meetings come about"), choices=RequestMode.choices, widget=forms.RadioSelect
    )
    open_requests = forms.IntegerField(label=gettext_lazy("Open requests a person may have"))
    request_days = forms.IntegerField(label=gettext_lazy("Days to answer a request"))
    guaranteed_meetings = forms.IntegerField(
        label=gettext_lazy("Meetings that we promise"),
        help_text=gettext_lazy("To everybody who has at least that many wishes."),
    )
    most_meetings = forms.IntegerField(
        label=gettext_lazy("Meetings a person has at most"),
        required=False,
        help_text=gettext_lazy("Empty: no limit but their own."),
    )
    equal_within = forms.IntegerField(
        label=gettext_lazy("Waiting times differ by at most"),
        required=False,
        help_text=gettext_lazy("In empty periods between meetings. Empty: no such rule."),
    )
    keeps_colleagues_apart = forms.BooleanField(
        label=gettext_lazy("People of one organisation are never planned to meet each other"), required=False
    )
    earlier_edition = forms.ChoiceField(
        label=gettext_lazy("Earlier edition"),
        required=False,
        help_text=gettext_lazy("The report compares with it."),
    )
    terms = Text(
        label=gettext_lazy("Terms of the event"),
        widget=text_area(9),
        help_text=gettext_lazy(
            "Everybody who registers agrees to them. A new text is a new version; who agreed to an earlier one stays."
        ),
    )

    def __init__(self, *args: Any, earlier: list[Event], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.earlier = {str(event.public_id): event for event in earlier}
        self.offer("languages", language_choices())
        self.offer("earlier_edition", [(key, event.name) for key, event in self.earlier.items()], blank=True)

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(title, [self[name] for name in names]) for title, names in _groups()]

    @property
    def earlier_event(self) -> Event | None:
        """The earlier edition that was chosen."""
        return self.earlier.get(self.cleaned_data["earlier_edition"])

    def event_fields(self) -> EventFields:
        """What was written."""
        written = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"version", "terms", "earlier_edition"}
        }
        return EventFields(**{**written, "languages": tuple(written["languages"])})


def _groups() -> list[tuple[str, tuple[str, ...]]]:
    return [
        (_("What it is"), ("name", "kind", "level", "summary", "languages", "earlier_edition")),
        (_("Where and when"), ("place", "address", "starts", "ends", "time_zone")),
        (_("Registration"), ("capacity", "registration_opens", "registration_closes", "reconfirm", "terms")),
        (
            _("Meetings"),
            (
                "request_mode", "wishes_close", "open_requests", "request_days", "guaranteed_meetings",
                "most_meetings", "equal_within", "keeps_colleagues_apart",
            ),
        ),
    ]  # fmt: skip


def event_initial(event: Event) -> dict[str, Any]:
    """A stored event as the form first shows it."""
    latest = event.terms.first()
    same = (
        "version", "name", "kind", "level", "place", "address", "summary", "languages", "time_zone", "capacity",
        "request_mode", "open_requests", "request_days", "guaranteed_meetings", "most_meetings", "equal_within",
        "keeps_colleagues_apart",
    )  # fmt: skip
    times = {
        "starts": event.starts_at, "ends": event.ends_at, "registration_opens": event.registration_opens_at,
        "registration_closes": event.registration_closes_at, "wishes_close": event.wishes_close_at,
        "reconfirm": event.reconfirm_at,
    }  # fmt: skip
    return {
        **{name: getattr(event, name) for name in same},
        **{name: wall_of(moment, event.zone) if moment else None for name, moment in times.items()},
        "earlier_edition": str(event.earlier_edition.public_id) if event.earlier_edition else "",
        "terms": latest.text if latest else "",
    }


class CallOffForm(VersionForm):
    """Calling the event off, with the reason that everybody is told."""

    reason = Text(
        label=gettext_lazy("Why"),
        widget=text_area(3),
        help_text=gettext_lazy("Everybody who has registered reads it in a mail."),
    )
