"""Mails of events that change: another day or place, and sessions of one's plan that are new, moved or gone."""

from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.clock import wall_of, zone_named
from events.enums import COMING, EventState, ParticipantState
from events.gone_entries import GoneEntry, unpacked
from events.models import Event, Participant, ProgrammeSession
from events.queries.agenda import Entry, agenda_of
from events.queries.left_sessions import mails_about_sessions
from events.queries.moves import COMING_OR_HOPING, Setting
from frontend.event_links import place_token
from frontend.event_words import day_words, stretch_words, when_words, why_mailed
from frontend.mails.calendar_files import plan_files, session_files
from frontend.mails.cases import public_id
from frontend.mails.event_readers import goes_to, reader_of
from frontend.mails.letters import Button, Fact, Letter, draw
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail, Renderer


def moved(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """The event has another day, time or place than before; nothing where it is back to what it was."""
    person, was = _reader(mail), Setting.unpacked(mail.context)
    if person is None or was is None or not was.differs(Setting.of(person.event)):
        return None
    letter = Letter(
        subject=_subject(person.event, was),
        lead=_("Something has changed about %(event)s: please see when and where it is now.")
        % {"event": person.event.name},
        paragraphs=(_plan_words(person),),
        facts=_facts(person, was),
        button=Button(
            _("See or change your registration"),
            addresses.link(reverse("frontend:event_place", args=[place_token(person)])),
        ),
        notes=(_("If you cannot come any more, sign off on that page. The link is yours and needs no signing in."),),
        attachments=plan_files(person, addresses),
    )
    return draw(letter, hub=mail.hub, addresses=addresses, why=why_mailed(person.event))


def _subject(event: Event, was: Setting) -> str:
    now = Setting.of(event)
    if _day(was) != _day(now):
        words = _("%(event)s is moved to another day")
    elif was.has_other_time(now):
        words = _("%(event)s is held at other hours")
    else:
        words = _("Where %(event)s is held has changed")
    return words % {"event": event.name}


def _day(setting: Setting) -> object:
    return wall_of(setting.starts_at, zone_named(setting.time_zone)).date()


def _facts(person: Participant, was: Setting) -> tuple[Fact, ...]:
    """What it was and what it is; the place as it was is told by no mail, since those that wait hold no words."""
    event, now = person.event, Setting.of(person.event)
    where = ", ".join(filter(None, (event.place, event.address)))
    facts = [Fact(_("When it is"), when_words(event).line)]
    if was.has_other_time(now):
        before = Event(starts_at=was.starts_at, ends_at=was.ends_at, time_zone=was.time_zone)
        facts = [Fact(_("Should have been"), when_words(before).line), Fact(_("When it is now"), facts[0].text)]
    if where:
        facts.append(Fact(_("Where it is now") if was.place_mark != now.place_mark else _("Where it is"), where))
    return (*facts, Fact(_("Who comes"), f"{person.name}, {person.participation.profile.name}"))


def _plan_words(person: Participant) -> str:
    if person.state == ParticipantState.REGISTERED:
        return _(
            "You keep your place, and your plan follows: your agenda shows it as it is now. "
            "A calendar that follows your agenda has changed already."
        )
    return _("You are still on the list of those who wait for a place; you need do nothing to stay there.")


def sessions(mail: OutgoingMail, addresses: Addresses) -> RenderedMail | None:
    """Sessions that are new in the plan, moved or gone, as they are now; what a newer mail names is left to it."""
    person = _reader(mail)
    if person is None or person.state not in COMING:
        return None
    later = _named_later(mail, person)
    agenda = agenda_of(person)
    held = {entry.session.public_id: entry for entry in agenda.entries if entry.session is not None}
    entries = [held[key] for key in _sessions_in(mail) if key in held and key not in later]
    gone = [each for each in unpacked(mail.context) if each.public_id not in later | held.keys()]
    if not entries and not gone:
        return None
    letter = Letter(
        subject=_("Changed: the programme of %(event)s") % {"event": person.event.name},
        lead=_("Something of the programme that concerns you at %(event)s has changed.") % {"event": person.event.name},
        facts=(*(_session_fact(each, person.event) for each in entries), *_gone_facts(gone, person.event)),
        button=Button(
            _("Open your agenda"), addresses.link(reverse("frontend:event_agenda_link", args=[place_token(person)]))
        ),
        notes=(_("Everything else stays as it was. A calendar that follows your agenda has changed already."),),
        attachments=session_files(mail, agenda, entries, gone, addresses),
    )
    return draw(letter, hub=mail.hub, addresses=addresses, why=why_mailed(person.event))


def _sessions_in(mail: OutgoingMail) -> list[UUID]:
    return [public_id(mail, name) for name in mail.context if name.startswith("session_")]


def _named_later(mail: OutgoingMail, person: Participant) -> set[UUID]:
    version = str(mail.context.get("version", ""))
    newer = mails_about_sessions(person, since=int(version)) if version.isdecimal() else ()
    # One to a former address is dropped, so that it tells nothing.
    told = [row for row in newer if goes_to(row, person)]
    named = [*(key for row in told for key in _sessions_in(row))]
    return {*named, *(entry.public_id for row in told for entry in unpacked(row.context))}


def _session_fact(entry: Entry, event: Event) -> Fact:
    title = _("You speak: %(title)s") % {"title": entry.title} if entry.speaks else entry.title
    return Fact(_stretch(entry, event), "\n".join(filter(None, (title, entry.hall))))


def _gone_facts(gone: list[GoneEntry], event: Event) -> list[Fact]:
    """A session that is held without the reader is named; of one that was removed nothing is left but its time."""
    rows = ProgrammeSession.objects.filter(event=event, public_id__in=[each.public_id for each in gone])
    titles = {row.public_id: row.title for row in rows}
    return [
        Fact(_("%(when)s: no longer in your plan") % {"when": _stretch(each, event)}, titles[each.public_id])
        if each.public_id in titles
        else Fact(_("%(when)s: called off") % {"when": _stretch(each, event)}, _("This session is not held."))
        for each in gone
    ]


def _stretch(time: Entry | GoneEntry, event: Event) -> str:
    day = day_words(wall_of(time.starts_at, event.zone).date())
    return f"{day}, {stretch_words(time.starts_at, time.ends_at, event)}"


def _reader(mail: OutgoingMail) -> Participant | None:
    """The person; none for a demonstration's, an event that is over or called off, or somebody who signed off."""
    person = reader_of(mail)
    if person is None or person.event.is_simulated or person.state not in COMING_OR_HOPING:
        return None
    is_on = person.event.state not in {EventState.DRAFT, EventState.OVER, EventState.CANCELLED}
    return person if is_on and person.event.ends_at > timezone.now() else None


RENDERERS: dict[str, Renderer] = {"event_moved": moved, "event_sessions": sessions}
