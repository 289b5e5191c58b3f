"""Addresses that only the demo answers."""

from django.urls import path

from demo import views

app_name = "demo"
urlpatterns = [
    path("log-in/", views.log_in, name="log_in"),
    path("mail/", views.mail, name="mail"),
]
