"""Which renderer writes which kind of mail."""

from frontend.mails import follow_ups, introductions, invitations
from mailgate.renderers import Renderer, register

RENDERERS: dict[str, Renderer] = {
    "introduction_received": introductions.about_a_side(introductions.received),
    "introduction_proposed": introductions.about_a_side(introductions.proposed),
    "introduction_reminder": introductions.about_a_side(introductions.reminder),
    "introduction_accepted": introductions.about_a_side(introductions.accepted),
    "introduction_declined": introductions.about_a_side(introductions.declined),
    "introduction_not_now": introductions.about_a_side(introductions.not_now),
    "introduction_expired": introductions.about_a_side(introductions.expired),
    "introduction_returned": introductions.about_a_side(introductions.returned),
    "introduction_gone": introductions.gone,
    "screening_waiting": introductions.screening_waiting,
    "follow_up": follow_ups.asked,
    "follow_up_reminder": follow_ups.reminded,
    "project_invitation": invitations.invited,
}


def register_renderers() -> None:
    """Tell the gate who writes the words."""
    for kind, renderer in RENDERERS.items():
        register(kind, renderer)
