"""Reads of project rooms and shortlists, within one hub and what the viewer may see."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from hubs.policies import BROKER_ROLES, Viewer
from kernel.errors import NotFound
from matching.enums import CONSENTED_STATES, OPEN_STATES, Consent, ListState, ProjectState
from matching.models.introductions import Introduction
from matching.models.projects import Candidate, Milestone, Participant, Project, Shortlist
from profiles.enums import StatementKind
from profiles.models import Profile, Statement

SEATED = (Consent.INVITED, Consent.YES)
_TOLD = (*CONSENTED_STATES, *OPEN_STATES)


def visible_projects(viewer: Viewer) -> QuerySet[Project]:
    """Rooms of the viewer's organisations and those to which they are invited; all of the hub for brokers."""
    rows = Project.objects.filter(hub_id=viewer.hub_id)
    if viewer.role not in BROKER_ROLES:
        seated = Participant.objects.filter(
            hub_id=viewer.hub_id, consent__in=SEATED, profile__organisation_id__in=viewer.organisation_ids
        )
        mine = Q(owner__organisation_id__in=viewer.organisation_ids)
        rows = rows.filter(mine | Q(pk__in=seated.values("project_id")))
    return rows.select_related("owner__organisation")


def projects_with_tables(viewer: Viewer) -> QuerySet[Project]:
    """The same with roles and participants: three queries whatever the number."""
    return visible_projects(viewer).prefetch_related("roles", _participants())


def find_project(viewer: Viewer, public_id: UUID) -> Project:
    """One room with everything in it.

    Raises:
        NotFound: there is none, or the viewer has no place in it (the two look alike on purpose).
    """
    rows = (
        projects_with_tables(viewer).select_related("facilitator").prefetch_related("milestones", "gates__decided_by")
    )
    project = rows.filter(public_id=public_id).first()
    if project is None:
        raise NotFound(_("We cannot find that project. It may have been removed, or it is not open to you."))
    return project


def find_participant(viewer: Viewer, project: Project, public_id: UUID) -> Participant:
    """One of a room's participants.

    Raises:
        NotFound: there is none, or the viewer may not see the room.
    """
    rows = Participant.objects.filter(project__in=visible_projects(viewer), project=project, public_id=public_id)
    row = rows.select_related("project__owner__organisation", "profile__organisation").first()
    if row is None:
        raise NotFound(_("They are not at the table any more."))
    return row


def find_milestone(viewer: Viewer, project: Project, public_id: UUID) -> Milestone:
    """One of a room's milestones.

    Raises:
        NotFound: there is none, or the viewer may not see the room.
    """
    rows = Milestone.objects.filter(project__in=visible_projects(viewer), project=project, public_id=public_id)
    row = rows.select_related("project__owner").first()
    if row is None:
        raise NotFound(_("That milestone is not on the list any more."))
    return row


def linked_participant(hub_id: int, public_id: str) -> Participant | None:
    """Whom a mailed link names; none where the invitation was taken back or the project erased."""
    try:
        key = UUID(public_id)
    except ValueError:
        return None
    rows = Participant.objects.select_related("project__owner__organisation", "profile__organisation", "hub")
    return rows.filter(hub_id=hub_id, public_id=key).first()


def invitations_of(viewer: Viewer) -> QuerySet[Participant]:
    """Invitations that wait for a word of the viewer's organisations."""
    rows = Participant.objects.filter(
        hub_id=viewer.hub_id,
        consent=Consent.INVITED,
        profile__organisation_id__in=viewer.organisation_ids,
        project__state__in=(ProjectState.RUNNING, ProjectState.STALLED),
    )
    return rows.select_related("project__owner__organisation", "profile").order_by("created_at", "pk")


def living_texts(profiles: Collection[Profile], *, today: date) -> QuerySet[Statement]:
    """Needs, then offers, of the profiles that have not expired."""
    rows = Statement.objects.filter(profile__in=profiles).exclude(kind=StatementKind.ABOUT)
    living = rows.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))
    return living.select_related("profile").order_by("kind", "profile", "position", "pk")


