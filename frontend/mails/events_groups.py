"""The mail about groups around questions: each person's own, as they are when it leaves."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.enums import COMING, EventState
from events.models import Participant, Question
from events.queries.groups import groups_of
from frontend.event_links import place_token
from frontend.event_words import why_mailed
from frontend.mails.calendar_files import group_files
from frontend.mails.event_readers import reader_of
from frontend.mails.letters import Button, Fact, Letter, draw
from frontend.timetable_words import person_words, slot_words
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail, Renderer


def groups(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """When and where one's groups meet, and who else sits there; that there is none any more is told too."""
    person = reader_of(mail)
    if person is None or not _is_told(person):
        return None
    event = {"event": person.event.name}
    facts = tuple(_fact(question, person) for question in groups_of(person) if question.slot is not None)
    lead = _("These are your groups at %(event)s.") if facts else _("You are in no group at %(event)s at present.")
    letter = Letter(
        subject=_("Your groups at %(event)s") % event,
        lead=lead % event,
        facts=facts,
        button=Button(
            _("Open your agenda"), addresses.link(reverse("frontend:event_agenda_link", args=[place_token(person)]))
        ),
        notes=(_("This replaces what we have told you of your groups before."),),
        attachments=group_files(mail, person, addresses),
    )
    return draw(letter, hub=mail.hub, addresses=addresses, why=why_mailed(person.event))


def _is_told(person: Participant) -> bool:
    event = person.event
    is_open = event.state == EventState.PUBLISHED and event.ends_at > timezone.now()
    return is_open and person.state in COMING and not event.is_simulated


def _fact(question: Question, person: Participant) -> Fact:
    """When as the label; under it the question, the room, and everybody else."""
    when = slot_words(question.slot, person.event, with_day=True) if question.slot is not None else ""
    circle = [question.asker, *(seat.participant for seat in question.seats.all())]
    others = ", ".join(person_words(each) for each in circle if each.pk != person.pk)
    hall = question.hall.name if question.hall is not None else ""
    return Fact(when, "\n".join(filter(None, (question.title, hall, others))))


RENDERERS: dict[str, Renderer] = {"event_groups": groups}
