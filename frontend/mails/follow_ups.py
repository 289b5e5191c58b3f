"""Mails that ask what came of a contact; silence is an answer too, so there is one reminder and no more."""

from datetime import datetime

from django.utils.translation import gettext as _

from frontend.mails.cases import day, public_id
from frontend.mails.letters import Button, Letter, draw
from frontend.mails.ways import follow_up_link
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail
from matching.enums import CONSENTED_STATES, Moment, Side
from matching.models import FollowUp


def asked(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """The questions of one moment."""
    return _ask(mail, addresses, reminds=False)


def reminded(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """The same, a week later."""
    return _ask(mail, addresses, reminds=True)


def _ask(mail: OutgoingMail, addresses: Addresses, *, reminds: bool) -> RenderedMail | None:
    follow_up = _unanswered(mail)
    if follow_up is None:
        return None
    introduction = follow_up.introduction
    other = introduction.receiver if follow_up.side == Side.SEEKER else introduction.seeker
    values = {"name": other.name, "since": _since(introduction.met_at or introduction.answered_at)}
    first = follow_up.moment == Moment.TWO_WEEKS
    again = (_("We asked a week ago; this is the only reminder."),) if reminds else ()
    letter = Letter(
        subject=_("What came of your contact with %(name)s?") % values,
        lead=_("Did your contact with %(name)s help?") % values if first else _lead(values),
        paragraphs=(
            *again,
            _("“Do not know” and “no benefit” are good answers too: they tell the hub what to do better."),
        ),
        button=Button(_("Answer in under a minute"), follow_up_link(follow_up, addresses)),
        notes=(_("You need not sign in. The other side is asked the same, and each of you answers alone."),),
    )
    return draw(letter, hub=follow_up.hub, addresses=addresses)


def _lead(values: dict[str, str]) -> str:
    if values["since"]:
        return _("What has come of your contact with %(name)s since %(since)s?") % values
    return _("What has come of your contact with %(name)s?") % values


def _since(moment: datetime | None) -> str:
    return day(moment) if moment else ""


def _unanswered(mail: OutgoingMail) -> FollowUp | None:
    """The moment, if its side has not told yet and the contact still stands."""
    rows = FollowUp.objects.select_related("hub", "introduction__seeker", "introduction__receiver")
    return rows.filter(
        hub_id=mail.hub_id,
        public_id=public_id(mail, "follow_up"),
        report=None,
        introduction__state__in=CONSENTED_STATES,
        introduction__is_simulated=False,
    ).first()
