"""The lists on which rankers are judged: whom each could have shown, what was shown with which probability, and what
came of it.

A reward is what a request has reached: nothing, a yes that may still lead somewhere, or what the sides have told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db.models import Prefetch

from matching.candidates_blob import Candidates
from matching.domain.introductions.days import local_day
from matching.domain.learning.evidence import ASK_WINDOW_DAYS, asked_at
from matching.engine.contact_features import NAMES
from matching.engine.ladder import RUNGS, matured
from matching.engine.priors import ACCEPTS, ANSWERS, PRIORS
from matching.enums import CONSENTED_STATES, Channel, IntroductionState
from matching.models import Impression, ShownList
from matching.queries.evidence import Column, Ids, Matrix, Request, Told, days, requests_of, told_of

# More lists than this are thinned out evenly: the intervals hardly gain, and each list costs two policies' draws.
MOST_LISTS = 1_000
# So long after its day a "not now" may still be taken up.
TAKEN_UP = timedelta(days=60)


@dataclass(frozen=True)
class LoggedList:
    """One list: candidates (n,) with features (n, f), and for what was shown (k,) its place among them.

    `explored_places` and `seed` are those of the policy; `propensity` and `reward` (k,) belong to what was shown.
    """

    candidates: Ids
    matrix: Matrix
    shown: Ids
    propensity: Column
    reward: Column
    explored_places: int
    seed: int


def logged_lists(
    hub_id: int, *, since: datetime, until: datetime, now: datetime, values: Mapping[str, float]
) -> list[LoggedList]:
    """Lists for a purpose and a known seeker in the period, oldest first.

    Of the lists of one seeker and purpose on one day the first stands for all, since the page shows the same again.
    Those without readable candidates are left out. Whoever was shown but is not among the candidates any more is left
    out, as are candidates that have been erased.
    """
    firsts = _first_of_each_day(hub_id, since, until)
    if not firsts:
        return []
    rewards = _rewards(hub_id, firsts, now, values)
    chosen = np.unique(np.linspace(0, len(firsts) - 1, MOST_LISTS).round().astype(np.int64))
    places = Prefetch("impressions", Impression.objects.only("shown_list_id", "profile_id", "propensity"))
    rows = ShownList.objects.filter(pk__in=[firsts[place].pk for place in chosen]).prefetch_related(places)
    return [found for row in rows.order_by("shown_at", "pk") if (found := _logged(row, rewards)) is not None]


def _first_of_each_day(hub_id: int, since: datetime, until: datetime) -> list[ShownList]:
    lists = (
        ShownList.objects.filter(hub_id=hub_id, seeker__isnull=False, shown_at__gt=since, shown_at__lte=until)
        .exclude(purpose="")
        .exclude(candidates=b"")
        .exclude(channel=Channel.FACILITATOR)
        .defer("candidates")
        .order_by("shown_at", "pk")
    )
    kept: dict[tuple[int | None, str, object, int], ShownList] = {}
    for row in lists:
        # A short list without a tried-out place, as in a project room, does not stand for the page of the day.
        kept.setdefault((row.seeker_id, row.purpose, local_day(row.shown_at), row.explored_places), row)
    return list(kept.values())


def _logged(row: ShownList, rewards: Mapping[int, float]) -> LoggedList | None:
    try:
        found = Candidates.unpacked(bytes(row.candidates))
    except ValueError:
        return None
    if found.matrix.shape[1] != len(NAMES):
        return None
    place = {pk: number for number, pk in enumerate(found.profiles.tolist())}
    impressions = [each for each in row.impressions.all() if each.profile_id in place]
    if not impressions:
        return None
    return LoggedList(
        found.profiles,
        np.where(np.isfinite(found.matrix), found.matrix, 0.0),
        np.array([place[each.profile_id] for each in impressions], dtype=np.int64),
        np.array([each.propensity for each in impressions], dtype=np.float64),
        np.array([rewards.get(each.pk, 0.0) for each in impressions], dtype=np.float64),
        row.explored_places,
        row.seed,
    )


def _rewards(hub_id: int, rows: list[ShownList], now: datetime, values: Mapping[str, float]) -> dict[int, float]:
    """Reward by impression id: each request rewards one place, that from which it came or the last one before it."""
    told = told_of(hub_id, until=now)
    requests = requests_of(hub_id, since=rows[0].shown_at, until=now)
    places = Impression.objects.filter(shown_list__in=[row.pk for row in rows]).values_list(
        "pk", "shown_list__seeker_id", "profile_id", "shown_list__shown_at"
    )
    by_pair: dict[tuple[int, int], list[tuple[float, int]]] = {}
    for pk, seeker, profile, at in places:
        by_pair.setdefault((int(seeker or 0), profile), []).append((days(at), pk))
    found: dict[int, float] = {}
    for request in requests:
        moment = asked_at(request)
        shown = by_pair.get((request.seeker, request.receiver), []) if moment is not None and moment <= now else []
        own = [pk for _at, pk in shown if pk == request.impression]
        before = [pk for at, pk in sorted(shown) if moment is not None and 0 <= days(moment) - at <= ASK_WINDOW_DAYS]
        if own or before:
            pk = (own or before)[-1]
            found[pk] = found.get(pk, 0.0) + worth_of(request, told.get(request.pk), now, values)
    return found


def worth_of(request: Request, told: Told | None, now: datetime, values: Mapping[str, float]) -> float:
    """What a request has been worth so far, without any ranker's opinion on the pair.

    A rung that a side told counts in full. One that may still come counts by the documented base rate of the stage
    reached, given that it had not come by the last informative answer; that rate is the same for every pair. A no and
    an expired request are worth nothing, as is one that was asked again (the new one counts) or never taken up; a
    pending or postponed one the base rate of a yes.
    """
    if request.state in CONSENTED_STATES:
        return _worth_of_contact(request, told, values)
    if request.state in (IntroductionState.DECLINED, IntroductionState.EXPIRED, IntroductionState.WITHDRAWN):
        return 0.0
    if request.asked_again is not None or _came_to_nothing(request, now):
        return 0.0
    overdue = request.expires_at is not None and request.expires_at <= now
    if overdue and request.state != IntroductionState.NOT_NOW:
        return 0.0
    answered = request.state == IntroductionState.NOT_NOW
    chance = PRIORS[ACCEPTS].base_rate * (1.0 if answered else PRIORS[ANSWERS].base_rate)
    return chance * sum(rung.base_rate * values[rung.code] for rung in RUNGS)


def _came_to_nothing(request: Request, now: datetime) -> bool:
    """Whether a "not now" without a day, or long past its day, was never taken up."""
    if request.state != IntroductionState.NOT_NOW:
        return False
    return request.ask_again_on is None or local_day(now) > request.ask_again_on + TAKEN_UP


def _worth_of_contact(request: Request, told: Told | None, values: Mapping[str, float]) -> float:
    both = [at for at in (request.seeker_consented_at, request.receiver_consented_at) if at is not None]
    heard = max(told.informed.values()) if told and told.informed else None
    age = max(days(heard) - days(max(both)), 0.0) if heard and both else 0.0
    total = 0.0
    for rung in RUNGS:
        if told and rung.code in told.achieved:
            total += values[rung.code]
            continue
        come = rung.base_rate * float(matured(rung, np.array([age]))[0])
        total += values[rung.code] * (rung.base_rate - come) / (1.0 - come)
    return total
