"""Whether these two may be brought together now, and whether this viewer may write the request."""

from django.utils.translation import gettext as _

from hubs.policies import Action, Viewer, may, may_write_introduction
from kernel.errors import InvalidInput, NotAllowed
from matching.domain.introductions.errors import AlreadyAsked, Paused
from matching.domain.introductions.life import not_found
from matching.enums import OPEN_STATES
from matching.models import Introduction
from profiles.models import Profile


def require_pair(viewer: Viewer, seeker: Profile, receiver: Profile) -> None:
    """Stop unless the two can be brought together by this viewer.

    Raises:
        NotFound: one of them is another hub's or not open to the viewer.
        Paused: the receiver takes a break.
        InvalidInput: both are the same.
    """
    if not may(viewer, Action.SEE, seeker) or not may(viewer, Action.SEE, receiver):
        raise not_found()
    if seeker.pk == receiver.pk:
        raise InvalidInput(_("A profile cannot ask itself. Choose another one."), field="receiver")
    require_awake(seeker, receiver)


def require_awake(*profiles: Profile) -> None:
    """Stop when one of them is paused.

    Raises:
        Paused: one is; says who.
    """
    for profile in profiles:
        if profile.is_paused:
            raise Paused(
                _("%(name)s takes a break from requests just now. Ask one of the others who fit, or come back later.")
                % {"name": profile.name}
            )


def require_writer(viewer: Viewer, introduction: Introduction) -> None:
    """Stop unless the viewer may write, hand in and withdraw the request.

    Raises:
        NotFound: the viewer may not know of it.
        NotAllowed: the viewer is on the other side.
    """
    if may_write_introduction(viewer, introduction):
        return
    if introduction.was_sent and introduction.hub_id == viewer.hub_id and viewer.organisation_ids:
        raise NotAllowed(_("Only the one who asks, or the hub's facilitators, may do this."))
    raise not_found()


def require_not_asked(seeker: Profile, receiver: Profile) -> None:
    """Stop when an open request between the two is there, in either direction.

    Raises:
        AlreadyAsked: one is.
    """
    rows = Introduction.objects.filter(state__in=OPEN_STATES, hub_id=seeker.hub_id)
    ours = rows.filter(seeker=seeker, receiver=receiver).first()
    theirs = rows.filter(seeker=receiver, receiver=seeker).first()
    if ours is not None:
        raise AlreadyAsked(
            _("%(name)s has an open request from you already. Wait for the answer, or withdraw it first.")
            % {"name": receiver.name},
            introduction=str(ours.public_id),
        )
    if theirs is not None:
        told = {"introduction": str(theirs.public_id)} if theirs.was_sent else {}
        message = (
            _("%(name)s has asked you already: answer that request, and you are in contact.")
            if theirs.was_sent
            else _("%(name)s is about to ask you: a facilitator reads the request now. Wait a few days.")
        )
        raise AlreadyAsked(message % {"name": receiver.name}, **told)
