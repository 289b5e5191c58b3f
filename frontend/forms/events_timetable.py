"""Forms of the timetable: computing, repairing, moving one meeting."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.domain.timetable.meeting_places import OpenSlot
from events.domain.timetable.running import LEAST_SECONDS, MOST_SECONDS
from events.domain.timetable.stored_timetables import Spot
from events.models import Event
from events.queries.catalogue import natural
from frontend.forms.plain import PlainForm
from frontend.timetable_words import place_words, slot_words
from kernel.errors import InvalidInput

ANY_PLACE = "any"


class RunForm(PlainForm):
    """How long may be computed."""

    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds at most"),
        help_text=gettext_lazy("A good timetable is there within seconds; more time makes it better, or proves it."),
        min_value=LEAST_SECONDS,
        max_value=MOST_SECONDS,
        initial=60,
    )


class RepairForm(PlainForm):
    """How much a repair may change."""

    most_moved = forms.IntegerField(
        label=gettext_lazy("Meetings that may change at most"),
        help_text=gettext_lazy(
            "Besides those that cannot stay where they are. They are moved, or called off where others gain more by "
            "it. With 0 nothing that can stay is touched."
        ),
        min_value=0,
        max_value=10_000,
    )


class MoveForm(PlainForm):
    """Another time or place for one meeting: only what breaks no rule can be chosen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    slot = forms.ChoiceField(label=gettext_lazy("When"), widget=forms.RadioSelect)
    place = forms.ChoiceField(
        label=gettext_lazy("Where"),
        help_text=gettext_lazy("“Any free place” takes the first that is free then."),
    )

    def __init__(self, *args: Any, event: Event, now_at: Spot, open_slots: Sequence[OpenSlot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now_at = now_at
        self._spots = {str(each.first.slot.public_id): each.spots for each in open_slots}
        self.offer("slot", [(key, _slot_label(event, spots)) for key, spots in self._spots.items()])
        places = {spot.stored[1]: spot for spots in self._spots.values() for spot in spots}
        labels = [(key, place_words(table=spot.table, stand=spot.stand)) for key, spot in places.items()]
        self.offer("place", [(ANY_PLACE, _("Any free place")), *sorted(labels, key=lambda each: natural(each[1]))])

    def spot(self) -> Spot:
        """The choice; any free place is the present one where that is free then.

        Raises:
            InvalidInput: the place is taken at that time.
        """
        spots = self._spots[self.cleaned_data["slot"]]
        place = self.cleaned_data["place"]
        if place == ANY_PLACE:
            here = self._now_at.stored[1]
            return next((spot for spot in spots if spot.stored[1] == here), spots[0])
        chosen = next((spot for spot in spots if spot.stored[1] == place), None)
        if chosen is None:
            raise InvalidInput(_("That place is taken then. Choose another one, or any free place."), field="place")
        return chosen


def move_initial(spot: Spot, version: int) -> dict[str, Any]:
    """Where the meeting is, as the form tells it."""
    return {"slot": str(spot.slot.public_id), "place": spot.stored[1], "version": version}


def _slot_label(event: Event, spots: Sequence[Spot]) -> str:
    free = ngettext("%(count)d place free", "%(count)d places free", len(spots)) % {"count": len(spots)}
    return f"{slot_words(spots[0].slot, event)} · {free}"
