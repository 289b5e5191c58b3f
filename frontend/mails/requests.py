"""Mails that ask for a word: who, why you, what exactly, how long, and what it means for a later tender."""

from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.mails.cases import Case, introduction_of, last_day
from frontend.mails.facts import asked_facts, card, last_words, named
from frontend.mails.letters import Button, Fact, Letter, draw
from frontend.mails.ways import answer_link, introduction_link
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail
from matching.domain.introductions.opi import meaning_of
from matching.enums import ANSWERABLE_STATES, IntroductionState, Side, TimelineKind


def received(case: Case) -> Letter | None:
    """A request has come in."""
    if not _can_answer(case):
        return None
    return Letter(
        subject=_("%(name)s asks you about %(purpose)s") % named(case),
        lead=_("%(name)s would like to talk to you about %(purpose)s.") % named(case),
        card=card(case),
        facts=_request_facts(case),
        button=_answer_button(case),
        notes=_answer_notes(case),
    )


def proposed(case: Case) -> Letter | None:
    """The hub's facilitator suggests the contact, to each of the two."""
    if not _can_answer(case):
        return None
    values = {**named(case), "hub": case.introduction.hub.name}
    return Letter(
        subject=_("%(hub)s suggests that you and %(name)s talk") % values,
        lead=_("%(hub)s suggests that you and %(name)s talk about %(purpose)s.") % values,
        paragraphs=last_words(case, TimelineKind.SENT),
        card=card(case),
        facts=_request_facts(case),
        button=_answer_button(case),
        notes=_answer_notes(case),
    )


def reminder(case: Case) -> Letter | None:
    """Half the days are gone; there is no second reminder."""
    if not _can_answer(case):
        return None
    return Letter(
        subject=_("%(name)s still waits for your answer") % named(case),
        lead=_("%(name)s asked you about %(purpose)s and still waits for your answer.") % named(case),
        paragraphs=(_("A no is fine too. This is the only reminder."),),
        card=card(case),
        facts=_request_facts(case),
        button=_answer_button(case),
        notes=_answer_notes(case),
    )


def returned(case: Case) -> Letter | None:
    """The facilitator has a question before the request goes out."""
    if case.introduction.state != IntroductionState.RETURNED:
        return None
    return Letter(
        subject=_("A question about your request to %(name)s") % named(case),
        lead=_("Before your request goes to %(name)s, %(hub)s has a question.")
        % {**named(case), "hub": case.introduction.hub.name},
        paragraphs=last_words(case, TimelineKind.RETURNED),
        button=Button(
            _("Change the request"), introduction_link(case.introduction, case.addresses, page="edit_introduction")
        ),
        notes=(_("%(name)s has not seen it yet.") % named(case),),
    )


def screening_waiting(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """A request waits for the facilitator's eyes."""
    introduction = introduction_of(mail)
    if introduction is None or introduction.state != IntroductionState.SCREENING:
        return None
    names = {"seeker": introduction.seeker.name, "receiver": introduction.receiver.name}
    letter = Letter(
        subject=_("Request to read: %(seeker)s to %(receiver)s") % names,
        lead=_("A request from %(seeker)s to %(receiver)s waits until you have read it.") % names,
        facts=asked_facts(introduction, by_reader=False),
        button=Button(_("Read the request"), introduction_link(introduction, addresses, page="screen")),
    )
    return draw(letter, hub=introduction.hub, addresses=addresses)


def _can_answer(case: Case) -> bool:
    """Whether the reader's word is still missing and still counts."""
    row = case.introduction
    still_open = row.expires_at is not None and row.expires_at > timezone.now()
    return row.state in ANSWERABLE_STATES and still_open and not case.consented


def _request_facts(case: Case) -> tuple[Fact, ...]:
    row = case.introduction
    last = (Fact(_("Answer no later than"), last_day(row.expires_at)),) if row.expires_at else ()
    asked = asked_facts(row, by_reader=case.side == Side.SEEKER)
    return (*asked, *_tender_facts(case), *last)


def _tender_facts(case: Case) -> tuple[Fact, ...]:
    """Told before the contact, since a step can shut a firm out of a later tender."""
    meaning = meaning_of(case.introduction)
    if meaning is None:
        return ()
    step = str(case.introduction.get_opi_step_display())
    return (Fact(_("What it means for a later tender"), f"{step}. {meaning.what}\n{meaning.tender}"),)


def _answer_button(case: Case) -> Button:
    return Button(_("Answer: yes, not now or no"), answer_link(case.introduction, case.side, case.addresses))


def _answer_notes(case: Case) -> tuple[str, ...]:
    return (
        _("You need not sign in, and nothing is sent before you press a button on the page."),
        _("Your contact details open only when both of you have said yes."),
    )
