"""Mails that invite a profile to a project's table."""

from django.utils.translation import gettext as _

from frontend.mails.cases import public_id
from frontend.mails.letters import Button, Fact, Letter, draw
from frontend.mails.ways import invitation_link
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail
from matching.enums import Consent
from matching.models import Participant
from matching.queries.projects import linked_participant

EXCERPT_CHARACTERS = 600


def invited(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """The project, its idea, and the part that is asked for."""
    participant = _open_invitation(mail)
    if participant is None:
        return None
    project = participant.project
    names = {"owner": project.owner.name, "project": project.name}
    role = project.roles.filter(part=participant.part).values_list("wanted", flat=True).first()
    letter = Letter(
        subject=_("%(owner)s invites you to “%(project)s”") % names,
        lead=_("%(owner)s invites you to take part in the project “%(project)s”.") % names,
        facts=(
            Fact(_("The idea"), _shortened(project.idea)),
            Fact(_("Your part"), _part(str(participant.get_part_display()), role)),
        ),
        button=Button(_("Read and answer"), invitation_link(participant, addresses)),
        notes=(_("You need not sign in. Nobody is told that you take part before you have said yes."),),
    )
    return draw(letter, hub=participant.hub, addresses=addresses)


def _part(part: str, wanted: str | None) -> str:
    return f"{part}: {wanted}" if wanted else part


def _shortened(idea: str) -> str:
    return idea if len(idea) <= EXCERPT_CHARACTERS else idea[:EXCERPT_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _open_invitation(mail: OutgoingMail) -> Participant | None:
    """The invitation, if nobody has answered it and the project goes on."""
    row = linked_participant(mail.hub_id, str(public_id(mail, "participant")))
    if row is None or row.consent != Consent.INVITED or row.project.is_simulated or row.project.ended_on is not None:
        return None
    return row
