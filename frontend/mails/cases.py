"""What a mail about an introduction stands on: the row as it is now, and who reads."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format

from frontend.introduction_bridge import other_side
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses
from matching.enums import Side
from matching.models import Introduction
from profiles.models import Profile


@dataclass(frozen=True)
class Case:
    """One introduction, read from one side."""

    introduction: Introduction
    side: Side
    mail: OutgoingMail
    addresses: Addresses

    @property
    def reader(self) -> Profile:
        """The profile that gets the mail."""
        return self.introduction.party(self.side)

    @property
    def other(self) -> Profile:
        """The profile across the bridge."""
        return self.introduction.party(other_side(self.side))

    @property
    def consented(self) -> bool:
        """Whether the reader's side has said yes."""
        row = self.introduction
        said = row.seeker_consented_at if self.side == Side.SEEKER else row.receiver_consented_at
        return said is not None


def case_of(mail: OutgoingMail, addresses: Addresses) -> Case | None:
    """The case behind a mail to one of the two sides; none when it was erased."""
    introduction, side = introduction_of(mail), mail.context.get("side", "")
    if introduction is None or side not in Side.values:
        return None
    return Case(introduction, Side(side), mail, addresses)


def introduction_of(mail: OutgoingMail) -> Introduction | None:
    """The introduction that a mail names; none when it was erased, or is only a demonstration's."""
    rows = Introduction.objects.select_related("hub", "seeker__organisation", "receiver__organisation")
    rows = rows.prefetch_related("quotes__statement", "timeline__actor")
    return rows.filter(hub_id=mail.hub_id, public_id=public_id(mail, "introduction"), is_simulated=False).first()


def public_id(mail: OutgoingMail, name: str) -> UUID:
    """What the mail's context names; the id of zeros, which no row has, when it names nothing."""
    try:
        return UUID(str(mail.context.get(name, "")))
    except ValueError:
        return UUID(int=0)


def day(moment: datetime) -> str:
    """The day of a moment, as the reader's language writes it."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def last_day(expires_at: datetime) -> str:
    """The last whole day before a deadline, which falls on a midnight."""
    return day(expires_at - timedelta(minutes=1))
