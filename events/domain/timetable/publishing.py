"""Publishing a timetable: what was computed becomes meetings that everybody concerned is told of, once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from events.domain.groups.telling_groups import tell_groups
from events.domain.locks import lock_event
from events.domain.setup.changing import change_event, save_change
from events.domain.timetable.begun_meetings import begun_wishes, plan_ahead
from events.domain.timetable.meeting_places import require_open
from events.domain.timetable.meetings import (
    call_off_meeting,
    entry_of,
    go_on_without,
    lift_meetings,
    make_meeting,
    people_in,
    put_meeting,
    seat_people,
)
from events.domain.timetable.planning import Plan, is_broken, problem_of
from events.domain.timetable.running import PLANNABLE
from events.domain.timetable.stored_timetables import Spot, published_timetable, stored_spots, stored_timetable
from events.domain.timetable.telling_meetings import tell_changed, tell_left_out, tell_timetable
from events.domain.timetable.timetable_changes import Changes, compare
from events.domain.timetable.timetable_errors import EventNotPlannable, TimetableOutdated
from events.enums import COMING, EventState, MeetingState, RunKind, RunState
from events.gone_entries import GoneEntry
from events.models import (
    Meeting,
    MeetingRequest,
    MeetingSide,
    Participant,
    Publication,
    Slot,
    Stand,
    Table,
    TimetableRun,
)
from hubs.policies import Viewer
from kernel.audit import record_change
from kernel.errors import NotFound

# A run that ended in one of these may be published with whatever it had found.
PUBLISHABLE = (RunState.DONE, RunState.CANCELLED, RunState.FAILED)


@dataclass(frozen=True)
class Prospect:
    """What publishing a run would do: who would be mailed, which meetings move, go and come."""

    plan: Plan
    spots: Mapping[int, Spot]
    changes: Changes
    is_first: bool
    now: datetime

    @cached_property
    def begun(self) -> frozenset[int]:
        """Numbers of the wishes whose published meeting has begun: it was held with those who sat there, or not."""
        return begun_wishes(self.plan, now=self.now)

    @cached_property
    def joined(self) -> frozenset[int]:
        """Numbers of the wishes that stay where they are, ahead still, and to which a guest has been added since."""
        plan = self.plan
        with_guests = {wish for wish in self.changes.kept - self.begun if plan.requests[wish].guests.all()}
        if not with_guests:
            return frozenset()
        keys = [plan.requests[wish].pk for wish in with_guests]
        sides = MeetingSide.objects.filter(meeting__request__in=keys).values_list(
            "meeting__request_id", "participant_id"
        )
        there = set(sides)
        return frozenset(
            wish
            for wish in with_guests
            for guest in plan.requests[wish].guests.all()
            if (plan.requests[wish].pk, guest.participant_id) not in there
            and guest.participant_id in {person.pk for person in people_of_wish(plan, wish)}
        )

    @cached_property
    def left(self) -> Mapping[int, tuple[Participant, ...]]:
        """Wishes of meetings ahead -> guests who sat there, come still, and take no booked meetings any more.

        No query unless a guest of such a wish is without a seat.
        """
        plan, changes = self.plan, self.changes
        seated = {
            wish: {person.pk for person in people_of_wish(plan, wish)}
            for wish in (*changes.moved, *changes.kept)
            if wish not in self.begun
        }
        wish_of = {
            (plan.requests[wish].pk, guest.participant_id): wish
            for wish, keys in seated.items()
            for guest in plan.requests[wish].guests.all()
            if guest.participant_id not in keys
        }
        found: dict[int, list[Participant]] = defaultdict(list)
        for side in _open_sides({request for request, _guest in wish_of}) if wish_of else ():
            wish = wish_of.get((side.meeting.request_id, side.participant_id))
            # Who shares an agenda by now that is seated there goes on meeting.
            if wish is not None and side.participant.host_id not in seated[wish]:
                found[wish].append(side.participant)
        return {wish: tuple(people) for wish, people in found.items()}

    @property
    def left_out(self) -> list[Participant]:
        """All of them, once each: a mail tells them what is held without them."""
        return list(dict.fromkeys(person for people in self.left.values() for person in people))

    @property
    def mailed(self) -> list[Participant]:
        """People whose agenda is new or changes: at the first publication all who have a wish in it."""
        plan, changes = self.plan, self.changes
        wishes = (
            range(len(plan.requests))
            if self.is_first
            else [*changes.moved, *changes.added, *sorted({*self.joined, *self.left})]
        )
        numbers = {number for wish in wishes for number in plan.problem.wishes[wish].people}
        people = {plan.people[number].pk: plan.people[number] for number in numbers}
        people |= {person.pk: person for person in people_in(changes.dropped) if person.state in COMING}
        return [people[key] for key in sorted(people)]


def _open_sides(requests: Iterable[int]) -> Iterable[MeetingSide]:
    """Sides of those who come, in published meetings of the requests, that have told nothing of them yet."""
    rows = MeetingSide.objects.filter(
        meeting__request__in=list(requests), meeting__state=MeetingState.PLANNED, rated_at__isnull=True,
        participant__state__in=COMING,
    )  # fmt: skip
    return rows.select_related("participant", "meeting").order_by("participant")


def prospect_of(run: TimetableRun, *, plan: Plan | None = None, now: datetime) -> Prospect:
    """What publishing the run now would do; `plan` is that of its event as it is now, where the caller has it.

    Raises:
        TimetableOutdated: what it was computed from has changed, or it has found nothing.
        SlotsOverlap
    """
    plan = plan or problem_of(run.event)
    if run.state not in PUBLISHABLE or not (run.plan or _holds_nothing(run)):
        raise TimetableOutdated(_("This computing has left no timetable that can be published. Compute again."))
    if plan.fingerprint != run.fingerprint or _is_broken(plan, run, began=run.started_at or now):
        raise TimetableOutdated(
            _(
                "People, wishes, places or times have changed since this timetable was computed, so it is not "
                "published. Compute again: it begins from what is there and takes little time."
            )
        )
    spots = stored_spots(plan, run.plan)
    is_first = not Publication.objects.filter(event=run.event).exists()
    return Prospect(plan, spots, _changes(plan, spots, began=run.started_at or now, now=now), is_first, now)


def _changes(plan: Plan, spots: Mapping[int, Spot], *, began: datetime, now: datetime) -> Changes:
    """Only what lies ahead is changed.

    Raises:
        TimetableOutdated: so much time has passed since the run `began` that it would put a meeting before now, or
            change one that has begun, beside which it was not planned.
    """
    changes = compare(plan, spots, plan.meetings, begun_by=now)
    if any(spot.slot.starts_at <= now for spot in (*changes.moved.values(), *changes.added.values())):
        raise TimetableOutdated(
            _("A time that this gives to a meeting has begun meanwhile. Compute again: it takes little time.")
        )
    meant = compare(plan, spots, plan.meetings, begun_by=began)
    if (meant.moved, meant.dropped) != (changes.moved, changes.dropped):
        raise TimetableOutdated(
            _("A meeting that this moves or calls off has begun meanwhile. Compute again: it takes little time.")
        )
    return changes


def _holds_nothing(run: TimetableRun) -> bool:
    """A timetable without a meeting is one too, where the solver has proven or chosen it."""
    return run.state == RunState.DONE


def _is_broken(plan: Plan, run: TimetableRun, *, began: datetime) -> bool:
    """Judged by what the run was to plan: what lay ahead when it began."""
    timetable = stored_timetable(plan, run.plan)
    ahead, _standing = plan_ahead(plan, published_timetable(plan), now=began)
    return len(timetable.places) != len(run.plan) or is_broken(ahead, timetable, of_repair=run.kind == RunKind.REPAIR)


@transaction.atomic
def publish_run(run: TimetableRun, *, viewer: Viewer, version: int, now: datetime) -> Publication:
    """Make the run's timetable the one that holds, and tell everybody concerned; a second time changes nothing.

    `version` is that of the event as the organiser saw it.

    Raises:
        NotAllowed, NotFound, EventCalledOff, EventNotPlannable
        ChangedMeanwhile: another organiser changed the event since.
        TimetableOutdated: what the timetable was computed from has changed since.
    """
    event = change_event(run.event, viewer=viewer)
    row = TimetableRun.objects.filter(pk=run.pk, event=event).first()
    if row is None:
        raise NotFound(_("We cannot find that timetable."))
    published = Publication.objects.filter(run=row).first()
    if published is not None:
        return published
    change_event(event, viewer=viewer, version=version)
    if event.state not in PLANNABLE:
        raise EventNotPlannable(_("A timetable is published before the event is over, and not while it is prepared."))
    row.event = event
    prospect = prospect_of(row, now=now)
    publication = _number(row, prospect, viewer, now)
    people = prospect.mailed
    _apply(prospect, now)
    (_tell_changed if row.kind == RunKind.REPAIR else tell_timetable)(publication, people, now=now)
    _close_others(row)
    if event.state != EventState.PUBLISHED:
        tell_groups(event, now=now)
    event.state = EventState.PUBLISHED
    save_change(event, viewer=viewer, action="publish_timetable", changed=["state"])
    return publication


def _number(run: TimetableRun, prospect: Prospect, viewer: Viewer, now: datetime) -> Publication:
    latest = Publication.objects.filter(event=run.event).aggregate(Max("number"))["number__max"] or 0
    changes = prospect.changes
    return Publication.objects.create(
        hub_id=run.hub_id, event=run.event, number=latest + 1, run=run, published_by_id=viewer.user_id, at=now,
        moved=len(changes.moved), dropped=len(changes.dropped), added=len(changes.added),
    )  # fmt: skip


def _apply(prospect: Prospect, now: datetime) -> None:
    plan, changes = prospect.plan, prospect.changes
    lost = _lost(prospect)
    meetings = {meeting.request_id: meeting for meeting in plan.meetings}
    lift_meetings(meetings[plan.requests[wish].pk] for wish in changes.moved)
    for meeting in changes.dropped:
        call_off_meeting(meeting, now=now)
    for wish, spot in changes.moved.items():
        request = plan.requests[wish]
        put_meeting(meetings[request.pk], spot, now=now, is_fixed=meetings[request.pk].is_fixed)
    for wish, spot in changes.added.items():
        make_meeting(plan.requests[wish], spot, people_of_wish(plan, wish), now=now)
    # What is told of a meeting is told of its moment: a guest who joins is a change of it as well.
    joined = [meetings[plan.requests[wish].pk].pk for wish in prospect.joined]
    Meeting.objects.filter(pk__in=joined).update(changed_at=now)
    go_on_without((meetings[plan.requests[wish].pk] for wish in prospect.left), now=now)
    for wish in (*changes.moved, *(changes.kept - prospect.begun)):
        seat_people(meetings[plan.requests[wish].pk], people_of_wish(plan, wish))
    tell_left_out(plan.event, lost, now=now)


def _lost(prospect: Prospect) -> dict[Participant, list[GoneEntry]]:
    """What calendars of guests have of the meetings that go on without them, before any of these moves."""
    plan = prospect.plan
    meetings = {meeting.request_id: meeting for meeting in plan.meetings}
    found: dict[Participant, list[GoneEntry]] = defaultdict(list)
    for wish, people in prospect.left.items():
        meeting = meetings[plan.requests[wish].pk]
        for person in people:
            found[person].append(entry_of(meeting))
    return found


def _tell_changed(publication: Publication, people: Iterable[Participant], *, now: datetime) -> int:
    return tell_changed(publication.event, people, now=now)


def _close_others(run: TimetableRun) -> None:
    """What was computed before and not published is out of date from now on."""
    others = TimetableRun.objects.filter(event=run.event, publication__isnull=True, state__in=PUBLISHABLE)
    others.exclude(pk=run.pk).exclude(kind=RunKind.GROUPS).update(state=RunState.REPLACED)


def people_of_wish(plan: Plan, wish: int) -> list[Participant]:
    """Whose agendas a wish takes a place in."""
    return [plan.people[number] for number in plan.problem.wishes[wish].people]


@transaction.atomic
def place_meeting(
    request: MeetingRequest,
    *,
    slot: Slot,
    table: Table | None = None,
    stand: Stand | None = None,
    now: datetime,
    actor: Viewer | None,
) -> Meeting:
    """Hold an accepted request at once, then and there, and tell both sides. What is there already comes back.

    Raises:
        PlaceTaken: it would break a rule of the timetable.
        NotFound: the request is not one that is planned.
    """
    lock_event(request.event)
    there = Meeting.objects.filter(request=request, state="planned").first()
    if there is not None:
        return there
    plan = problem_of(request.event)
    wish = plan.wish_of.get(request.pk)
    if wish is None:
        raise NotFound(_("This meeting cannot be planned: somebody does not come, or it was not accepted."))
    spot = Spot(slot, table, stand)
    require_open(plan, wish, spot, now=now)
    _let_go(request, spot)
    meeting = make_meeting(request, spot, people_of_wish(plan, wish), now=now)
    record_change(
        request.hub_id, actor_id=actor.user_id if actor else None, action="place_meeting", subject_type="meeting",
        subject_id=meeting.public_id,
    )  # fmt: skip
    tell_changed(request.event, people_in([meeting]), now=now)
    return meeting


def _let_go(request: MeetingRequest, spot: Spot) -> None:
    """What a hand had set otherwise binds no more, or computing would call the meeting off again."""
    other_slot = request.fixed_slot_id not in (None, spot.slot.pk)
    other_table = request.fixed_table_id not in (None, spot.table.pk if spot.table is not None else None)
    if other_slot or other_table:
        request.fixed_slot = None if other_slot else request.fixed_slot
        request.fixed_table = None if other_table else request.fixed_table
        request.version += 1
        request.save(update_fields=["fixed_slot", "fixed_table", "version", "updated_at"])
