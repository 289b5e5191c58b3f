"""The exhibitor catalogue (udstillerpublikation): for each stand what they offer, seek, and how to reach them.

Only what its people agreed to stands in it; the printed one is what a visitor may read, whoever fetches it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from events.enums import COMING, PeopleKind
from events.models import Event, EventStatement, Participant, Participation, Stand
from events.queries.stating import may_state_for
from hubs.policies import Viewer, visible_levels
from profiles.enums import StatementKind
from profiles.models import Profile, Statement, Term

MOST_TEXTS = 3


@dataclass(frozen=True)
class Contact:
    """One person who agreed to be named with address."""

    name: str
    title: str
    email: str
    phone: str


@dataclass(frozen=True)
class Text:
    """What is offered or sought, in the language it was written in."""

    text: str
    language: str


@dataclass(frozen=True)
class Entry:
    """One stand of the catalogue."""

    stand: Stand
    profile: Profile
    offers: tuple[Text, ...]
    seeks: tuple[Text, ...]
    themes: tuple[Term, ...]
    contacts: tuple[Contact, ...]

    @property
    def name(self) -> str:
        """The name under which the stand is looked for."""
        return self.profile.name


@dataclass(frozen=True)
class Catalogue:
    """All stands that are taken, in the order of the halls, and the themes that occur."""

    event: Event
    entries: tuple[Entry, ...]
    themes: tuple[Term, ...]

    def of_theme(self, key: str) -> tuple[Entry, ...]:
        """Those of one theme."""
        return tuple(entry for entry in self.entries if any(term.key == key for term in entry.themes))

    def index(self) -> tuple[tuple[str, str], ...]:
        """Names with stand numbers, alphabetically."""
        return tuple(sorted(((entry.name, entry.stand.number) for entry in self.entries), key=_folded))


def catalogue_of(event: Event, viewer: Viewer) -> Catalogue:
    """The catalogue as the viewer may read it: six queries whatever its length.

    A stand is in it when its profile takes part, agreed to stand in it, and may be seen by the viewer.
    """
    levels = visible_levels(viewer)
    taking_part = _participations(event, levels)
    people = _people(event)
    entries = tuple(
        _entry(stand, taking_part[stand.profile_id], people[taking_part[stand.profile_id].pk], levels)
        for stand in _stands(event)
        if stand.profile_id in taking_part
    )
    themes = {term.key: term for entry in entries for term in entry.themes}
    return Catalogue(event, entries, tuple(sorted(themes.values(), key=lambda term: (term.position, term.key))))


def catalogue_choice(person: Participant, viewer: Viewer | None) -> bool | None:
    """Whether the person's organisation agreed to stand in it; None where whoever acts for the person has no say.

    That is where it is no exhibitor, and where others speak for it: `may_state_for`.
    """
    return person.participation.in_catalogue if _exhibits(person) and may_state_for(person, viewer) else None


def _exhibits(person: Participant) -> bool:
    if person.kind == PeopleKind.EXHIBITOR or person.stand_id is not None:
        return True
    return Stand.objects.filter(event=person.event_id, profile=person.participation.profile_id).exists()


def stand_themes(event: Event, viewer: Viewer) -> list[tuple[str | None, int]]:
    """Term key of a theme and how many stands the viewer's catalogue shows under it, the most first; None counts those
    without any. A stand counts under its own theme and under each of its profile's, as in the catalogue itself.
    """
    shown = _shown(event, visible_levels(viewer)).values("profile_id")
    stands = Stand.objects.filter(event=event, profile__in=shown).order_by()
    own = stands.values_list("pk", "theme_id")
    linked = stands.values_list("pk", "profile__theme_links__theme_id")
    pairs: set[tuple[int, str | None]] = set(own.union(linked))
    themed = {stand for stand, theme in pairs if theme is not None}
    counts = Counter(theme for stand, theme in pairs if theme is not None or stand not in themed)
    return sorted(counts.items(), key=lambda row: (row[0] is None, -row[1], row[0] or ""))


def stands_in_order(event: Event) -> list[Stand]:
    """All stands of the event, hall by hall in the order of their numbers."""
    return sorted(event.stands.select_related("hall"), key=along_the_halls)


def _stands(event: Event) -> list[Stand]:
    rows = Stand.objects.filter(event=event, profile__isnull=False).select_related("hall", "theme")
    return sorted(rows, key=along_the_halls)


def along_the_halls(stand: Stand) -> tuple[int, int, tuple[tuple[int, int, str], ...]]:
    """A key that puts stands hall by hall in the order of their numbers."""
    return stand.hall.position, stand.hall_id, natural(stand.number)


def natural(number: str) -> tuple[tuple[int, int, str], ...]:
    """A key that puts A2 before A10."""
    parts: list[tuple[int, int, str]] = []
    for character in number:
        if character.isdecimal() and parts and parts[-1][0] == 0:
            parts[-1] = (0, parts[-1][1] * 10 + int(character), "")
        else:
            parts.append((0, int(character), "") if character.isdecimal() else (1, 0, character.casefold()))
    return tuple(parts)


def _shown(event: Event, levels: frozenset[str]) -> QuerySet[Participation]:
    """Those who agreed to stand in it and may be seen."""
    return Participation.objects.filter(event=event, in_catalogue=True, profile__visibility__in=levels)


def _participations(event: Event, levels: frozenset[str]) -> dict[int | None, Participation]:
    readable = Statement.objects.filter(visibility__in=levels, kind__in=(StatementKind.OFFER, StatementKind.NEED))
    today = event.starts_at.date()
    readable = readable.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))
    rows = (
        _shown(event, levels)
        .select_related("profile__organisation", "profile__region")
        .prefetch_related(
            "statements__statement",
            "profile__theme_links__theme",
            Prefetch("profile__statements", queryset=readable, to_attr="readable_statements"),
        )
    )
    return {row.profile_id: row for row in rows}


def _people(event: Event) -> dict[int, list[Contact]]:
    found: dict[int, list[Contact]] = defaultdict(list)
    rows = Participant.objects.filter(event=event, state__in=COMING, shares_contact=True).order_by("name", "pk")
    for person in rows:
        found[person.participation_id].append(Contact(person.name, person.title, person.email, person.phone))
    return found


def _entry(stand: Stand, participation: Participation, contacts: list[Contact], levels: frozenset[str]) -> Entry:
    profile = participation.profile
    themes = [stand.theme] if stand.theme else []
    themes += [link.theme for link in profile.theme_links.all() if link.theme_id != stand.theme_id]
    return Entry(
        stand=stand,
        profile=profile,
        offers=_texts(participation, StatementKind.OFFER, levels),
        seeks=_texts(participation, StatementKind.NEED, levels),
        themes=tuple(themes),
        contacts=tuple(contacts),
    )


def _texts(participation: Participation, kind: StatementKind, levels: frozenset[str]) -> tuple[Text, ...]:
    """What was said for this event, a text of the profile only to those who may read it there; of a profile that said
    nothing of that kind, its own statements.
    """
    rows = [row for row in participation.statements.all() if row.is_open_to(levels)]
    said: Iterable[EventStatement | Statement] = [row for row in rows if row.kind == kind]
    if not said:
        said = [row for row in participation.profile.readable_statements if row.kind == kind]  # type: ignore[attr-defined]
    return tuple(Text(row.text, row.language) for row in list(said)[:MOST_TEXTS])


def _folded(entry: tuple[str, str]) -> tuple[str, str]:
    """Danish order: æ, ø, å after z."""
    order = {"æ": "z{", "ø": "z|", "å": "z}"}
    return "".join(order.get(letter, letter) for letter in entry[0].casefold()), entry[1]
