"""The fairness page: whom the lists show, and everything that decides it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.fairness_page import change_rows, dimension_views, features_by_group
from frontend.requests import PageRequest
from hubs.policies import require_reading_hub
from matching.domain.learning.fairness import fairness_of


@login_required
@never_cache
@require_safe
def fairness(request: PageRequest) -> HttpResponse:
    """Exposure, requests and acceptance by group, what the last ranker changed, who was never shown, the features.

    Raises:
        NotAllowed: the reader does not work for the hub.
    """
    require_reading_hub(request.viewer)
    report = fairness_of(request.hub.pk, now=timezone.now())
    context = {
        "report": report,
        "dimensions": dimension_views(report),
        "changes": change_rows(report.effect),
        "features": features_by_group(),
    }
    return render(request, "insight/fairness.html", context)
