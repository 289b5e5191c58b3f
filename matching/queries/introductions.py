"""Reads of introductions: what waits for whom, the facilitator's cases, the timeline that a viewer may read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubs.policies import Viewer, may_broker, may_see_introduced_contact, sides_of
from kernel.errors import NotFound
from matching.enums import ANSWERABLE_STATES, Channel, IntroductionState, Side, TimelineKind
from matching.models import Introduction, TimelineEntry
from profiles.models import Affiliation

S = IntroductionState
MOVING = (S.DRAFT, S.SCREENING, S.RETURNED, S.SENT, S.SEEN, S.NOT_NOW, S.ACCEPTED, S.MET)
# What the asked side may not know of: how the request came about before it was sent.
_BEFORE_SENDING = (TimelineKind.DRAFTED, TimelineKind.SUBMITTED, TimelineKind.RETURNED, TimelineKind.SCREENED)
_SECONDS_A_DAY = 86_400

NEXT_STEPS: Mapping[str, Any] = {
    S.DRAFT: gettext_lazy("Its writer sends it"),
    S.SCREENING: gettext_lazy("A facilitator reads it and passes it on"),
    S.RETURNED: gettext_lazy("Its writer answers the facilitator's question"),
    S.SENT: gettext_lazy("The one who is asked opens it"),
    S.SEEN: gettext_lazy("The one who is asked answers"),
    S.NOT_NOW: gettext_lazy("It may be asked again when its day comes"),
    S.ACCEPTED: gettext_lazy("The two agree on a meeting"),
    S.MET: gettext_lazy("Both tell what came of it"),
    S.DECLINED: gettext_lazy("Nothing more; the reason teaches us"),
    S.EXPIRED: gettext_lazy("It may be asked again, or somebody else"),
    S.WITHDRAWN: gettext_lazy("Nothing more"),
    S.CLOSED: gettext_lazy("Nothing more; its outcomes count on"),
}
# So many days in a state are a bottleneck that a facilitator should look at.
SLOW_AFTER_DAYS: Mapping[str, int] = {
    S.DRAFT: 14,
    S.SCREENING: 3,
    S.RETURNED: 7,
    S.SENT: 7,
    S.SEEN: 7,
    S.ACCEPTED: 14,
    S.MET: 60,
}


@dataclass(frozen=True)
class Contacts:
    """The viewer's contacts, grouped by what waits for whom; newest first in each group."""

    to_answer: list[Introduction] = field(default_factory=list)
    to_finish: list[Introduction] = field(default_factory=list)
    waiting: list[Introduction] = field(default_factory=list)
    open: list[Introduction] = field(default_factory=list)
    not_now: list[Introduction] = field(default_factory=list)
    ended: list[Introduction] = field(default_factory=list)


@dataclass(frozen=True)
class Waiting:
    """How much waits for the viewer: answers, drafts and questions sent back, requests to read for a broker."""

    to_answer: int = 0
    to_finish: int = 0
    to_screen: int = 0

    @property
    def total(self) -> int:
        """Everything together, for one badge."""
        return self.to_answer + self.to_finish + self.to_screen


@dataclass(frozen=True)
class StateCount:
    """Introductions of the hub in one state: ages in whole days since they came into it (0 where none are)."""

    state: str
    label: str
    count: int
    next_step: str
    median_days: int
    oldest_days: int
    slow: int

    @property
    def is_bottleneck(self) -> bool:
        """Whether at least one stands longer than it should."""
        return self.slow > 0


@dataclass(frozen=True)
class ContactDetails:
    """How to reach a side; empty lists where it has nobody and no address."""

    name: str
    organisation: str
    website: str
    address: str
    people: tuple[tuple[str, str], ...]


def visible_introductions(viewer: Viewer) -> QuerySet[Introduction]:
    """Introductions of the hub that the viewer may know of; the same rule as `may_see_introduction`."""
    rows = Introduction.objects.filter(hub_id=viewer.hub_id)
    if may_broker(viewer):
        return rows
    own = viewer.organisation_ids
    sent = Q(sent_at__isnull=False) & (Q(seeker__organisation_id__in=own) | Q(receiver__organisation_id__in=own))
    written = Q(seeker__organisation_id__in=own) & ~Q(channel=Channel.FACILITATOR)
    return rows.filter(sent | written)


