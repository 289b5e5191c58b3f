"""Labels of codes in the reader's language, and small facts of profiles and events; all from memory, no queries."""

from html import unescape

from django import template
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events.models import Event
from events.templates import template_of
from matching.languages import guess_language
from profiles.models import Profile
from profiles.terms import label_of

register = template.Library()


@register.filter
def term(key: str | None) -> str:
    """The label of a term key; empty for none."""
    return label_of(key)


@register.filter
def place(profile: Profile) -> str:
    """Municipality and region, as far as they are known."""
    return ", ".join(filter(None, (label_of(profile.municipality_id), label_of(profile.region_id))))


@register.filter
def has_questions(event: Event) -> bool:
    """Whether the day is made of groups around questions, which its template says."""
    return template_of(event.kind).has_questions


@register.filter
def has_bookings(event: Event) -> bool:
    """Whether two people book meetings at the event, which its template says."""
    return template_of(event.kind).has_bookings


@register.filter
def goes_by_likeness(event: Event) -> bool:
    """Whether people come to learn from those with the same concern, which its template says."""
    return template_of(event.kind).goes_by_likeness


@register.filter
def language_name(code: str) -> str:
    """The name of a language in the reader's language; the code itself when it is unknown."""
    return _language_names().get(code, code)


@register.filter
def foreign(code: str) -> str:
    """The language code when it differs from the page's, else empty."""
    return "" if code == get_language() else code


@register.filter
def foreign_words(text: str) -> str:
    """The language that words without one are written in, read from the words, when it differs from the page's."""
    return foreign(guess_language(text)) if text else ""


@register.filter
def plain(drawn: str) -> str:
    """The words of something drawn, in one line, for a mail in plain text; what people wrote stays as they wrote it."""
    return " ".join(unescape(strip_tags(drawn)).split())


def _language_names() -> dict[str, str]:
    return {
        "da": _("Danish"),
        "en": _("English"),
        "sv": _("Swedish"),
        "no": _("Norwegian"),
        "de": _("German"),
        "nl": _("Dutch"),
        "fr": _("French"),
        "es": _("Spanish"),
        "it": _("Italian"),
        "pl": _("Polish"),
        "fi": _("Finnish"),
        "is": _("Icelandic"),
        "kl": _("Greenlandic"),
        "uk": _("Ukrainian"),
        "ar": _("Arabic"),
    }
