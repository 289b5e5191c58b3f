"""Addresses of signing in: of allauth's pages only those that people without passwords can use."""

from allauth.account import views as allauth_views
from django.urls import path

from frontend.views import account

ask_for_code = account.AskForCodeView.as_view()

urlpatterns = [
    path("login/", ask_for_code, name="account_login"),
    # allauth asks for the first step under this name too.
    path("login/", ask_for_code, name="account_request_login_code"),
    path("code/", account.EnterCodeView.as_view(), name="account_confirm_login_code"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
]
