"""The printed exhibitor catalogue: the catalogue's entries as the data of its typst template."""

from collections.abc import Callable
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.models import Event, Hall
from events.qr_codes import qr_svg
from events.queries.catalogue import Catalogue, Contact, Entry
from events.typesetting import typeset
from profiles.terms import label_of

Link = Callable[[str], str]


def typeset_catalogue(
    catalogue: Catalogue, *, language: str, link: Link, page_of: Callable[[Entry], str], page: str
) -> bytes:
    """The catalogue as PDF in that language.

    `link` makes a whole address of a path; `page_of` is the path of a stand's page and `page` the catalogue's own.
    """
    with translation.override(language):
        return typeset("catalogue", _data(catalogue, language=language, link=link, page_of=page_of, page=page))


def _data(
    catalogue: Catalogue, *, language: str, link: Link, page_of: Callable[[Entry], str], page: str
) -> dict[str, Any]:
    event = catalogue.event
    return {
        "language": language,
        "hub": event.hub.name,
        "title": event.name,
        "when": _when(event),
        "where": ", ".join(part for part in (event.place, event.address) if part),
        "qr": qr_svg(link(page)),
        "words": _words(link(page)),
        "halls": [_hall(hall) for hall in event.halls.prefetch_related("stands")],
        "entries": [_entry(entry, language, link(page_of(entry))) for entry in catalogue.entries],
        "themes": [
            {"label": theme.label(language), "stands": [_named(entry) for entry in catalogue.of_theme(theme.key)]}
            for theme in catalogue.themes
        ],
        "index": [{"name": name, "number": number, "anchor": anchor_of(number)} for name, number in catalogue.index()],
    }


def _words(address: str) -> dict[str, str]:
    return {
        "subtitle": _("Exhibitor catalogue"),
        "online": _("Also on the web, always up to date: %(address)s") % {"address": address},
        "contents": _("Contents"),
        "consent": _("Names and addresses of people stand here where they agreed to it themselves."),
        "plan": _("Hall plan"),
        "stands": _("Stands"),
        "nobody": _("Exhibitors appear here as soon as they have a stand."),
        "offers": _("Offer (udbyder)"),
        "seeks": _("Seek (efterspørger)"),
        "themes": _("By theme"),
        "index": _("Index"),
    }


def _when(event: Event) -> str:
    starts, ends = event.starts_at.astimezone(event.zone), event.ends_at.astimezone(event.zone)
    day = date_format(starts, "DATE_FORMAT")
    if starts.date() != ends.date():
        day = f"{day} – {date_format(ends, 'DATE_FORMAT')}"
    return f"{day}, {starts:%H:%M}–{ends:%H:%M}"


def _hall(hall: Hall) -> dict[str, Any]:
    return {
        "name": hall.name,
        "width": max(hall.plan_width, 1),
        "height": max(hall.plan_height, 1),
        "stands": [
            {
                "number": stand.number, "left": stand.left, "top": stand.top,
                "width": stand.width, "height": stand.height, "taken": stand.profile_id is not None,
            }
            for stand in hall.stands.all()
        ],
    }  # fmt: skip


def anchor_of(number: str) -> str:
    """A stand's number as a label of typst: whatever it holds, only hexadecimal digits."""
    return number.encode().hex()


def _named(entry: Entry) -> dict[str, str]:
    return {"name": entry.name, "number": entry.stand.number, "anchor": anchor_of(entry.stand.number)}


def _entry(entry: Entry, language: str, address: str) -> dict[str, Any]:
    return {
        **_named(entry),
        "facts": _facts(entry),
        "themes": " · ".join(theme.label(language) for theme in entry.themes),
        "offers": [{"text": said.text, "language": said.language} for said in entry.offers],
        "seeks": [{"text": said.text, "language": said.language} for said in entry.seeks],
        "contacts": [_contact(contact) for contact in entry.contacts],
        "website": entry.profile.organisation.website,
        "qr": qr_svg(address),
    }


def _facts(entry: Entry) -> str:
    organisation = entry.profile.organisation.name
    parts = [organisation] if organisation != entry.name else []
    return " · ".join([*parts, *([label_of(entry.profile.region_id)] if entry.profile.region_id else [])])


def _contact(contact: Contact) -> str:
    who = ", ".join(part for part in (contact.name, contact.title) if part)
    return " · ".join(part for part in (who, contact.email, contact.phone) if part)
