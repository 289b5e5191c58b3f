"""Every address: pages (Danish at the root, English under /en/), the API, and health checks."""

from django.apps import apps
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from videnbro.observability import alive, ready

# The demo is not installed in real use; its views refuse unless VIDENBRO_DEMO is set.
_demo = [path("demo/", include("demo.urls"))] if apps.is_installed("demo") else []

urlpatterns = [
    path("health/live", alive, name="alive"),
    path("health/ready", ready, name="ready"),
    path("api/", include("api.urls")),
    *i18n_patterns(
        path("account/", include("frontend.account_urls")),
        *_demo,
        path("", include("frontend.urls")),
        prefix_default_language=False,
    ),
]

handler404 = "frontend.errors.page_not_found"
handler500 = "frontend.errors.server_error"
