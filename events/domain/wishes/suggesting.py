"""Recommending people at an event to each other, for everybody at once: nobody is sent to the same three stars.

All pairs are weighed in both directions, then given out under what each person can take, so that something comes to
everybody (Nash welfare). Nothing that happened before is needed. A "no thanks" keeps a pair out, whoever said it; it
counts from the next computing on, so that nobody can watch a name vanish the moment it is said.
"""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from events.domain.locks import lock_event
from events.domain.wishes.offered_texts import EventMarket, OfferedText, event_market, offered_by
from events.domain.wishes.pairing import explain, judge
from events.domain.wishes.rounds import mail_round
from events.enums import EventState, PeopleKind
from events.models import Event, Participant, Suggestion, SuggestionRound
from events.queries.wishes import pairs_kept_apart, people_to_recommend, settled_pairs
from events.templates import template_of
from kernel.errors import DomainError
from matching.domain.introductions.capacity import full_profiles
from matching.domain.introductions.days import local_day
from matching.domain.market import OWN_NEED_WEIGHT
from matching.engine.allocation.assignment import allocate
from matching.engine.allocation.market import pair_values
from matching.engine.features import NAMES, PairFeatures
from matching.engine.weights import RANKERS
from matching.enums import Direction, Purpose

logger = logging.getLogger(__name__)

LIST_LENGTH = 10
# In how many lists a person stands at most; who takes few meetings stands in fewer.
MOST_LISTS = 12
_LISTS_A_MEETING = 2
# A change is followed after so long, so that one busy evening of registrations is computed a few times only.
PAUSE = timedelta(minutes=10)
_DECIMALS = 4
_ROWS_A_WRITE = 500
_EVIDENCE = NAMES.index("evidence")
_TAKES_WISHES = (EventState.OPEN, EventState.WISHES_CLOSED)

Values = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Suggestions:
    """What was computed: how many people got a list, how many places in all, and how much welfare may be missing."""

    people: int
    pairs: int
    gap: float


@dataclass(frozen=True)
class _Chosen:
    """Whom each person is shown, best first, -1 behind them, and what every pair is worth, (n, n)."""

    lists: Ids
    worth: Values
    gap: float


def suggest_people(event: Event, *, now: datetime) -> Suggestions:
    """Compute and store whom each person who is open to it should meet, in place of what was stored.

    Raises:
        NotReady: the language model is not built on this machine.
    """
    today = local_day(now)
    people = people_to_recommend(event)
    fingerprint = fingerprint_of(event, people, now=now)
    market = event_market(event, people, today=today)
    evidence, probabilities = _judged(market)
    chosen = _chosen(event, market, probabilities, now=now)
    rows = [row for number in range(len(people)) for row in _rows(event, market, number, chosen, evidence)]
    _store(event, rows, fingerprint=fingerprint, now=now)
    return Suggestions(len({row.person_id for row in rows}), len(rows), chosen.gap)


def suggest_due(now: datetime) -> int:
    """Duty: recommendations for coming events whose people or texts have changed, and rounds that were asked for.

    Returns how many events were computed.

    One event that cannot be computed does not keep the others waiting.
    """
    coming = Event.objects.filter(state__in=_TAKES_WISHES, ends_at__gt=now).order_by("starts_at", "pk")
    return sum(_suggest_safely(event, now) for event in coming.select_related("hub"))


def _suggest_safely(event: Event, now: datetime) -> bool:
    try:
        held = SuggestionRound.objects.filter(event=event, asked_at__isnull=False).first()
        is_due = held is not None and held.is_due
        if not (is_due or is_stale(event, now=now)):
            return False
        suggest_people(event, now=now)
        if is_due:
            mail_round(event, now=now)
    except DomainError as error:
        logger.warning("Recommendations of event %s wait: %s.", event.pk, error.code)
        return False
    return True


def is_stale(event: Event, *, now: datetime) -> bool:
    """Whether people or texts have changed since the last computing, and that was long enough ago."""
    last = SuggestionRound.objects.filter(event=event).first()
    if last is not None and last.computed_at is not None and last.computed_at > now - PAUSE:
        return False
    people = people_to_recommend(event)
    if last is None and len(people) < 2:
        return False
    return last is None or last.fingerprint != fingerprint_of(event, people, now=now)


def fingerprint_of(event: Event, people: Sequence[Participant], *, now: datetime) -> str:
    """SHA-256 of who meets, how much, and what they offer and seek; a "no thanks" alone changes nothing."""
    texts = offered_by(
        list({each.participation_id: each.participation for each in people}.values()), today=local_day(now)
    )
    told = [f"{each.pk} {each.participation_id} {each.most_meetings} {each.kind}" for each in people] + [
        f"{key} {text.kind} {text.language} {text.digest}" for key in sorted(texts) for text in texts[key]
    ]
    rules = f"{event.kind} {event.most_meetings} {event.keeps_colleagues_apart}"
    return hashlib.sha256("\n".join([rules, *told]).encode()).hexdigest()


def _judged(market: EventMarket) -> tuple[Values, Values]:
    """Evidence and the probability that row judges a talk with column worth it, both (parties, parties)."""
    judged = judge(market.market, RANKERS[market.purpose])
    return judged.evidence, (1.0 / (1.0 + np.exp(-np.clip(judged.logits, -30.0, 30.0)))).astype(np.float32)


def _chosen(event: Event, market: EventMarket, probabilities: Values, *, now: datetime) -> _Chosen:
    people, party = market.people, market.party_of
    if not len(people):
        return _Chosen(np.empty((0, 0), np.int64), np.empty((0, 0), np.float32), 0.0)
    likes = probabilities[np.ix_(party, party)]
    likes[_forbidden(event, market)] = np.nan
    # The geometric mean of both sides' probabilities keeps the order and the scale of one.
    worth = np.sqrt(pair_values(likes, likes))
    lists, appearances = _capacities(event, people, now=now)
    found = allocate(worth, list_length=LIST_LENGTH, left_caps=lists, right_caps=appearances)
    return _Chosen(found.lists(len(people)), worth, found.gap)


