"""A page that holds one form and nothing else: shown, refused beside its fields, or saved and left."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from frontend.forms.plain import PlainForm
from frontend.requests import PageRequest
from kernel.errors import DomainError, EditConflict, InvalidInput, NotAllowed, NotFound

Value = TypeVar("Value")


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
    template: str = "projects/form.html"


def save_or_show(
    request: PageRequest,
    form: PlainForm,
    page: FormPage,
    save: Callable[[], str | None],
    *,
    saved: str,
    stored: Mapping[str, Any] | None = None,
    version: int | None = None,
    **context: Any,
) -> HttpResponse:
    """Save what is valid and go to the address that `save` returns, else back; else show what was typed.

    `stored` is what the form would show of the row it changes; without it the form adds something. `version` is the
    one that somebody else has saved, where it does not stand in `stored`.

    A rule of the domain that a person runs into stands above the form; what is not theirs goes on as an error page.
    """
    status = 200
    if request.method == "POST":
        tried = try_to_save(form, save, compares=True)
        if tried.is_saved:
            if saved:
                messages.success(request, saved)
            return redirect(tried.value or page.back)
        status = tried.status
        if tried.conflict:
            context |= {"conflict": tried.conflict, "is_changing": stored is not None}
            context["differences"] = form.differences(stored) if stored is not None else []
            form.take_version((stored or {})["version"] if version is None else version)
    return render(request, page.template, {"form": form, "page": page, **context}, status=status)


@dataclass(frozen=True)
class Tried(Generic[Value]):
    """What came of saving a form: what `save` returned, or the status to show it again with its errors."""

    is_saved: bool
    status: int = 200
    value: Value | None = None
    conflict: EditConflict | None = None


def try_to_save(form: PlainForm, save: Callable[[], Value], *, compares: bool = False) -> Tried[Value]:
    """Save a valid form; a rule of the domain that a person runs into stands in the form, beside its field.

    `compares`: the page shows what somebody else saved in between, so that this is no error of the form.

    Raises:
        NotAllowed, NotFound: what is not theirs goes on as an error page.
    """
    try:
        if form.is_valid():
            return Tried(is_saved=True, value=save())
    except InvalidInput as error:
        form.refuse(error)
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        if compares and isinstance(error, EditConflict):
            return Tried(is_saved=False, status=error.status, conflict=error)
        form.add_error(None, str(error))
        return Tried(is_saved=False, status=error.status)
    return Tried(is_saved=False, status=422)


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
