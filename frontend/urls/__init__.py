"""Addresses of the pages, one room for each part of the site."""

from frontend.urls import contacts, desk, follow_ups, insight, pages, projects

app_name = "frontend"

urlpatterns = [
    *pages.urlpatterns,
    *contacts.urlpatterns,
    *projects.urlpatterns,
    *follow_ups.urlpatterns,
    *desk.urlpatterns,
    *insight.urlpatterns,
]
