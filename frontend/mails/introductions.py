"""Mails about requests, for the side that waits for them: who, why you, what exactly, how long, and what then."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.bridge import BridgeCard
from frontend.introduction_bridge import introduction_card, other_side
from frontend.mails.cases import Case, case_of, introduction_of, last_day
from frontend.mails.letters import Button, Fact, Letter, draw
from frontend.mails.ways import answer_link, page_link
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail, Renderer
from matching.domain.introductions.opi import meaning_of
from matching.enums import ANSWERABLE_STATES, CONSENTED_STATES, IntroductionState, Side, TimelineKind
from matching.models import Introduction
from matching.queries.contacts import contact_people
from profiles.terms import inline_label_of

EXCERPT_CHARACTERS = 320
Writer = Callable[[Case], Letter | None]


def about_a_side(write: Writer) -> Renderer:
    """A renderer of mails to one of the two sides."""

    def render(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
        case = case_of(mail, addresses)
        if case is None:
            return None
        letter = write(case)
        return draw(letter, hub=case.introduction.hub, addresses=addresses) if letter else None

    return render


def received(case: Case) -> Letter | None:
    """A request has come in."""
    if not _can_answer(case):
        return None
    return Letter(
        subject=_("%(name)s asks you about %(purpose)s") % _named(case),
        lead=_("%(name)s would like to talk to you about %(purpose)s.") % _named(case),
        card=_card(case),
        facts=_request_facts(case),
        button=_answer_button(case),
        notes=_answer_notes(case),
    )


def proposed(case: Case) -> Letter | None:
    """The hub's facilitator suggests the contact, to each of the two."""
    if not _can_answer(case):
        return None
    values = {**_named(case), "hub": case.introduction.hub.name}
    return Letter(
        subject=_("%(hub)s suggests that you and %(name)s talk") % values,
        lead=_("%(hub)s suggests that you and %(name)s talk about %(purpose)s.") % values,
        paragraphs=_facilitators_words(case),
        card=_card(case),
        facts=_request_facts(case),
        button=_answer_button(case),
        notes=_answer_notes(case),
    )


def reminder(case: Case) -> Letter | None:
    """Half the days are gone; there is no second reminder."""
    if not _can_answer(case):
        return None
    return Letter(
        subject=_("%(name)s still waits for your answer") % _named(case),
        lead=_("%(name)s asked you about %(purpose)s and still waits for your answer.") % _named(case),
        paragraphs=(_("A no is fine too. This is the only reminder."),),
        card=_card(case),
        facts=_request_facts(case),
        button=_answer_button(case),
        notes=_answer_notes(case),
    )


def accepted(case: Case) -> Letter | None:
    """Both said yes: the contact details of the other side."""
    if case.introduction.state not in CONSENTED_STATES or not case.introduction.both_consented:
        return None
    return Letter(
        subject=_("You and %(name)s both said yes") % _named(case),
        lead=_("You and %(name)s both said yes to talking about %(purpose)s.") % _named(case),
        card=_card(case),
        facts=(
            Fact(_("How you reach them"), "\n".join(_contact_lines(case))),
            *_asked_facts(case.introduction, by_reader=case.side == Side.SEEKER),
        ),
        button=Button(_("Go to your contacts"), page_link("contacts", case.addresses)),
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
        subject=_("%(name)s has to say no this time") % _named(case),
        lead=_("%(name)s has to say no to %(purpose)s this time.") % _named(case),
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
            subject=_("You may ask %(name)s again") % _named(case),
            lead=_("%(name)s said “not now” to %(purpose)s, and the day to ask again has come.") % _named(case),
            button=Button(_("Ask again"), page_link("contacts", case.addresses)),
        )
    day_to_ask = date_format(row.ask_again_on, "DATE_FORMAT") if row.ask_again_on else ""
    when = (
        _("You may ask again on %(day)s; we remind you.") % {"day": day_to_ask}
        if day_to_ask
        else _("You may ask again when something is new.")
    )
    return Letter(
        subject=_("%(name)s says: not now") % _named(case),
        lead=_("%(name)s says “not now” to %(purpose)s. That is not a no.") % _named(case),
        paragraphs=(when,),
        facts=_reason_facts(case),
        button=Button(_("Go to your contacts"), page_link("contacts", case.addresses)),
    )


def expired(case: Case) -> Letter | None:
    """No answer in time."""
    if case.introduction.state != IntroductionState.EXPIRED:
        return None
    return Letter(
        subject=_("No answer from %(name)s in time") % _named(case),
        lead=_("%(name)s did not answer your request about %(purpose)s in time.") % _named(case),
        paragraphs=(_("It often means a busy week, not a no. Your request no longer counts as open."),),
        button=Button(_("See who else fits"), page_link("for_you", case.addresses)),
    )


