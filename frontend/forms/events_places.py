"""Forms of an event's grid, halls, tables, walks, stands and sessions."""

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events.clock import wall_of
from events.domain.setup.places import MOST_WALK_MINUTES, HallFields
from events.domain.setup.sessions import SessionFields
from events.domain.setup.stands import StandFields, StandRows
from events.models import Event, Hall, ProgrammeSession, Stand
from events.templates import GridRules
from frontend.event_words import day_words
from frontend.forms.events_setup import CLOCK_FORMATS, VersionForm, WallField, clock_field
from frontend.forms.plain import Text
from frontend.forms.statements import text_area
from profiles.enums import Taxonomy
from profiles.models import Profile
from profiles.terms import choices_of

_BETWEEN = re.compile(r"[,;\n]+")
_FROM_TO = re.compile(r"\s*(\S+?)\s*[-–]\s*(\S+)\s*")
_MOST_DECIMETRES = 100_000


class Decimetres(int):
    """A length on a plan, read by people in metres."""

    def __str__(self) -> str:
        metres = f"{int(self) / 10:g}"
        return metres.replace(".", ",") if get_language() == "da" else metres


class MetresField(forms.Field):
    """Metres with at most one decimal, comma or point; its value is in decimetres."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def to_python(self, value: Any) -> Decimetres | None:
        """Decimetres."""
        if value in self.empty_values:
            return None
        try:
            metres = Decimal(str(value).strip().replace(",", "."))
            decimetres = int(metres * 10)
        except (InvalidOperation, ValueError, OverflowError) as error:
            raise forms.ValidationError(_("Write metres, such as 3 or 2.5.")) from error
        if not metres.is_finite() or decimetres != metres * 10 or not 0 <= decimetres <= _MOST_DECIMETRES:
            raise forms.ValidationError(_("Write metres, such as 3 or 2.5."))
        return Decimetres(decimetres)


class GridForm(VersionForm):
    """How the day is divided into meeting periods."""

    day_start = clock_field(gettext_lazy("First meeting starts"))
    day_end = clock_field(
        gettext_lazy("Last meeting ends by"), help_text=gettext_lazy("A time before the start is the next morning.")
    )
    slot_minutes = forms.IntegerField(label=gettext_lazy("Minutes a meeting lasts"))
    pause_minutes = forms.IntegerField(label=gettext_lazy("Minutes of pause between meetings"))
    breaks = Text(
        label=gettext_lazy("Breaks of the day"),
        required=False,
        help_text=gettext_lazy("From and to, with commas between: 12:00-13:00, 14:30-14:45."),
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("On which days"), required=False, widget=forms.CheckboxSelectMultiple
    )
    and_replan = forms.BooleanField(
        label=gettext_lazy("Call off what stands in periods that go; those concerned are told"), required=False
    )

    def __init__(self, *args: Any, event_days: list[date], holds: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(event_days) > 1:
            self.offer("days", [(day.isoformat(), day_words(day)) for day in event_days])
        else:
            del self.fields["days"]
        if not holds:
            del self.fields["and_replan"]

    def clean_breaks(self) -> tuple[tuple[time, time], ...]:
        """Pairs of times."""
        parts = [part for part in _BETWEEN.split(self.cleaned_data["breaks"]) if part.strip()]
        return tuple(_from_to(part) for part in parts[:100])

    def rules(self) -> GridRules:
        """What was written."""
        written = self.cleaned_data
        return GridRules(
            written["day_start"], written["day_end"], written["slot_minutes"], written["pause_minutes"],
            written["breaks"],
        )  # fmt: skip

    def chosen_days(self) -> list[date] | None:
        """The days that were chosen; None where the event has one."""
        if "days" not in self.fields:
            return None
        return [date.fromisoformat(day) for day in self.cleaned_data["days"]]


def _from_to(part: str) -> tuple[time, time]:
    found = _FROM_TO.fullmatch(part[:40])
    times = [_clock(word) for word in found.groups()] if found else []
    if len(times) != 2 or times[0] is None or times[1] is None:
        raise forms.ValidationError(_("Write each break like this: 12:00-13:00."))
    return times[0], times[1]


def _clock(word: str) -> time | None:
    for form in CLOCK_FORMATS:
        try:
            return datetime.strptime(word, form).time()
        except ValueError:
            continue
    return None


class RemoveSlotForm(VersionForm):
    """Taking one period out of the grid."""

    and_replan = forms.BooleanField(
        label=gettext_lazy("Call off what stands in it; those concerned are told"), required=False
    )

    def __init__(self, *args: Any, holds: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not holds:
            del self.fields["and_replan"]


class HallForm(VersionForm):
    """A hall and its size on the plan."""

    name = Text(label=gettext_lazy("Name of the hall"))
    plan_width = MetresField(label=gettext_lazy("Width in metres"))
    plan_height = MetresField(label=gettext_lazy("Depth in metres"))
    seats = forms.IntegerField(label=gettext_lazy("Seats for a session"), required=False)

    def hall_fields(self) -> HallFields:
        """What was written."""
        written = self.cleaned_data
        return HallFields(
            name=written["name"], plan_width=int(written["plan_width"]), plan_height=int(written["plan_height"]),
            seats=written["seats"],
        )  # fmt: skip


def hall_initial(hall: Hall | None) -> dict[str, Any]:
    """A stored hall as the form first shows it; a usual size for a new one."""
    if hall is None:
        return {"plan_width": Decimetres(400), "plan_height": Decimetres(250)}
    return {
        "name": hall.name, "seats": hall.seats, "plan_width": Decimetres(hall.plan_width),
        "plan_height": Decimetres(hall.plan_height),
    }  # fmt: skip


class InHallForm(VersionForm):
    """A form about one of the event's halls."""

    hall = forms.ChoiceField(label=gettext_lazy("In which hall"))

    def __init__(self, *args: Any, halls: list[Hall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.halls = {str(hall.public_id): hall for hall in halls}
        self.offer("hall", [(key, hall.name) for key, hall in self.halls.items()])

    @property
    def chosen_hall(self) -> Hall:
        """The hall that was chosen."""
        return self.halls[self.cleaned_data["hall"]]


class TablesForm(InHallForm):
    """Tables in bulk."""

    labels = Text(
        label=gettext_lazy("Tables"),
        help_text=gettext_lazy("A range or several, with commas between: T1-T12, Bar 1-Bar 3."),
    )


class WalksForm(VersionForm):
    """Minutes between each two halls."""

    def __init__(self, *args: Any, halls: list[Hall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairs: dict[str, frozenset[int]] = {}
        for one, other in combinations(halls, 2):
            name = f"walk_{one.pk}_{other.pk}"
            self.pairs[name] = frozenset((one.pk, other.pk))
            self.fields[name] = forms.IntegerField(
                label=_("%(one)s to %(other)s, minutes") % {"one": one.name, "other": other.name},
                required=False,
                min_value=0,
                max_value=MOST_WALK_MINUTES,
                widget=forms.NumberInput(attrs={"class": "form-control"}),
            )

    def minutes(self) -> dict[frozenset[int], int]:
        """What was written, by pairs of halls."""
        return {pair: self.cleaned_data[name] or 0 for name, pair in self.pairs.items()}


class StandRowsForm(InHallForm):
    """Rows of stands."""

    domain_names: ClassVar[dict[str, str]] = {"prefix": "letters", "number": "letters"}

    rows = forms.IntegerField(label=gettext_lazy("Number of rows"))
    each = forms.IntegerField(label=gettext_lazy("Stands in each row"))
    letters = Text(label=gettext_lazy("Letters before the number"), required=False)
    first = forms.IntegerField(label=gettext_lazy("First number"))
    width = MetresField(label=gettext_lazy("Width of a stand in metres"))
    height = MetresField(label=gettext_lazy("Depth of a stand in metres"))
    aisle = MetresField(label=gettext_lazy("Aisle between rows in metres"))
    left = MetresField(label=gettext_lazy("From the left wall in metres"))
    top = MetresField(label=gettext_lazy("From the upper wall in metres"))

    def stand_rows(self) -> StandRows:
        """What was written."""
        written = self.cleaned_data
        lengths = {name: int(written[name]) for name in ("width", "height", "aisle", "left", "top")}
        return StandRows(
            rows=written["rows"], each=written["each"], prefix=written["letters"], first=written["first"], **lengths
        )


class StandForm(VersionForm):
    """One stand: number, place, whose it is."""

    number = Text(label=gettext_lazy("Number of the stand"))
    profile = forms.ChoiceField(
        label=gettext_lazy("Given to"),
        required=False,
        help_text=gettext_lazy("Those who take part in the event."),
    )
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), required=False)
    meetings_at_once = forms.IntegerField(label=gettext_lazy("Meetings that it holds at a time"))
    left = MetresField(label=gettext_lazy("From the left wall in metres"))
    top = MetresField(label=gettext_lazy("From the upper wall in metres"))
    width = MetresField(label=gettext_lazy("Width of a stand in metres"))
    height = MetresField(label=gettext_lazy("Depth of a stand in metres"))

    def __init__(self, *args: Any, profiles: list[Profile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profiles = {profile.slug: profile for profile in profiles}
        self.offer("profile", [(slug, profile.name) for slug, profile in self.profiles.items()], blank=True)
        self.offer("theme", choices_of(Taxonomy.THEME), blank=True)

    @property
    def chosen_profile(self) -> Profile | None:
        """Whose the stand is to be."""
        return self.profiles.get(self.cleaned_data["profile"])

    def stand_fields(self) -> StandFields:
        """What was written."""
        written = self.cleaned_data
        lengths = {name: int(written[name]) for name in ("left", "top", "width", "height")}
        return StandFields(
            number=written["number"], meetings_at_once=written["meetings_at_once"], theme=written["theme"], **lengths
        )


def stand_initial(stand: Stand) -> dict[str, Any]:
    """A stored stand as the form first shows it."""
    return {
        "number": stand.number,
        "profile": stand.profile.slug if stand.profile else "",
        "theme": stand.theme.code if stand.theme else "",
        "meetings_at_once": stand.meetings_at_once,
        **{name: Decimetres(getattr(stand, name)) for name in ("left", "top", "width", "height")},
    }


class SessionForm(VersionForm):
    """A talk, workshop or plenary."""

    title = Text(label=gettext_lazy("Title of the session"))
    text = Text(label=gettext_lazy("What it is about"), required=False, widget=text_area(4))
    language = forms.ChoiceField(label=gettext_lazy("Held in"), choices=settings.LANGUAGES)
    hall = forms.ChoiceField(label=gettext_lazy("In which hall"), required=False)
    starts = WallField(label=gettext_lazy("Begins at"))
    ends = WallField(label=gettext_lazy("Ends at"))
    is_for_all = forms.BooleanField(
        label=gettext_lazy("Everybody takes part, so that no meetings lie in it"), required=False
    )
    speakers = Text(
        label=gettext_lazy("Who speaks"),
        required=False,
        widget=text_area(3),
        help_text=gettext_lazy("Participants, one a line: name, e-mail address or the code on the badge."),
    )

    def __init__(self, *args: Any, halls: list[Hall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.halls = {str(hall.public_id): hall for hall in halls}
        self.offer("hall", [(key, hall.name) for key, hall in self.halls.items()], blank=True)

    @property
    def chosen_hall(self) -> Hall | None:
        """The hall that was chosen."""
        return self.halls.get(self.cleaned_data["hall"])

    def session_fields(self) -> SessionFields:
        """What was written."""
        written = {name: value for name, value in self.cleaned_data.items() if name not in {"version", "hall"}}
        return SessionFields(**{**written, "speakers": tuple(written["speakers"].splitlines())})


def session_initial(event: Event, session: ProgrammeSession | None, speakers: list[str]) -> dict[str, Any]:
    """A stored session as the form first shows it; the first hour of the event for a new one."""
    if session is None:
        return {"starts": wall_of(event.starts_at, event.zone), "language": get_language()}
    return {
        "title": session.title, "text": session.text, "language": session.language, "is_for_all": session.is_for_all,
        "hall": str(session.hall.public_id) if session.hall else "", "starts": wall_of(session.starts_at, event.zone),
        "ends": wall_of(session.ends_at, event.zone), "speakers": "\n".join(speakers),
    }  # fmt: skip
