"""Reads: who can be met, who wishes what of whom, and which requests a person may know of.

A "no thanks" is read here only to keep two apart: it never shows in what the other one reads.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from events.enums import COMING, MeetingState, PeopleKind, RequestOrigin, RequestState, Wanting
from events.models import Event, EventStatement, Meeting, MeetingRequest, Participant, Preference, Stand
from events.queries.people import is_own, own_places, people_of
from events.templates import template_of
from hubs.models import User
from hubs.policies import Viewer, may_act_for
from kernel.errors import NotFound
from mailgate.models import OutgoingMail
from profiles.queries import visible_statements

Pair = tuple[int, int]
OPEN = (RequestState.ASKED, RequestState.ACCEPTED)


def host_of(person: Participant) -> Participant:
    """The participant whose agenda a meeting with the person goes into: a colleague's, or the person's own."""
    return person.host if person.host_id is not None and person.host is not None else person


def people_who_take_meetings(event: Event) -> list[Participant]:
    """Those who come, take booked meetings and have an agenda of their own, in order of key."""
    return list(agendas_with_meetings(event).order_by("pk"))


def agendas_with_meetings(event: Event) -> QuerySet[Participant]:
    """The same, not read yet: for who looks for a few of them."""
    return _agendas(event).filter(state__in=COMING, meets=True)


def people_to_recommend(event: Event) -> list[Participant]:
    """Those who are recommended to each other, in order of key: who takes booked meetings, and where none are booked,
    who lets others see it.
    """
    return list(_agendas(event).filter(_open_to_others(event), state__in=COMING).order_by("pk"))


def _open_to_others(event: Event) -> Q:
    return Q(meets=True) if template_of(event.kind).has_bookings else Q(may_be_asked=True)


def is_recommended(person: Participant) -> bool:
    """Whether the person is one of those, if it comes."""
    return person.meets if template_of(person.event.kind).has_bookings else person.may_be_asked


def learn_both(one: Participant, other: Participant) -> bool:
    """Whether two are students at an event that brings students to experts: nobody plans for them to meet."""
    are_students = {one.kind, other.kind} == {PeopleKind.STUDENT}
    return are_students and template_of(one.event.kind).keeps_students_apart


def _agendas(event: Event) -> QuerySet[Participant]:
    return people_of(event).filter(host__isnull=True)


def own_agendas(viewer: Viewer, event: Event) -> list[Participant]:
    """The agendas for which the viewer speaks and which have a place at the event, the viewer's own first."""
    rows = own_places(viewer, event).select_related("host__participation__profile__organisation", "host__event")
    agendas = {agenda.pk: agenda for agenda in map(host_of, rows)}
    return [agenda for agenda in agendas.values() if agenda.state in COMING]


@dataclass(frozen=True)
class OthersFilter:
    """Whom a person looks for among those who come; empty parts look for everybody who takes meetings."""

    words: str = ""
    kind: str = ""
    wanting: str = ""
    with_closed: bool = False


def others_of(
    person: Participant | None, event: Event, wanted: OthersFilter, *, viewer: Viewer, today: date
) -> QuerySet[Participant]:
    """Agendas of others who come, by name; those without booked meetings only where they are asked for, and where
    none are booked, those who let others see it.

    Words are looked for in what the viewer may read, and nowhere else: what is found tells what stands there.
    """
    rows = _agendas(event).filter(state__in=COMING)
    if person is not None:
        same = {"participation": person.participation_id}
        if event.keeps_colleagues_apart:
            same = {"participation__profile__organisation": person.organisation_id}
        rows = rows.exclude(pk=person.pk).exclude(**same)
    if not (wanted.with_closed and template_of(event.kind).has_bookings):
        rows = rows.filter(_open_to_others(event))
    readable = visible_statements(viewer, today=today)
    for_the_day = EventStatement.objects.filter(Q(statement__isnull=True) | Q(statement__in=readable))
    for word in wanted.words.replace("\x00", " ").split()[:8]:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(title__icontains=word)
            | Q(participation__profile__name__icontains=word)
            | Q(participation__profile__organisation__name__icontains=word)
            | Exists(for_the_day.filter(participation=OuterRef("participation"), text__icontains=word))
            | Exists(readable.filter(profile=OuterRef("participation__profile"), text__icontains=word))
        )
    if wanted.kind:
        rows = rows.filter(participation__profile__kind=wanted.kind)
    if person is not None and wanted.wanting:
        rows = rows.filter(wished_by__person=person, wished_by__wanting=wanted.wanting)
    return rows.order_by("name", "pk")


