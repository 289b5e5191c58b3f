"""What can stand in the way of a request or an answer, each with a code and words that say how to go on."""

from kernel.errors import DomainError


class WrongState(DomainError):
    """The request has moved on, so this cannot be done with it any more (or not yet)."""

    code = "wrong_state"
    status = 409


class CapReached(DomainError):
    """The asked party takes no more this month, over all channels; `month` is that month, `free_from` the next one."""

    code = "cap_reached"
    status = 409


class TooManyOpen(DomainError):
    """The asking organisation has as many open requests as the hub lets it have; `limit` says how many."""

    code = "too_many_open"
    status = 409


class AlreadyAsked(DomainError):
    """An open request between the two is there; `introduction` is its public id."""

    code = "already_asked"
    status = 409


class AlreadyAnswered(DomainError):
    """The last word has fallen; nothing was changed."""

    code = "already_answered"
    status = 409


class AnswerTooLate(DomainError):
    """The days to answer have run out."""

    code = "answer_too_late"
    status = 409


class Paused(DomainError):
    """One of the two takes a break and is not to be disturbed."""

    code = "paused"
    status = 409


class NoveltyNotSecured(DomainError):
    """What is kept secret would be told before its novelty is secured."""

    code = "novelty_not_secured"


class TooEarlyToAsk(DomainError):
    """They said not now, and named a day that has not come; `ask_again_on` is the day."""

    code = "too_early_to_ask"
    status = 409
