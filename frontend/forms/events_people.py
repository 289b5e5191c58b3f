"""Forms of events: signing up, changing a place, what one offers and seeks that day, importing, looking for people."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events.domain.people.person_fields import MOST_MEETINGS, PersonFields
from events.domain.people.sheets import MOST_ROWS
from events.domain.people.stating import OwnText, own_texts
from events.enums import ParticipantState, PeopleKind
from events.models import EventTerms, Participant, Slot
from events.templates import EventTemplate
from frontend.forms.events_without_bookings import fit_to_kind
from frontend.forms.plain import PlainForm, Text
from frontend.forms.statements import text_area
from profiles.enums import StatementKind
from profiles.models import Statement

_LIMIT_TOLD = format_lazy(
    gettext_lazy("Write a number of meetings from 1 to {most}, or leave it empty."), most=MOST_MEETINGS
)


class PlaceForm(PlainForm):
    """A person's place: who, as what, when, and whether they take meetings."""

    domain_names: ClassVar[dict[str, str]] = {}
    own_agenda: ClassVar[Any] = gettext_lazy("An agenda of my own")

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    terms_number = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = Text(label=gettext_lazy("Name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = Text(
        label=gettext_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("The mails about the day go there. Others see it only if you say so below."),
    )
    title = Text(
        label=gettext_lazy("Title or task"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    phone = Text(
        label=gettext_lazy("Telephone on the day"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=gettext_lazy(
            "For the organiser, in case something changes. Others see it only if you let it stand in the catalogue."
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("You come as"),
        choices=PeopleKind.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Exhibitors get their stand from the organiser before the day and stand in the public catalogue; you can "
            "change that in your registration at any time."
        ),
    )
    is_senior = forms.BooleanField(
        label=gettext_lazy("Senior researcher or clinician"),
        required=False,
        help_text=gettext_lazy("Groups around questions need at least one who is senior."),
    )
    host = forms.ChoiceField(
        label=gettext_lazy("Whose agenda"),
        required=False,
        help_text=gettext_lazy("Colleagues at one stand can share an agenda: a meeting is then for all of you."),
    )
    meets = forms.BooleanField(
        label=gettext_lazy("Yes, I take booked 1:1 meetings"),
        required=False,
        help_text=gettext_lazy(
            "Others can then ask to meet you, with a reason. You answer each request, and nobody books you without it."
        ),
    )
    may_be_asked = forms.BooleanField(
        label=gettext_lazy("Others may ask me to open up for meetings later"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Only if you take no meetings so far: we count who would like to meet you and tell you at most once a "
            "week, without names."
        ),
    )
    most_meetings = forms.IntegerField(
        label=gettext_lazy("At most so many meetings"),
        required=False,
        min_value=1,
        max_value=MOST_MEETINGS,
        help_text=gettext_lazy("Leave it empty if you take as many as there is time for."),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _LIMIT_TOLD),
    )
    beside_cap = forms.BooleanField(
        label=gettext_lazy("Meetings here come on top of our monthly cap"),
        required=False,
        help_text=gettext_lazy(
            "Without the tick, each meeting counts as one of the contacts that your profile takes a month."
        ),
    )
    open_slots = forms.MultipleChoiceField(
        label=gettext_lazy("When you can meet"),
        required=False,
        help_text=gettext_lazy(
            "All times are chosen. Take away those in which you cannot meet. Times are those of the place."
        ),
    )
    access_needs = Text(
        label=gettext_lazy("What you need to take part"),
        required=False,
        widget=text_area(2),
        help_text=gettext_lazy(
            "Such as step-free access, a sign language interpreter, food. Only the organisers see it."
        ),
    )
    shares_contact = forms.BooleanField(
        label=gettext_lazy("My e-mail and telephone may stand in the catalogue"),
        required=False,
        help_text=gettext_lazy("Without the tick the catalogue shows only your name and organisation."),
    )
    in_catalogue = forms.BooleanField(
        label=gettext_lazy("Our stand is in the public catalogue"),
        required=False,
        help_text=gettext_lazy(
            "With your organisation's name, its themes and what it offers and seeks, on the web and in print. It holds "
            "for everybody whom your organisation sends."
        ),
    )
    agrees = forms.BooleanField(label=gettext_lazy("I have read the terms and agree"), required=False)

    def __init__(
        self,
        *args: Any,
        slots: Sequence[Slot] = (),
        hosts: Iterable[Participant] = (),
        terms: EventTerms | None = None,
        colleague: Participant | None = None,
        is_exhibitor: bool = False,
        template: EventTemplate | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.colleague, self.template = colleague, template
        self.hosts = {str(each.public_id): each for each in hosts}
        self.slots = list(slots)
        names = [
            (public_id, _("The agenda of %(name)s") % {"name": each.name}) for public_id, each in self.hosts.items()
        ]
        self.offer("host", [("", self.own_agenda), *names])
        self.offer("open_slots", [(str(slot.public_id), str(slot)) for slot in self.slots])
        self.fields["open_slots"].initial = [str(slot.public_id) for slot in self.slots]
        self.fields["kind"].initial = PeopleKind.PARTICIPANT.value
        self.fields["terms_number"].initial = terms.number if terms else None
        is_own = colleague is None
        for name, is_there in (
            ("host", self.hosts), ("open_slots", self.slots), ("agrees", terms), ("access_needs", is_own),
            ("in_catalogue", is_exhibitor),
        ):  # fmt: skip
            if not is_there:
                del self.fields[name]
        if template is not None:
            fit_to_kind(self, template, is_about=False)

    def person_fields(self, *, language: str) -> PersonFields:
        """The person as written; what the form does not ask stays as it was."""
        written = {**self.initial, **self.cleaned_data}
        if self.colleague is not None:
            # What somebody needs is told to the organisers, and to no colleague who changes the rest.
            written["access_needs"] = self.colleague.access_needs
        agreed = written["terms_number"] if written.get("agrees") else None
        names = ("name", "email", "title", "phone", "kind", "is_senior", "meets", "may_be_asked", "most_meetings",
                 "beside_cap", "access_needs", "shares_contact")  # fmt: skip
        host = self.hosts.get(written.get("host", ""))
        return PersonFields(
            **{name: written[name] for name in names if name in written},
            language=language,
            agreed_terms=agreed,
            host=host,
        )

    def chosen_slots(self) -> frozenset[UUID] | None:
        """The slots in which the person can meet; None where the event has none."""
        return frozenset(map(UUID, self.cleaned_data["open_slots"])) if "open_slots" in self.fields else None


def place_initial(person: Participant, slots: Sequence[Slot]) -> dict[str, Any]:
    """A stored place as the form first shows it."""
    names = ("version", "name", "email", "title", "phone", "kind", "is_senior", "meets", "may_be_asked",
             "most_meetings", "beside_cap", "access_needs", "shares_contact")  # fmt: skip
    closed = set(person.closed_slots.values_list("slot_id", flat=True))
    return {
        **{name: getattr(person, name) for name in names},
        "host": str(person.host.public_id) if person.host else "",
        "open_slots": [str(slot.public_id) for slot in slots if slot.pk not in closed],
    }


class TextsForm(PlainForm):
    """What a profile offers and seeks on the day."""

    chosen = forms.MultipleChoiceField(
        label=gettext_lazy("From your profile"), required=False, widget=forms.CheckboxSelectMultiple
    )
    own_offer = Text(
        label=gettext_lazy("What else you offer that day"),
        required=False,
        widget=text_area(3),
        help_text=gettext_lazy("In your own words. A blank line begins another one."),
    )
    own_need = Text(
        label=gettext_lazy("What else you seek that day"),
        required=False,
        widget=text_area(3),
        help_text=gettext_lazy("Say it as precisely as you can: recommendations are made of it."),
    )

    def __init__(self, *args: Any, statements: Sequence[Statement] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.statements = {str(each.public_id): each for each in statements}
        self.offer("chosen", [(key, _choice_of(each)) for key, each in self.statements.items()])
        if not self.statements:
            del self.fields["chosen"]

    def chosen_statements(self) -> list[Statement]:
        """The statements that were ticked."""
        return [self.statements[key] for key in self.cleaned_data.get("chosen", ())]

    def own_texts(self) -> list[OwnText]:
        """What was written for the day."""
        language = get_language() or "da"
        return [
            text
            for kind in (StatementKind.OFFER, StatementKind.NEED)
            for text in own_texts(kind.value, self.cleaned_data[f"own_{kind.value}"], language=language)
        ]


class OthersTextsForm(TextsForm):
    """The same, written by an organiser for those who come."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["own_offer"].label = _("What else they offer that day")
        self.fields["own_offer"].help_text = _("In a few words. A blank line begins another one.")
        self.fields["own_need"].label = _("What else they seek that day")
        if "chosen" in self.fields:
            self.fields["chosen"].label = _("From their profile")


def _choice_of(statement: Statement) -> str:
    return format_html(
        '<b>{}</b><span class="choice-hint" dir="auto">{}</span>', statement.get_kind_display(), statement.text
    )


class SignUpForm(TextsForm, PlaceForm):
    """The whole sign-up on one page."""

    domain_names: ClassVar[dict[str, str]] = {}

    def clean_agrees(self) -> bool:
        """Said with all else that is missing, not only once the rest is right."""
        if not self.cleaned_data["agrees"]:
            raise forms.ValidationError(_("Read the terms and say that you agree; without that, you cannot come."))
        return True


def _most_rows() -> str:
    return str(number_format(MOST_ROWS, force_grouping=True))


class UploadForm(PlainForm):
    """A file with people."""

    file = forms.FileField(
        label=gettext_lazy("File with people"),
        help_text=format_lazy(
            gettext_lazy("CSV or XLSX, at most 5 MB and {most} rows. Nothing is stored before you say so."),
            most=lazy(_most_rows, str)(),
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        error_messages={"empty": gettext_lazy("The file is empty. Export it again.")},
    )


class FindPeopleForm(PlainForm):
    """What an organiser looks for among the people of an event."""

    q = Text(label=gettext_lazy("Name, organisation, address or badge code"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Comes as"), required=False)
    stand = forms.ChoiceField(label=gettext_lazy("Found at stand"), required=False)

    def __init__(self, *args: Any, stands: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("state", [("", _("All")), *ParticipantState.choices])
        self.offer("kind", [("", _("All")), *PeopleKind.choices])
        self.offer("stand", [("", _("All")), *((number, number) for number in stands)])
