"""The organiser's report: on the page, as a spreadsheet and on paper."""

import io

import xlsxwriter
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.models import Event
from events.queries.days import find_event
from events.queries.report import editions
from events.typesetting import typeset
from frontend.event_words import when_words
from frontend.report_tables import Table, figures_of, tables_of
from frontend.requests import PageRequest
from frontend.views.events.agenda import paper_answer
from hubs.policies import require_organiser

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@never_cache
@require_safe
def event_report(request: PageRequest, slug: str) -> HttpResponse:
    """What came of the day, beside earlier editions.

    Raises:
        NotAllowed, NotFound: the reader does not run this event.
    """
    event = _event(request, slug)
    reports = editions(event)
    context = {
        "event": event,
        "when": when_words(event),
        "is_ahead": timezone.now() < event.ends_at,
        "report": reports[0],
        "figures": figures_of(reports[0]),
        "tables": tables_of(reports),
        "is_simulated": any(each.event.is_simulated for each in reports),
    }
    with timezone.override(event.zone):
        return render(request, "events/report.html", context)


@login_required
@never_cache
@require_safe
def event_report_sheet(request: PageRequest, slug: str) -> HttpResponse:
    """The same as XLSX, a sheet a table.

    Raises:
        NotAllowed, NotFound: the reader does not run this event.
    """
    event = _event(request, slug)
    response = HttpResponse(_sheet(tables_of(editions(event))), content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="{event.slug}-report.xlsx"'
    return response


@login_required
@never_cache
@require_safe
def event_report_paper(request: PageRequest, slug: str) -> HttpResponse:
    """The same on paper.

    Raises:
        NotAllowed, NotFound: the reader does not run this event.
    """
    event = _event(request, slug)
    reports = editions(event)
    with timezone.override(event.zone):
        data = {
            "language": get_language() or "da",
            "title": event.name,
            "when": date_format(timezone.localtime(event.starts_at), "DATE_FORMAT"),
            "note": _("Part of this is simulated, for demonstration.") if event.is_simulated else "",
            "figures": [{"label": each.label, "value": each.value} for each in figures_of(reports[0])],
            "tables": [{"title": each.title, "rows": each.rows} for each in tables_of(reports)],
        }
    return paper_answer(typeset("report", data), f"{event.slug}-report.pdf")


def _event(request: PageRequest, slug: str) -> Event:
    require_organiser(request.viewer)
    return find_event(request.viewer.hub_id, slug)


def _sheet(tables: tuple[Table, ...]) -> bytes:
    written = io.BytesIO()
    # Nothing that people wrote may run as a formula or become a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": True}
    with xlsxwriter.Workbook(written, options) as book:
        bold = book.add_format({"bold": True})
        for number, table in enumerate(tables, start=1):
            sheet = book.add_worksheet(str(number))
            sheet.write_string(0, 0, table.title, bold)
            for line, row in enumerate(table.rows, start=2):
                sheet.write_row(line, 0, row, bold if line == 2 else None)
            sheet.set_column(0, 0, 44)
            sheet.set_column(1, 6, 20)
    return written.getvalue()
