"""Trains a hub's ranker into shadow now, judges it on the logged lists, and lets it take over if told to."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hubs.models import Hub
from matching.domain.learning.promoting import judge_shadow, promote_by_evidence
from matching.domain.learning.training import train_hub
from matching.models import RankerVersion


class Command(BaseCommand):
    """Safe at any time: nothing orders the lists differently unless the evidence says so and `--promote` was given."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which hub, and whether the evidence may decide."""
        parser.add_argument("--hub", required=True, help="Slug of the hub.")
        parser.add_argument(
            "--promote", action="store_true", help="Put it in force if the evidence says that it is better."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Train, judge, report."""
        hub = Hub.objects.filter(slug=options["hub"]).first()
        if hub is None:
            raise CommandError(f"There is no hub “{options['hub']}”.")
        now = timezone.now()
        shadow = train_hub(hub.pk, now=now)
        if shadow is None:
            raise CommandError("Somebody else is training this hub now. Try again in an hour at the latest.")
        self.stdout.write(f"ranker {shadow.number} is in shadow; it rests on {_rests_on(shadow)}")
        promoted = promote_by_evidence(hub.pk, now=now) if options["promote"] else None
        if not options["promote"]:
            judge_shadow(hub.pk, now=now)
        shadow.refresh_from_db()
        self.stdout.write(_verdict(shadow))
        if promoted is not None:
            self.stdout.write(f"ranker {promoted.number} orders the lists from now on")


def _rests_on(shadow: RankerVersion) -> str:
    data = shadow.card["data"]
    words = {"showings": "showings", "requests": "requests", "contacts": "contacts", "outcomes": "outcomes"}
    return ", ".join(f"{data.get(name, 0)} {word}" for name, word in words.items())


def _verdict(shadow: RankerVersion) -> str:
    found = shadow.card["off_policy"]
    if not found or "difference" not in found:
        return f"not judged: {found['reason'] if found else 'no_champion'}"
    gain = found["difference"]
    return (
        f"judged on {found['lists']} lists: {gain['value']:+.4g} a place "
        f"[{gain['low']:+.4g}; {gain['high']:+.4g}], {found['reason']}"
    )