def with_parties(rows: QuerySet[Introduction]) -> QuerySet[Introduction]:
    """With both profiles, their organisations, the quotes and the facilitator: two queries whatever the length."""
    return rows.select_related(
        "hub", "seeker__organisation", "receiver__organisation", "facilitator", "project"
    ).prefetch_related("quotes")


def find_introduction(viewer: Viewer, public_id: UUID) -> Introduction:
    """One introduction with its parties.

    Raises:
        NotFound: there is none, it is another hub's, or the viewer may not know of it (all look alike on purpose).
    """
    introduction = with_parties(visible_introductions(viewer)).filter(public_id=public_id).first()
    if introduction is None:
        raise NotFound(_("We cannot find that request. It may be gone because one of the two has left the hub."))
    return introduction


def contacts_of(viewer: Viewer) -> Contacts:
    """The contacts of the organisations for which the viewer speaks; a broker's cases are `cases_of`."""
    contacts = Contacts()
    for introduction in with_parties(_own(viewer)).order_by("-updated_at", "-pk"):
        _group_of(contacts, viewer, introduction).append(introduction)
    return contacts


def waiting_for(viewer: Viewer) -> Waiting:
    """What waits for the viewer, for the shell's badge: one small query for a member, two for a broker."""
    if not viewer.is_signed_in:
        return Waiting()
    counted = (
        _own(viewer)
        .order_by()
        .aggregate(
            to_answer=Count("pk", filter=_waits_for(viewer)),
            to_finish=Count("pk", filter=_unfinished(viewer)),
        )
    )
    return Waiting(counted["to_answer"], counted["to_finish"], len(_to_screen(viewer)) if may_broker(viewer) else 0)


def screening_queue(viewer: Viewer) -> list[Introduction]:
    """What waits for a facilitator's eyes, longest first; empty for who is none."""
    if not may_broker(viewer):
        return []
    rows = visible_introductions(viewer).filter(state=S.SCREENING)
    return list(with_parties(rows).order_by("seeker_consented_at", "pk"))


def cases_of(viewer: Viewer, *, facilitator_id: int | None = None) -> list[Introduction]:
    """The running cases of a facilitator, the viewer's own when none is named; longest untouched first."""
    if not may_broker(viewer):
        return []
    rows = visible_introductions(viewer).filter(facilitator_id=facilitator_id or viewer.user_id, state__in=MOVING)
    return list(with_parties(rows).order_by("updated_at", "pk"))


def states_of(viewer: Viewer, *, now: datetime) -> list[StateCount]:
    """The hub's introductions by state with age and next step, in the order of a request's life; for brokers.

    Simulated ones count: the demonstration says what it is.
    """
    return states_in(viewer.hub_id, now=now) if may_broker(viewer) else []


