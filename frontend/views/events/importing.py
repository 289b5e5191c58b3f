"""Bringing people in from a file: it is read and shown, and nothing is stored before the organiser says so.

Between the two pages the rows travel in the page itself, signed and packed: the upload is stored nowhere.
"""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.domain.people.exporting import export_people
from events.domain.people.headings import unread_headings
from events.domain.people.import_rows import PersonRow, people_of
from events.domain.people.importing import Outcome, import_people, plan_import
from events.domain.people.sheets import MOST_BYTES, SheetRefused, read_sheet
from events.enums import PeopleKind
from events.models import Event
from events.queries.people import places_left
from frontend.forms.bodies import form_page
from frontend.forms.events_people import UploadForm
from frontend.requests import PageRequest
from frontend.views.events.organising import organised
from kernel.errors import InvalidInput
from profiles.enums import ProfileKind

# Below what a form may hold, with room for the rest of it.
MOST_PACKED = 900_000
LASTS_SECONDS = 2 * 60 * 60
MOST_SHOWN = 300
_MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@login_required
@never_cache
@form_page
def import_page(request: PageRequest, slug: str) -> HttpResponse:
    """Choose a file; see what it would do; do it."""
    event = organised(request, slug)
    if request.method != "POST":
        return _show(request, event, UploadForm())
    if "rows" in request.POST:
        return _import(request, event)
    form = UploadForm(request.POST, request.FILES)
    try:
        if form.is_valid():
            return _preview(request, event, _content(form))
    except SheetRefused as error:
        form.add_error("file", str(error))
    return _show(request, event, form, status=422)


def _content(form: UploadForm) -> bytes:
    upload = form.cleaned_data["file"]
    if upload.size > MOST_BYTES:
        raise SheetRefused(_("The file is larger than 5 MB. Keep the columns that matter, or split it in two."))
    content: bytes = upload.read(MOST_BYTES + 1)
    return content


def _preview(request: PageRequest, event: Event, content: bytes) -> HttpResponse:
    sheet = read_sheet(content)
    rows = people_of(sheet, language=get_language() or "da")
    packed = _signer(request, event).sign_object([asdict(row) for row in rows], compress=True)
    if len(packed) > MOST_PACKED:
        raise SheetRefused(_("The file holds too much text to check at once. Split it in two."))
    plan = plan_import(event, rows, viewer=request.viewer)
    # What wants a look first.
    ranks = {outcome: rank for rank, outcome in enumerate((Outcome.PROBLEM, Outcome.CANCEL, Outcome.CREATE))}
    rows_in_order = sorted(plan.rows, key=lambda each: (ranks.get(each.outcome, 9), not each.told, each.row.number))
    # Of what is plain, some tell enough; a row with a problem is never left out.
    shown = rows_in_order[: max(MOST_SHOWN, plan.counts[Outcome.PROBLEM.value])]
    context: dict[str, Any] = {
        "event": event, "plan": plan, "rows": shown, "more": len(plan.rows) - len(shown),
        "packed": packed, "counts": {outcome.value: plan.counts[outcome.value] for outcome in Outcome},
        "unread": unread_headings(sheet[0]), "kinds": dict(PeopleKind.choices),
        "organisation_kinds": dict(ProfileKind.choices),
        "left": places_left(event), "does_something": len(plan.rows) > _idle(plan.counts),
    }  # fmt: skip
    return render(request, "events/import_preview.html", context)


def _idle(counts: Any) -> int:
    return int(counts[Outcome.PROBLEM.value] + counts[Outcome.NOTHING.value])


def _import(request: PageRequest, event: Event) -> HttpResponse:
    try:
        packed = _signer(request, event).unsign_object(request.POST["rows"], max_age=LASTS_SECONDS)
    except (BadSignature, ValueError) as error:
        raise InvalidInput(_("The preview is too old or was changed. Choose the file again.")) from error
    rows = [PersonRow(**row) for row in packed]
    done = import_people(
        event, rows, viewer=request.viewer, now=timezone.now(), tells=request.POST.get("tells") == "yes"
    )
    left_out = [each for each in done.rows if each.outcome is Outcome.PROBLEM]
    stored = len(done.rows) - len(left_out)
    (messages.success if stored else messages.error)(
        request,
        _("Imported: %(create)d new, %(update)d changed, %(cancel)d signed off, %(problem)d left out.")
        % {outcome.value: done.counts[outcome.value] for outcome in Outcome},
    )
    if left_out:
        # No redirect: the reasons are stored nowhere, and sending the form again does nothing new.
        context = {"event": event, "rows": left_out, "stored": stored}
        return render(request, "events/import_done.html", context)
    return redirect("frontend:event_people", event.slug)


def _signer(request: PageRequest, event: Event) -> TimestampSigner:
    """A preview is this organiser's, of this event."""
    return TimestampSigner(salt=f"events.import.{event.public_id}.{request.viewer.user_id}")


def _show(request: PageRequest, event: Event, form: UploadForm, *, status: int = 200) -> HttpResponse:
    return render(request, "events/import.html", {"event": event, "form": form}, status=status)


@login_required
@never_cache
@require_safe
def export(request: PageRequest, slug: str, file_format: str) -> HttpResponse:
    """The list of people as a file."""
    event = organised(request, slug)
    content = export_people(event, viewer=request.viewer, file_format=file_format)
    response = HttpResponse(content, content_type=_MIME[file_format])
    response["Content-Disposition"] = (
        f'attachment; filename="{event.slug}-{timezone.localdate():%Y-%m-%d}.{file_format}"'
    )
    return response