def pairs_kept_apart(event: Event) -> frozenset[Pair]:
    """Who has said "no thanks" to whom, as (person, other) keys of agendas; to a stand means to all who stand there."""
    return frozenset(_refusals(event, Preference.objects.filter(event=event)))


def keeps_no_thanks(viewer: Viewer | None, agenda: Participant) -> bool:
    """Whether the viewer may read and write whom the agenda says "no thanks" to: its person, and who shares it.

    None stands for the person's own mailed link. Other colleagues may ask in its name, and never hear of it.
    """
    if viewer is None or is_own(viewer, agenda):
        return True
    return any(is_own(viewer, each) for each in agenda.team.filter(state__in=COMING))


def keeps_marks(viewer: Viewer | None, agenda: Participant) -> bool:
    """Whether the viewer may read and write what the agenda marks at all: as above, or any colleague where nobody of
    the agenda can sign in.

    A mark that a colleague could see go, or that would not stick, would tell of a "no thanks" in its place. Who has
    said one keeps the marks therefore, also when the account is gone.
    """
    if keeps_no_thanks(viewer, agenda):
        return True
    said = Preference.objects.filter(Q(person=agenda) | Q(person__host=agenda), wanting=Wanting.NO_THANKS)
    if said.exists():
        return False
    addresses = Participant.objects.filter(Q(pk=agenda.pk) | Q(host=agenda, state__in=COMING))
    has_account = Q(user__isnull=False) | Q(Exists(User.objects.filter(email__iexact=OuterRef("email"))))
    return not addresses.filter(has_account).exists()


def no_thanks_of(person: Participant) -> frozenset[int]:
    """Keys of the agendas to which the person has said "no thanks"."""
    return frozenset(_refused_by(person))


def _refused_by(person: Participant) -> dict[int, list[datetime]]:
    """The same, each with the moments at which somebody of the agenda said it."""
    rows = Preference.objects.filter(Q(person=person) | Q(person__host=person), event_id=person.event_id)
    return {other: since for (_one, other), since in _refusals(person.event, rows).items()}


def _refusals(event: Event, rows: QuerySet[Preference]) -> dict[Pair, list[datetime]]:
    """(person, other) keys of agendas -> when those of the first have said no to the second."""
    said = list(rows.filter(wanting=Wanting.NO_THANKS).values_list("person_id", "other_id", "stand_id", "updated_at"))
    if not said:
        return {}
    people = list(
        Participant.objects.filter(event=event).values_list(
            "pk", "host_id", "stand_id", "participation__profile_id", "participation__profile__organisation_id"
        )
    )
    agenda = {pk: host or pk for pk, host, *_rest in people}
    at_stand = _at_stands(event, people) if any(stand for _person, _other, stand, _since in said) else {}
    found: dict[Pair, list[datetime]] = {}
    for person, other, stand, since in said:
        for each in [other] if other else at_stand.get(stand, ()):
            found.setdefault((agenda[person], agenda[each]), []).append(since)
    return found


def _at_stands(
    event: Event, people: Iterable[tuple[int, int | None, int | None, int, int]]
) -> dict[int, tuple[int, ...]]:
    """Who stands at each stand: those signed up for it, and the people of the profile or organisation that has it."""
    rows = list(people)
    return {
        pk: tuple(
            person
            for person, _host, own_stand, own_profile, own_organisation in rows
            if own_stand == pk
            or (own_stand is None and (own_profile == profile if profile else own_organisation == organisation))
        )
        for pk, profile, organisation in event.stands.values_list("pk", "profile_id", "organisation_id")
    }


