"""What can become of a mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailState(models.TextChoices):
    """A mail is sent at most once; whatever else happens is told by its state."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    REFUSED = "refused", _("Refused: the receiver has objected")
    DROPPED = "dropped", _("Dropped: its cause is gone or too old")
    FAILED = "failed", _("Given up after several tries")
