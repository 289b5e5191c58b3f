"""The form with which an organiser plans a meeting between people, found by their names in one list."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Event, MeetingRequest, Participant, Slot, Stand, Table
from events.models.wishes import MAX_REASON
from events.queries.timetable import accepted_requests, places_of
from events.queries.wishes import people_who_take_meetings
from frontend.forms.plain import PlainForm, Text
from frontend.timetable_words import person_words, place_words, slot_words

LIST = "people-names"
_PEOPLE = ("first", "second", "third", "fourth")


def _name_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"list": LIST, "autocomplete": "off", "dir": "auto"})
    return forms.CharField(label=label, required=required, help_text=help_text, max_length=400, widget=widget)


class PlanMeetingForm(PlainForm):
    """Who, before which meeting, when, where and why; all but two people and the reason may be left open."""

    domain_names = {"people": "second", "other": "second"}

    version = forms.IntegerField(widget=forms.HiddenInput)
    first = _name_field(
        gettext_lazy("Who is to meet somebody"), help_text=gettext_lazy("Write the name and choose from the list.")
    )
    second = _name_field(gettext_lazy("Whom they are to meet"))
    third = _name_field(gettext_lazy("A third person at the table"), required=False)
    fourth = _name_field(gettext_lazy("A fourth person at the table"), required=False)
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
        self._people = named_people(people_who_take_meetings(event))
        self._requests = {str(row.public_id): row for row in accepted_requests(event)}
        self._slots = {str(slot.public_id): slot for slot in event.slots.order_by("starts_at", "pk")}
        self._places = {str(place.public_id): place for place in places_of(event)}
        self.offer("before", [(key, _pair(row)) for key, row in self._requests.items()], blank=True)
        self.offer("slot", [(key, slot_words(slot, event)) for key, slot in self._slots.items()], blank=True)
        self.offer("place", [(key, _place_words(place)) for key, place in self._places.items()], blank=True)

    @property
    def names(self) -> list[str]:
        """What can be chosen as a person, in order."""
        return list(self._people)

    def clean(self) -> dict[str, Any]:
        """Find the people by what stands in the list."""
        cleaned = super().clean()
        for name in _PEOPLE:
            written = " ".join(str(cleaned.get(name) or "").split())
            if written and written not in self._people:
                self.add_error(name, _("Choose somebody from the list: people who come and take booked meetings."))
        return cleaned

    def people(self) -> list[Participant]:
        """The people chosen, in order."""
        written = (" ".join(str(self.cleaned_data.get(name) or "").split()) for name in _PEOPLE)
        return [self._people[each] for each in written if each]

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


def _pair(request: MeetingRequest) -> str:
    return f"{person_words(request.sender)} – {person_words(request.receiver)}"


def _place_words(place: Table | Stand) -> str:
    return place_words(stand=place, table=None) if isinstance(place, Stand) else place_words(table=place, stand=None)
