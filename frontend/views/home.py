"""The first page: one big search, and what the platform does for whom."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.examples import example_searches, sample_card
from frontend.figures import hub_figures
from frontend.requests import PageRequest


@require_safe
def home(request: PageRequest) -> HttpResponse:
    """Search box, searches to try, live figures, and how a match reads."""
    context = {
        "figures": hub_figures(request.viewer, today=timezone.localdate()),
        "examples": example_searches(),
        "sample": sample_card(),
    }
    return render(request, "pages/home.html", context)
