"""What a sign-up asks where nobody books a meeting: nothing of 1:1 meetings, but whether one is shown to others."""

from typing import Any

from django.utils.translation import gettext_lazy

from events.templates import EventTemplate
from frontend.forms.plain import PlainForm

_OF_MEETINGS = ("meets", "host", "beside_cap")
_OF_TIMES = ("most_meetings", "open_slots")

_SHOWN: dict[bool, dict[str, Any]] = {
    # What the person itself reads, and what an organiser reads about the person.
    False: {
        "label": gettext_lazy("Show me to others who come"),
        "likeness": gettext_lazy(
            "You then see who comes with the same concern, and they see you. Without the tick you are in no such list."
        ),
        "groups": gettext_lazy(
            "You then see who fits you, and they see you. For the groups it makes no difference."
        ),
    },
    True: {
        "label": gettext_lazy("Shown to others who come"),
        "likeness": gettext_lazy(
            "The person then sees who comes with the same concern, and they see the person. Without the tick there is "
            "no such list."
        ),
        "groups": gettext_lazy(
            "The person then sees who fits, and they see the person. For the groups it makes no difference."
        ),
    },
}  # fmt: skip
_MOST_GROUPS = gettext_lazy("At most so many groups")
_MOST_TOLD: dict[bool, Any] = {
    False: gettext_lazy("Leave it empty if you take as many as the organiser finds for you."),
    True: gettext_lazy("Leave it empty if the person takes as many as you find."),
}


def fit_to_kind(form: PlainForm, template: EventTemplate, *, is_about: bool) -> None:
    """Leave out what an event of this kind does not have; `is_about`: an organiser writes about somebody else."""
    if template.has_bookings:
        return
    for name in _OF_MEETINGS if template.has_questions else (*_OF_MEETINGS, *_OF_TIMES):
        form.fields.pop(name, None)
    words = _SHOWN[is_about]
    shown = form.fields["may_be_asked"]
    shown.label, shown.help_text = words["label"], words["groups" if template.has_questions else "likeness"]
    most = form.fields.get("most_meetings")
    if most is not None:
        most.label, most.help_text = _MOST_GROUPS, _MOST_TOLD[is_about]