def contacts_of(project: Project, profiles: Collection[Profile]) -> dict[int, Introduction]:
    """By profile id: the newest request between the founder's organisation and the profile's, open or accepted."""
    ours = project.owner.organisation_id
    organisations = {profile.organisation_id for profile in profiles}
    rows = Introduction.objects.filter(
        Q(seeker__organisation_id=ours, receiver__organisation_id__in=organisations)
        | Q(receiver__organisation_id=ours, seeker__organisation_id__in=organisations, sent_at__isnull=False),
        hub_id=project.hub_id,
        state__in=_TOLD,
    ).select_related("seeker", "receiver")
    newest: dict[int, Introduction] = {}
    for row in rows.order_by("created_at", "pk"):
        other = row.receiver if row.seeker.organisation_id == ours else row.seeker
        newest[other.organisation_id] = row
    return {profile.pk: newest[profile.organisation_id] for profile in profiles if profile.organisation_id in newest}


def novelty_counts(viewer: Viewer) -> tuple[int, int]:
    """Of the projects that the viewer may see: how many have partners who said yes, how many of them a new one."""
    partners = Participant.objects.filter(
        project__in=visible_projects(viewer), consent__in=(Consent.YES, Consent.LEFT)
    ).exclude(profile__organisation_id=F("project__owner__organisation_id"))
    projects = partners.order_by().values("project").annotate(new=Count("pk", filter=Q(new_to_owner=True)))
    rows = list(projects.values_list("project", "new"))
    return len(rows), sum(bool(new) for _project, new in rows)


def visible_shortlists(viewer: Viewer) -> QuerySet[Shortlist]:
    """Lists of the viewer's organisations; all of the hub for brokers."""
    rows = Shortlist.objects.filter(hub_id=viewer.hub_id)
    if viewer.role not in BROKER_ROLES:
        rows = rows.filter(owner__organisation_id__in=viewer.organisation_ids)
    return rows.select_related("owner__organisation").annotate(size=Count("candidates"))


def find_shortlist(viewer: Viewer, public_id: UUID) -> Shortlist:
    """One list.

    Raises:
        NotFound: there is none, or it is not open to the viewer.
    """
    rows = visible_shortlists(viewer).select_related("statement", "decided_by")
    shortlist = rows.filter(public_id=public_id).first()
    if shortlist is None:
        raise NotFound(_("We cannot find that shortlist. It may have been removed, or it is not open to you."))
    return shortlist


def candidates_of(shortlist: Shortlist) -> QuerySet[Candidate]:
    """The list's candidates in order, with their requests."""
    rows = Candidate.objects.filter(shortlist=shortlist).select_related("profile__organisation", "introduction")
    return rows.select_related("shortlist__owner").order_by("position", "pk")


def find_candidate(shortlist: Shortlist, public_id: UUID) -> Candidate:
    """One of the list's candidates.

    Raises:
        NotFound: there is none.
    """
    row = candidates_of(shortlist).filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("They are not on the list any more."))
    return row


def linked_candidate(hub_id: int, public_id: str) -> Candidate | None:
    """The candidate that a mail is about, of a list that is not open any more; none where either is gone."""
    try:
        key = UUID(public_id)
    except ValueError:
        return None
    rows = Candidate.objects.filter(
        hub_id=hub_id, public_id=key, shortlist__state__in=(ListState.DECIDED, ListState.ABANDONED)
    )
    return rows.select_related("hub", "shortlist__owner__organisation", "profile__organisation", "introduction").first()


def _participants() -> "Prefetch[str, QuerySet[Participant], str]":
    rows = Participant.objects.select_related("profile__organisation", "profile__hub").order_by("pk")
    return Prefetch("participants", queryset=rows)
