"""Who sits at the table: asked by mail, with a yes or no of their own, free to leave.

Nobody takes part because somebody else wrote them in. An invitation takes one of the receiver's places of the month,
since it asks for their time as any request does.
"""

from datetime import datetime
from uuid import uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.policies import BROKER_ROLES, Action, Viewer, may, may_broker, require_steering
from kernel.audit import record_change
from kernel.errors import DomainError, InvalidInput, NotAllowed, NotFound
from mailgate.domain.outbox import queue_mail
from mailgate.enums import MailState
from mailgate.models import OutgoingMail
from matching.domain.introductions.capacity import free_place, take_place
from matching.domain.introductions.history import new_to_each_other
from matching.domain.introductions.life import lock_parties
from matching.domain.introductions.receivers import receivers_of
from matching.domain.introductions.rules import hub_rules, wants_screening
from matching.domain.introductions.sending import too_many_open
from matching.domain.projects.changing import OPEN_STATES, ProjectEnded, change_room
from matching.enums import Channel, Consent, ProjectPart
from matching.models.projects import Participant, Project
from profiles.domain.fields import one_of
from profiles.models import Profile

INVITATION, ANSWERED = "project_invitation", "project_answered"
MOST_PARTICIPANTS = 60


class InvitationAnswered(DomainError):
    """The other answer was given before; `details["consent"]` says which."""

    code = "invitation_answered"
    status = 409


class ReadFirst(DomainError):
    """A facilitator reads first what is asked of this profile, which a mailed invitation would go round."""

    code = "read_first"
    status = 409


@transaction.atomic
def invite(project: Project, *, viewer: Viewer, profile: Profile, part: str, now: datetime) -> Participant:
    """Ask a profile to the table for a part; asked already, it is not asked twice.

    Raises:
        NotAllowed: the viewer does not steer the room, or may not see the profile.
        CapReached: the profile takes no more requests this month.
        ReadFirst: a facilitator reads first what is asked of it, and the viewer is none.
        TooManyOpen: the founder's organisation waits for as many invitations as it may have requests open.
        InvalidInput: it is paused, at the table, or has said no; the part is unknown; the table is full.
        ProjectEnded
    """
    require_steering(viewer, project)
    # Invitations are counted over all rooms of the organisation, so two rooms wait for each other here.
    lock_parties(project.owner, profile)
    locked = change_room(project, viewer=viewer)
    chosen = one_of(part, ProjectPart.values, field="part")
    participant = Participant.objects.filter(project=locked, profile=profile).first()
    if participant is not None and participant.consent == Consent.INVITED:
        return participant
    _require_invitable(locked, profile, participant, viewer)
    _require_brokered(locked, profile, viewer)
    # Asked anew after having left: that asks for their time once more.
    is_again = participant is not None
    participant = participant or Participant(hub_id=locked.hub_id, project=locked, profile=profile)
    participant.part = chosen
    participant.consent, participant.consent_at = Consent.INVITED, None
    participant.invited_by_id = viewer.user_id
    participant.new_to_owner = _is_new_to_owner(locked, profile)
    participant.save()
    channel = Channel.FACILITATOR if viewer.role in BROKER_ROLES else Channel.WEB
    subject = uuid5(participant.public_id, now.isoformat()) if is_again else participant.public_id
    take_place(profile, channel=channel, subject=subject, now=now)
    _mail(participant, INVITATION, to=profile, now=now)
    _record(participant, "invite", viewer.user_id)
    return participant


def _require_invitable(project: Project, profile: Profile, known: Participant | None, viewer: Viewer) -> None:
    if not may(viewer, Action.SEE, profile):
        raise NotAllowed(_("This profile is not open to you."))
    if profile.is_paused:
        raise InvalidInput(_("%(name)s takes no requests just now.") % {"name": profile.name}, field="profile")
    if known is not None and known.consent == Consent.YES:
        raise InvalidInput(_("%(name)s is at the table already.") % {"name": profile.name}, field="profile")
    if known is not None and known.consent == Consent.NO and viewer.role not in BROKER_ROLES:
        raise InvalidInput(
            _("%(name)s has said no. If something has changed since, ask a facilitator to take it up.")
            % {"name": profile.name},
            field="profile",
        )
    if known is None and Participant.objects.filter(project=project).count() >= MOST_PARTICIPANTS:
        raise InvalidInput(_("A table holds at most %(limit)d invitations.") % {"limit": MOST_PARTICIPANTS})


def _require_brokered(project: Project, profile: Profile, viewer: Viewer) -> None:
    """The hub's rules for requests hold for invitations: read first where that is wanted, and not too many open."""
    if not may_broker(viewer) and wants_screening(profile):
        raise ReadFirst(
            _("A facilitator reads requests to %(name)s first. Ask them for contact, or let a facilitator invite them.")
            % {"name": profile.name}
        )
    owner_id = project.owner.organisation_id
    if owner_id not in viewer.organisation_ids:
        # What a facilitator does is not counted against the organisation.
        return
    limit = hub_rules(project.hub_id).open_requests
    waiting = Participant.objects.filter(
        project__owner__organisation_id=owner_id, project__state__in=OPEN_STATES, consent=Consent.INVITED
    )
    if waiting.count() >= limit:
        raise too_many_open(limit)


