"""Which profile somebody means who types a name: the one, the several, or none, among those the reader may see."""

from django.db.models import Q

from hubs.policies import Viewer
from profiles.models import Profile
from profiles.queries import visible_profiles

MOST_CHARACTERS = 200
MOST_WORDS = 8
MOST_CHOICES = 12


def profiles_called(viewer: Viewer, name: str) -> tuple[Profile, ...]:
    """Profiles of that slug or name, else those whose own or organisation's name holds every word, by name.

    One for a slug or a name that only one has; at most `MOST_CHOICES`.
    """
    words = name.replace("\x00", "").split()[:MOST_WORDS]
    if not words or len(name) > MOST_CHARACTERS:
        return ()
    seen = visible_profiles(viewer).select_related("organisation").order_by("name", "pk")
    whole = " ".join(words)
    exact = tuple(seen.filter(Q(slug=whole) | _spelled("name__iexact", whole))[:MOST_CHOICES])
    by_slug = tuple(profile for profile in exact if profile.slug == whole)
    if by_slug or exact:
        return by_slug or exact
    for word in words:
        seen = seen.filter(_spelled("name__icontains", word) | _spelled("organisation__name__icontains", word))
    return tuple(seen[:MOST_CHOICES])


def _spelled(lookup: str, words: str) -> Q:
    """The lookup in capitals and small letters: SQLite compares only A to Z whatever their case."""
    forms = dict.fromkeys((words, words.lower(), words.upper(), words.capitalize(), words.title()))
    found = Q()
    for form in forms:
        found |= Q(**{lookup: form})
    return found
