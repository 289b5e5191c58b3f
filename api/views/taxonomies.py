"""The codes that other answers use, with their names."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.openapi import refusals
from api.serializers.taxonomies import TaxonomyAnswer, TaxonomyList
from api.views.base import HubView
from kernel.errors import NotFound
from profiles.enums import Taxonomy
from profiles.models import Term
from profiles.terms import code_of, label_of, terms_of


class TaxonomiesView(HubView):
    """All taxonomies."""

    @extend_schema(
        operation_id="list_taxonomies",
        summary=_("List taxonomies"),
        description=_("Every list of codes, without its values."),
        responses={200: TaxonomyList},
    )
    def get(self, request: Request) -> Response:
        """The list, in the order of the domain."""
        return Response(self.render(TaxonomyList, {"results": [_brief(each) for each in Taxonomy]}))


class TaxonomyView(HubView):
    """One taxonomy."""

    @extend_schema(
        operation_id="get_taxonomy",
        summary=_("Read a taxonomy"),
        description=_("The values that may be chosen today, in their order, named in Danish and English."),
        parameters=[OpenApiParameter("code", str, OpenApiParameter.PATH, enum=Taxonomy.values)],
        responses={200: TaxonomyAnswer, **refusals(404)},
    )
    def get(self, request: Request, code: str) -> Response:
        """The taxonomy with its terms."""
        if code not in Taxonomy.values:
            raise NotFound(gettext("There is no such taxonomy. See the list of taxonomies."))
        taxonomy = Taxonomy(code)
        terms = [_term(term) for term in terms_of(taxonomy)]
        return Response(self.render(TaxonomyAnswer, {**_brief(taxonomy), "terms": terms}))


def _brief(taxonomy: Taxonomy) -> dict[str, Any]:
    labels = {}
    for language in ("da", "en"):
        with translation.override(language):
            labels[language] = str(taxonomy.label)
    count = len(terms_of(taxonomy))
    return {"code": taxonomy.value, "label": str(taxonomy.label), "labels": labels, "count": count}


def _term(term: Term) -> dict[str, Any]:
    return {
        "code": term.code,
        "label": label_of(term.key),
        "labels": {"da": term.label_da, "en": term.label_en},
        "parent": code_of(term.parent_id) or None,
    }
