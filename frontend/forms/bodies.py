"""What a page with a form accepts: reading it, and posting a body whose bytes are text."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kernel.errors import InvalidInput

View = Callable[..., HttpResponse]


def form_page(view: View) -> View:
    """Accept GET, HEAD and POST; bytes that are no UTF-8 would be read as Latin-1 and stored as nonsense.

    Raises:
        InvalidInput: the body is no UTF-8; browsers never send that.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.content_type == "application/x-www-form-urlencoded":
            try:
                request.body.decode("utf-8")
            except UnicodeDecodeError as error:
                raise InvalidInput(_("The form did not arrive as UTF-8 text. Nothing was saved.")) from error
        return view(request, *args, **kwargs)

    return require_http_methods(["GET", "HEAD", "POST"])(checked)
