"""The record for procurement law: who talked to whom about what and when, and what each side declared."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime

from django.utils.translation import gettext as _

from hubs.policies import Viewer
from matching.domain.introductions.days import COPENHAGEN, local_day, start_of
from matching.enums import TOLD_BY_PHONE, Side
from matching.models import Declaration, Introduction
from matching.queries.introductions import visible_introductions
from profiles.terms import label_of

# Spreadsheets run a cell that begins with one of these as a formula, some after blanks or a quote, some full-width.
_FORMULA_STARTS = frozenset("=+-@＝＋－＠|%")


@dataclass(frozen=True)
class ProcurementRow:
    """One contact as a buyer's lawyer wants to read it; days are local, texts in the reader's language."""

    number: str
    sent_on: str
    seeker: str
    seeker_organisation: str
    seeker_people: str
    receiver: str
    receiver_organisation: str
    receiver_people: str
    purpose: str
    step: str
    asked: str
    state: str
    answered_on: str
    meeting: str
    met_on: str
    seeker_declares: str
    receiver_declares: str
    novelty: str
    facilitator: str


def procurement_rows(viewer: Viewer, *, since: date, until: date) -> list[ProcurementRow]:
    """Contacts sent from `since` to `until`, both included, oldest first: all of the hub's for brokers, else own."""
    rows = (
        visible_introductions(viewer)
        .filter(sent_at__gte=start_of(since), sent_at__lt=start_of(date.fromordinal(until.toordinal() + 1)))
        .select_related("seeker__organisation", "receiver__organisation", "facilitator", "made_by")
        .prefetch_related("declarations", "timeline__actor")
        .order_by("sent_at", "pk")
    )
    return [_row(introduction) for introduction in rows]


def headings() -> list[str]:
    """The first line, in the reader's language, in the order of `ProcurementRow`."""
    words = {
        "number": _("Number"),
        "sent_on": _("Sent"),
        "seeker": _("Who asks"),
        "seeker_organisation": _("Organisation of who asks"),
        "seeker_people": _("People of who asks"),
        "receiver": _("Who is asked"),
        "receiver_organisation": _("Organisation of who is asked"),
        "receiver_people": _("People of who is asked"),
        "purpose": _("Purpose of the contact"),
        "step": _("OPI step"),
        "asked": _("What was asked"),
        "state": _("Stands at"),
        "answered_on": _("Answered"),
        "meeting": _("Meeting agreed for"),
        "met_on": _("Met"),
        "seeker_declares": _("Interests declared by who asks"),
        "receiver_declares": _("Interests declared by who is asked"),
        "novelty": _("Intellectual property"),
        "facilitator": _("Facilitator"),
    }
    return [words[column.name] for column in fields(ProcurementRow)]


def table(rows: Iterable[ProcurementRow]) -> list[list[str]]:
    """Headings and rows, every cell safe in a spreadsheet: for CSV, XLSX or anything else with cells."""
    return [headings(), *([safe_cell(str(value)) for value in astuple(row)] for row in rows)]


def as_csv(rows: Iterable[ProcurementRow]) -> bytes:
    """The table as Danish spreadsheets open it: semicolons, UTF-8 with a mark of it, every cell quoted."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(table(rows))
    return text.getvalue().encode("utf-8-sig")


def safe_cell(text: str) -> str:
    """The text on one line; with an apostrophe before it where a spreadsheet would take it for a formula."""
    line = " ".join(text.split())
    start = line.lstrip("'\"´`’”“ \u00a0\u200b\ufeff")[:1]
    return f"'{line}" if start in _FORMULA_STARTS and start else line


def _row(introduction: Introduction) -> ProcurementRow:
    declared = {row.side: row for row in introduction.declarations.all()}
    return ProcurementRow(
        number=str(introduction.public_id),
        sent_on=_day(introduction.sent_at),
        seeker=introduction.seeker.name,
        seeker_organisation=introduction.seeker.organisation.name,
        seeker_people=_people(introduction, Side.SEEKER),
        receiver=introduction.receiver.name,
        receiver_organisation=introduction.receiver.organisation.name,
        receiver_people=_people(introduction, Side.RECEIVER),
        purpose=label_of(introduction.contact_purpose_id) or introduction.get_purpose_display(),
        step=introduction.get_opi_step_display() if introduction.opi_step else "",
        asked=introduction.asked,
        state=_state(introduction),
        answered_on=_day(introduction.answered_at),
        meeting=_moment(introduction.meeting_at),
        met_on=_day(introduction.met_at),
        seeker_declares=_declared(declared, Side.SEEKER),
        receiver_declares=_declared(declared, Side.RECEIVER),
        novelty=_novelty(introduction),
        facilitator=str(introduction.facilitator or ""),
    )


def _state(introduction: Introduction) -> str:
    """A record never passes a demonstration off as real."""
    state = introduction.get_state_display()
    return _("%(state)s (simulated)") % {"state": state} if introduction.is_simulated else state


def _people(introduction: Introduction, side: str) -> str:
    """Whoever wrote or answered in the name of that side, each once, not the facilitator who passed an answer on.

    Told by the entry, not by who speaks for the organisation today: those who have left it since stay on record.
    """
    entries = [entry for entry in introduction.timeline.all() if entry.side == side and entry.text != TOLD_BY_PHONE]
    names = [str(entry.actor) for entry in entries if entry.actor]
    return ", ".join(dict.fromkeys(names))


def _declared(declared: dict[str, Declaration], side: str) -> str:
    row = declared.get(side)
    if row is None:
        return _("not declared")
    return _("has interests: %(text)s") % {"text": row.text} if row.has_interests else _("has none")


def _novelty(introduction: Introduction) -> str:
    state = label_of(introduction.ip_state_id)
    secured = _("novelty secured") if introduction.novelty_checked else ""
    return ", ".join(part for part in (state, secured) if part)


def _day(moment: datetime | None) -> str:
    return local_day(moment).isoformat() if moment else ""


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(COPENHAGEN):%Y-%m-%d %H:%M}" if moment else ""
