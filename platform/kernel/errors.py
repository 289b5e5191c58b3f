"""The tree of expected failures, so that one handler in each interface can show them all."""

from typing import Any, ClassVar


class DomainError(Exception):
    """An expected failure with a stable `code` and a message that says what to do.

    `details` holds values for the interfaces (field names, limits); never personal data.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(DomainError):
    """What was written breaks a rule; `details["field"]` names where."""

    code = "invalid_input"


class NotAllowed(DomainError):
    """The person is known but may not do this."""

    code = "not_allowed"
    status = 403


class NotFound(DomainError):
    """It does not exist, or this person may not know that it does."""

    code = "not_found"
    status = 404


class EditConflict(DomainError):
    """Somebody saved in between; nothing was overwritten."""

    code = "edit_conflict"
    status = 409


class NotReady(DomainError):
    """A part that the answer needs (encoder, index) is not built yet."""

    code = "not_ready"
    status = 503
