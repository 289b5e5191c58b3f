"""The form with which an organiser plans a meeting between people, found by their names or badges' codes."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.domain.wishes.hand_checks import MOST_PEOPLE
from events.models import Event, MeetingRequest, Participant, Slot, Stand, Table
from events.models.wishes import MAX_REASON
from events.queries.timetable import places_of, requests_to_hold, slots_to_come
from events.queries.wishes import agendas_with_meetings
from frontend.forms.events_names import (
    MOST_LISTED_FOR_MANY,
    UNLISTED_MEETINGS,
    UNLISTED_PEOPLE,
    MeetingNames,
    NamingForm,
    PeopleNames,
    name_field,
)
from frontend.forms.plain import Text
from frontend.timetable_words import place_words, slot_words

_PEOPLE = ("first", "second", *(f"guest_{number}" for number in range(3, MOST_PEOPLE + 1)))


class PlanMeetingForm(NamingForm):
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
    before = name_field(
        gettext_lazy("Held earlier than another meeting"),
        required=False,
        help_text=gettext_lazy("Write a name and choose the meeting from the list."),
    )
    slot = forms.ChoiceField(
        label=gettext_lazy("When"),
        required=False,
        help_text=gettext_lazy("What you leave open, the next timetable or repair finds."),
    )
    place = forms.ChoiceField(label=gettext_lazy("Where"), required=False)

    def __init__(self, *args: Any, event: Event, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(_PEOPLE[2:], start=3):
            self.fields[name] = name_field(_("Person %(number)d at the table") % {"number": number}, required=False)
        self.known_people = PeopleNames(agendas_with_meetings(event), most=MOST_LISTED_FOR_MANY)
        self.known_meetings = MeetingNames(requests_to_hold(event))
        self.bind_names(self.known_people, *_PEOPLE, unlisted=UNLISTED_PEOPLE)
        self.bind_names(self.known_meetings, "before", unlisted=UNLISTED_MEETINGS)
        self._slots = {str(slot.public_id): slot for slot in slots_to_come(event, now=now)}
        self._places = {str(place.public_id): place for place in places_of(event)}
        self.offer("slot", [(key, slot_words(slot, event)) for key, slot in self._slots.items()], blank=True)
        self.offer("place", [(key, place_choice(place)) for key, place in self._places.items()], blank=True)

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

    def people(self) -> list[Participant]:
        """The people named, in order."""
        found = (self.named(name) for name in _PEOPLE)
        return [person for person in found if person is not None]

    def before_request(self) -> MeetingRequest | None:
        """The agreed meeting that it must be held earlier than."""
        found: MeetingRequest | None = self.named("before")
        return found

    def fixed_slot(self) -> Slot | None:
        """When, if that is set by hand."""
        return self._slots.get(self.cleaned_data["slot"])

    def fixed_place(self) -> Table | Stand | None:
        """Where, if that is set by hand."""
        return self._places.get(self.cleaned_data["place"])


def place_choice(place: Table | Stand) -> str:
    """A table or stand, as one chooses it."""
    return place_words(stand=place, table=None) if isinstance(place, Stand) else place_words(table=place, stand=None)
