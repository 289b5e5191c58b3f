"""Signing in: type an address, get a code by mail, type it; new people come in by the same path.

allauth mails a code only to people it knows. Here everybody gets one, and the person is made when the
code was right: from outside the two cases look alike, and no address is stored that nobody proved to own.
"""

from typing import Any, Self

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import clear_login
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress, Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.utils import get_login_redirect_url
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from frontend.forms.account import CodeForm, EmailForm
from hubs.domain.people import find_or_create_person
from hubs.models import User


class MailedCode(LoginCodeVerificationProcess):
    """The pending sign-in of one browser session; knows the address, and the person only if there is one."""

    @classmethod
    def begin(cls, request: HttpRequest, *, user: AbstractBaseUser | None, email: str) -> None:
        """Mail a code and remember what it was in the session."""
        login = Login(user=user, email=email)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(user=user, email=email), initiated_by_user=True)
        process = cls(stage=stage)
        process.send()
        process.persist()

    @classmethod
    def pending(cls, request: HttpRequest) -> Self | None:
        """What this session waits for; none when nothing was asked, it was used, or it is too old."""
        stage = LoginStageController.enter(request, LoginByCodeStage.key)
        return cls(stage=stage).abort_if_invalid() if stage else None

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:
        """Mail a fresh code, to people we know and people we do not."""
        context = {"code": self.generate_code(), "valid_minutes": self.timeout // 60}
        get_adapter().send_mail("account/email/login_code", email, context)

    def finish(self, redirect_url: str | None) -> HttpResponse:
        """Sign in; the right code proves the address, so a new person may be made now."""
        self._user = _person_of(self.state["email"])
        return super().finish(redirect_url)


@transaction.atomic
def _person_of(email: str) -> User:
    """The person with that proven address, made now if need be."""
    known = filter_users_by_email(email, prefer_verified=True, for_login=True)
    user = known[0] if known else find_or_create_person(email, language=get_language() or "da")
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True})
    return user


@method_decorator([never_cache, sensitive_post_parameters("email")], name="dispatch")
class AskForCodeView(RequestLoginCodeView):
    """Step one of one page: the address."""

    form_class = EmailForm
    template_name = "account/sign_in.html"

    def form_valid(self, form: EmailForm) -> HttpResponse:
        """Mail the code, whoever it is."""
        MailedCode.begin(self.request, user=form._user, email=form.cleaned_data["email"])
        return redirect(self.get_success_url())


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class EnterCodeView(ConfirmLoginCodeView):
    """Step two: the code, a new one, or another address."""

    form_class = CodeForm
    template_name = "account/enter_code.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go on only while a code is waited for; allauth's own check would take its process, not ours."""
        if request.user.is_authenticated:
            return redirect(get_login_redirect_url(request))
        self._process = MailedCode.pending(request)
        if self._process is None:
            messages.info(request, _("The code is used or too old. Write your address, and we send a new one."))
            return redirect("account_login")
        return super(ConfirmLoginCodeView, self).dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Forget the pending code if the person wants to use another address."""
        if request.POST.get("action") == "restart":
            clear_login(request)
            return redirect(self.passthrough_next_url(reverse("account_login")))
        return super().post(request, *args, **kwargs)

    def _resend_form_valid(self, form: Form) -> HttpResponse:
        """Say that it was sent: the page looks the same as before."""
        response = super()._resend_form_valid(form)
        messages.success(self.request, _("We have mailed you a new code. The old one no longer works."))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """How long the code lasts."""
        minutes = app_settings.LOGIN_BY_CODE_TIMEOUT // 60
        return {**super().get_context_data(**kwargs), "valid_minutes": minutes}
