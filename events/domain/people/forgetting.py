"""What people told an event for the day alone is forgotten some time after it."""

from datetime import datetime, timedelta

from django.db.models import Q

from events.models import Participant

# Long enough for what is still to be settled after the day; what was said of health needs no longer.
NEEDS_KEPT = timedelta(days=30)


def forget_needs(now: datetime) -> int:
    """Blank what people needed to take part and their telephone; how many rows. The worker calls it once a day."""
    told = Participant.objects.filter(event__ends_at__lte=now - NEEDS_KEPT).filter(~Q(access_needs="") | ~Q(phone=""))
    return told.update(access_needs="", phone="", updated_at=now)