@transaction.atomic
def withdraw_invitation(participant: Participant, *, viewer: Viewer, now: datetime) -> None:
    """Take back an invitation that nobody has answered; the link in the mail then says that it is gone.

    Where no mail has left yet, the place in the receiver's month is free again.

    Raises:
        NotAllowed, ProjectEnded
        InvitationAnswered: they have answered meanwhile.
    """
    change_room(participant.project, viewer=viewer)
    row = _locked(participant)
    if row.consent != Consent.INVITED:
        raise _answered(row)
    _record(row, "withdraw_invitation", viewer.user_id)
    if not _was_mailed(row):
        free_place(row.public_id)
    row.delete()


@transaction.atomic
def answer_invitation(participant: Participant, *, yes: bool, actor_id: int | None, now: datetime) -> Participant:
    """Say yes or no for the profile; `actor_id` is absent where the mailed link answers. The same again is no change.

    The caller has made sure that the answer is theirs to give: by the link, or by `may_answer`.

    Raises:
        NotFound: the invitation was taken back.
        InvitationAnswered: the other answer was given before, or they have left since.
        ProjectEnded: there is nothing to take part in any more.
    """
    row = _locked(participant)
    answer = Consent.YES if yes else Consent.NO
    if row.consent == answer:
        return row
    if row.consent != Consent.INVITED:
        raise _answered(row)
    if row.project.state not in OPEN_STATES:
        raise ProjectEnded(_("The project has ended meanwhile, so there is nothing to answer. Thank you for looking."))
    row.consent, row.consent_at = answer, now
    row.new_to_owner = _is_new_to_owner(row.project, row.profile)
    row.save(update_fields=["consent", "consent_at", "new_to_owner", "updated_at"])
    _mail(row, ANSWERED, to=row.project.owner, now=now)
    _record(row, "say_yes" if yes else "say_no", actor_id)
    return row


def may_answer(viewer: Viewer, participant: Participant) -> bool:
    """Whether the viewer speaks for the one who is invited or takes part."""
    return participant.hub_id == viewer.hub_id and participant.profile.organisation_id in viewer.organisation_ids


@transaction.atomic
def leave_project(participant: Participant, *, viewer: Viewer, now: datetime) -> Participant:
    """Leave the table: one's own people do, or a facilitator for them; leaving twice changes nothing.

    Raises:
        NotAllowed: the viewer speaks for neither.
        InvalidInput: the founder ends the project instead.
    """
    if not may_answer(viewer, participant) and not (
        participant.hub_id == viewer.hub_id and viewer.role in BROKER_ROLES
    ):
        raise NotAllowed(_("Only they themselves, or the hub's facilitators, may do this."))
    row = _locked(participant)
    if row.profile_id == row.project.owner_id:
        raise InvalidInput(_("Whoever founded the project cannot leave it; end the project instead."))
    if row.consent == Consent.YES:
        row.consent, row.consent_at = Consent.LEFT, now
        row.save(update_fields=["consent", "consent_at", "updated_at"])
        _mail(row, ANSWERED, to=row.project.owner, now=now)
        _record(row, "leave", viewer.user_id)
    return row


@transaction.atomic
def change_part(participant: Participant, *, viewer: Viewer, part: str) -> Participant:
    """Seat somebody in another part.

    Raises:
        NotAllowed, InvalidInput, ProjectEnded
    """
    require_steering(viewer, participant.project)
    change_room(participant.project, viewer=viewer)
    row = _locked(participant)
    row.part = one_of(part, ProjectPart.values, field="part")
    row.save(update_fields=["part", "updated_at"])
    _record(row, "change_part", viewer.user_id)
    return row


def _locked(participant: Participant) -> Participant:
    rows = Participant.objects.select_for_update(of=("self",)).select_related(
        "project__owner__organisation", "profile__organisation"
    )
    row = rows.filter(pk=participant.pk).first()
    if row is None:
        raise NotFound(_("The invitation has been taken back. There is nothing to answer any more."))
    return row


def _is_new_to_owner(project: Project, profile: Profile) -> bool:
    """Told from what was before the project: a contact that it brought about itself is no earlier one."""
    if profile.organisation_id == project.owner.organisation_id:
        return False
    return new_to_each_other(project.owner, profile, before=project.created_at)


def _answered(row: Participant) -> InvitationAnswered:
    said = {
        Consent.YES: _("%(name)s has said yes already."),
        Consent.NO: _("%(name)s has said no already."),
        Consent.LEFT: _("%(name)s has left the project."),
    }[Consent(row.consent)]
    return InvitationAnswered(said % {"name": row.profile.name}, consent=row.consent)


def _mail(participant: Participant, kind: str, *, to: Profile, now: datetime) -> None:
    """To each of the profile's people once for this matter; who is asked anew is mailed anew."""
    for number, receiver in enumerate(receivers_of(to)):
        queue_mail(
            participant.hub_id, kind=kind, address=receiver.address, language=receiver.language,
            context={"participant": str(participant.public_id)}, not_before=now,
            once=f"{kind}:{participant.public_id}:{participant.consent}:{now:%Y%m%d%H%M%S}:{number}",
        )  # fmt: skip


def _was_mailed(participant: Participant) -> bool:
    """Whether the invitation has left the house, or may have."""
    rows = OutgoingMail.objects.filter(
        hub_id=participant.hub_id, kind=INVITATION, context__participant=str(participant.public_id)
    )
    return rows.filter(state__in=(MailState.SENDING, MailState.SENT)).exists()


def _record(participant: Participant, action: str, actor_id: int | None) -> None:
    record_change(
        participant.hub_id, actor_id=actor_id, action=action, subject_type="participant",
        subject_id=participant.public_id,
    )  # fmt: skip
