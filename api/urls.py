"""Addresses of the API."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from api.views.addresses import AddressesView
from api.views.base import NothingHere
from api.views.people import PersonView
from api.views.profiles import ProfilesView, ProfileView
from api.views.recommendations import RecommendationsView, WhyNotView
from api.views.reference import SchemaView, read_reference
from api.views.saved_searches import SavedSearchesView, SavedSearchView
from api.views.searching import SearchView
from api.views.statements import StatementsView, StatementView
from api.views.taxonomies import TaxonomiesView, TaxonomyView

app_name = "api"

_version_1: list[URLPattern | URLResolver] = [
    path("", AddressesView.as_view(), name="addresses"),
    path("profiles/", ProfilesView.as_view(), name="profiles"),
    path("profiles/<uuid:public_id>/", ProfileView.as_view(), name="profile"),
    path("profiles/<uuid:public_id>/why-not/", WhyNotView.as_view(), name="why_not"),
    path("statements/", StatementsView.as_view(), name="statements"),
    path("statements/<uuid:public_id>/", StatementView.as_view(), name="statement"),
    path("search/", SearchView.as_view(), name="search"),
    path("saved-searches/", SavedSearchesView.as_view(), name="saved_searches"),
    path("saved-searches/<uuid:public_id>/", SavedSearchView.as_view(), name="saved_search"),
    path("recommendations/", RecommendationsView.as_view(), name="recommendations"),
    path("taxonomies/", TaxonomiesView.as_view(), name="taxonomies"),
    path("taxonomies/<str:code>/", TaxonomyView.as_view(), name="taxonomy"),
    path("me/", PersonView.as_view(), name="me"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", read_reference, name="docs"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(_version_1)),
    re_path(r"^", NothingHere.as_view(), name="nothing"),
]