def returned(case: Case) -> Letter | None:
    """The facilitator has a question before the request goes out."""
    if case.introduction.state != IntroductionState.RETURNED:
        return None
    return Letter(
        subject=_("A question about your request to %(name)s") % _named(case),
        lead=_("Before your request goes to %(name)s, %(hub)s has a question.")
        % {**_named(case), "hub": case.introduction.hub.name},
        paragraphs=_last_words(case, TimelineKind.RETURNED),
        button=Button(_("Change the request"), page_link("contacts", case.addresses)),
        notes=(_("%(name)s has not seen it yet.") % _named(case),),
    )


def gone(mail: OutgoingMail, addresses: Addresses) -> RenderedMail:
    """The other side was erased, and the request with it: all that is left to say names nobody."""
    letter = Letter(
        subject=_("One of your contacts has left the hub"),
        lead=_("Somebody you had a request with has left the hub, and the request is gone with them."),
        paragraphs=(_("You need not do anything. What you wrote in the request is erased too."),),
        button=Button(_("See who else fits"), page_link("for_you", addresses)),
    )
    return draw(letter, hub=mail.hub, addresses=addresses)


def screening_waiting(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """A request waits for the facilitator's eyes."""
    introduction = introduction_of(mail)
    if introduction is None or introduction.state != IntroductionState.SCREENING:
        return None
    names = {"seeker": introduction.seeker.name, "receiver": introduction.receiver.name}
    letter = Letter(
        subject=_("Request to read: %(seeker)s to %(receiver)s") % names,
        lead=_("A request from %(seeker)s to %(receiver)s waits until you have read it.") % names,
        facts=_asked_facts(introduction, by_reader=False),
        button=Button(_("Read the request"), page_link("desk", addresses)),
    )
    return draw(letter, hub=introduction.hub, addresses=addresses)


def _can_answer(case: Case) -> bool:
    """Whether the reader's word is still missing and still counts."""
    row = case.introduction
    still_open = row.expires_at is not None and row.expires_at > timezone.now()
    return row.state in ANSWERABLE_STATES and still_open and not case.consented


def _named(case: Case) -> dict[str, str]:
    purpose = inline_label_of(case.introduction.contact_purpose_id)
    return {"name": case.other.name, "purpose": purpose or _("a possible collaboration")}


def _card(case: Case) -> BridgeCard:
    return introduction_card(case.introduction, side=case.side, today=timezone.localdate(), limit=EXCERPT_CHARACTERS)


def _request_facts(case: Case) -> tuple[Fact, ...]:
    row = case.introduction
    last = (Fact(_("Answer no later than"), last_day(row.expires_at)),) if row.expires_at else ()
    asked = _asked_facts(row, by_reader=case.side == Side.SEEKER)
    return (*asked, *_tender_facts(case), *last)


def _asked_facts(row: Introduction, *, by_reader: bool) -> tuple[Fact, ...]:
    facts = []
    if row.asked:
        label = _("What you ask for") if by_reader else _("What they ask for")
        facts.append(Fact(label, row.asked))
    if row.minutes:
        time = ngettext("about %(count)d minute", "about %(count)d minutes", row.minutes) % {"count": row.minutes}
        facts.append(Fact(_("How long it takes"), time))
    return tuple(facts)


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


def _reason_facts(case: Case) -> tuple[Fact, ...]:
    row, facts = case.introduction, []
    if row.decline_reason:
        facts.append(Fact(_("Their reason"), str(row.get_decline_reason_display())))
    if row.decline_note:
        facts.append(Fact(_("In their words"), row.decline_note))
    return tuple(facts)


def _contact_lines(case: Case) -> list[str]:
    """Only for a side of a contact to which both said yes."""
    people = contact_people(case.introduction, other_side(case.side))
    lines = [f"{person.name}, {person.address}" if person.name else person.address for person in people]
    return [case.other.name, *lines, *filter(None, [case.other.organisation.website])]


def _facilitators_words(case: Case) -> tuple[str, ...]:
    return _last_words(case, TimelineKind.SENT)


def _last_words(case: Case, kind: TimelineKind) -> tuple[str, ...]:
    """What the facilitator wrote to the parties with the newest such entry."""
    entries = [row for row in case.introduction.timeline.all() if row.kind == kind and not row.staff_only]
    return (entries[-1].text,) if entries and not entries[-1].side and entries[-1].text else ()
