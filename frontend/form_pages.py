"""A page that holds one form and nothing else: shown, refused beside its fields, or saved and left."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from frontend.forms.plain import PlainForm
from frontend.requests import PageRequest
from kernel.errors import DomainError, EditConflict, InvalidInput, NotAllowed, NotFound


@dataclass(frozen=True)
class FormPage:
    """What stands around the form; `back` is the address where one came from and goes to."""

    title: str
    lead: str
    submit: str
    back: str
    back_label: str
    is_grave: bool = False
    # What is typed is kept over a reload; not where a page is one small choice.
    keeps_draft: bool = True


def save_or_show(
    request: PageRequest,
    form: PlainForm,
    page: FormPage,
    save: Callable[[], str | None],
    *,
    saved: str,
    stored: Mapping[str, Any] | None = None,
    **context: Any,
) -> HttpResponse:
    """Save what is valid and go to the address that `save` returns, else back; else show what was typed.

    A rule of the domain that a person runs into stands above the form; what is not theirs goes on as an error page.
    """
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                address = save()
                if saved:
                    messages.success(request, saved)
                return redirect(address or page.back)
            status = 422
        except InvalidInput as error:
            form.refuse(error)
            status = 422
        except EditConflict as conflict:
            status = 409
            context |= {"conflict": conflict, "differences": form.differences(stored or {})}
            form.take_version((stored or {})["version"])
        except (NotAllowed, NotFound):
            raise
        except DomainError as error:
            form.add_error(None, str(error))
            status = error.status
    return render(request, "projects/form.html", {"form": form, "page": page, **context}, status=status)


def do_or_tell(request: PageRequest, do: Callable[[], str], *, back: str) -> HttpResponse:
    """Do what a button asks and say so on the page it stands on; where it cannot be done, say why there."""
    try:
        told = do()
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if told:
            messages.success(request, told)
    return redirect(back)
