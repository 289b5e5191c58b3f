"""Mails about rooms and lists: an invitation was answered, a shortlist was decided."""

from django.urls import reverse
from django.utils.translation import gettext as _

from frontend.mails.cases import public_id
from frontend.mails.letters import Button, Fact, Letter, draw
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail
from matching.enums import Consent, ListState
from matching.models import Candidate, Participant
from matching.queries.projects import linked_candidate, linked_participant


def answered(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """To the founder: somebody said yes or no, or left."""
    row = linked_participant(mail.hub_id, str(public_id(mail, "participant")))
    if row is None or row.consent == Consent.INVITED or row.project.is_simulated:
        return None
    letter = Letter(
        subject=_subject(row),
        lead=_lead(row),
        facts=(Fact(_("Part"), str(row.get_part_display())),),
        button=Button(_("See the project"), addresses.link(reverse("frontend:project", args=[row.project.public_id]))),
    )
    return draw(letter, hub=mail.hub, addresses=addresses)


def _subject(row: Participant) -> str:
    said = {
        Consent.YES.value: _("%(name)s takes part in “%(project)s”"),
        Consent.NO.value: _("%(name)s says no to “%(project)s”"),
        Consent.LEFT.value: _("%(name)s has left “%(project)s”"),
    }[row.consent]
    return said % {"name": row.profile.name, "project": row.project.name}


def _lead(row: Participant) -> str:
    said = {
        Consent.YES.value: _("%(name)s has said yes. You can see how to reach each other on the project's page."),
        Consent.NO.value: _("%(name)s has said no. On the project's page you see who else could hold the part."),
        Consent.LEFT.value: _("%(name)s has left the project. On its page you see who else could hold the part."),
    }[row.consent]
    return said % {"name": row.profile.name}


def chosen(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """To a candidate: the choice fell on you."""
    row = _decided(mail, is_chosen=True)
    if row is None:
        return None
    names = {"owner": row.shortlist.owner.name}
    return _told(
        row,
        addresses,
        _("%(owner)s has chosen you") % names,
        _("%(owner)s has chosen you from a shortlist. Thank you for saying yes; they write to you next.") % names,
    )


def thanked(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """To a candidate who said yes and was not chosen: thanks, and that nothing more is expected."""
    row = _decided(mail, is_chosen=False)
    if row is None:
        return None
    names = {"owner": row.shortlist.owner.name}
    return _told(row, addresses, _("Thank you from %(owner)s") % names, _thanks(row) % names)


def _thanks(row: Candidate) -> str:
    if row.shortlist.state == ListState.DECIDED:
        return _(
            "%(owner)s thanks you for saying yes. This time the choice fell on another one, so nothing more is "
            "asked of you. You keep each other's addresses."
        )
    return _(
        "%(owner)s thanks you for saying yes. The search has ended without a choice, so nothing more is asked of "
        "you. You keep each other's addresses."
    )


def _decided(mail: OutgoingMail, *, is_chosen: bool) -> Candidate | None:
    row = linked_candidate(mail.hub_id, str(public_id(mail, "candidate")))
    return row if row is not None and row.chosen == is_chosen and row.introduction is not None else None


def _told(row: Candidate, addresses: Addresses, subject: str, lead: str) -> RenderedMail:
    """What was asked is the request's own wording: the list's title is the owner's alone."""
    introduction = row.introduction
    link = addresses.link(reverse("frontend:introduction", args=[introduction.public_id])) if introduction else ""
    letter = Letter(
        subject=subject,
        lead=lead,
        facts=(Fact(_("It was about"), introduction.asked if introduction else ""),),
        button=Button(_("See the contact"), link),
    )
    return draw(letter, hub=row.hub, addresses=addresses)
