"""What the organiser's pages share: the event that the viewer may change, forms under its version, buttons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from events.models import Event
from events.queries.days import find_event
from frontend.form_pages import try_to_save
from frontend.forms.plain import PlainForm
from frontend.requests import PageRequest
from hubs.policies import require_organiser
from kernel.errors import DomainError, EditConflict, NotAllowed, NotFound


@dataclass(frozen=True)
class OrganiserPage:
    """What stands around an organiser's form; `part` is the entry of the event's own menu."""

    title: str
    lead: str
    submit: str
    part: str = ""
    back: str = ""
    back_label: str = ""
    template: str = "events/setup_form.html"
    is_grave: bool = False
    keeps_draft: bool = True


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
    """Save what is valid and go on; else show what was typed with what stands against it.

    `stored` is what the form would show of the row it changes; without it the form adds something. `save` returns
    where to go, else it is the page's way back.
    """
    status = 200
    if request.method == "POST":
        tried = try_to_save(form, save, compares=True)
        if tried.is_saved:
            if saved:
                messages.success(request, saved)
            return redirect(tried.value or page.back)
        status = tried.status
        if tried.conflict:
            context |= {"conflict": tried.conflict, "is_changing": stored is not None}
            context["differences"] = form.differences(stored) if stored is not None else []
            form.take_version(event.version if event else 0)
    return render(request, page.template, {"event": event, "form": form, "page": page, **context}, status=status)


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
