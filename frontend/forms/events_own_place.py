"""The form of a place in its own people's hands: only here is said whether the stand is in the catalogue."""

from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict

from frontend.forms.events_people import PlaceForm

_CHOICE, _SHOWN = "in_catalogue", "catalogue_shown"


class OwnPlaceForm(PlaceForm):
    """A place, with the choice that holds for all whom the organisation sends: said only by who has changed it here.

    `choice` is what is stored; None where whoever writes has no say.
    """

    domain_names: ClassVar[dict[str, str]] = {}

    # What the page showed: somebody else may have changed the choice while it lay open.
    catalogue_shown = forms.NullBooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, choice: bool | None, initial: dict[str, Any], **kwargs: Any) -> None:
        shown = {**initial, _CHOICE: choice, _SHOWN: choice}
        super().__init__(*args, is_exhibitor=choice is not None, initial=shown, **kwargs)
        if choice is None:
            del self.fields[_SHOWN]

    def clean(self) -> dict[str, Any]:
        """What was not changed here is what is stored, so that it is no difference either."""
        cleaned = super().clean()
        if _CHOICE in cleaned and cleaned[_SHOWN] in {None, cleaned[_CHOICE]}:
            cleaned[_CHOICE] = self.initial[_CHOICE]
        return cleaned

    def catalogue_choice(self) -> bool | None:
        """Whether the stand may be in the catalogue; None where that was not asked, or is as it was."""
        wanted = self.cleaned_data.get(_CHOICE)
        return None if wanted == self.initial[_CHOICE] else wanted

    def take_version(self, version: int) -> None:
        """The same for the choice: what is stored now stood beside what was chosen."""
        super().take_version(version)
        if _CHOICE in self.fields:
            data = cast("QueryDict", self.data)
            data[_SHOWN] = str(self.initial[_CHOICE])
            data[_CHOICE] = "on" if self.cleaned_data[_CHOICE] else ""
