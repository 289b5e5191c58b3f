"""Mails of events: a request for a meeting, what became of it, and whom one is recommended to meet."""

from collections.abc import Callable
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events.domain.wishes.rounds import MAILED_EACH
from events.enums import COMING, EventState, RequestState
from events.models import Event, MeetingRequest, Participant
from events.queries.suggestions import suggestions_for
from events.queries.wishes import is_recommended, is_silent, linked_request
from events.templates import template_of
from frontend.bridge import bridge_card
from frontend.event_links import address_mark
from frontend.event_wishes import person_card, request_card, time_words, until_words
from frontend.event_words import why_mailed
from frontend.mails.cases import public_id
from frontend.mails.event_readers import goes_to, reader_of
from frontend.mails.letters import Button, Fact, Letter, draw
from mailgate.links import sign
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail, Renderer

S = RequestState


@dataclass(frozen=True)
class Case:
    """One request as the reader of the mail has it."""

    request: MeetingRequest
    reader: Participant
    addresses: Addresses

    @property
    def other(self) -> Participant:
        """Who is across."""
        return self.request.sender if self.reader.pk == self.request.receiver_id else self.request.receiver

    @property
    def names(self) -> dict[str, str]:
        """For sentences."""
        return {"name": self.other.name, "event": self.request.event.name}


def asked(case: Case) -> Letter | None:
    """Somebody asks for a meeting."""
    if not _can_answer(case):
        return None
    return Letter(
        subject=_("%(name)s asks to meet you at %(event)s") % case.names,
        lead=_("%(name)s asks to meet you at %(event)s.") % case.names,
        **_question(case),  # type: ignore[arg-type]
    )


def reminded(case: Case) -> Letter | None:
    """Half the days are gone; there is no second reminder."""
    if not _can_answer(case):
        return None
    return Letter(
        subject=_("%(name)s still waits for your yes or no") % case.names,
        lead=_("%(name)s asked to meet you at %(event)s and still waits for your answer.") % case.names,
        paragraphs=(_("A no is fine too. This is the only reminder."),),
        **_question(case),  # type: ignore[arg-type]
    )


def accepted(case: Case) -> Letter | None:
    """The other has said yes."""
    if case.request.state != S.ACCEPTED:
        return None
    return Letter(
        subject=_("%(name)s says yes to meeting you") % case.names,
        lead=_("%(name)s says yes to meeting you at %(event)s.") % case.names,
        paragraphs=(time_words(case.request),),
        button=_requests_button(case),
    )


def declined(case: Case) -> Letter | None:
    """The other has said no, perhaps with a word."""
    if case.request.state != S.DECLINED:
        return None
    note = case.request.decline_note
    return Letter(
        subject=_("%(name)s says no this time") % case.names,
        lead=_("%(name)s cannot meet you at %(event)s.") % case.names,
        facts=(Fact(_("Their word"), note),) if note else (),
        paragraphs=(_("Your request is free for somebody else. Look who else fits you."),),
        button=_others_button(case.request.event, case.addresses),
    )


def expired(case: Case) -> Letter | None:
    """Nobody has answered in time."""
    if case.request.state != S.EXPIRED:
        return None
    return Letter(
        subject=_("No answer from %(name)s in time") % case.names,
        lead=_("%(name)s did not answer your request for a meeting at %(event)s in time.") % case.names,
        paragraphs=(_("Your request is free for somebody else. Look who else fits you."),),
        button=_others_button(case.request.event, case.addresses),
    )


def withdrawn(case: Case) -> Letter | None:
    """The meeting is called off, or the other does not come."""
    if case.request.state != S.WITHDRAWN:
        return None
    return Letter(
        subject=_("No meeting with %(name)s after all") % case.names,
        lead=_("The meeting with %(name)s at %(event)s does not come about after all.") % case.names,
        paragraphs=(_("Your request is free for somebody else. Look who else fits you."),),
        button=_others_button(case.request.event, case.addresses),
    )


