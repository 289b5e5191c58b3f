"""The ten-second form about a meeting; only whether it happened must be said."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.domain.day.rating import RatingFields
from events.models import MeetingSide
from frontend.forms.plain import PlainForm, Text

YES_NO = (("yes", _("Yes")), ("no", _("No")))
_TRUTH = {"yes": True, "no": False}


def _yes_no(label: Any, help_text: Any = "", *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=YES_NO, required=required, widget=forms.RadioSelect, help_text=help_text
    )


class RatingForm(PlainForm):
    """Did it happen, was it worth it, shall it go on, may they have the address."""

    other_came = _yes_no(_("Did the meeting happen?"), required=True)
    rating = forms.TypedChoiceField(
        label=_("Was it worth the time?"),
        choices=((4, _("Very much")), (3, _("Yes, it was")), (2, _("A little")), (1, _("Not really"))),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    goes_on = _yes_no(_("Do you want to go on together?"))
    shares_contact = _yes_no(
        _("May they have your e-mail address?"),
        _("They get it only if both say yes. Then the contact goes on here, and the hub asks later what came of it."),
    )
    note = Text(label=_("A note for the hub"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, asks_contact: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other_came"].error_messages["required"] = _("Say whether the meeting happened.")
        if not asks_contact:
            # Who shares a colleague's agenda tells of the meeting, and never opens the colleague's address.
            del self.fields["shares_contact"]

    def fields_told(self) -> RatingFields:
        """What was said, for the domain."""
        told = self.cleaned_data
        return RatingFields(
            other_came=_TRUTH.get(told["other_came"]),
            rating=told["rating"],
            goes_on=_TRUTH.get(told["goes_on"]),
            shares_contact=_TRUTH.get(told.get("shares_contact", "")),
            note=told["note"],
        )


def rating_initial(side: MeetingSide) -> dict[str, Any]:
    """What was said before."""
    words = {True: "yes", False: "no", None: ""}
    return {
        "other_came": words[side.other_came],
        "rating": side.rating,
        "goes_on": words[side.goes_on],
        "shares_contact": words[side.shares_contact],
        "note": side.note,
    }
