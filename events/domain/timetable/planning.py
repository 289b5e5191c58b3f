"""What a timetable of an event is asked to do, as the engine understands it, and the way back to the rows.

Everything is numbered in an order that stays the same, so that one problem has one fingerprint.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import combinations

from django.utils.translation import gettext as _

from events.domain.timetable.agendas import People, people_who_meet, persons_of
from events.domain.timetable.pools import PlacePool, pools_of, walking_of
from events.domain.timetable.timetable_errors import SlotsOverlap
from events.enums import MeetingState, RequestState, Wanting
from events.models import Event, Meeting, MeetingRequest, Participant, Preference, Slot
from events.scheduling import problem as engine
from events.scheduling.errors import InvalidProblem
from events.scheduling.timetable import Rule, Timetable, violations

MUST_WEIGHT, WANT_WEIGHT, BASE_WORTH = 2.0, 1.0, 0.5


class LeftOut(StrEnum):
    """Why an accepted request is not even tried."""

    NOT_COMING = "not_coming"
    ONE_AGENDA = "one_agenda"


@dataclass(frozen=True)
class Plan:
    """The problem, and whom and what its numbers mean; `left_out[request key]` says what is not planned, and why.

    A plan is of one moment: after a change, make another.
    """

    event: Event
    problem: engine.Problem
    slots: tuple[Slot, ...]
    people: tuple[Participant, ...]
    pools: tuple[PlacePool, ...]
    requests: tuple[MeetingRequest, ...]
    left_out: Mapping[int, LeftOut]
    fingerprint: str

    @cached_property
    def wish_of(self) -> dict[int, int]:
        """Request key -> number of its wish."""
        return {request.pk: number for number, request in enumerate(self.requests)}

    @cached_property
    def slot_number(self) -> dict[int, int]:
        """Slot key -> its number."""
        return {slot.pk: number for number, slot in enumerate(self.slots)}

    @cached_property
    def seat_of_table(self) -> dict[int, tuple[int, int]]:
        """Table key -> pool and seat."""
        return {
            table.pk: (number, seat) for number, pool in enumerate(self.pools) for seat, table in enumerate(pool.tables)
        }

    @cached_property
    def pool_of_stand(self) -> dict[int, int]:
        """Stand key -> pool."""
        return {pool.stand.pk: number for number, pool in enumerate(self.pools) if pool.stand is not None}

    @cached_property
    def meetings(self) -> tuple[Meeting, ...]:
        """The published meetings that stand, in a steady order; read once, when first asked for."""
        return tuple(standing(self.event))


def standing(event: Event) -> list[Meeting]:
    """Meetings of the event that stand, as they are now, in a steady order."""
    rows = Meeting.objects.filter(event=event, state=MeetingState.PLANNED).order_by("pk")
    return list(rows.select_related("slot", "table__hall", "stand__hall", "request"))


def problem_of(event: Event) -> Plan:
    """The event as it is now: who comes and meets, when and where they can, and what both sides agreed to.

    Raises:
        SlotsOverlap: the time grid contradicts itself.
    """
    slots = tuple(event.slots.order_by("starts_at", "pk"))
    people = people_who_meet(event)
    accepted = event.requests.filter(state=RequestState.ACCEPTED).prefetch_related("guests").order_by("pk")
    requests, wanted, left_out = _who_meets(accepted, people)
    pools = pools_of(event, requests)
    numbers = _Numbers(slots, pools)
    wishes = _Wishes(_preferences(event), people, numbers)
    rows = tuple(wishes.wish(request, who) for request, who in zip(requests, wanted, strict=True))
    try:
        problem = engine.Problem(
            slots=_periods(slots),
            people=persons_of(event, people, slots),
            pools=tuple(pool.as_engine(len(slots)) for pool in pools),
            wishes=rows,
            precedences=_order(requests),
            walking=walking_of(event),
            equal_within=event.equal_within,
            gaps_over_breaks=False,
            apart=wishes.apart(event, requests, wanted),
        )
    except InvalidProblem as error:
        raise SlotsOverlap(_("Two slots of the time grid overlap. Correct the grid, then compute again.")) from error
    return Plan(event, problem, slots, people.hosts, pools, requests, left_out, fingerprint_of(problem))


def is_broken(plan: Plan, timetable: Timetable, *, of_repair: bool = False) -> bool:
    """Whether a timetable breaks a rule that keeps it from being held; unequal waiting is a flaw, not a fault.

    A repair may leave out what was set by hand where the day makes it impossible: it is shown as called off.
    """
    forgiven = {Rule.EQUAL_GAPS, Rule.MUST_HOLD} if of_repair else {Rule.EQUAL_GAPS}
    return any(each.rule not in forgiven for each in violations(plan.problem, timetable))


def fingerprint_of(problem: engine.Problem) -> str:
    """SHA-256 of everything that decides the timetable; two equal problems have the same."""
    told = {
        "slots": [(slot.start, slot.end, slot.session) for slot in problem.slots],
        "people": [
            (each.key, sorted(each.free), each.organisation, each.most, each.guaranteed, sorted(each.busy_at.items()))
            for each in problem.people
        ],
        "pools": [(pool.key, pool.zone, pool.capacity) for pool in problem.pools],
        "wishes": [_told(wish) for wish in problem.wishes],
        "order": [(rule.before, rule.after) for rule in problem.precedences],
        "walking": sorted((*pair, minutes) for pair, minutes in problem.walking.items()),
        "equal_within": problem.equal_within,
        "over_breaks": problem.gaps_over_breaks,
        "apart": sorted(problem.apart),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _told(wish: engine.Wish) -> tuple[object, ...]:
    return wish.key, wish.people, wish.pools, wish.value, wish.fixed_slot, wish.fixed_pool


def _periods(slots: Sequence[Slot]) -> tuple[engine.Slot, ...]:
    """Minutes are counted from the first slot; real time, so a change of the clock moves nothing."""
    first = slots[0].starts_at if slots else None
    return tuple(
        engine.Slot(_minutes(slot.starts_at, first), _minutes(slot.ends_at, first), slot.part) for slot in slots
    )


def _minutes(moment: datetime, first: datetime | None) -> int:
    return 0 if first is None else round((moment - first).total_seconds() / 60)


def _who_meets(
    accepted: Iterable[MeetingRequest], people: People
) -> tuple[tuple[MeetingRequest, ...], list[tuple[int, ...]], dict[int, LeftOut]]:
    """Requests that can be planned, the agendas of each, and why others are left out."""
    planned, wanted, left_out = [], [], {}
    for request in accepted:
        two = [people.number_of.get(request.sender_id), people.number_of.get(request.receiver_id)]
        guests = [people.number_of.get(guest.participant_id) for guest in request.guests.all()]
        who = tuple(dict.fromkeys(number for number in (*two, *guests) if number is not None))
        if None in two:
            left_out[request.pk] = LeftOut.NOT_COMING
        elif two[0] == two[1]:
            left_out[request.pk] = LeftOut.ONE_AGENDA
        else:
            planned.append(request)
            wanted.append(who)
    return tuple(planned), wanted, left_out


def _order(requests: Sequence[MeetingRequest]) -> tuple[engine.Precedence, ...]:
    number_of = {request.pk: number for number, request in enumerate(requests)}
    return tuple(
        engine.Precedence(number, number_of[request.before_id])
        for number, request in enumerate(requests)
        if request.before_id in number_of
    )


def _preferences(event: Event) -> list[Preference]:
    decisive = (Wanting.MUST, Wanting.NO_THANKS)
    return list(event.preferences.filter(wanting__in=decisive).order_by("pk"))


class _Numbers:
    """Numbers of slots and pools by key."""

    def __init__(self, slots: Sequence[Slot], pools: Sequence[PlacePool]) -> None:
        self.slot = {slot.pk: number for number, slot in enumerate(slots)}
        self.tables = tuple(number for number, pool in enumerate(pools) if pool.stand is None)
        self.table = {table.pk: number for number in self.tables for table in pools[number].tables}
        self.stand = {pool.stand.pk: number for number, pool in enumerate(pools) if pool.stand is not None}


class _Wishes:
    """Accepted requests as wishes, with what their people said in private."""

    def __init__(self, preferences: Iterable[Preference], people: People, numbers: _Numbers) -> None:
        self._numbers, self._hosts = numbers, people.hosts
        self._said: dict[tuple[str, int, str, int | None], None] = {}
        for row in preferences:
            person = people.number_of.get(row.person_id)
            if person is None:
                continue
            if row.stand_id is not None:
                self._said[row.wanting, person, "stand", row.stand_id] = None
            elif row.other_id is not None and row.other_id in people.number_of:
                self._said[row.wanting, person, "person", people.number_of[row.other_id]] = None

    def wish(self, request: MeetingRequest, who: tuple[int, ...]) -> engine.Wish:
        """Must counts twice; the predicted worth (about 0..1) tells equals apart."""
        is_must = request.is_must or self._any_says(Wanting.MUST, request, who)
        weight = MUST_WEIGHT if is_must else WANT_WEIGHT
        numbers = self._numbers
        pools = (numbers.stand[request.stand_id],) if request.stand_id in numbers.stand else numbers.tables
        return engine.Wish(
            key=str(request.public_id),
            people=who,
            pools=pools,
            value=weight * (BASE_WORTH + max(0.0, request.worth)),
            fixed_slot=numbers.slot.get(request.fixed_slot_id) if request.fixed_slot_id else None,
            fixed_pool=numbers.table.get(request.fixed_table_id) if request.fixed_table_id else None,
        )

    def apart(
        self, event: Event, requests: Sequence[MeetingRequest], wanted: Sequence[tuple[int, ...]]
    ) -> frozenset[tuple[int, int]]:
        """Pairs that never meet, of those whom a request would bring together."""
        found: set[tuple[int, int]] = set()
        for request, who in zip(requests, wanted, strict=True):
            refused = self._any_says(Wanting.NO_THANKS, request, who, of_stand=True)
            pairs = [(min(a, b), max(a, b)) for a, b in combinations(who, 2)]
            found |= {pair for pair in pairs if refused or self._kept_apart(event, *pair)}
        return frozenset(found)

    def _kept_apart(self, event: Event, one: int, other: int) -> bool:
        hosts = self._hosts
        colleagues = hosts[one].organisation_id == hosts[other].organisation_id
        refused = self._refuses(one, other) or self._refuses(other, one)
        return refused or (event.keeps_colleagues_apart and colleagues)

    def _refuses(self, one: int, other: int) -> bool:
        return (Wanting.NO_THANKS.value, one, "person", other) in self._said

    def _any_says(
        self, wanting: Wanting, request: MeetingRequest, who: Sequence[int], *, of_stand: bool = False
    ) -> bool:
        stand = request.stand_id is not None and any(
            (wanting.value, one, "stand", request.stand_id) in self._said for one in who
        )
        return stand or (
            not of_stand
            and any((wanting.value, one, "person", other) in self._said for one in who for other in who if one != other)
        )