def states_in(hub_id: int, *, now: datetime) -> list[StateCount]:
    """The same of a whole hub, for a caller who has asked whether its reader may know: counts, no names."""
    rows = Introduction.objects.filter(hub_id=hub_id).order_by()
    counts = dict(rows.values_list("state").annotate(Count("pk")))
    ages: dict[str, list[int]] = {}
    for state, since in standing_since(rows.filter(state__in=MOVING)).values_list("state", "since"):
        ages.setdefault(state, []).append(max(int((now - since).total_seconds() // _SECONDS_A_DAY), 0))
    return [_state_count(state, counts.get(state.value, 0), sorted(ages.get(state.value, []))) for state in S]


def standing_since(rows: QuerySet[Introduction]) -> QuerySet[Any]:
    """With `since`: when each came into the state in which it stands."""
    entered = TimelineEntry.objects.filter(
        introduction=OuterRef("pk"), kind__in=(TimelineKind.SUBMITTED, TimelineKind.RETURNED)
    ).order_by("-at", "-pk")
    return rows.annotate(
        since=Case(
            When(state=S.SENT, then=F("sent_at")),
            When(state=S.SEEN, then=F("seen_at")),
            When(state__in=(S.ACCEPTED, S.NOT_NOW, S.DECLINED), then=F("answered_at")),
            When(state=S.MET, then=F("met_at")),
            When(state=S.CLOSED, then=F("closed_at")),
            When(state__in=(S.SCREENING, S.RETURNED), then=Coalesce(Subquery(entered.values("at")[:1]), "updated_at")),
            default=F("created_at"),
            output_field=DateTimeField(),
        )
    )


def timeline_of(viewer: Viewer, introduction: Introduction) -> list[TimelineEntry]:
    """What the viewer may read of it, oldest first.

    The staff reads all; the asking side all but staff notes; the asked side nothing of how the request came about.
    """
    rows = TimelineEntry.objects.filter(introduction=introduction, hub_id=viewer.hub_id).select_related("actor")
    if may_broker(viewer):
        return list(rows)
    sides = sides_of(viewer, introduction)
    if not sides:
        return []
    rows = rows.filter(staff_only=False)
    if Side.SEEKER not in sides:
        rows = rows.exclude(kind__in=_BEFORE_SENDING)
        if introduction.sent_at is not None:
            rows = rows.filter(at__gte=introduction.sent_at)
    return list(rows)


def contact_details(viewer: Viewer, introduction: Introduction, side: str) -> ContactDetails | None:
    """How to reach that side; none before both have said yes (its own people and staff always may).

    No addresses where the two met at an event: there two people opened their own, which the event knows.
    """
    if not may_see_introduced_contact(viewer, introduction, side):
        return None
    profile = introduction.party(side)
    if introduction.channel == Channel.EVENT:
        return ContactDetails(profile.name, profile.organisation.name, profile.organisation.website, "", ())
    people = Affiliation.objects.filter(
        hub_id=viewer.hub_id, organisation_id=profile.organisation_id, user__is_active=True
    ).order_by("user__name", "user__email")
    return ContactDetails(
        name=profile.name,
        organisation=profile.organisation.name,
        website=profile.organisation.website,
        address=profile.contact_email,
        people=tuple(people.values_list("user__name", "user__email")),
    )


def answering_side(viewer: Viewer, introduction: Introduction) -> str:
    """The viewer's side from which an answer is still wanted; empty when nothing waits for the viewer."""
    if introduction.state not in ANSWERABLE_STATES:
        return ""
    said = {Side.SEEKER: introduction.seeker_consented_at, Side.RECEIVER: introduction.receiver_consented_at}
    own = sides_of(viewer, introduction)
    return next((side.value for side in (Side.RECEIVER, Side.SEEKER) if side in own and said[side] is None), "")


def _hub(viewer: Viewer) -> QuerySet[Introduction]:
    return visible_introductions(viewer).order_by()


def _own(viewer: Viewer) -> QuerySet[Introduction]:
    own = viewer.organisation_ids
    mine = Q(seeker__organisation_id__in=own) | Q(receiver__organisation_id__in=own)
    theirs_unsent = Q(sent_at__isnull=True) & (~Q(seeker__organisation_id__in=own) | Q(channel=Channel.FACILITATOR))
    return Introduction.objects.filter(mine, hub_id=viewer.hub_id).exclude(theirs_unsent)


def _waits_for(viewer: Viewer) -> Q:
    own = viewer.organisation_ids
    asked = Q(receiver__organisation_id__in=own, receiver_consented_at__isnull=True)
    proposed = Q(seeker__organisation_id__in=own, seeker_consented_at__isnull=True)
    return (asked | proposed) & Q(state__in=ANSWERABLE_STATES)


def _unfinished(viewer: Viewer) -> Q:
    return Q(seeker__organisation_id__in=viewer.organisation_ids, state__in=(S.DRAFT, S.RETURNED))


def _to_screen(viewer: Viewer) -> list[int]:
    rows = _hub(viewer).filter(state=S.SCREENING).filter(Q(facilitator__isnull=True) | Q(facilitator_id=viewer.user_id))
    return list(rows.values_list("pk", flat=True))


def _group_of(contacts: Contacts, viewer: Viewer, introduction: Introduction) -> list[Introduction]:
    if answering_side(viewer, introduction):
        return contacts.to_answer
    groups: dict[str, list[Introduction]] = {
        S.DRAFT: contacts.to_finish,
        S.RETURNED: contacts.to_finish,
        S.SCREENING: contacts.waiting,
        S.SENT: contacts.waiting,
        S.SEEN: contacts.waiting,
        S.ACCEPTED: contacts.open,
        S.MET: contacts.open,
        S.NOT_NOW: contacts.not_now,
    }
    return groups.get(introduction.state, contacts.ended)


def _state_count(state: IntroductionState, count: int, ages: list[int]) -> StateCount:
    limit = SLOW_AFTER_DAYS.get(state)
    return StateCount(
        state=state.value,
        label=str(state.label),
        count=count,
        next_step=str(NEXT_STEPS[state]),
        median_days=ages[len(ages) // 2] if ages else 0,
        oldest_days=ages[-1] if ages else 0,
        slow=sum(age >= limit for age in ages) if limit is not None else 0,
    )
