"""The two texts that speak for one pair, and a reason half written from them: what a request begins with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from events.domain.wishes.offered_texts import event_market, offered_by
from events.domain.wishes.pairing import explain, judge
from events.domain.wishes.suggesting import best_texts
from events.models import MeetingRequest, Participant, Suggestion
from kernel.errors import NotReady
from matching.domain.introductions.days import local_day
from matching.engine.weights import RANKERS
from matching.enums import Direction

# What a pair is worth of which nothing can be computed.
UNKNOWN_WORTH = 0.5
_QUOTED_CHARACTERS = 160
_TURNED = {Direction.NEED_OFFER: Direction.OFFER_NEED, Direction.OFFER_NEED: Direction.NEED_OFFER}


@dataclass(frozen=True)
class PairWords:
    """Both texts as one side reads them, and the predicted worth of a talk (about 0..1)."""

    direction: Direction
    ours: str
    theirs: str
    worth: float

    def turned(self) -> "PairWords":
        """As the other side reads them."""
        return PairWords(_TURNED.get(self.direction, self.direction), self.theirs, self.ours, self.worth)


def words_between(one: Participant, other: Participant, *, now: datetime) -> PairWords:
    """What speaks for a talk, as `one` reads it: as recommended, else weighed now."""
    stored = _stored(one, other)
    if stored is not None:
        return stored
    reverse = _stored(other, one)
    return reverse.turned() if reverse is not None else _weighed(one, other, now)


def request_of(
    sender: Participant, receiver: Participant, words: PairWords, *, now: datetime, **columns: Any
) -> MeetingRequest:
    """A request that is not stored yet, and keeps both texts as they are now."""
    return MeetingRequest(
        hub_id=sender.hub_id,
        event=sender.event,
        sender=sender,
        receiver=receiver,
        seeker_text=words.ours,
        receiver_text=words.theirs,
        direction=words.direction,
        worth=words.worth,
        asked_at=now,
        **columns,
    )


def half_written(words: PairWords) -> str:
    """A reason to go on from, in the reader's language; empty where nothing is known of one side."""
    if not (words.ours and words.theirs):
        return ""
    sentences = {
        Direction.NEED_OFFER: _("We seek: “%(ours)s” You offer: “%(theirs)s” I would like to hear whether it fits."),
        Direction.OFFER_NEED: _("You seek: “%(theirs)s” We offer: “%(ours)s” I would like to show you what we have."),
        Direction.SAME_NEED: _("You seek: “%(theirs)s” So do we: “%(ours)s” I would like to hear how you go about it."),
        Direction.QUERY: _("You write: “%(theirs)s” We write: “%(ours)s” I would like to hear more."),
    }
    short = {"ours": _short(words.ours), "theirs": _short(words.theirs)}
    return sentences[words.direction] % short


def _short(text: str) -> str:
    return str(Truncator(" ".join(text.split())).chars(_QUOTED_CHARACTERS))


def _stored(one: Participant, other: Participant) -> PairWords | None:
    row = Suggestion.objects.filter(person=one, other=other).first()
    return PairWords(Direction(row.direction), row.seeker_text, row.receiver_text, row.worth) if row else None


def _weighed(one: Participant, other: Participant, now: datetime) -> PairWords:
    today = local_day(now)
    if one.participation_id == other.participation_id:
        return PairWords(Direction.QUERY, "", "", UNKNOWN_WORTH)
    told = offered_by([one.participation, other.participation], today=today)
    ours, theirs = told[one.participation_id], told[other.participation_id]
    if not ours or not theirs:
        return PairWords(Direction.QUERY, "", "", UNKNOWN_WORTH)
    try:
        market = event_market(one.event, [one, other], today=today)
    except NotReady:
        return PairWords(Direction.QUERY, ours[0].text, theirs[0].text, UNKNOWN_WORTH)
    first, second = market.party_of.tolist()
    judged = judge(market.market, RANKERS[market.purpose]).logits.astype(np.float64)
    likes = 1.0 / (1.0 + np.exp(-np.array([judged[first, second], judged[second, first]])))
    features = explain(market.market, first, np.array([second]))
    direction, own, their = best_texts(market, features, 0, asker=first)
    return PairWords(direction, own.text, their.text, float(np.sqrt(likes.prod())))
