"""Mails that tell a side what became of a request: yes, no, not now, nothing, taken back, gone."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.queries.contacts import reachable_people
from frontend.introduction_bridge import other_side
from frontend.mails.cases import Case
from frontend.mails.facts import asked_facts, card, last_words, named
from frontend.mails.letters import Button, Fact, Letter, draw
from frontend.mails.ways import introduction_link, page_link
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail
from matching.enums import CONSENTED_STATES, IntroductionState, Side, TimelineKind


def accepted(case: Case) -> Letter | None:
    """Both said yes: the contact details of the other side."""
    if case.introduction.state not in CONSENTED_STATES or not case.introduction.both_consented:
        return None
    return Letter(
        subject=_("You and %(name)s both said yes") % named(case),
        lead=_("You and %(name)s both said yes to talking about %(purpose)s.") % named(case),
        card=card(case),
        facts=(
            Fact(_("How you reach them"), "\n".join(_contact_lines(case))),
            *asked_facts(case.introduction, by_reader=case.side == Side.SEEKER),
        ),
        button=Button(_("Open the contact"), introduction_link(case.introduction, case.addresses)),
        notes=(
            _("Write to them today while it is fresh: suggest two times. They have got your contact details too."),
            _("In two weeks we ask both of you one short question: did it help?"),
        ),
    )


def declined(case: Case) -> Letter | None:
    """A kind no, with its reason."""
    row = case.introduction
    if row.state != IntroductionState.DECLINED:
        return None
    return Letter(
        subject=_("%(name)s has to say no this time") % named(case),
        lead=_("%(name)s has to say no to %(purpose)s this time.") % named(case),
        facts=_reason_facts(case),
        button=Button(_("See who else fits"), page_link("for_you", case.addresses)),
        notes=(_("A no says something about the moment and the match, not about you. It shows to nobody else."),),
    )


def not_now(case: Case) -> Letter | None:
    """Not now, and when to ask again; sent once more when that day has come."""
    row = case.introduction
    if row.state != IntroductionState.NOT_NOW:
        return None
    if case.mail.context.get("again"):
        return Letter(
            subject=_("You may ask %(name)s again") % named(case),
            lead=_("%(name)s said “not now” to %(purpose)s, and the day to ask again has come.") % named(case),
            button=Button(_("Ask again"), introduction_link(row, case.addresses, page="ask_again")),
        )
    day_to_ask = date_format(row.ask_again_on, "DATE_FORMAT") if row.ask_again_on else ""
    when = (
        _("You may ask again on %(day)s; we remind you.") % {"day": day_to_ask}
        if day_to_ask
        else _("You may ask again when something is new.")
    )
    # Only who asks may ask again; a seeker's own "not now" to a proposal leaves the other side nothing to do.
    may_ask = case.side == Side.SEEKER and row.declined_by != Side.SEEKER
    return Letter(
        subject=_("%(name)s says: not now") % named(case),
        lead=_("%(name)s says “not now” to %(purpose)s. That is not a no.") % named(case),
        paragraphs=(when,) if may_ask else (),
        facts=_reason_facts(case),
        button=Button(_("Open the contact"), introduction_link(case.introduction, case.addresses)),
    )


def expired(case: Case) -> Letter | None:
    """No answer in time."""
    if case.introduction.state != IntroductionState.EXPIRED:
        return None
    return Letter(
        subject=_("No answer from %(name)s in time") % named(case),
        lead=_("%(name)s did not answer your request about %(purpose)s in time.") % named(case),
        paragraphs=(_("It often means a busy week, not a no. Your request no longer counts as open."),),
        button=Button(_("See who else fits"), page_link("for_you", case.addresses)),
    )


def withdrawn(case: Case) -> Letter | None:
    """A request that was read, or a proposal that had a yes, is taken back."""
    if case.introduction.state != IntroductionState.WITHDRAWN:
        return None
    subject, lead = _withdrawing_words(case)
    return Letter(
        subject=subject,
        lead=lead,
        paragraphs=last_words(case, TimelineKind.NOTE),
        button=Button(_("Open the contact"), introduction_link(case.introduction, case.addresses)),
    )


def _withdrawing_words(case: Case) -> tuple[str, str]:
    """Subject and first sentence: the hub took it back, or the other side its request."""
    ends = [row for row in case.introduction.timeline.all() if row.kind == TimelineKind.WITHDRAWN]
    if ends and not ends[-1].side:
        subject = _("The hub has taken back the request between you and %(name)s")
        lead = _("The hub has taken back the request about %(purpose)s. You need not do anything.")
    else:
        subject = _("%(name)s no longer waits for your answer")
        lead = _("%(name)s has taken back the request about %(purpose)s. You need not do anything.")
    return subject % named(case), lead % named(case)


def gone(mail: OutgoingMail, addresses: Addresses) -> RenderedMail:
    """The other side was erased, and the request with it: all that is left to say names nobody."""
    letter = Letter(
        subject=_("One of your contacts has left the hub"),
        lead=_("Somebody you had a request with has left the hub, and the request is gone with them."),
        paragraphs=(_("You need not do anything. What you wrote in the request is erased too."),),
        button=Button(_("See who else fits"), page_link("for_you", addresses)),
    )
    return draw(letter, hub=mail.hub, addresses=addresses)


def _reason_facts(case: Case) -> tuple[Fact, ...]:
    row, facts = case.introduction, []
    if row.decline_reason:
        facts.append(Fact(_("Their reason"), str(row.get_decline_reason_display())))
    if row.decline_note:
        facts.append(Fact(_("In their words"), row.decline_note))
    return tuple(facts)


def _contact_lines(case: Case) -> list[str]:
    """Only for a side of a contact to which both said yes."""
    people = reachable_people(case.introduction, other_side(case.side))
    lines = [f"{person.name}, {person.address}" if person.name else person.address for person in people]
    if not lines:
        lines = [_("No address of theirs is known. Write to the hub, and it helps you on.")]
    return [case.other.name, *lines, *filter(None, [case.other.organisation.website])]