def stand_people(stand: Stand) -> list[Participant]:
    """Who can be met at a stand: agendas of those who stand there and come, those who take meetings first."""
    home = Q(stand=stand)
    if stand.profile_id is not None:
        home |= Q(stand__isnull=True, participation__profile_id=stand.profile_id)
    elif stand.organisation_id is not None:
        home |= Q(stand__isnull=True, participation__profile__organisation_id=stand.organisation_id)
    rows = people_of(stand.event).filter(home, state__in=COMING)
    rows = rows.select_related("host__participation__profile__organisation", "host__event")
    agendas = {agenda.pk: agenda for agenda in map(host_of, rows.order_by("-meets", "name", "pk"))}
    return [agenda for agenda in agendas.values() if agenda.state in COMING]


def settled_pairs(event: Event) -> frozenset[Pair]:
    """Pairs who have agreed to meet or of whom one has declined: no list needs to name them."""
    states = (RequestState.ACCEPTED, RequestState.DECLINED)
    rows = MeetingRequest.objects.filter(event=event, state__in=states)
    return frozenset(rows.values_list("sender_id", "receiver_id"))


def wishes_of(person: Participant) -> QuerySet[Preference]:
    """What the person has marked; for the person's own eyes and the organiser's planning."""
    return Preference.objects.filter(person=person).select_related("other", "stand")


def open_requests_of(person: Participant) -> int:
    """How many requests of the person's own wait for an answer."""
    return MeetingRequest.objects.filter(sender=person, state=RequestState.ASKED, origin=RequestOrigin.PERSON).count()


def requests_left(person: Participant) -> int:
    """How many more the person may have open now."""
    return max(person.event.open_requests - open_requests_of(person), 0)


def requests_with_people(rows: QuerySet[MeetingRequest]) -> QuerySet[MeetingRequest]:
    """Requests with all that a page shows of them: two queries whatever the number."""
    profile = "participation__profile"
    joined = rows.select_related(
        "event", "stand", "sender__event", "receiver__event",
        f"sender__{profile}__organisation", f"receiver__{profile}__organisation",
    )  # fmt: skip
    return joined.prefetch_related(
        Prefetch(f"sender__{profile}__theme_links"), Prefetch(f"receiver__{profile}__theme_links")
    )


def sent_requests(person: Participant) -> QuerySet[MeetingRequest]:
    """What the person asked others for, newest first; and meetings that the organiser or both wishes brought about."""
    return requests_with_people(MeetingRequest.objects.filter(sender=person))


def received_requests(person: Participant) -> QuerySet[MeetingRequest]:
    """What others asked of the person, newest first, without those that a "no thanks" keeps in silence."""
    rows = MeetingRequest.objects.filter(receiver=person).exclude(pk__in=silent_requests(person))
    return requests_with_people(rows)


def silent_requests(person: Participant) -> frozenset[int]:
    """Keys of requests to the person that are never shown on its side, whoever reads there.

    Those from people to whom it has said "no thanks"; and those that a colleague sent in the name of somebody who had
    said it to the person. What was seen before, and ended, stays in sight, and so does what the person was told of
    before somebody came to share one of the agendas who had said it earlier: that it went would tell. A yes that such
    a one keeps from counting (an answer that left it unanswered) takes it out of sight as well.
    """
    unanswered = MeetingRequest.objects.filter(receiver=person, state__in=(RequestState.ASKED, RequestState.EXPIRED))
    rows = list(unanswered)
    if not rows:
        return frozenset()
    refused, refusing = _refused_by(person), _refusing(person, {row.sender_id for row in rows})
    doubtful = [row for row in rows if row.sender_id in refused or row.sender_id in refusing]
    told = told_of(person, doubtful)
    return frozenset(
        row.pk
        for row in doubtful
        if (row.sender_id in refusing and row.pk not in told)
        or (row.sender_id in refused and row.answered_at is not None)
        or any(_silences(since, row, was_told=row.pk in told) for since in refused.get(row.sender_id, ()))
    )


def _refusing(person: Participant, senders: set[int]) -> frozenset[int]:
    """Which of the senders have said "no thanks" to the person."""
    rows = Preference.objects.filter(Q(person__in=senders) | Q(person__host__in=senders), event_id=person.event_id)
    return frozenset(one for one, other in _refusals(person.event, rows) if other == person.pk)


def _silences(since: datetime, request: MeetingRequest, *, was_told: bool) -> bool:
    """Whether the receiver's "no thanks" of that moment keeps the request from it.

    Not one from before the request where a mail told of it all the same: whoever said it was not of the agenda then.
    """
    if request.state == RequestState.EXPIRED and since >= request.expires_at:
        return False
    return since >= request.asked_at or not was_told


