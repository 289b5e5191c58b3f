"""The place: three halls with 125 stands in rows, an area with tables, a stage, the time grid and the programme."""

from datetime import datetime, timedelta

from events.domain.setup.grids import store_grid
from events.enums import EventKind
from events.models import Event, Hall, ProgrammeSession, Slot, Stand, Table, Walk
from events.templates import template_of

STANDS = 125
TABLES = 40
_ROWS = {"Hal A": ("A", 45), "Hal B": ("B", 45), "Hal C": ("C", 35)}
_PER_ROW = 9
_WIDTH, _HEIGHT, _ACROSS, _DOWN, _EDGE = 36, 26, 44, 62, 30
_PROGRAMME = (
    ("Velkomst og dagens kort", "Welcome, and the map of the day", -45, 30, True),
    ("Fra idé til indkøb: tre forløb, der lykkedes", "From idea to procurement: three that worked", 65, 40, False),
    ("Hvad en afdeling spørger om på ti minutter", "What a ward asks in ten minutes", 200, 40, False),
    ("Kliniske afprøvninger uden omveje", "Clinical trials without detours", 290, 40, False),
)


def lay_places(event: Event) -> None:
    """Halls, stands, tables, walks, grid and programme of an event that has none."""
    halls = {name: _hall(event, name, position) for position, name in enumerate(_ROWS)}
    Stand.objects.bulk_create(
        _stand(event, halls[name], letter, number)
        for name, (letter, many) in _ROWS.items()
        for number in range(1, many + 1)
    )
    area = _hall(event, "Mødebordene", len(halls))
    stage = _hall(event, "Scenen", len(halls) + 1)
    Table.objects.bulk_create(
        Table(hub=event.hub, event=event, hall=area, label=f"M{number}", position=number)
        for number in range(1, TABLES + 1)
    )
    Walk.objects.bulk_create(
        Walk(hub=event.hub, event=event, one=one, other=other, minutes=minutes)
        for one, other, minutes in (
            (halls["Hal A"], area, 3), (halls["Hal B"], area, 2), (halls["Hal C"], area, 4),
            (halls["Hal A"], halls["Hal C"], 5), (stage, area, 2),
        )
    )  # fmt: skip
    grid = template_of(EventKind.MEDICO_BAZAR).grid
    if grid is not None:
        store_grid(event, grid)
    _lay_programme(event, stage)


def first_slot(event: Event) -> datetime:
    """When the first meetings begin."""
    return Slot.objects.filter(event=event).earliest("starts_at").starts_at


def _hall(event: Event, name: str, position: int) -> Hall:
    return Hall.objects.create(
        hub=event.hub, event=event, name=name, position=position, plan_width=440, plan_height=340
    )


def _stand(event: Event, hall: Hall, letter: str, number: int) -> Stand:
    row, column = divmod(number - 1, _PER_ROW)
    return Stand(
        hub=event.hub,
        event=event,
        hall=hall,
        number=f"{letter}{number}",
        left=_EDGE + column * _ACROSS,
        top=_EDGE + row * _DOWN,
        width=_WIDTH,
        height=_HEIGHT,
    )


def _lay_programme(event: Event, stage: Hall) -> None:
    first = first_slot(event)
    ProgrammeSession.objects.bulk_create(
        ProgrammeSession(
            hub=event.hub,
            event=event,
            hall=stage,
            title=danish,
            text=english,
            starts_at=first + timedelta(minutes=begins),
            ends_at=first + timedelta(minutes=begins + lasts),
            is_for_all=for_all,
        )
        for danish, english, begins, lasts, for_all in _PROGRAMME
    )
