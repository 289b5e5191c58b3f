"""Forms of what an organiser sets by hand on an agreed meeting: its time and place, its order, a guest."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Event, MeetingRequest, Participant, Slot, Stand, Table
from events.queries.timetable import places_of
from frontend.forms.events_plan_meeting import find_named, name_field, named_people, place_choice
from frontend.forms.plain import PlainForm, Text
from frontend.meeting_rows import pair_words
from frontend.timetable_words import slot_words

MEETINGS = "meeting-names"


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

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slots = {str(slot.public_id): slot for slot in event.slots.order_by("starts_at", "pk")}
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


class OrderForm(PlainForm):
    """Which meeting it comes before."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    before = name_field(
        gettext_lazy("Held earlier than"),
        names=MEETINGS,
        help_text=gettext_lazy("Write a name and choose the meeting from the list."),
    )

    def __init__(self, *args: Any, others: Iterable[MeetingRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._requests = named_meetings(others)

    @property
    def names(self) -> list[str]:
        """What can be chosen as the other meeting, in order."""
        return list(self._requests)

    def clean_before(self) -> str:
        """Only what stands in the list is a meeting."""
        written = " ".join(str(self.cleaned_data["before"]).split())
        if written not in self._requests:
            raise forms.ValidationError(_("Choose a meeting from the list: those that are agreed."))
        return written

    def before_request(self) -> MeetingRequest:
        """The meeting chosen."""
        return self._requests[self.cleaned_data["before"]]


class GuestForm(PlainForm):
    """Who comes to the meeting as well."""

    domain_names = {"people": "guest"}

    version = forms.IntegerField(widget=forms.HiddenInput)
    guest = name_field(
        gettext_lazy("One more person at the meeting"),
        help_text=gettext_lazy("Write the name and choose from the list, or write the badge’s code."),
    )

    def __init__(self, *args: Any, people: Iterable[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = named_people(people)

    @property
    def names(self) -> list[str]:
        """Who can be chosen, in order."""
        return list(self._people)

    def clean(self) -> dict[str, Any]:
        """Find the person by what stands in the list, or by the code."""
        cleaned = super().clean()
        written = str(cleaned.get("guest") or "")
        if written and find_named(self._people, written) is None:
            self.add_error("guest", _("Choose somebody from the list: people who come and take booked meetings."))
        return cleaned

    def person(self) -> Participant:
        """The person chosen."""
        found = find_named(self._people, self.cleaned_data["guest"])
        if found is None:
            raise LookupError("The form is not valid.")
        return found


def named_meetings(requests: Iterable[MeetingRequest]) -> dict[str, MeetingRequest]:
    """Meetings by what the list calls them; those of the same names are told apart by the badges' codes."""
    rows = list(requests)
    words = [" ".join(pair_words(row).split()) for row in rows]
    times = Counter(words)
    return {
        told if times[told] == 1 else f"{told} · {row.sender.code} – {row.receiver.code}": row
        for told, row in zip(words, rows, strict=True)
    }
