"""Prints whom to talk to and why, for a profile or for a need in plain words; and why not somebody who was expected."""

import textwrap
from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events.queries.days import among_whom
from frontend.bridge import badge_of, our_label, their_label
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from hubs.queries import find_hub
from kernel.errors import DomainError, NotFound
from matching.domain.recommending import MAX_LIMIT, recommend_for_profile, recommend_for_text
from matching.domain.why_not import why_not
from matching.enums import Purpose
from matching.results import Match, Reason, Recommendations, Side, WhyNot
from profiles.enums import ProfileKind
from profiles.models import Profile
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
        parser.add_argument(
            "--why-not", metavar="SLUG", default="", help="Say why this profile is not in the list, or where it stands."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer, or say in one line why not."""
        with translation.override(options["language"]):
            try:
                for line in self._answer(**options):
                    self.stdout.write(line)
            except DomainError as error:
                raise CommandError(str(error)) from error

    def _answer(self, *, question: str, purpose: str, kind: str, limit: int, **options: Any) -> Iterator[str]:
        viewer = Viewer(hub_id=_hub(options["hub"]).pk, role=Role.FACILITATOR)
        today = timezone.localdate()
        among = among_whom(viewer, purpose=purpose, slug=options["event"])
        profile = _profile(viewer, question, today)
        if options["why_not"]:
            if profile is None:
                raise CommandError("With --why-not, ask for a profile: give its address name instead of a text.")
            other = find_profile(viewer, options["why_not"], today=today)
            answer = why_not(viewer, profile, other, purpose=purpose, today=today, among=among)
            yield _name(profile)
            yield from _describe_standing(answer, Purpose(purpose))
        elif profile is None:
            yield _("You seek") + f": {question}"
            found = recommend_for_text(
                viewer, question, purpose=purpose, seeker_kind=kind, today=today, among=among, limit=limit
            )
            yield from _describe(found)
        else:
            yield _name(profile)
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


def _profile(viewer: Viewer, slug: str, today: date) -> Profile | None:
    """The profile of that address name; none for anything else, which is then read as words."""
    try:
        return find_profile(viewer, slug, today=today)
    except NotFound:
        return None


def _name(profile: Profile) -> str:
    return f"{profile.name} ({profile.get_kind_display()})"


def _describe(found: Recommendations) -> Iterator[str]:
    yield f"{found.purpose.label}:"
    if not found.matches:
        yield "  " + _("Nobody fits this purpose yet.")
    for match in found.matches:
        yield ""
        place = label_of(match.profile.municipality_id or match.profile.region_id)
        title = [match.profile.name, str(match.profile.organisation), match.profile.get_kind_display(), place]
        yield f"  {match.rank}. " + " · ".join(part for part in dict.fromkeys(title) if part)
        yield from _describe_match(match)


def _describe_match(match: Match) -> Iterator[str]:
    if match.fit is not None:
        badge = badge_of(match.fit)
        yield f"     {badge.label}. {badge.explanation}"
    if match.ours is not None and match.ours.statement is not None:
        yield from _quoted(our_label(match), match.ours)
    yield from _quoted(their_label(match), match.theirs)
    if match.reasons:
        yield "     " + _("Because") + "  " + _joined(match.reasons)
    if match.reservation:
        yield f"     {match.reservation.label}  {match.reservation.detail}"


def _describe_standing(answer: WhyNot, purpose: Purpose) -> Iterator[str]:
    yield f"{purpose.label}: " + _("Why not %(name)s?") % {"name": answer.profile.name}
    if answer.rank is None:
        yield "  " + _("Not in the list") + f". {_joined(answer.blocks)}"
    elif answer.rank <= answer.shown:
        yield "  " + _("Number %(rank)s: it is in the list") % {"rank": answer.rank}
    else:
        yield "  " + _("Number %(rank)s") % {"rank": answer.rank}
    if answer.weaker:
        yield "  " + _("It falls behind those shown in:") + f" {_joined(answer.weaker)}"
    if answer.match is not None:
        yield ""
        yield "  " + _("The pair of texts that fits best")
        yield from _describe_match(answer.match)


def _joined(reasons: Iterable[Reason]) -> str:
    return "; ".join(f"{reason.label}: {reason.detail}" for reason in reasons)


def _quoted(heading: str, side: Side) -> Iterator[str]:
    """The text, and below it the sentence that carries the match, where one stands out."""
    yield from _column(heading, side.text)
    if side.carrying is not None:
        start, end = side.carrying
        yield from _column(_("Above all"), f"“{side.text[start:end].strip()}”")


def _column(heading: str, text: str) -> Iterator[str]:
    for number, line in enumerate(textwrap.wrap(" ".join(text.split()), _WIDTH - 18)):
        yield f"     {heading if number == 0 else '':<12} {line}"
