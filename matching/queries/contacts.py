"""Reads of introductions as their two sides see them: what is theirs, what waits for them, one of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hubs.policies import BROKER_ROLES, Viewer
from kernel.errors import NotFound
from matching.enums import ANSWERABLE_STATES, Channel, IntroductionState, Side, TimelineKind
from matching.models import Introduction, Quote
from profiles.models import Profile

_SPEAKING = frozenset({TimelineKind.SENT, TimelineKind.SUBMITTED, TimelineKind.ACCEPTED})
_MOST_PEOPLE = 3
_BEING_WRITTEN = (IntroductionState.DRAFT, IntroductionState.RETURNED)


def introductions_of(viewer: Viewer, *, profile: Profile | None = None) -> QuerySet[Introduction]:
    """Those in which the viewer's organisations are a side, newest first; of one profile when it is named."""
    # What a facilitator writes for two others is the hub's until it is sent.
    is_kept = Q(channel=Channel.FACILITATOR, sent_at__isnull=True)
    asked = Q(seeker__organisation_id__in=viewer.organisation_ids) & ~is_kept
    received = Q(receiver__organisation_id__in=viewer.organisation_ids, sent_at__isnull=False)
    rows = Introduction.objects.filter(asked | received, hub_id=viewer.hub_id)
    if profile is not None:
        rows = rows.filter(Q(seeker=profile) | Q(receiver=profile))
    return _with_parties(rows)


def find_introduction(viewer: Viewer, public_id: UUID) -> Introduction:
    """One introduction, for its two sides and the hub's brokers; a draft only for those who write it.

    Raises:
        NotFound: there is none, or it is not this person's to know of (the two look alike on purpose).
    """
    found = _with_details(introductions_of(viewer).filter(public_id=public_id)).first()
    if found is None and viewer.role in BROKER_ROLES:
        rows = Introduction.objects.filter(hub_id=viewer.hub_id, public_id=public_id)
        found = _with_details(_with_parties(rows.exclude(state=IntroductionState.DRAFT))).first()
    if found is None:
        raise NotFound(_("We cannot find that request. It may have been removed, or it is not yours to read."))
    return found


def find_linked_introduction(hub_id: int, public_id: str) -> Introduction | None:
    """The introduction that a signed link names; none when it was erased since, or is another hub's."""
    try:
        rows = Introduction.objects.filter(hub_id=hub_id, public_id=UUID(public_id), sent_at__isnull=False)
    except ValueError:
        return None
    return _with_details(_with_parties(rows)).first()


def find_open_introduction(viewer: Viewer, *, seeker: Profile, receiver: Profile) -> Introduction | None:
    """What the seeker has begun with the receiver and not ended: a draft, or a request that still waits."""
    states = (*_BEING_WRITTEN, IntroductionState.SCREENING, *ANSWERABLE_STATES)
    rows = introductions_of(viewer).filter(seeker=seeker, receiver=receiver, state__in=states)
    return rows.order_by("-created_at").first()


def waiting_count(viewer: Viewer, *, now: datetime) -> int:
    """How many introductions wait for a word of the viewer's organisations: one query, none for a visitor."""
    if not viewer.organisation_ids:
        return 0
    mine = viewer.organisation_ids
    answerable = Q(state__in=ANSWERABLE_STATES, expires_at__gt=now)
    asked = Q(receiver__organisation_id__in=mine, receiver_consented_at__isnull=True) & answerable
    proposed = Q(seeker__organisation_id__in=mine, seeker_consented_at__isnull=True) & answerable
    unfinished = Q(seeker__organisation_id__in=mine, state__in=_BEING_WRITTEN) & ~Q(channel=Channel.FACILITATOR)
    come_back = Q(
        seeker__organisation_id__in=mine,
        state=IntroductionState.NOT_NOW,
        ask_again_on__lte=timezone.localdate(now),
        asked_again__isnull=True,
    ) & ~Q(declined_by=Side.SEEKER)
    either = Q(seeker__organisation_id__in=mine) | Q(receiver__organisation_id__in=mine)
    have_met = either & Q(state=IntroductionState.ACCEPTED, meeting_at__lte=now)
    waiting = asked | proposed | unfinished | come_back | have_met
    return Introduction.objects.filter(waiting, hub_id=viewer.hub_id).count()


@dataclass(frozen=True)
class ContactPerson:
    """Somebody whom the other side may now write to; the name may be empty."""

    name: str
    address: str


def contact_people(introduction: Introduction, side: Side) -> tuple[ContactPerson, ...]:
    """Whom one reaches on that side, to be shown only when both have said yes.

    The profile's own contact address, and the person who asked or said yes; where neither is known, everybody who
    speaks for the organisation. A large hospital does not open the addresses of all its departments by one yes.
    Nobody where the two met at an event: there two people opened their own addresses, which the event knows.
    """
    if introduction.channel == Channel.EVENT:
        return ()
    profile = introduction.party(side)
    spoke = [entry.actor for entry in introduction.timeline.all() if entry.side == side and entry.kind in _SPEAKING]
    rows = profile.organisation.affiliations.filter(user__is_active=True).select_related("user")
    speakers = {row.user_id: row.user for row in rows.order_by("user__email")}
    # A facilitator who passed on an answer is not the one to write to, nor is who has left the organisation.
    people = [person for person in reversed(spoke) if person is not None and person.pk in speakers]
    if not people and not profile.contact_email:
        people = list(speakers.values())
    told = [ContactPerson(person.name, person.email) for person in people[:_MOST_PEOPLE]]
    if profile.contact_email:
        told.insert(0, ContactPerson("", profile.contact_email))
    names = {each.address.lower(): each.name for each in told if each.name}
    addresses = dict.fromkeys(each.address.lower() for each in told)
    return tuple(ContactPerson(names.get(address, ""), address) for address in addresses)


def side_of(viewer: Viewer, introduction: Introduction) -> Side | None:
    """The side for which the viewer speaks; who speaks for both is the one that has yet to answer."""
    asks = introduction.seeker.organisation_id in viewer.organisation_ids
    is_asked = introduction.receiver.organisation_id in viewer.organisation_ids and introduction.sent_at is not None
    if asks and is_asked:
        return Side.RECEIVER if introduction.receiver_consented_at is None else Side.SEEKER
    if asks:
        return Side.SEEKER
    return Side.RECEIVER if is_asked else None


def _with_parties(rows: QuerySet[Introduction]) -> QuerySet[Introduction]:
    return rows.select_related("seeker__organisation", "receiver__organisation", "facilitator", "hub")


def _with_details(rows: QuerySet[Introduction]) -> QuerySet[Introduction]:
    """Quotes, timeline and declarations, and the themes that the reasons of a bridge card look at."""
    return rows.prefetch_related(
        Prefetch("quotes", queryset=Quote.objects.select_related("statement__profile")),
        "timeline__actor",
        "declarations",
        "seeker__theme_links",
        "receiver__theme_links",
    )
