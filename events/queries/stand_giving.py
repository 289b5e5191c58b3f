"""Who comes as an exhibitor and has no stand yet, which stands are free, and a proposal of who gets which."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from events.enums import COMING, PeopleKind
from events.models import Event, Participation, Stand
from events.queries.catalogue import along_the_halls
from events.queries.stand_proposal import Applicant, FreeStand, propose_stands
from profiles.models import Profile
from profiles.terms import all_terms

# One field a row: a form may have 500.
MOST_ROWS = 400


@dataclass(frozen=True)
class Exhibitor:
    """One who has no stand yet: its main theme (a term key), how many come, and the stand that is proposed."""

    profile: Profile
    theme: str | None
    people: int
    proposed: Stand | None


@dataclass(frozen=True)
class StandGiving:
    """Exhibitors without a stand along the stands proposed to them, those without a proposal last; the free stands.

    `rows` are those that one page holds; `more` is how many follow, `unplaced` how many of all have no proposal.
    """

    rows: tuple[Exhibitor, ...]
    free: tuple[Stand, ...]
    more: int
    unplaced: int


def standless(event: Event) -> QuerySet[Participation]:
    """Participations of exhibitors that have no stand: at least one who comes, comes as an exhibitor."""
    coming = Q(people__state__in=COMING)
    rows = Participation.objects.filter(event=event).annotate(
        coming_count=Count("people", filter=coming),
        exhibiting_count=Count("people", filter=coming & Q(people__kind=PeopleKind.EXHIBITOR)),
    )
    having = Stand.objects.filter(event=event, profile__isnull=False)
    return rows.filter(exhibiting_count__gt=0).exclude(profile__in=having.values("profile"))


def free_stands(event: Event) -> list[Stand]:
    """Stands that nobody has, in the order of the halls."""
    rows = Stand.objects.filter(event=event, profile__isnull=True, organisation__isnull=True)
    return sorted(rows.select_related("hall"), key=along_the_halls)


def stand_giving(event: Event) -> StandGiving:
    """Everything that the page needs: three queries whatever the number of stands."""
    waiting = list(standless(event).select_related("profile").prefetch_related("profile__theme_links").order_by("pk"))
    free = free_stands(event)
    themes = {row.pk: _main_theme(row.profile) for row in waiting}
    applicants = [_applicant(row, themes[row.pk]) for row in waiting]
    proposal = propose_stands(applicants, [FreeStand(stand.pk, stand.theme_id) for stand in free])
    places = {stand.pk: place for place, stand in enumerate(free)}
    stands = {key: places[stand] for key, stand in proposal.items()}
    waiting.sort(key=lambda row: (stands.get(row.pk, len(free)), row.profile.name.casefold(), row.pk))
    rows = tuple(
        Exhibitor(
            row.profile, themes[row.pk], row.coming_count,  # type: ignore[attr-defined]
            free[stands[row.pk]] if row.pk in stands else None,
        )
        for row in waiting[:MOST_ROWS]
    )  # fmt: skip
    return StandGiving(rows, tuple(free), len(waiting) - len(rows), len(waiting) - len(stands))


def _applicant(row: Participation, theme: str | None) -> Applicant:
    return Applicant(row.pk, row.profile.name, theme, _place(theme), signed_up=row.pk)


def _main_theme(profile: Profile) -> str | None:
    """The first of its themes in the order of the taxonomy: profiles name them without an order of their own."""
    keys = [link.theme_id for link in profile.theme_links.all()]
    return min(keys, key=lambda key: (_place(key), key), default=None)


def _place(theme: str | None) -> int:
    term = all_terms().get(theme or "")
    return term.position if term else 0
