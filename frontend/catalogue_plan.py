"""The hall plan of the public catalogue: stands lead to what the reader may read of them, and to nothing else."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from events.models import Hall, Stand
from events.queries.catalogue import Catalogue, Entry
from frontend.hall_plan import HallPlan, PlanKey, StandMark, place_number
from profiles.terms import label_of

SHOWN, OTHER, WITHOUT = "taken", "other", "free"


def draw_catalogue_plans(
    halls: Iterable[Hall], catalogue: Catalogue, *, chosen: Collection[Entry], page: str, sought: Stand | None
) -> list[HallPlan]:
    """Plans of the halls that have stands. `chosen` are the entries on the page, other entries are at `page`; who has a
    stand that is in nobody's entry is not told.
    """
    entries = {entry.stand.pk: entry for entry in catalogue.entries}
    shown = {entry.stand.pk for entry in chosen}
    plans = []
    for hall in halls:
        marks = tuple(_mark(stand, entries.get(stand.pk), shown, page, sought) for stand in hall.stands.all())
        if marks:
            plans.append(HallPlan(hall, marks, _legend(marks)))
    return plans


def _mark(stand: Stand, entry: Entry | None, shown: Collection[int], page: str, sought: Stand | None) -> StandMark:
    x, y, size = place_number(stand)
    is_shown = stand.pk in shown
    anchor = f"#stand-{stand.public_id}"
    return StandMark(
        stand=stand,
        look=WITHOUT if entry is None else SHOWN if is_shown else OTHER,
        sign="",
        theme=label_of(stand.theme_id) if entry else "",
        holder=entry.name if entry else "",
        x=x,
        y=y,
        text_size=size,
        overlaps=False,
        url="" if entry is None else anchor if is_shown else f"{page}{anchor}",
        is_sought=sought is not None and stand.pk == sought.pk,
    )


def _legend(marks: Iterable[StandMark]) -> tuple[PlanKey, ...]:
    labels = {
        SHOWN: _("In the list below"),
        OTHER: _("Other exhibitors"),
        WITHOUT: _("Not in the catalogue"),
    }
    looks = [mark.look for mark in marks]
    return tuple(PlanKey(look, "", label, looks.count(look)) for look, label in labels.items() if look in looks)
