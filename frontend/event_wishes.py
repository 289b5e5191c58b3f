"""What the pages of wishes show: where one stands with each other person, and requests as cards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from events.domain.wishes.wish_errors import WishesClosed
from events.domain.wishes.wish_rules import require_wishes_open
from events.enums import MeetingState, RequestMode, RequestState, Wanting
from events.models import Event, Meeting, MeetingRequest, Participant, Preference, Stand
from events.queries.suggestions import KINDS_OF, Suggested, Words, match_of
from events.queries.wishes import keeps_marks, keeps_no_thanks, learn_both, own_agendas, silent_requests
from events.templates import template_of
from frontend.bridge import BridgeCard, bridge_card
from frontend.event_words import day_words, is_on, moment_words
from frontend.requests import PageRequest
from hubs.policies import Viewer
from matching.enums import Direction
from matching.languages import guess_language

_TURNED = {Direction.NEED_OFFER: Direction.OFFER_NEED, Direction.OFFER_NEED: Direction.NEED_OFFER}


@dataclass(frozen=True)
class WishBox:
    """Where the reader stands with one person or stand, and what can be done: only what the reader may know."""

    anchor: str
    name: str
    person: Participant
    other: Participant | None
    stand: Stand | None
    wanting: str
    state: str = ""
    tone: str = ""
    takes_wishes: bool = True
    ask_url: str = ""
    answer_url: str = ""
    may_open: bool = False
    # Whether the reader is one who may read and say a "no thanks" of this agenda.
    may_refuse: bool = True

    @property
    def is_no_thanks(self) -> bool:
        """Whether the reader has said so."""
        return self.wanting == Wanting.NO_THANKS


@dataclass(frozen=True)
class Shown:
    """A recommended person: the card, and what can be done."""

    card: BridgeCard
    box: WishBox
    profile_url: str


def until_words(event: Event, moment: datetime) -> str:
    """The last minute in which something can be done, as the clock at the event shows it."""
    last = (moment - timedelta(minutes=1)).astimezone(event.zone)
    return f"{day_words(last.date())}, {last:%H:%M}"


def time_words(request: MeetingRequest) -> str:
    """When two meet who agree, or would: told as it stands, where a yes takes the first free time and where not."""
    meeting = Meeting.objects.filter(request=request).select_related("slot").first()
    if meeting is not None and meeting.state == MeetingState.PLANNED:
        return _("You meet on %(moment)s.") % {"moment": moment_words(meeting.slot.starts_at, request.event)}
    if meeting is not None:
        return _("The time that the meeting had is called off. If it gets another one, you are told.")
    if request.event.request_mode != RequestMode.FIRST_FREE:
        return _("You get the time and the table with the timetable.")
    if request.state == RequestState.ASKED:
        return _("A yes takes the first time that both of you have free, so you know at once when you meet.")
    return _("You are told of the time as soon as the meeting has one.")


def wishes_are_open(event: Event, now: datetime) -> bool:
    """Whether wishes and requests are taken."""
    try:
        require_wishes_open(event, now=now)
    except WishesClosed:
        return False
    return True


def acting_person(request: PageRequest, event: Event, data: QueryDict) -> tuple[Participant | None, list[Participant]]:
    """For whom the reader acts here, as the address or form says, and between whom it can choose."""
    agendas = own_agendas(request.viewer, event)
    named = data.get("person", "")
    chosen = next((each for each in agendas if str(each.public_id) == named), None)
    return (chosen or next(iter(agendas), None)), agendas


def boxes_for(
    person: Participant, others: Sequence[Participant], *, now: datetime, viewer: Viewer
) -> dict[int, WishBox]:
    """A box for each of them, by key: few queries whatever the number."""
    keys = [other.pk for other in others]
    may_mark, may_refuse = keeps_marks(viewer, person), keeps_no_thanks(viewer, person)
    rows = _marks(person, may_mark=may_mark, may_refuse=may_refuse).filter(other__in=keys)
    marks = dict(rows.values_list("other_id", "wanting"))
    requests = _latest_requests(person, keys)
    is_open, still_on = wishes_are_open(person.event, now), is_on(person.event, now)
    boxes = {
        other.pk: _box(person, other, marks.get(other.pk, ""), requests.get(other.pk), is_open, now=now)
        for other in others
    }
    return {
        key: replace(box, may_refuse=may_refuse and still_on, takes_wishes=box.takes_wishes and may_mark)
        for key, box in boxes.items()
    }


def _marks(person: Participant, *, may_mark: bool, may_refuse: bool) -> QuerySet[Preference]:
    """What the person has marked, as far as the reader may know of it."""
    rows = Preference.objects.filter(person=person) if may_mark else Preference.objects.none()
    return rows if may_refuse else rows.exclude(wanting=Wanting.NO_THANKS)


def stand_box(person: Participant, stand: Stand, *, now: datetime, viewer: Viewer) -> WishBox:
    """What the reader wishes of a stand."""
    may_mark, may_refuse = keeps_marks(viewer, person), keeps_no_thanks(viewer, person)
    marks = _marks(person, may_mark=may_mark, may_refuse=may_refuse).filter(stand=stand)
    wanting = marks.values_list("wanting", flat=True).first() or ""
    name = stand.organisation.name if stand.organisation else stand.number
    return WishBox(
        f"wish-stand-{stand.public_id}", name, person, None, stand, wanting,
        takes_wishes=may_mark and wishes_are_open(person.event, now),
        may_refuse=may_refuse and is_on(person.event, now),
    )  # fmt: skip


def _latest_requests(person: Participant, keys: list[int]) -> dict[int, MeetingRequest]:
    """The newest request with each, of those that the person may know of."""
    both = Q(sender=person, receiver__in=keys) | Q(receiver=person, sender__in=keys)
    rows = MeetingRequest.objects.filter(both).exclude(pk__in=silent_requests(person))
    rows = rows.exclude(state=RequestState.WITHDRAWN).select_related("event")
    return {
        row.receiver_id if row.sender_id == person.pk else row.sender_id: row for row in rows.order_by("asked_at", "pk")
    }


def _box(
    person: Participant, other: Participant, wanting: str, row: MeetingRequest | None, is_open: bool, *, now: datetime
) -> WishBox:
    can_answer = row is not None and takes_answer(row, now)
    state, tone = _standing(person, row, can_answer=can_answer)
    is_free = row is None or row.state == RequestState.EXPIRED
    has_bookings = template_of(person.event.kind).has_bookings
    may_ask = (
        has_bookings and is_open and is_free and person.meets and other.meets and wanting != Wanting.NO_THANKS
        and person.event.request_mode != RequestMode.MUTUAL and not learn_both(person, other)
    )  # fmt: skip
    answers = can_answer and row is not None and row.receiver_id == person.pk
    own = f"?person={person.public_id}"
    slug = person.event.slug
    return WishBox(
        anchor=f"wish-{other.public_id}",
        name=other.name,
        person=person,
        other=other,
        stand=None,
        wanting=wanting,
        state=state,
        tone=tone,
        takes_wishes=is_open and has_bookings,
        ask_url=reverse("frontend:event_ask", args=[slug, other.public_id]) + own if may_ask else "",
        answer_url=reverse("frontend:event_requests", args=[slug]) + own + f"#request-{row.public_id}"
        if answers and row is not None
        else "",
        may_open=has_bookings and not other.meets and other.may_be_asked and is_open,
    )


def takes_answer(row: MeetingRequest, now: datetime) -> bool:
    """Whether a request can still be answered."""
    return row.state == RequestState.ASKED and row.expires_at > now and is_on(row.event, now)


def _standing(person: Participant, row: MeetingRequest | None, *, can_answer: bool) -> tuple[str, str]:
    """Where the two stand, in the reader's words, and whether it waits for the reader."""
    if row is None or (row.state == RequestState.ASKED and not can_answer):
        return "", ""
    is_ours = row.sender_id == person.pk
    words = {
        RequestState.ASKED: _("You have asked for a meeting") if is_ours else _("Asks you for a meeting"),
        RequestState.ACCEPTED: _("You have agreed to meet"),
        RequestState.DECLINED: _("Has said no to a meeting") if is_ours else _("You have said no to a meeting"),
        RequestState.EXPIRED: _("Did not answer in time") if is_ours else _("You did not answer in time"),
    }
    waits = row.state == RequestState.ASKED and not is_ours
    tone = "waiting" if waits else "agreed" if row.state == RequestState.ACCEPTED else "plain"
    return words.get(RequestState(row.state), ""), tone