def mail_key(kind: str, request: UUID, reader: UUID) -> str:
    """What names the one mail of a kind about a request to one of the two."""
    return f"{kind}:{request}:{reader}"


def told_of(person: Participant, requests: Iterable[MeetingRequest]) -> frozenset[int]:
    """Keys of those of these requests that the person, who was asked, has been mailed."""
    keys = {mail_key("event_request", row.public_id, person.public_id): row.pk for row in requests}
    if not keys:
        return frozenset()
    rows = OutgoingMail.objects.filter(hub_id=person.hub_id, once__in=list(keys))
    return frozenset(keys[once] for once in rows.values_list("once", flat=True))


def was_told(request: MeetingRequest) -> bool:
    """Whether its receiver was mailed that it is asked; a silent request is not."""
    return request.pk in told_of(request.receiver, (request,))


def is_hidden(request: MeetingRequest) -> bool:
    """Whether its receiver has said "no thanks" to its sender, so that nobody there hears of it."""
    return request.sender_id in no_thanks_of(request.receiver)


def is_refused_by_sender(request: MeetingRequest) -> bool:
    """Whether its sender's agenda has said "no thanks" to its receiver, as when a colleague of theirs shares it now."""
    return request.receiver_id in no_thanks_of(request.sender)


def is_silent(request: MeetingRequest) -> bool:
    """Whether nobody on the receiver's side hears of it, whichever of the two has said "no thanks"."""
    return request.pk in silent_requests(request.receiver)


def requests_of(person: Participant) -> QuerySet[MeetingRequest]:
    """Every request in which the person is one of the two; for what is agreed or over, not for what is hidden."""
    return MeetingRequest.objects.filter(Q(sender=person) | Q(receiver=person), event_id=person.event_id)


def requests_between(one: Participant, other: Participant) -> QuerySet[MeetingRequest]:
    """Every request between the two, in either direction, newest first."""
    both = Q(sender=one, receiver=other) | Q(sender=other, receiver=one)
    return MeetingRequest.objects.filter(both, event_id=one.event_id)


def has_begun(now: datetime) -> Q:
    """Of requests: those whose meeting has begun or was held, which no change of plans undoes."""
    begun = Meeting.objects.filter(request=OuterRef("pk"), state=MeetingState.PLANNED, slot__starts_at__lte=now)
    return Q(Exists(begun))


def speaks_for(viewer: Viewer, person: Participant) -> bool:
    """Whether the viewer is the person, by account or address, or a colleague."""
    return may_act_for(viewer, person) or is_own(viewer, person)


def find_request(viewer: Viewer, event: Event, public_id: UUID) -> MeetingRequest:
    """A request of the event in which the viewer speaks for one of the two.

    Raises:
        NotFound: there is none, or the viewer may not know of it (the two look alike on purpose).
    """
    rows = requests_with_people(MeetingRequest.objects.filter(hub_id=viewer.hub_id, event=event, public_id=public_id))
    found = rows.first()
    if found is not None and (speaks_for(viewer, found.sender) or speaks_for(viewer, found.receiver)):
        return found
    raise NotFound(_("We cannot find that request. It may have been taken back."))


def linked_request(hub_id: int, public_id: str) -> MeetingRequest | None:
    """The request that a signed link names, if the row is still there."""
    try:
        wanted = UUID(public_id)
    except ValueError:
        return None
    return requests_with_people(MeetingRequest.objects.filter(hub_id=hub_id, public_id=wanted)).first()


def find_stand(event: Event, number: str) -> Stand:
    """A stand by its number.

    Raises:
        NotFound: the event has none of that number.
    """
    rows = event.stands.select_related("event", "hall", "organisation", "profile__organisation")
    found = None if "\x00" in number else rows.filter(number=number).first()
    if found is None:
        raise NotFound(_("We cannot find that stand at this event."))
    return found


def unanswered(now: datetime) -> QuerySet[MeetingRequest]:
    """Requests that wait for an answer at events that are no demonstration, the next to expire first."""
    rows = MeetingRequest.objects.filter(state=RequestState.ASKED, event__is_simulated=False, asked_at__lte=now)
    return rows.order_by("expires_at", "pk")
