"""A host who cancels leaves a list of recommendations: colleagues who go on by themselves go on with it.

They come with the same profile, so the words and the worth of each pair hold for them as well. Everybody is weighed
anew with the next computing; until then nobody stands in more lists than it would be given.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from events.domain.wishes.suggesting import appearances_of
from events.enums import COMING, RequestState
from events.models import MeetingRequest, Participant, Suggestion
from events.queries.wishes import is_recommended, learn_both, pairs_kept_apart, settled_pairs

Pair = tuple[int, int]


def take_over_list(host: Participant, team: Iterable[Participant], *, now: datetime) -> int:
    """Give the host's list to those who shared the agenda, as far as each name stands for them; how many rows.

    Under the event's lock, when all of them have agendas of their own. Who comes for another profile, or takes no
    meetings, takes nothing over: other words would speak for them.
    """
    joined = ("other__participation__profile", "other__event", "event")
    rows = list(Suggestion.objects.filter(person=host).select_related(*joined).order_by("rank"))
    heirs = [each for each in team if _may_inherit(each, host)]
    if not rows or not heirs:
        return 0
    rows = [row for row in rows if row.other.state in COMING and is_recommended(row.other)]
    room, apart = _room_in_lists(host, rows, now=now), _apart(host)
    given: list[Suggestion] = []
    for heir in heirs:
        names = [row for row in rows if room[row.other_id] > 0 and _may_meet(heir, row.other, host, apart)]
        room.subtract(row.other_id for row in names)
        given += [_row_for(heir, row, rank) for rank, row in enumerate(names, start=1)]
    Suggestion.objects.filter(person=host).delete()
    Suggestion.objects.bulk_create(given)
    return len(given)


def _may_inherit(colleague: Participant, host: Participant) -> bool:
    """Whether the list is of the colleague's own profile; who had a list before the agenda was shared keeps that."""
    is_host_like = colleague.participation_id == host.participation_id
    takes_part = colleague.state in COMING and is_recommended(colleague)
    return is_host_like and takes_part and not Suggestion.objects.filter(person=colleague).exists()


def _room_in_lists(host: Participant, rows: Sequence[Suggestion], *, now: datetime) -> Counter[int]:
    """In how many more lists each of those named may stand; none where the month is full by now."""
    others = [row.other for row in rows]
    most = appearances_of(host.event, others, now=now).tolist()
    room = Counter({other.pk: places for other, places in zip(others, most, strict=True)})
    listed = Suggestion.objects.filter(other__in=others).exclude(person=host)
    room.subtract(listed.values_list("other_id", flat=True))
    return room


def _apart(host: Participant) -> frozenset[Pair]:
    """Pairs that no list names; a no to the host was one to the agenda that its colleagues shared."""
    event = host.event
    said_no = MeetingRequest.objects.filter(
        Q(sender=host) | Q(receiver=host), event=event, state=RequestState.DECLINED
    ).values_list("sender_id", "receiver_id")
    settled = frozenset(pair for pair in settled_pairs(event) if host.pk not in pair)
    return pairs_kept_apart(event) | settled | frozenset(said_no)


def _may_meet(heir: Participant, other: Participant, host: Participant, apart: frozenset[Pair]) -> bool:
    pairs = {pair for one in (heir.pk, host.pk) for pair in ((one, other.pk), (other.pk, one))}
    return not learn_both(heir, other) and apart.isdisjoint(pairs)


def _row_for(heir: Participant, row: Suggestion, rank: int) -> Suggestion:
    """The same words and figures for another reader of the same profile."""
    return Suggestion(
        hub_id=row.hub_id,
        event=row.event,
        person=heir,
        other=row.other,
        rank=rank,
        worth=row.worth,
        direction=row.direction,
        seeker_text=row.seeker_text,
        seeker_language=row.seeker_language,
        receiver_text=row.receiver_text,
        receiver_language=row.receiver_language,
        seeker_statement=row.seeker_statement,
        receiver_statement=row.receiver_statement,
        features=row.features,
    )
