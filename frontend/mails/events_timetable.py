"""Mails of events: the timetable, what of it changes, and freed slots. Each says what holds when it leaves."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.enums import EventState, MeetingState, OfferState
from events.gone_entries import GoneEntry, unpacked
from events.models import Meeting, Participant, Publication, Slot, StandbyOffer
from events.queries.timetable import linked_offer, meetings_of_person
from frontend.event_links import address_mark, place_token
from frontend.event_words import why_mailed
from frontend.mails.calendar_files import erasure_files, left_files, meeting_files
from frontend.mails.cases import public_id
from frontend.mails.event_readers import reader_of
from frontend.mails.letters import Button, Fact, Letter, draw
from frontend.timetable_words import people_words, person_words, place_words, slot_words, when_words
from mailgate.links import sign
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail, Renderer


def timetable(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """Everybody's own plan, when it is published and when a new one replaces it."""
    person = _reader(mail)
    publication = _publication(mail, person)
    if person is None or publication is None:
        return None
    rows = list(meetings_of_person(person))
    meetings = [row for row in rows if row.state == MeetingState.PLANNED]
    dropped = [row for row in rows if row.state != MeetingState.PLANNED and row.changed_at == publication.at]
    is_first = publication.number == 1
    letter = Letter(
        subject=_subject(is_first) % {"event": person.event.name},
        lead=_lead(person, meetings, is_first=is_first),
        facts=tuple(_fact(row, person) for row in meetings),
        button=_agenda(person, addresses),
        notes=(_("Can you not come? Say so in your agenda as soon as you can: others would like the place."),),
        attachments=meeting_files(person, (*meetings, *dropped), addresses),
    )
    return draw(letter, hub=mail.hub, addresses=addresses, why=why_mailed(person.event))


def _subject(is_first: bool) -> str:
    return _("Your meetings at %(event)s") if is_first else _("Your meetings at %(event)s have changed")


def _lead(person: Participant, meetings: list[Meeting], *, is_first: bool) -> str:
    if not meetings:
        told = _("No meeting could be found for you at %(event)s this time. We write if a slot becomes free.")
    elif is_first:
        told = _("Here is your plan for %(event)s.")
    else:
        told = _("Here is your new plan for %(event)s; it replaces the one before.")
    return told % {"event": person.event.name}