def suggested(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """The first people that one is recommended to meet, each as a card, and where all of them are."""
    person = reader_of(mail)
    if person is None or person.state not in COMING or not is_recommended(person):
        return None
    if person.event.state == EventState.CANCELLED:
        return None
    found = suggestions_for(person, limit=MAILED_EACH)
    if not found:
        return None
    names = {"event": person.event.name}
    cards = [person_card(bridge_card(each.match), each.person, has_link=False) for each in found]
    letter = Letter(
        subject=_("Whom you should meet at %(event)s") % names,
        lead=_suggested_lead(person.event) % names,
        button=_others_button(person.event, addresses),
        notes=(_suggested_note(person.event),),
    )
    context = {
        "letter": letter, "cards": cards, "hub": mail.hub, "stop_url": addresses.stop, "language": get_language(),
        "why": why_mailed(person.event),
    }  # fmt: skip
    return RenderedMail(
        subject=letter.subject,
        text=render_to_string("mails/event_suggestions.txt", context).strip() + "\n",
        html=render_to_string("mails/event_suggestions.html", context),
    )


def _suggested_lead(event: Event) -> str:
    if template_of(event.kind).goes_by_likeness:
        return _("These people come to %(event)s with the same concern as you.")
    return _("These people fit you best among those who come to %(event)s.")


def _suggested_note(event: Event) -> str:
    if not template_of(event.kind).has_bookings:
        return _("No meetings are booked at this event. Look each other up on the day.")
    return _("Mark whom you want to meet, or ask for a meeting. Only those who share your agenda see what you mark.")


def _can_answer(case: Case) -> bool:
    """Whether the reader's word is still missing, still counts, and is wanted."""
    row = case.request
    return row.state == S.ASKED and row.expires_at > timezone.now() and not is_silent(row)


def _question(case: Case) -> dict[str, object]:
    row = case.request
    card = request_card(row, reader=case.reader, today=timezone.localdate())
    token = sign("event_answer", request=str(row.public_id), address=address_mark(row.receiver))
    address = reverse("frontend:event_answer_link", args=[token])
    return {
        "card": card,
        "facts": (
            Fact(_("Why they want to meet"), row.reason),
            Fact(_("Answer no later than"), until_words(row.event, row.expires_at)),
        ),
        "button": Button(_("Answer: yes or no"), case.addresses.link(address)),
        "notes": (_("You answer without signing in, and nothing is sent before you press a button on the page."),),
    }


def _requests_button(case: Case) -> Button:
    address = reverse("frontend:event_requests", args=[case.request.event.slug])
    return Button(_("See your meeting requests"), case.addresses.link(address))


def _others_button(event: Event, addresses: Addresses) -> Button:
    return Button(_("See whom to meet"), addresses.link(reverse("frontend:event_others", args=[event.slug])))


def _of_request(write: Callable[[Case], Letter | None]) -> Renderer:
    """A renderer of mails to one of the two sides of a request; none once the event is called off."""

    def render(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
        row = linked_request(mail.hub_id, str(public_id(mail, "request")))
        reader = public_id(mail, "reader")
        sides = (row.sender, row.receiver) if row is not None else ()
        person = next((each for each in sides if each.public_id == reader), None)
        if row is None or person is None or not goes_to(mail, person) or row.event.state == EventState.CANCELLED:
            return None
        letter = write(Case(row, person, addresses))
        return draw(letter, hub=mail.hub, addresses=addresses, why=why_mailed(row.event)) if letter else None

    return render


RENDERERS: dict[str, Renderer] = {
    "event_request": _of_request(asked),
    "event_request_reminder": _of_request(reminded),
    "event_request_accepted": _of_request(accepted),
    "event_request_declined": _of_request(declined),
    "event_request_expired": _of_request(expired),
    "event_request_withdrawn": _of_request(withdrawn),
    "event_suggestions": suggested,
}
