"""Keeping a search for another day, and letting it go; only for people who have signed in."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.facets import require_known
from frontend.questions import kept_question, read_question
from frontend.requests import PageRequest
from kernel.errors import NotFound
from matching.domain.saved_searches import remove_search, save_search
from matching.queries.saved_searches import saved_searches


@require_POST
def save(request: PageRequest) -> HttpResponse:
    """Keep the words and filters of the form, and go back to their results; without an account, sign in first.

    Raises:
        InvalidInput: the words are none or too long, a filter is unknown, or too many searches are kept.
    """
    question = read_question(request.POST)
    address = reverse("frontend:search") + question.address
    if not request.user.is_authenticated:
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': address})}")
    require_known(question.filters)
    save_search(request.user, hub_id=request.hub.pk, query=question.text, filters=question.filters)
    messages.success(request, _("The search is saved. You find it below the search field."))
    return redirect(address)


@require_POST
def remove(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Let a saved search go; the message leads back to it, so that a slip is mended by saving it again.

    Raises:
        NotFound: nobody signed in, or it is not this person's in this hub.
    """
    if not request.user.is_authenticated:
        raise NotFound(_("We cannot find that saved search. It may have been removed already."))
    address = _address_of(request, public_id)
    remove_search(request.user, hub_id=request.hub.pk, public_id=public_id)
    again = format_html('<a href="{}">{}</a>', address, _("Open it once more"))
    messages.success(request, format_html("{} {}", _("The search is no longer saved."), again))
    return redirect("frontend:search")


def _address_of(request: PageRequest, public_id: UUID) -> str:
    """Where the search is asked again, read before it goes."""
    user_id = request.viewer.user_id or 0
    kept = (each for each in saved_searches(user_id, request.hub.pk) if each.public_id == public_id)
    saved = next(kept, None)
    return reverse("frontend:search") + (kept_question(saved).address if saved else "")
