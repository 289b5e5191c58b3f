"""The page behind “no more mails like this”: a click shows one button, the button stops the mails, and takes it back.

Mail programs press the button themselves (RFC 8058): they send a POST without cookies and follow no redirect.
"""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from frontend.requests import PageRequest
from kernel.errors import NotFound
from mailgate.domain.objecting import allow_mail_again, has_objected, object_to_mail
from mailgate.links import LinkInvalid, read
from mailgate.models import OutgoingMail
from mailgate.queries import find_mail

# Old mails must still be able to end the mails.
MAX_AGE = timedelta(days=3_650)


# The token in the address is the proof; a mail program has neither session nor form, so no CSRF mark either.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: PageRequest, token: str) -> HttpResponse:
    """GET shows where things stand; POST stops, or with `action=allow` takes it back."""
    mail = _mail_of(request, token)
    if request.method == "POST":
        change = allow_mail_again if request.POST.get("action") == "allow" else object_to_mail
        change(mail.hub_id, address=mail.address)
    context = {"stopped": has_objected(mail.hub_id, mail.address), "changed": request.method == "POST"}
    return render(request, "pages/mail_stop.html", context)


def _mail_of(request: PageRequest, token: str) -> OutgoingMail:
    """The mail that the link came with.

    Raises:
        LinkInvalid: forged; LinkExpired: too old; NotFound: the mail was erased.
    """
    try:
        public_id = UUID(read(token, action="stop", max_age=MAX_AGE).get("mail", ""))
    except ValueError as error:
        raise LinkInvalid(_("This link does not work. Open the mail again and use the whole link.")) from error
    mail = find_mail(request.hub.pk, public_id)
    if mail is None:
        raise NotFound(
            _("That mail is erased here, and your address with it. Nothing more is sent to it for its sake.")
        )
    return mail
