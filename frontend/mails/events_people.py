"""Mails of events: who comes. Each says how the place stands when it leaves, not when it was queued."""

from collections.abc import Callable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.enums import EventState, ParticipantState
from events.models import Participant
from events.queries.people import place_in_queue
from events.templates import template_of
from frontend.event_links import place_token
from frontend.event_words import when_words, why_mailed
from frontend.mails.calendar_files import all_meeting_files
from frontend.mails.event_readers import reader_of
from frontend.mails.letters import Button, Fact, Letter, draw
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail, Renderer

S = ParticipantState
Write = Callable[[Participant, Addresses], Letter | None]


def _to_a_person(write: Write, *, also_called_off: bool = False) -> Renderer:
    """A renderer of mails to one person of an event; none once the event is over or, for most, called off.

    None goes to a former address either.
    """

    def render(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
        person = reader_of(mail)
        if person is None or person.event.is_simulated or person.event.ends_at <= timezone.now():
            return None
        if person.event.state == EventState.CANCELLED and not also_called_off:
            return None
        letter = write(person, addresses)
        return draw(letter, hub=mail.hub, addresses=addresses, why=why_mailed(person.event)) if letter else None

    return render


def _facts(person: Participant) -> tuple[Fact, ...]:
    event = person.event
    where = ", ".join(filter(None, (event.place, event.address)))
    facts = [Fact(_("When it is"), when_words(event).line)]
    if where:
        facts.append(Fact(_("Where it is"), where))
    return (*facts, Fact(_("Who comes"), f"{person.name}, {person.participation.profile.name}"))


def _button(person: Participant, addresses: Addresses, label: str) -> Button:
    token = place_token(person)
    return Button(label, addresses.link(reverse("frontend:event_place", args=[token])))


def _names(person: Participant) -> dict[str, str]:
    return {"event": person.event.name}


def registered(person: Participant, addresses: Addresses) -> Letter | None:
    """You have a place."""
    if person.state != S.REGISTERED:
        return None
    return Letter(
        subject=_("You are signed up for %(event)s") % _names(person),
        lead=_("You have a place at %(event)s.") % _names(person),
        paragraphs=_opens(person),
        facts=_facts(person),
        button=_button(person, addresses, _("See or change your registration")),
        notes=(_("The link is yours: it opens your registration without signing in, also to sign off again."),),
    )


def _opens(person: Participant) -> tuple[str, ...]:
    template = template_of(person.event.kind)
    if template.has_questions:
        return (_("A group is composed around each question. You are told of yours when the programme is out."),)
    if template.goes_by_likeness:
        told = _("Before the day we show you who comes with the same concern, so that you know whom to look for.")
        return (told,) if person.may_be_asked else ()
    if person.meets:
        return (_("You take booked meetings. We suggest whom to meet, and others can ask you; you answer each."),)
    return (_("You take no booked meetings so far. You can say yes to them with one press on the page below."),)


def waiting(person: Participant, addresses: Addresses) -> Letter | None:
    """You wait, or are on the standby list."""
    if person.state == S.WAITING:
        rank = place_in_queue(person)
        lead = _("You are on the waiting list of %(event)s.") % _names(person)
        told = _("You are number %(rank)d. As soon as a place is free it is yours, and we write to you.")
        paragraphs = (told % {"rank": rank},) if rank else ()
    elif person.state == S.STANDBY:
        lead = _("Do you still come to %(event)s? We have not heard from you.") % _names(person)
        paragraphs = (
            _("Others were waiting, so your place went to one of them. Say that you come, and the next one is yours."),
        )
    else:
        return None
    return Letter(
        subject=lead, lead=lead, paragraphs=paragraphs, facts=_facts(person),
        button=_button(person, addresses, _("See your registration")),
    )  # fmt: skip


def place_free(person: Participant, addresses: Addresses) -> Letter | None:
    """A place got free, and it is yours."""
    if person.state != S.REGISTERED:
        return None
    return Letter(
        subject=_("There is a place for you at %(event)s") % _names(person),
        lead=_("A place at %(event)s has become free, and it is yours.") % _names(person),
        paragraphs=(
            _("You need do nothing to keep it. If you cannot come any more, sign off, and the next one gets it."),
        ),
        facts=_facts(person),
        button=_button(person, addresses, _("See or change your registration")),
    )


def reconfirm(person: Participant, addresses: Addresses) -> Letter | None:
    """Do you come?"""
    if person.state != S.REGISTERED or person.reconfirmed_at is not None:
        return None
    return Letter(
        subject=_("Do you come to %(event)s?") % _names(person),
        lead=_("%(event)s is soon. Do you still come?") % _names(person),
        paragraphs=(_("One press says yes or no. If you cannot come, your place and your times go to somebody else."),),
        facts=_facts(person),
        button=_button(person, addresses, _("Answer yes or no")),
        notes=(_("If others wait and we do not hear from you within three days, your place may go to one of them."),),
    )


def cancelled(person: Participant, addresses: Addresses) -> Letter | None:
    """You are signed off."""
    if person.state != S.CANCELLED:
        return None
    return Letter(
        subject=_("You are signed off from %(event)s") % _names(person),
        lead=_("You are signed off from %(event)s.") % _names(person),
        paragraphs=(_("If you had meetings, those concerned are told. You need do nothing else."),),
        facts=_facts(person)[:-1],
        button=Button(_("See the event"), addresses.link(reverse("frontend:event", args=[person.event.slug]))),
        attachments=all_meeting_files(person, addresses),
    )


def open_up(person: Participant, addresses: Addresses) -> Letter | None:
    """Somebody would like to meet you; who, is not said."""
    if person.state != S.REGISTERED or person.meets or not person.may_be_asked or not person.asked_to_open:
        return None
    return Letter(
        subject=_("Somebody at %(event)s would like to meet you") % _names(person),
        lead=_("Others at %(event)s would like to meet you, but you take no booked meetings.") % _names(person),
        paragraphs=(_("Say yes to meetings with one press. You still answer each request yourself."),),
        facts=_facts(person),
        button=_button(person, addresses, _("Open up for meetings")),
        notes=(_("You get this at most once a week. On the same page you can say that nobody may ask."),),
    )


def called_off(person: Participant, addresses: Addresses) -> Letter | None:
    """The whole event is not held, and why."""
    event = person.event
    if event.state != EventState.CANCELLED or person.state == S.CANCELLED:
        return None
    return Letter(
        subject=_("%(event)s is called off") % _names(person),
        lead=_("%(event)s is not held. Your place and all meetings there are called off.") % _names(person),
        facts=(Fact(_("Should have been"), when_words(event).line), Fact(_("Why"), event.cancel_reason)),
        notes=(_("You need do nothing. Take the day out of your calendar if it does not go by itself."),),
        attachments=all_meeting_files(person, addresses),
    )


RENDERERS: dict[str, Renderer] = {
    "event_registered": _to_a_person(registered),
    "event_waiting": _to_a_person(waiting),
    "event_place_free": _to_a_person(place_free),
    "event_reconfirm": _to_a_person(reconfirm),
    "event_cancelled": _to_a_person(cancelled, also_called_off=True),
    "event_open_up": _to_a_person(open_up),
    "event_called_off": _to_a_person(called_off, also_called_off=True),
}
