"""Which renderer writes which kind of mail."""

from collections.abc import Callable

from frontend.mails import (
    answers,
    events_catalogue,
    events_changes,
    events_groups,
    events_people,
    events_timetable,
    events_wishes,
    follow_ups,
    invitations,
    requests,
    rooms,
)
from frontend.mails.cases import Case, case_of
from frontend.mails.letters import Letter, draw
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail, Renderer, register


def _to_a_side(write: Callable[[Case], Letter | None]) -> Renderer:
    """A renderer of mails to one of the two sides of an introduction."""

    def render(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
        case = case_of(mail, addresses)
        letter = write(case) if case else None
        return draw(letter, hub=mail.hub, addresses=addresses) if letter else None

    return render


RENDERERS: dict[str, Renderer] = {
    "introduction_received": _to_a_side(requests.received),
    "introduction_proposed": _to_a_side(requests.proposed),
    "introduction_reminder": _to_a_side(requests.reminder),
    "introduction_returned": _to_a_side(requests.returned),
    "screening_waiting": requests.screening_waiting,
    "introduction_accepted": _to_a_side(answers.accepted),
    "introduction_declined": _to_a_side(answers.declined),
    "introduction_not_now": _to_a_side(answers.not_now),
    "introduction_expired": _to_a_side(answers.expired),
    "introduction_withdrawn": _to_a_side(answers.withdrawn),
    "introduction_gone": answers.gone,
    "follow_up": follow_ups.asked,
    "follow_up_reminder": follow_ups.reminded,
    "project_invitation": invitations.invited,
    "project_answered": rooms.answered,
    "shortlist_chosen": rooms.chosen,
    "shortlist_thanks": rooms.thanked,
    **events_people.RENDERERS,
    **events_wishes.RENDERERS,
    **events_timetable.RENDERERS,
    **events_groups.RENDERERS,
    **events_catalogue.RENDERERS,
    **events_changes.RENDERERS,
}


def register_renderers() -> None:
    """Tell the gate who writes the words."""
    for kind, renderer in RENDERERS.items():
        register(kind, renderer)
