"""Forms of shortlists: what is sought, whom to add, one request to all, the choice."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from frontend.forms.introductions import minutes_choices
from frontend.forms.plain import PlainForm, Text
from frontend.forms.projects import OnceForm
from frontend.forms.statements import text_area
from matching.domain.introductions.fields import RequestFields
from matching.domain.projects.shortlists import ShortlistFields
from matching.enums import OpiStep
from matching.models.projects import Candidate, Shortlist
from profiles.enums import Taxonomy
from profiles.models import Profile
from profiles.terms import choices_of


class ShortlistForm(PlainForm):
    """What is sought."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = Text(label=gettext_lazy("What you seek"), help_text=gettext_lazy("Such as: designer for a sensor housing."))
    need = Text(
        label=gettext_lazy("The need"),
        widget=text_area(6),
        help_text=gettext_lazy("What should be solved, for whom, and what decides your choice. We search with it."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Written in"), choices=settings.LANGUAGES)

    def shortlist_fields(self) -> ShortlistFields:
        """What was written."""
        written = self.cleaned_data
        return ShortlistFields(title=written["title"], need=written["need"], language=written["language"])


class NewShortlistForm(ShortlistForm, OnceForm):
    """Beginning a list."""

    owner = forms.ChoiceField(label=gettext_lazy("Who seeks"))

    field_order = ("owner", "title", "need", "language")

    def __init__(self, *args: Any, owners: list[Profile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {profile.slug: profile for profile in owners}
        self.offer("owner", [(slug, profile.name) for slug, profile in self.owners.items()])
        if len(owners) == 1:
            self.fields["owner"].widget = forms.HiddenInput()
            self.fields["owner"].initial = owners[0].slug

    @property
    def owner_profile(self) -> Profile:
        """The profile that was chosen."""
        return self.owners[self.cleaned_data["owner"]]


def shortlist_initial(shortlist: Shortlist) -> dict[str, Any]:
    """A stored list as the form first shows it."""
    return {
        "title": shortlist.title, "need": shortlist.need, "language": shortlist.language,
        "version": shortlist.version,
    }  # fmt: skip


class AskTogetherForm(PlainForm):
    """One request to all on the list."""

    contact_purpose = forms.ChoiceField(label=gettext_lazy("Purpose"))
    asked = Text(
        label=gettext_lazy("What exactly do you ask for?"),
        widget=text_area(6),
        help_text=gettext_lazy("The same words go to each of them. They do not see each other."),
    )
    minutes = forms.TypedChoiceField(label=gettext_lazy("How much of their time?"), coerce=int)
    opi_step = forms.ChoiceField(
        label=gettext_lazy("What kind of contact is it?"),
        required=False,
        help_text=gettext_lazy("Public buyers must know beforehand what a contact means for a later tender."),
    )
    ip_state = forms.ChoiceField(label=gettext_lazy("Rights to what you show"), required=False)
    novelty_checked = forms.BooleanField(
        label=gettext_lazy("We have made sure that we lose no rights by telling this"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("contact_purpose", choices_of(Taxonomy.CONTACT_PURPOSE), blank=True)
        self.offer("minutes", minutes_choices(None), blank=True)
        self.offer("opi_step", list(OpiStep.choices), blank=True)
        self.offer("ip_state", choices_of(Taxonomy.IP_STATE), blank=True)

    def request_fields(self) -> RequestFields:
        """What was written."""
        return RequestFields(**self.cleaned_data)


class NotesForm(PlainForm):
    """Our own note about a candidate, and what they answered."""

    answer = Text(
        label=gettext_lazy("What they answered"),
        required=False,
        widget=text_area(4),
        help_text=gettext_lazy("Price, time, approach: what you compare. Also what you heard by phone."),
    )
    note = Text(label=gettext_lazy("Your own note"), required=False, widget=text_area(3))


class ChoiceForm(PlainForm):
    """Whom you chose and why, with the interests you have."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    candidates = forms.MultipleChoiceField(
        label=gettext_lazy("Whom you choose"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Those who said yes, or whose answer you have written down."),
    )
    reason = Text(
        label=gettext_lazy("Why"),
        widget=text_area(4),
        help_text=gettext_lazy("What decided it. It stays with the list, for you and for whoever asks later."),
    )
    has_interests = forms.TypedChoiceField(
        label=gettext_lazy("Do you, or somebody close to you, have interests in any of them?"),
        choices=[("no", gettext_lazy("No, none")), ("yes", gettext_lazy("Yes, we have"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Such as shares, a seat on the board, a second job, or family."),
    )
    interests = Text(
        label=gettext_lazy("Which interests, in whom"),
        required=False,
        widget=text_area(2),
        help_text=gettext_lazy("Only if you have any."),
    )

    def __init__(self, *args: Any, choosable: list[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choosable = {str(row.public_id): row for row in choosable}
        self.offer("candidates", [(key, row.profile.name) for key, row in self.choosable.items()])

    @property
    def chosen(self) -> list[Candidate]:
        """The candidates that were ticked."""
        return [self.choosable[key] for key in self.cleaned_data["candidates"]]


class GiveUpForm(PlainForm):
    """Ending a list without a choice."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = Text(label=gettext_lazy("Why nobody was chosen"), widget=text_area(3))


class AddCandidateForm(PlainForm):
    """Adding somebody by name."""

    name = Text(
        label=gettext_lazy("Name of the profile"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=gettext_lazy("The name or a part of it."),
    )
    note = Text(label=gettext_lazy("Your own note"), required=False, widget=text_area(2))