def changed(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """Meetings that are new, moved or called off, all those of one moment in one mail."""
    person = _reader(mail)
    rows = _changed_at(person, mail) if person is not None else []
    if person is None or not rows:
        return None
    holding = [row for row in rows if row.state == MeetingState.PLANNED]
    off = [row for row in rows if row.state != MeetingState.PLANNED]
    letter = Letter(
        subject=_("Changed: your meetings at %(event)s") % {"event": person.event.name},
        lead=_("Something of your plan for %(event)s has changed.") % {"event": person.event.name},
        facts=(*(_fact(row, person) for row in holding), *(_fact(row, person, is_off=True) for row in off)),
        button=_agenda(person, addresses),
        notes=(_("Everything else stays as it was. A calendar that follows your agenda has changed already."),),
        attachments=meeting_files(person, rows, addresses),
    )
    return draw(letter, hub=mail.hub, addresses=addresses, why=why_mailed(person.event))


def cancelled(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """Meetings that are called off, and nothing else."""
    person = _reader(mail)
    rows = _changed_at(person, mail) if person is not None else []
    off = [row for row in rows if row.state == MeetingState.CANCELLED]
    if person is None or not off:
        return None
    letter = Letter(
        subject=_("Called off: a meeting at %(event)s") % {"event": person.event.name},
        lead=_("A meeting of yours at %(event)s is not held. We are sorry.") % {"event": person.event.name},
        facts=tuple(_fact(row, person, is_off=True) for row in off),
        button=_agenda(person, addresses),
        notes=(_("If another wish of yours can have the slot, we write to you."),),
        attachments=meeting_files(person, off, addresses),
    )
    return draw(letter, hub=mail.hub, addresses=addresses, why=why_mailed(person.event))


def gone(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """A meeting whose other side was erased: nothing is left of it but when it would have been.

    Or those that somebody shared with a colleague who has left them, or had as a guest: they may go on, but not for
    who reads this.
    """
    person = _reader(mail)
    if person is None:
        return None
    slot = Slot.lost_too.filter(event=person.event, public_id=public_id(mail, "slot")).first()
    entries = _still_gone(mail, person)
    if unpacked(mail.context) and not entries:
        return None
    times: list[Slot | GoneEntry] = [*([slot] if slot is not None else []), *entries]
    facts = tuple(Fact(_("When"), slot_words(time, person.event, with_day=True)) for time in times)
    letter = Letter(
        subject=_("Called off: a meeting at %(event)s") % {"event": person.event.name},
        lead=_gone_lead(mail) % {"event": person.event.name},
        facts=facts,
        button=_agenda(person, addresses),
        notes=(_("If another wish of yours can have the slot, we write to you."),) if facts else (),
        attachments=(*erasure_files(mail, person, slot, addresses), *left_files(mail, person, addresses)),
    )
    return draw(letter, hub=mail.hub, addresses=addresses, why=why_mailed(person.event))


def _still_gone(mail: OutgoingMail, person: Participant) -> list[GoneEntry]:
    """The entries that the person has lost; of what is in the plan again since, another mail tells."""
    standing = meetings_of_person(person).filter(state=MeetingState.PLANNED).values_list("public_id", flat=True)
    back = set(standing)
    return [entry for entry in unpacked(mail.context) if entry.public_id not in back]


def _gone_lead(mail: OutgoingMail) -> str:
    if mail.context.get("left_out"):
        return _("A meeting at %(event)s to which you were invited as a guest is held without you now. We are sorry.")
    if mail.context.get("shared"):
        return _("You shared a colleague’s agenda at %(event)s. The colleague has left, so these hours are free again.")
    return _("A meeting of yours at %(event)s comes to nothing: the other side has left. We are sorry.")


def standby_offer(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """A freed slot for two who wished to meet: one page, yes or no."""
    person = _reader(mail)
    offer = linked_offer(mail.hub_id, str(public_id(mail, "offer")))
    if person is None or offer is None or offer.state != OfferState.OFFERED or offer.expires_at <= timezone.now():
        return None
    other = _other(offer, person)
    token = sign("standby", offer=str(offer.public_id), participant=str(person.public_id), address=address_mark(person))
    letter = Letter(
        subject=_("A slot is free: meet %(name)s?") % {"name": other.name},
        lead=_("You and %(name)s wished to meet at %(event)s, and now a slot is free.")
        % {"name": person_words(other), "event": offer.event.name},
        facts=(
            Fact(_("When"), slot_words(offer.slot, offer.event, with_day=True)),
            Fact(_("Where"), place_words(table=offer.table, stand=offer.stand)),
            Fact(_("Answer by"), when_words(offer.expires_at, offer.event)),
        ),
        button=Button(_("Say yes or no"), addresses.link(reverse("frontend:event_standby", args=[token]))),
        notes=(_("The meeting is held when both of you say yes. Opening the page answers nothing."),),
    )
    return draw(letter, hub=mail.hub, addresses=addresses, why=why_mailed(person.event))


def _other(offer: StandbyOffer, person: Participant) -> Participant:
    is_sender = offer.request.sender_id in (person.pk, person.host_id)
    return offer.request.receiver if is_sender else offer.request.sender


def _reader(mail: OutgoingMail) -> Participant | None:
    """The person; none for a demonstration's, an event that is over or called off, or somebody who is gone.

    Of an event that is called off one mail tells everything.
    """
    person = reader_of(mail)
    if person is None or person.event.is_simulated or person.event.state == EventState.CANCELLED:
        return None
    return person if person.event.ends_at > timezone.now() else None


def _publication(mail: OutgoingMail, person: Participant | None) -> Publication | None:
    """The publication that the mail is about."""
    number = str(mail.context.get("publication", ""))
    if person is None or not number.isdecimal():
        return None
    return Publication.objects.filter(event=person.event, number=int(number)).first()


def _changed_at(person: Participant, mail: OutgoingMail) -> list[Meeting]:
    """Meetings of the person that were changed at the moment named; what changed again since has a newer mail."""
    try:
        since = datetime.fromisoformat(str(mail.context.get("since", "")))
    except ValueError:
        return []
    return list(meetings_of_person(person).filter(changed_at=since))


def _fact(meeting: Meeting, person: Participant, *, is_off: bool = False) -> Fact:
    """When as the label; with whom and where under it."""
    owner = person.host_id or person.pk
    when = slot_words(meeting.slot, person.event, with_day=True)
    who = people_words(meeting, without=owner)
    if is_off:
        return Fact(_("%(when)s: called off") % {"when": when}, who)
    return Fact(when, f"{who}\n{place_words(table=meeting.table, stand=meeting.stand)}")


def _agenda(person: Participant, addresses: Addresses) -> Button:
    """The plan on a phone, with nothing to sign in to."""
    token = place_token(person)
    return Button(_("Open your agenda"), addresses.link(reverse("frontend:event_agenda_link", args=[token])))


RENDERERS: dict[str, Renderer] = {
    "event_timetable": timetable,
    "event_meeting_changed": changed,
    "event_meeting_cancelled": cancelled,
    "event_meeting_gone": gone,
    "event_standby_offer": standby_offer,
}
