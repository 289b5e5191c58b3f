"""Prints whom to talk to and why, for a profile or for a need in plain words."""

import textwrap
from argparse import ArgumentTypeError
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events.queries import among_whom
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from hubs.queries import find_hub
from kernel.errors import DomainError, NotFound
from matching.domain.recommending import MAX_LIMIT, recommend_for_profile, recommend_for_text
from matching.enums import Direction, Purpose
from matching.results import Match, Recommendations, Side
from profiles.enums import ProfileKind
from profiles.queries import find_profile
from profiles.terms import label_of

_WIDTH = 96


class Command(BaseCommand):
    """Recommend partners from the command line, as the hub's facilitator would see them."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """The question and how to answer it."""
        parser.add_argument("question", help="A profile's address name (slug), or a need in plain words.")
        parser.add_argument("--purpose", choices=Purpose.values, default=Purpose.OPI_LIGHT.value)
        parser.add_argument(
            "--kind", choices=ProfileKind.values, default=ProfileKind.FIRM.value, help="Kind of who asks."
        )
        parser.add_argument("--event", default="", help="Slug of an event: keep to those who take part.")
        parser.add_argument("--hub", default="", help="Slug of the hub; the default hub without it.")
        parser.add_argument("--language", choices=("da", "en"), default="da")
        parser.add_argument("--limit", type=_limit, default=5)

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer, or say in one line why not."""
        with translation.override(options["language"]):
            try:
                for line in self._answer(**options):
                    self.stdout.write(line)
            except DomainError as error:
                raise CommandError(str(error)) from error

    def _answer(self, *, question: str, purpose: str, kind: str, limit: int, **options: Any) -> Iterator[str]:
        hub = _hub(options["hub"])
        viewer = Viewer(hub_id=hub.pk, role=Role.FACILITATOR)
        today = timezone.localdate()
        among = among_whom(viewer, purpose=purpose, slug=options["event"])
        try:
            profile = find_profile(viewer, question, today=today)
        except NotFound:
            heading = _("You seek")
            yield f"{heading}: {question}"
            found = recommend_for_text(
                viewer, question, purpose=purpose, seeker_kind=kind, today=today, among=among, limit=limit
            )
        else:
            yield f"{profile.name} ({profile.get_kind_display()})"
            found = recommend_for_profile(viewer, profile, purpose=purpose, today=today, among=among, limit=limit)
        yield from _describe(found)


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_LIMIT:
        raise ArgumentTypeError(f"a whole number from 1 to {MAX_LIMIT}")
    return int(text)


def _hub(slug: str) -> Hub:
    hub = Hub.objects.filter(slug=slug).first() if slug else find_hub("")
    if hub is None:
        raise CommandError(
            "There is no such hub. Load the demo with “manage.py load_demo”, or name another with --hub."
        )
    return hub


def _describe(found: Recommendations) -> Iterator[str]:
    yield f"{found.purpose.label}:"
    if not found.matches:
        yield "  " + _("Nobody fits this purpose yet.")
    for match in found.matches:
        yield ""
        yield from _describe_match(match)


def _describe_match(match: Match) -> Iterator[str]:
    place = label_of(match.profile.municipality_id or match.profile.region_id)
    title = [match.profile.name, str(match.profile.organisation), match.profile.get_kind_display(), place]
    yield f"  {match.rank}. " + " · ".join(part for part in dict.fromkeys(title) if part)
    ours, theirs = _headings(match.direction)
    if match.ours is not None and match.ours.statement is not None:
        yield from _quoted(ours, match.ours)
    yield from _quoted(theirs, match.theirs)
    words = [f"{reason.label}: {reason.detail}" for reason in match.reasons]
    yield "     " + _("Because") + "  " + "; ".join(words)
    if match.reservation:
        yield f"     {match.reservation.label}  {match.reservation.detail}"


def _headings(direction: Direction) -> tuple[str, str]:
    if direction is Direction.OFFER_NEED:
        return _("You offer"), _("They seek")
    return _("You seek"), _("They offer")


def _quoted(heading: str, side: Side) -> Iterator[str]:
    lines = textwrap.wrap(" ".join(side.text.split()), _WIDTH - 18)
    for number, line in enumerate(lines):
        yield f"     {heading if number == 0 else '':<12} {line}"
