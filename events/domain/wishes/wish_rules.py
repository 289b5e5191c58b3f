"""Who may wish and ask whom, and when: the rules that preferences, requests and answers have in common."""

from datetime import datetime

from django.utils.translation import gettext as _

from events.domain.wishes.wish_errors import NoBookings, NotComing, SameOrganisation, TakesNoMeetings, WishesClosed
from events.enums import COMING, EventState
from events.models import Event, Participant
from events.queries.people import is_own
from events.queries.wishes import host_of
from events.templates import template_of
from hubs.policies import Viewer, may_act_for
from kernel.errors import InvalidInput, NotAllowed, NotFound


def require_speaking_for(viewer: Viewer | None, person: Participant) -> None:
    """Stop unless the viewer is the person or a colleague; None stands for the person's own mailed link.

    Raises:
        NotAllowed
    """
    if viewer is not None and not (may_act_for(viewer, person) or is_own(viewer, person)):
        raise NotAllowed(_("Only the person itself and colleagues may do this."))


def require_wishes_open(event: Event, *, now: datetime) -> None:
    """Stop unless the event takes wishes and requests now.

    Raises:
        WishesClosed
    """
    if event.state != EventState.OPEN or event.starts_at <= now:
        raise WishesClosed(_("Wishes are closed at this event. Ask the organiser if something has come up."))
    if event.wishes_close_at is not None and event.wishes_close_at <= now:
        raise WishesClosed(_("Wishes are closed at this event. Ask the organiser if something has come up."))


def require_pair(one: Participant, other: Participant) -> tuple[Participant, Participant]:
    """The agendas of two people of one event who are not the same.

    Raises:
        NotFound: they are not of one event.
        InvalidInput: it is one person, or two who share one agenda.
        NotComing: one of them has no place.
        SameOrganisation: they are colleagues, whom the event keeps apart.
    """
    if one.event_id != other.event_id or one.hub_id != other.hub_id:
        raise NotFound(_("We cannot find that person at this event."))
    first, second = host_of(one), host_of(other)
    if first.pk == second.pk:
        raise InvalidInput(_("You cannot meet yourself: choose somebody else."), field="other")
    if first.state not in COMING:
        raise NotComing(_("You need a place at the event before you can wish for meetings."))
    if second.state not in COMING:
        raise NotComing(_("%(name)s does not come to the event.") % {"name": second.name})
    if first.event.keeps_colleagues_apart and first.organisation_id == second.organisation_id:
        raise SameOrganisation(_("You two work in the same organisation, so no meeting is planned for you here."))
    return first, second


def require_bookings(event: Event) -> None:
    """Stop where no two people book a meeting.

    Raises:
        NoBookings
    """
    if not template_of(event.kind).has_bookings:
        raise NoBookings(_("No meetings are booked at this event. Look each other up on the day."))


def require_meets(person: Participant, *, is_self: bool) -> None:
    """Stop unless the person takes booked meetings.

    Raises:
        TakesNoMeetings
    """
    if person.meets:
        return
    if is_self:
        raise TakesNoMeetings(_("You take no booked meetings yet. Open up for them in your registration first."))
    raise TakesNoMeetings(
        _("%(name)s takes no booked meetings. You can ask them to open up for it.") % {"name": person.name}
    )
