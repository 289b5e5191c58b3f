"""The error tree is what both interfaces rely on: stable codes, a status each, a message that people read."""

import pytest
from django.utils.translation import gettext_lazy

from kernel.errors import DomainError, EditConflict, InvalidInput, NotAllowed, NotFound, NotReady


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (DomainError, "error", 400),
        (InvalidInput, "invalid_input", 400),
        (NotAllowed, "not_allowed", 403),
        (NotFound, "not_found", 404),
        (EditConflict, "edit_conflict", 409),
        (NotReady, "not_ready", 503),
    ],
)
def test_error_keeps_its_code_and_status(error: type[DomainError], code: str, status: int) -> None:
    assert (error.code, error.status) == (code, status)


def test_every_error_of_the_kernel_has_a_code_of_its_own() -> None:
    codes = [error.code for error in [DomainError, *DomainError.__subclasses__()]]

    assert len(set(codes)) == len(codes)


def test_error_carries_message_and_details_apart() -> None:
    error = InvalidInput("Write less.", field="text", limit=5)

    assert (str(error), error.message, error.details) == (
        "Write less.",
        "Write less.",
        {"field": "text", "limit": 5},
    )


def test_error_with_a_lazy_message_is_text_when_it_is_shown() -> None:
    assert str(NotFound(gettext_lazy("gone"))) == "gone"
