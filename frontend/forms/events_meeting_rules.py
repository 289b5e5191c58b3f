"""Forms of what an organiser sets by hand on an agreed meeting: its time and place, its order, a guest."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from events.models import Event, MeetingRequest, Participant, Slot, Stand, Table
from events.queries.timetable import places_of, slots_to_come
from frontend.forms.events_names import (
    UNLISTED_MEETINGS,
    UNLISTED_PEOPLE,
    MeetingNames,
    NamingForm,
    PeopleNames,
    name_field,
)
from frontend.forms.events_plan_meeting import place_choice
from frontend.forms.plain import PlainForm, Text
from frontend.timetable_words import slot_words


class FindMeetingsForm(PlainForm):
    """Whose meetings an organiser looks for."""

    q = Text(label=gettext_lazy("Name, organisation or badge code"), required=False)


class FixForm(PlainForm):
    """When and where the meeting must be held; what is left open, computing finds."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    slot = forms.ChoiceField(label=gettext_lazy("When"), required=False)
    place = forms.ChoiceField(
        label=gettext_lazy("Where"),
        required=False,
        help_text=gettext_lazy("What you leave open, the next timetable or repair finds."),
    )

    def __init__(self, *args: Any, event: Event, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slots = {str(slot.public_id): slot for slot in slots_to_come(event, now=now)}
        self._places = {str(place.public_id): place for place in places_of(event)}
        self.offer("slot", [(key, slot_words(slot, event)) for key, slot in self._slots.items()], blank=True)
        self.offer("place", [(key, place_choice(place)) for key, place in self._places.items()], blank=True)

    def fixed_slot(self) -> Slot | None:
        """When, if it is set."""
        return self._slots.get(self.cleaned_data["slot"])

    def fixed_place(self) -> Table | Stand | None:
        """Where, if it is set."""
        return self._places.get(self.cleaned_data["place"])


def fix_initial(request: MeetingRequest) -> dict[str, Any]:
    """What is set now, as the form tells it."""
    place = request.fixed_table or request.stand
    return {
        "version": request.version,
        "slot": str(request.fixed_slot.public_id) if request.fixed_slot is not None else "",
        "place": str(place.public_id) if place is not None else "",
    }


class OrderForm(NamingForm):
    """Which meeting it comes before."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    before = name_field(
        gettext_lazy("Held earlier than"),
        help_text=gettext_lazy("Write a name and choose the meeting from the list."),
    )

    def __init__(self, *args: Any, others: QuerySet[MeetingRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = MeetingNames(others)
        self.bind_names(self.known, "before", unlisted=UNLISTED_MEETINGS)

    def before_request(self) -> MeetingRequest:
        """The meeting named."""
        found: MeetingRequest = self.named("before")
        return found


class GuestForm(NamingForm):
    """Who comes to the meeting as well."""

    domain_names = {"people": "guest"}

    version = forms.IntegerField(widget=forms.HiddenInput)
    guest = name_field(
        gettext_lazy("One more person at the meeting"),
        help_text=gettext_lazy("Write the name and choose from the list, or write the badge’s code."),
    )

    def __init__(self, *args: Any, people: QuerySet[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = PeopleNames(people)
        self.bind_names(self.known, "guest", unlisted=UNLISTED_PEOPLE)

    def person(self) -> Participant:
        """The person named."""
        found: Participant = self.named("guest")
        return found
