"""What the organiser's pages share: the event that the viewer may change, forms under its version, buttons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from events.models import Event
from events.queries.days import find_event
from frontend import form_pages
from frontend.form_pages import FormPage
from frontend.forms.plain import PlainForm
from frontend.requests import PageRequest
from hubs.policies import require_organiser
from kernel.errors import DomainError, EditConflict, NotAllowed, NotFound


@dataclass(frozen=True)
class OrganiserPage(FormPage):
    """What stands around an organiser's form; `part` is the entry of the event's own menu."""

    back: str = ""
    back_label: str = ""
    template: str = "events/setup_form.html"
    part: str = ""


def organised(request: PageRequest, slug: str) -> Event:
    """The event, if the viewer may organise it; another hub's looks like none.

    Raises:
        NotFound, NotAllowed
    """
    event = find_event(request.viewer.hub_id, slug)
    require_organiser(request.viewer)
    return event


def part_address(event: Event, name: str = "organise_event") -> str:
    """A page of the event's organisers."""
    return reverse(f"frontend:{name}", args=[event.slug])


def save_or_show(
    request: PageRequest,
    event: Event | None,
    form: PlainForm,
    page: OrganiserPage,
    save: Callable[[], str | None],
    *,
    saved: str = "",
    stored: Mapping[str, Any] | None = None,
    **context: Any,
) -> HttpResponse:
    """What `frontend.form_pages.save_or_show` does, under the event's version."""
    version = event.version if event else 0
    return form_pages.save_or_show(
        request, form, page, save, saved=saved, stored=stored, version=version, event=event, **context
    )


def press(request: PageRequest, do: Callable[[int], str], *, back: str) -> HttpResponse:
    """Do what a button asks, under the version that it stood beside; say on the page what came of it."""
    written = str(request.POST.get("version", ""))
    version = int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else 0
    try:
        told = do(version)
    except (NotAllowed, NotFound):
        raise
    except EditConflict:
        messages.error(
            request, _("Another organiser changed the event meanwhile. The page shows it as it is now: look once more.")
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if told:
            messages.success(request, told)
    return redirect(back)
