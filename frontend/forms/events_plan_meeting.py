"""The form with which an organiser plans a meeting between people, found by their names in one list."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.domain.wishes.hand_checks import MOST_PEOPLE
from events.models import Event, MeetingRequest, Participant, Slot, Stand, Table
from events.models.wishes import MAX_REASON
from events.queries.timetable import places_of, requests_to_hold
from events.queries.wishes import people_who_take_meetings
from frontend.forms.plain import PlainForm, Text
from frontend.meeting_rows import pair_words
from frontend.timetable_words import person_words, place_words, slot_words

LIST = "people-names"
_PEOPLE = ("first", "second", *(f"guest_{number}" for number in range(3, MOST_PEOPLE + 1)))


def name_field(label: Any, *, required: bool = True, help_text: Any = "", names: str = LIST) -> forms.CharField:
    """A line in which a name of a list is written; one list serves all such lines of a page."""
    widget = forms.TextInput(attrs={"list": names, "autocomplete": "off", "dir": "auto"})
    # Two names with whom each comes for, and their badges' codes.
    return forms.CharField(label=label, required=required, help_text=help_text, max_length=1_000, widget=widget)


class PlanMeetingForm(PlainForm):
    """Who, before which meeting, when, where and why; all but two people and the reason may be left open."""

    domain_names = {"people": "second", "other": "second"}

    version = forms.IntegerField(widget=forms.HiddenInput)
    first = name_field(
        gettext_lazy("Who is to meet somebody"),
        help_text=gettext_lazy("Write the name and choose from the list, or write the badge’s code."),
    )
    second = name_field(gettext_lazy("Whom they are to meet"))
    reason = Text(
        label=gettext_lazy("Why they should meet"),
        help_text=gettext_lazy("All of them read it."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MAX_REASON}),
    )
    before = forms.ChoiceField(label=gettext_lazy("Held earlier than another meeting"), required=False)
    slot = forms.ChoiceField(
        label=gettext_lazy("When"),
        required=False,
        help_text=gettext_lazy("What you leave open, the next timetable or repair finds."),
    )
    place = forms.ChoiceField(label=gettext_lazy("Where"), required=False)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(_PEOPLE[2:], start=3):
            self.fields[name] = name_field(_("Person %(number)d at the table") % {"number": number}, required=False)
            self.fields[name].widget.attrs["class"] = "form-control"
        self._people = named_people(people_who_take_meetings(event))
        self._requests = {str(row.public_id): row for row in requests_to_hold(event)}
        self._slots = {str(slot.public_id): slot for slot in event.slots.order_by("starts_at", "pk")}
        self._places = {str(place.public_id): place for place in places_of(event)}
        self.offer("before", [(key, pair_words(row)) for key, row in self._requests.items()], blank=True)
        self.offer("slot", [(key, slot_words(slot, event)) for key, slot in self._slots.items()], blank=True)
        self.offer("place", [(key, place_choice(place)) for key, place in self._places.items()], blank=True)

    @property
    def names(self) -> list[str]:
        """What can be chosen as a person, in order."""
        return list(self._people)

    @property
    def guest_fields(self) -> list[forms.BoundField]:
        """Who else sits at the table, which most meetings leave empty."""
        return [self[name] for name in _PEOPLE[2:]]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """Everything besides them."""
        return [field for field in self.visible_fields() if field.name not in _PEOPLE[2:]]

    @property
    def has_guests(self) -> bool:
        """Whether somebody else is written, or something is wrong there."""
        return any(field.value() or field.errors for field in self.guest_fields)

    def clean(self) -> dict[str, Any]:
        """Find the people by what stands in the list."""
        cleaned = super().clean()
        for name in _PEOPLE:
            written = str(cleaned.get(name) or "")
            if written and find_named(self._people, written) is None:
                self.add_error(name, _("Choose somebody from the list: people who come and take booked meetings."))
        return cleaned

    def people(self) -> list[Participant]:
        """The people chosen, in order."""
        found = (find_named(self._people, str(self.cleaned_data.get(name) or "")) for name in _PEOPLE)
        return [person for person in found if person is not None]

    def before_request(self) -> MeetingRequest | None:
        """The agreed meeting that it must be held earlier than."""
        return self._requests.get(self.cleaned_data["before"])

    def fixed_slot(self) -> Slot | None:
        """When, if that is set by hand."""
        return self._slots.get(self.cleaned_data["slot"])

    def fixed_place(self) -> Table | Stand | None:
        """Where, if that is set by hand."""
        return self._places.get(self.cleaned_data["place"])


def named_people(people: Iterable[Participant]) -> dict[str, Participant]:
    """People by what the list calls them; those of one name and organisation are told apart by the badge's code."""
    rows = sorted(people, key=lambda person: (person.name.casefold(), person.pk))
    words = [" ".join(person_words(person).split()) for person in rows]
    times = Counter(words)
    return {
        told if times[told] == 1 else f"{told} · {person.code}": person
        for told, person in zip(words, rows, strict=True)
    }


def find_named(people: Mapping[str, Participant], written: str) -> Participant | None:
    """Whom the words mean: what stands in the list, or the code of a badge."""
    words = " ".join(written.split())
    if words in people:
        return people[words]
    return next((person for person in people.values() if words and person.code.casefold() == words.casefold()), None)


def place_choice(place: Table | Stand) -> str:
    """A table or stand, as one chooses it."""
    return place_words(stand=place, table=None) if isinstance(place, Stand) else place_words(table=place, stand=None)
