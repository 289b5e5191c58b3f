"""Sending what is due, each mail at most once.

A row is claimed in one statement before anything leaves, so two workers never send the same mail. A worker that
dies in the middle leaves a claimed row: it may have been sent, so it is told as failed ("unknown") and never sent
again, since a request that arrives twice costs more trust than one that somebody repeats by hand.
"""

import logging
import smtplib
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from mailgate.domain.composing import compose
from mailgate.domain.objecting import has_objected
from mailgate.enums import MailState
from mailgate.models import OutgoingMail
from mailgate.queries import due_mails, stuck_mails
from mailgate.renderers import Addresses, renderer_of

logger = logging.getLogger(__name__)

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
MOST_ATTEMPTS = len(PAUSES) + 1
STUCK_AFTER = timedelta(minutes=15)


class Trouble(StrEnum):
    """Why a mail did not leave; kept in the row's `error`, before what the server answered."""

    UNKNOWN = "unknown"
    NO_RENDERER = "no_renderer"
    RENDERER = "renderer"
    REFUSED = "refused"
    NOT_NOW = "not_now"


class ServerAway(Exception):
    """The mail server cannot be reached: no mail's own fault, so no attempt is counted."""


def send_due_mails(*, now: datetime, limit: int = 50) -> int:
    """Settle up to `limit` due mails: sent, dropped, refused or put off; the number of those sent.

    A server that cannot be reached ends the batch; everything waits as it was.
    """
    _tell_stuck(now)
    sent = 0
    for mail_id in due_mails(now, limit=limit):
        mail = _claim(mail_id, now)
        if mail is None:
            continue
        try:
            sent += _settle(mail, now)
        except ServerAway as error:
            _give_back(mail)
            logger.warning("The mail server cannot be reached (%s); mails wait.", error)
            break
    return sent


def _claim(mail_id: int, now: datetime) -> OutgoingMail | None:
    """The mail, now ours alone; none when another worker was quicker."""
    with transaction.atomic():
        waiting = OutgoingMail.objects.filter(pk=mail_id, state=MailState.WAITING)
        if not waiting.update(state=MailState.SENDING, claimed_at=now, attempts=F("attempts") + 1):
            return None
        return OutgoingMail.objects.select_related("hub").get(pk=mail_id)


def _settle(mail: OutgoingMail, now: datetime) -> int:
    """1 if the mail was sent, else 0.

    Raises:
        ServerAway: before anything was handed over.
    """
    if mail.not_after is not None and mail.not_after < now:
        return _mark(mail, MailState.DROPPED, "too_late")
    if has_objected(mail.hub_id, mail.address):
        return _mark(mail, MailState.REFUSED)
    renderer = renderer_of(mail.kind)
    if renderer is None:
        return _put_off(mail, now, Trouble.NO_RENDERER)
    try:
        with translation.override(mail.language):
            addresses = Addresses(mail)
            rendered = renderer(mail, addresses)
            message = compose(mail, rendered, addresses) if rendered else None
    except Exception as error:  # one broken template must not hold up the mails behind it
        return _put_off(mail, now, Trouble.RENDERER, type(error).__name__)
    if message is None:
        return _mark(mail, MailState.DROPPED, "settled")
    return _hand_over(mail, message, now)


def _hand_over(mail: OutgoingMail, message: EmailMultiAlternatives, now: datetime) -> int:
    """Give the message to the server; a connection of its own, since an idle one may be dead."""
    connection = _connected()
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        return _answered(mail, now, min(codes))
    except smtplib.SMTPResponseException as error:
        return _answered(mail, now, error.smtp_code)
    except (smtplib.SMTPException, OSError) as error:
        # The line broke: the server may have taken the mail before that.
        return _fail(mail, Trouble.UNKNOWN, type(error).__name__)
    else:
        _mark(mail, MailState.SENT, sent_at=now)
        return 1
    finally:
        _close(connection)


def _connected() -> BaseEmailBackend:
    connection: BaseEmailBackend = get_connection()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        raise ServerAway(type(error).__name__) from error
    return connection


def _close(connection: BaseEmailBackend) -> None:
    """What became of the mail is known by now; a server that hangs up rudely changes nothing."""
    try:
        connection.close()
    except (smtplib.SMTPException, OSError):
        logger.info("The mail server hung up before the goodbye.")


def _answered(mail: OutgoingMail, now: datetime, code: int) -> int:
    """The server said no: for good from 500 on, else for now."""
    if code >= 500:
        return _fail(mail, Trouble.REFUSED, str(code))
    return _put_off(mail, now, Trouble.NOT_NOW, str(code))


def _put_off(mail: OutgoingMail, now: datetime, trouble: Trouble, detail: str = "") -> int:
    """Try again after a pause that grows, six times in all."""
    if mail.attempts >= MOST_ATTEMPTS:
        return _fail(mail, trouble, detail)
    _log(mail, trouble, detail)
    not_before = now + PAUSES[mail.attempts - 1]
    return _mark(mail, MailState.WAITING, f"{trouble} {detail}".strip(), not_before=not_before, claimed_at=None)


def _give_back(mail: OutgoingMail) -> None:
    _mark(mail, MailState.WAITING, mail.error, claimed_at=None, attempts=F("attempts") - 1)


def _fail(mail: OutgoingMail, trouble: Trouble, detail: str = "") -> int:
    _log(mail, trouble, detail)
    return _mark(mail, MailState.FAILED, f"{trouble} {detail}".strip())


def _mark(mail: OutgoingMail, state: MailState, error: str = "", **changes: object) -> int:
    """Write down what became of the mail; 0, as none was sent."""
    OutgoingMail.objects.filter(pk=mail.pk).update(state=state, error=error, updated_at=timezone.now(), **changes)
    return 0


def _tell_stuck(now: datetime) -> None:
    """Claimed rows whose worker is long gone; the worker that still lives corrects it when it is done."""
    stuck = stuck_mails(now, after=STUCK_AFTER)
    told = stuck.update(state=MailState.FAILED, error=Trouble.UNKNOWN.value, updated_at=timezone.now())
    if told:
        logger.error("%d mails were being sent when a worker ended; whether they left is not known.", told)


def _log(mail: OutgoingMail, trouble: Trouble, detail: str) -> None:
    """By code and public id only: no address, no words."""
    logger.error("Hub %s: mail %s (%s) not sent: %s %s", mail.hub_id, mail.public_id, mail.kind, trouble, detail)