def suggested_cards(
    person: Participant, suggested: Iterable[Suggested], *, now: datetime, viewer: Viewer, list_id: str = ""
) -> list[Shown]:
    """Recommended people as cards, best first."""
    found = list(suggested)
    boxes = boxes_for(person, [each.person for each in found], now=now, viewer=viewer)
    listed = f"&list={list_id}" if list_id else ""
    return [
        Shown(
            person_card(bridge_card(each.match), each.person, has_link=False),
            replace(box, ask_url=box.ask_url + listed if box.ask_url else ""),
            reverse("frontend:profile", args=[each.match.profile.slug]),
        )
        for each in found
        for box in (boxes[each.person.pk],)
    ]


def person_card(card: BridgeCard, person: Participant, *, has_link: bool = True) -> BridgeCard:
    """The card of a match with the person's own name on it, and the profile for which it comes."""
    facts = (person.title, card.name, *card.facts)
    return replace(
        card,
        anchor=f"person-{person.public_id}",
        name=person.name,
        facts=tuple(dict.fromkeys(fact for fact in facts if fact)),
        url=card.url if has_link else "",
    )


def request_card(request: MeetingRequest, *, reader: Participant, today: date) -> BridgeCard | None:
    """The two texts of a request face each other, read from one side; none where a text is unknown."""
    if not (request.seeker_text and request.receiver_text):
        return None
    is_sender = reader.pk == request.sender_id
    other = request.receiver if is_sender else request.sender
    own_text, their_text = request.seeker_text, request.receiver_text
    direction = Direction(request.direction) if request.direction else Direction.QUERY
    if not is_sender:
        own_text, their_text = their_text, own_text
        direction = _TURNED.get(direction, direction)
    kinds = KINDS_OF[direction]
    ours = Words(kinds[0], own_text, guess_language(own_text))
    theirs = Words(kinds[1], their_text, guess_language(their_text))
    match = match_of(reader, other, ours, theirs, direction=direction, today=today)
    return replace(person_card(bridge_card(match), other, has_link=False), anchor=f"card-{request.public_id}")
