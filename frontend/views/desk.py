"""The facilitator's desk: one list of what waits, and handing all open cases over before a holiday."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.desk_rows import desk_rows, kind_choices
from frontend.forms.bodies import form_page
from frontend.forms.desk import HandOverForm
from frontend.requests import PageRequest
from hubs.policies import require_broker
from kernel.errors import InvalidInput
from matching.domain.introductions.brokering import hand_over
from matching.queries.desk import Waiting, colleagues_of, desk_items, is_mine
from matching.queries.introductions import cases_of

# So many rows are a morning's work; more are shown on request.
FEW = 50


@login_required
@never_cache
@require_safe
def desk(request: PageRequest) -> HttpResponse:
    """What waits for the reader, or for anybody of the hub; all kinds, or one.

    Raises:
        NotAllowed: the reader does not broker for the hub.
    """
    today = timezone.localdate()
    everything = desk_items(request.viewer, now=timezone.now(), today=today)
    mine = [item for item in everything if is_mine(request.viewer, item)]
    is_whole = request.GET.get("whose") == "all"
    found = everything if is_whole else mine
    what = request.GET.get("what", "")
    kinds = kind_choices(found)
    chosen = what if what in {kind.code for kind in kinds} else ""
    shown = [item for item in found if not chosen or item.what == Waiting(chosen)]
    limit = len(shown) if request.GET.get("show") == "all" else FEW
    context = {
        "rows": desk_rows(request.viewer, shown[:limit], today=today),
        "more": max(len(shown) - limit, 0),
        "kinds": kinds,
        "what": chosen,
        "whose": "all" if is_whole else "",
        "mine_count": len(mine),
        "all_count": len(everything),
        "found_count": len(found),
    }
    return render(request, "desk/desk.html", context)


@login_required
@never_cache
@form_page
def hand_over_all(request: PageRequest) -> HttpResponse:
    """Give all one's running cases to a colleague.

    Raises:
        NotAllowed: the reader does not broker for the hub.
    """
    require_broker(request.viewer)
    colleagues = colleagues_of(request.viewer)
    form = HandOverForm(request.POST or None, colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        try:
            moved = hand_over(
                request.viewer, to=form.colleague, now=timezone.now(), note=form.cleaned_data["note"]
            )  # fmt: skip
        except InvalidInput as error:
            form.refuse(error)
        else:
            _tell(request, len(moved), str(form.colleague))
            return redirect("frontend:desk")
    context = {"form": form, "colleagues": colleagues, "cases": cases_of(request.viewer)}
    return render(request, "desk/hand_over.html", context, status=422 if form.errors else 200)


def _tell(request: PageRequest, count: int, name: str) -> None:
    if not count:
        messages.info(request, _("You had no open cases, so nothing was handed over."))
        return
    text = ngettext("%(name)s has taken over %(count)d case.", "%(name)s has taken over %(count)d cases.", count)
    messages.success(request, text % {"name": name, "count": count})
