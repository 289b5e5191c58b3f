"""Forms in which organisers write somebody's place: that of a person who is there, and of one whom they take in."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from events.domain.people.organising_people import Seat
from events.models import Stand
from frontend.forms.events_people import PlaceForm
from frontend.forms.events_without_bookings import fit_to_kind
from frontend.forms.plain import Text
from profiles.enums import ProfileKind


class OrganiserPlaceForm(PlaceForm):
    """The same place in an organiser's hands; only here is the stand set."""

    stand = forms.ChoiceField(label=gettext_lazy("Found at stand"), required=False)
    # The stand that the page showed: stands are given on other pages too, and only what is changed here is written.
    shown_stand = forms.CharField(widget=forms.HiddenInput, required=False)

    # What is said to the person themselves elsewhere, said about them: labels, and the hints below them.
    about: ClassVar[dict[str, Any]] = {
        "kind": gettext_lazy("Comes as"),
        "meets": gettext_lazy("Takes booked 1:1 meetings"),
        "may_be_asked": gettext_lazy("Others may ask this person to open up for meetings later"),
        "beside_cap": gettext_lazy("Meetings here come on top of the profile's monthly cap"),
        "open_slots": gettext_lazy("When this person can meet"),
        "access_needs": gettext_lazy("What this person needs to take part"),
        "shares_contact": gettext_lazy("E-mail and telephone may stand in the catalogue"),
    }
    own_agenda: ClassVar[Any] = gettext_lazy("An agenda of their own")
    hints_about: ClassVar[dict[str, Any]] = {
        "email": gettext_lazy("The mails about the day go there. Others see it only with the tick at the bottom."),
        "phone": gettext_lazy(
            "For you as organisers, in case something changes. Others see it only with the tick at the bottom."
        ),
        "kind": "",
        "host": gettext_lazy("Colleagues at one stand can share an agenda: a meeting is then for all of them."),
        "meets": gettext_lazy(
            "Others can then ask to meet this person, with a reason, and nobody books the person without an answer."
        ),
        "may_be_asked": gettext_lazy(
            "Only for people who take no meetings so far: we count who would like to meet them and tell them at most "
            "once a week, without names."
        ),
        "most_meetings": gettext_lazy("Leave it empty if the person takes as many as there is time for."),
        "beside_cap": gettext_lazy(
            "Without the tick, each meeting counts as one of the contacts that the profile takes a month."
        ),
        "open_slots": gettext_lazy(
            "Take away the times in which this person cannot meet. Times are those of the place."
        ),
        "shares_contact": gettext_lazy("Without the tick the catalogue shows only the person's name and organisation."),
    }

    def __init__(self, *args: Any, stands: Iterable[Stand] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() & (self.about.keys() | self.hints_about.keys()):
            field = self.fields[name]
            field.label = self.about.get(name, field.label)
            field.help_text = self.hints_about.get(name, field.help_text)
        if self.template is not None:
            fit_to_kind(self, self.template, is_about=True)
        self.stands = {stand.number: stand for stand in stands}
        self.offer("stand", [(number, number) for number in self.stands], blank=True)
        self.fields["shown_stand"].initial = self.initial.get("stand", "")
        if not self.stands:
            del self.fields["stand"], self.fields["shown_stand"]

    def chosen_stand(self) -> Stand | None:
        """The stand that was chosen."""
        return self.stands.get(self.cleaned_data.get("stand", ""))

    def seat(self) -> Seat | None:
        """The stand chosen instead of the one that was shown; None where it was left as it is."""
        shown = self.cleaned_data.get("shown_stand", "")
        if self.cleaned_data.get("stand", "") == shown:
            return None
        return Seat(self.chosen_stand(), instead_of=shown)

    def look_again(self, stored: Mapping[str, Any]) -> None:
        """Show what somebody else saved in between: the next save replaces it; a stand left alone becomes theirs."""
        self.take_version(stored["version"])
        if "stand" not in self.fields:
            return
        data = cast("QueryDict", self.data).copy()
        if self.seat() is None:
            data["stand"] = self.cleaned_data["stand"] = stored["stand"]
        data["shown_stand"] = stored["stand"]
        self.data = data


class AddPersonForm(OrganiserPlaceForm):
    """Somebody whom an organiser takes in, for a profile of the hub or an organisation that is new here."""

    organisation = Text(
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy(
            "The name of its profile. One that is not here yet gets a profile: an exhibitor’s is seen by everybody, "
            "any other’s by members."
        ),
        widget=forms.TextInput(attrs={"list": "organisations", "autocomplete": "off", "class": "form-control"}),
    )
    organisation_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of organisation, if it is new here"),
        required=False,
        choices=[("", gettext_lazy("As its name says")), *ProfileKind.choices],
        help_text=gettext_lazy(
            "Groups of an AIMday are composed of researchers, knowledge institutions and hospital departments."
        ),
    )
    language = forms.ChoiceField(label=gettext_lazy("Mails are written in"), choices=settings.LANGUAGES)

    field_order = ("organisation", "organisation_kind", "name", "email")