def _forbidden(event: Event, market: EventMarket) -> NDArray[np.bool_]:
    """Pairs (n, n) that nobody is shown: colleagues, "no thanks" by either, settled ones, and who wrote nothing."""
    people = market.people
    group = [each.organisation_id if event.keeps_colleagues_apart else each.participation_id for each in people]
    same = np.array(group)
    kept: NDArray[np.bool_] = same[:, None] == same[None]
    np.fill_diagonal(kept, True)
    if template_of(event.kind).keeps_students_apart:
        student = np.array([each.kind == PeopleKind.STUDENT for each in people])
        kept |= student[:, None] & student[None]
    silent = ~np.isin(market.party_of, market.market.texts.owner)
    kept |= silent[:, None] | silent[None]
    number = {person.pk: place for place, person in enumerate(people)}
    for one, other in pairs_kept_apart(event) | settled_pairs(event):
        if one in number and other in number:
            kept[number[one], number[other]] = kept[number[other], number[one]] = True
    return kept


def _capacities(event: Event, people: Sequence[Participant], *, now: datetime) -> tuple[Ids, Ids]:
    """How many others each person is shown, and in how many lists each stands."""
    most = np.array([_most_meetings(event, person) for person in people])
    return np.where(most > 0, LIST_LENGTH, 0).astype(np.int64), appearances_of(event, people, now=now)


def appearances_of(event: Event, people: Sequence[Participant], *, now: datetime) -> Ids:
    """In how many lists each of these people may stand, (n,): none where the month is full.

    A list asks for nobody's month where no meetings are booked.
    """
    has_bookings = template_of(event.kind).has_bookings
    full = full_profiles(event.hub_id, today=local_day(now)) if has_bookings else frozenset()
    most = np.array([_most_meetings(event, person) for person in people])
    is_full = np.array([each.participation.profile_id in full and not each.beside_cap for each in people])
    return np.where(is_full, 0, np.minimum(MOST_LISTS, _LISTS_A_MEETING * most)).astype(np.int64)


def _most_meetings(event: Event, person: Participant) -> int:
    caps = [cap for cap in (person.most_meetings, event.most_meetings) if cap is not None]
    return min(caps) if caps else MOST_LISTS


def _rows(event: Event, market: EventMarket, number: int, chosen: _Chosen, evidence: Values) -> Iterable[Suggestion]:
    """The list of one person, each with the two texts that say most."""
    others = chosen.lists[number]
    others = others[others >= 0]
    if not len(others):
        return
    party, parties = int(market.party_of[number]), market.party_of[others]
    features = explain(market.market, party, np.unique(parties))
    for rank, (other, their_party) in enumerate(zip(others.tolist(), parties.tolist(), strict=True), start=1):
        place = int(np.searchsorted(features.profiles, their_party))
        direction, ours, theirs = best_texts(market, features, place, asker=party)
        values = np.round(features.matrix[place], _DECIMALS)
        values[_EVIDENCE] = round(float(evidence[party, their_party]), _DECIMALS)
        yield Suggestion(
            hub_id=event.hub_id,
            event=event,
            person=market.people[number],
            other=market.people[other],
            rank=rank,
            worth=round(float(chosen.worth[number, other]), 6),
            direction=direction,
            seeker_text=ours.text,
            seeker_language=ours.language,
            receiver_text=theirs.text,
            receiver_language=theirs.language,
            seeker_statement=ours.statement,
            receiver_statement=theirs.statement,
            features=values.tolist(),
        )


def best_texts(
    market: EventMarket, features: PairFeatures, place: int, *, asker: int
) -> tuple[Direction, OfferedText, OfferedText]:
    """The direction that speaks louder, our own need a little more, with its two texts.

    Where neither seeks what the other offers, the first text of each.
    """
    values = dict(zip(NAMES, features.matrix[place].tolist(), strict=True))
    forward, backward, same = (
        getattr(features, name)[place].tolist() for name in ("need_offer", "offer_need", "same_need")
    )
    direction, pair = Direction.NEED_OFFER, forward
    gives = values["offer_need_meaning"] + values["offer_need_words"]
    gets = values["need_offer_meaning"] + values["need_offer_words"]
    if backward[0] >= 0 and (forward[0] < 0 or (1 - OWN_NEED_WEIGHT) * gives > OWN_NEED_WEIGHT * gets):
        direction, pair = Direction.OFFER_NEED, backward
    if same[0] >= 0 and (market.purpose is Purpose.ERFA or pair[0] < 0):
        direction, pair = Direction.SAME_NEED, same
    if pair[0] < 0:
        owners = (asker, int(features.profiles[place]))
        direction, pair = Direction.QUERY, [int(np.searchsorted(market.market.texts.owner, each)) for each in owners]
    return direction, market.offered[pair[0]], market.offered[pair[1]]


def _store(event: Event, rows: list[Suggestion], *, fingerprint: str, now: datetime) -> None:
    """Replace the stored rows at once; of two workers, the later one's stay."""
    with transaction.atomic():
        lock_event(event)
        SuggestionRound.objects.get_or_create(event=event, defaults={"hub_id": event.hub_id})
        held = SuggestionRound.objects.select_for_update().get(event=event)
        Suggestion.objects.filter(event=event).delete()
        Suggestion.objects.bulk_create(rows, batch_size=_ROWS_A_WRITE)
        held.fingerprint, held.computed_at = fingerprint, now
        held.save(update_fields=["fingerprint", "computed_at"])
