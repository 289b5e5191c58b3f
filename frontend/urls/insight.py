"""Addresses of what the ranker learnt, its fairness and its model cards."""

from django.urls import URLPattern, path

from frontend.views import fairness, insight, ranker_changes, ranker_weights

RANKER = "insight/rankers/<int:number>/"

urlpatterns: list[URLPattern] = [
    path("insight/", insight.insight, name="insight"),
    path("insight/fairness/", fairness.fairness, name="fairness"),
    # Rankers
    path("insight/rankers/", insight.rankers, name="rankers"),
    path(RANKER, insight.ranker_card, name="ranker_card"),
    path(f"{RANKER}promote/", ranker_changes.promote_ranker, name="promote_ranker"),
    path(f"{RANKER}roll-back/", ranker_changes.roll_back_ranker, name="roll_back_ranker"),
    # The log
    path("insight/log/", insight.impressions_form, name="impressions_form"),
    path("insight/impressions.jsonl", insight.impressions_export, name="impressions_export"),
    # What is believed beforehand
    path("settings/ranker/", ranker_weights.ranker_weights, name="ranker_weights"),
    path("settings/ranker/values/<slug:rung>/", ranker_weights.edit_rung_value, name="edit_rung_value"),
    path("settings/ranker/<str:stage>/<slug:feature>/", ranker_weights.edit_weight, name="edit_weight"),
]
