"""What contact adds to a pair: room, habits, earlier relations, freshness, size, field, for all candidates at once.

Parties change with the index and are kept with it; habits are a minute old at most; room is asked anew each time,
since a cap is absolute.
"""

import threading
import time
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from matching.engine.contact_features import contact_matrix, freshness, smoothed_log_odds
from matching.indexing.hub_index import IndexVersion
from matching.queries.learning import Contacts, Parties, contacts_since, parties_of, taken_places

Ids = NDArray[np.int64]
Column = NDArray[np.float64]
Matrix = NDArray[np.float64]

_HISTORY = timedelta(days=730)
HABITS_SECONDS = 60.0


@dataclass(frozen=True)
class Known:
    """All that is known of a hub's parties and contacts at one moment."""

    parties: Parties
    contacts: Contacts


class _Memory:
    """The newest `Known` of each hub in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parties: dict[int, tuple[IndexVersion, Parties]] = {}
        self._contacts: dict[int, tuple[float, Contacts]] = {}

    def known(self, hub_id: int, version: IndexVersion) -> Known:
        with self._lock:
            parties, contacts = self._parties.get(hub_id), self._contacts.get(hub_id)
        if parties is None or parties[0] != version:
            parties = (version, parties_of(hub_id))
        if contacts is None or time.monotonic() - contacts[0] > HABITS_SECONDS:
            contacts = (time.monotonic(), contacts_since(hub_id, timezone.now() - _HISTORY))
        with self._lock:
            self._parties[hub_id], self._contacts[hub_id] = parties, contacts
        return Known(parties[1], contacts[1])

    def forget(self) -> None:
        with self._lock:
            self._parties.clear()
            self._contacts.clear()


_memory = _Memory()


def known_of(hub_id: int, version: IndexVersion) -> Known:
    """What is known of the hub's parties, as of that index, and of their contacts, at most a minute old."""
    return _memory.known(hub_id, version)


def forget_known() -> None:
    """Read anew at the next list; for tests and for whoever has just changed many contacts."""
    _memory.forget()


def room_of(hub_id: int, profiles: Ids, *, today: date) -> Column:
    """Share of each profile's places of this month that is free, (n,); 1 where nobody has set a cap."""
    taken = taken_places(hub_id, profiles.tolist(), month=today.replace(day=1))
    share = np.ones(len(profiles))
    for place, pk in enumerate(profiles.tolist()):
        if pk in taken:
            used, cap = taken[pk]
            share[place] = max(cap - used, 0) / cap if cap else 0.0
    return share


@dataclass(frozen=True)
class Seeker:
    """Who asks, as the columns need it; `profile` is 0 for words without a profile."""

    profile: int
    organisation: int


def contact_columns(
    known: Known, seeker: Seeker, profiles: Ids, pairs: Matrix, relevance: Column, room: Column, *, today: date
) -> Matrix:
    """The table (n, `contact_features.NAMES`) for pairs (n, `features.NAMES`) with these candidates (n,)."""
    parties, contacts = known.parties, known.contacts
    field = parties.values(parties.field, profiles)
    written = parties.values(parties.written, profiles)
    own = np.array([seeker.profile], dtype=np.int64)
    own_field, own_size = parties.values(parties.field, own)[0], parties.values(parties.size, own)[0]
    organisation = parties.values(parties.organisation, profiles)
    columns = _habits(contacts, seeker, profiles) | _relations(contacts, seeker, profiles, organisation)
    columns |= {
        "capacity_left": room,
        "freshness": np.where(written > 0, freshness(today.toordinal() - written), np.nan),
        "small_unit": parties.values(parties.size, profiles),
        "seeker_small": np.full(len(profiles), own_size),
        "same_field": ((field == own_field) & (field > 0)).astype(np.float64),
        "relevance": relevance,
    }
    return contact_matrix(pairs, columns)


def _habits(contacts: Contacts, seeker: Seeker, profiles: Ids) -> dict[str, Column]:
    """How often each candidate answers and says yes, and how often the seeker is told yes, from the hub's means."""
    flags = (contacts.heard, contacts.answered, contacts.weighed, contacts.yes)
    sent, told, weighed, yes = (_counts(contacts.receiver[flag], profiles) for flag in flags)
    own = contacts.seeker == seeker.profile
    asked, won = float((own & contacts.weighed).sum()), float((own & contacts.yes).sum())
    answer_mean = _share(contacts.answered.sum(), contacts.heard.sum())
    yes_mean = _share(contacts.yes.sum(), contacts.weighed.sum())
    own_history = smoothed_log_odds(np.array([won]), np.array([asked]), yes_mean)[0]
    return {
        "answers_history": smoothed_log_odds(told, sent, answer_mean),
        "accepts_history": smoothed_log_odds(yes, weighed, yes_mean),
        "seeker_history": np.full(len(profiles), own_history),
    }


def _relations(contacts: Contacts, seeker: Seeker, profiles: Ids, organisation: Column) -> dict[str, Column]:
    """Whether the two organisations have met before, and whether this pair has had a no."""
    ours_asked = contacts.agreed & (contacts.seeker_organisation == seeker.organisation)
    they_asked = contacts.agreed & (contacts.receiver_organisation == seeker.organisation)
    met = np.concatenate([contacts.receiver_organisation[ours_asked], contacts.seeker_organisation[they_asked]])
    refused = contacts.refused & (contacts.seeker == seeker.profile)
    return {
        "earlier_relation": np.isin(organisation, met).astype(np.float64),
        "declined_before": np.isin(profiles, contacts.receiver[refused]).astype(np.float64),
    }


def _counts(owners: Ids, profiles: Ids) -> Column:
    """How often each of these profiles (n,) is among the owners."""
    if not len(owners):
        return np.zeros(len(profiles))
    ids, counts = np.unique(owners, return_counts=True)
    found = np.minimum(np.searchsorted(ids, profiles), len(ids) - 1)
    return np.where(ids[found] == profiles, counts[found], 0).astype(np.float64)


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else 0.5
