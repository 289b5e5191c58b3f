"""The mail of the morning after an event: how were your meetings?"""

from django.urls import reverse
from django.utils.translation import gettext as _

from events.queries.agenda import agenda_of
from frontend.event_links import place_token
from frontend.event_words import why_mailed
from frontend.mails.event_readers import reader_of
from frontend.mails.letters import Button, Fact, Letter, draw
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail, Renderer

MOST_NAMED = 12


def rate(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """One link for all meetings of the day; nothing when everything was told in between."""
    person = reader_of(mail)
    if person is None:
        return None
    agenda = agenda_of(person)
    open_meetings = [entry for entry in agenda.planned if entry.side and not entry.is_rated]
    if not open_meetings:
        return None
    token = place_token(person)
    named = [
        f"{entry.starts_at.astimezone(person.event.zone):%H:%M} {entry.title}" for entry in open_meetings[:MOST_NAMED]
    ]
    letter = Letter(
        subject=_("How were your meetings at %(event)s?") % {"event": person.event.name},
        lead=_("Ten seconds a meeting: did it happen, was it worth it, shall it go on?"),
        facts=(Fact(_("Your meetings"), "\n".join(named)),),
        button=Button(_("Say how it was"), addresses.link(reverse("frontend:event_agenda_link", args=[token]))),
        notes=(
            _("You need not sign in. Where both of you say yes to it, you get each other's addresses."),
            _("The other side never sees your answer."),
        ),
    )
    return draw(letter, hub=person.event.hub, addresses=addresses, why=why_mailed(person.event))


RENDERERS: dict[str, Renderer] = {"event_rate": rate}
