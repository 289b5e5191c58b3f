"""The simulated parties look at their recommendations, open some, and ask a few."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from demo.year.agenda import clock
from demo.year.behaviour import ASKS, examined
from demo.year.course import follow
from demo.year.world import World
from kernel.errors import DomainError
from matching.domain.introductions.drafting import draft_introduction, update_draft
from matching.domain.introductions.fields import stored_fields
from matching.domain.introductions.sending import submit_introduction
from matching.domain.learning.columns import forget_known
from matching.domain.learning.impressions import record_recommendations
from matching.domain.recommending import recommend_for_profile
from matching.enums import OPEN_STATES, Channel, Purpose
from matching.models import Impression, Introduction
from matching.results import Match
from profiles.enums import ProfileKind
from profiles.models import Profile, Statement
from profiles.terms import code_of

SHOWN = 6
MOST_ASKED, MOST_OPEN = 2, 3
_PROJECT_SHARE = {ProfileKind.FIRM: 0.25, ProfileKind.RESEARCHER: 0.7}
# Late July, and between Christmas and New Year, hardly anybody looks.
_QUIET_WEEKS = frozenset({28, 29, 30, 52})
_QUIET_SHARE = 0.3


def plan_looks(world: World) -> None:
    """Every working day some of the parties look."""
    day = world.first.date()
    while clock(day, 0) < world.end:
        if day.weekday() < 5:
            world.agenda.at(clock(day, 8, 30), lambda now: _looks_of_day(world, now))
        day += timedelta(days=1)


def _looks_of_day(world: World, now: datetime) -> None:
    forget_known()
    mean = world.lists_a_day * (_QUIET_SHARE if now.isocalendar().week in _QUIET_WEEKS else 1.0)
    count = min(int(world.generator.poisson(mean)), len(world.invented))
    chosen = world.generator.choice(len(world.invented), size=count, replace=False, p=world.eagerness)
    for number, place in enumerate(chosen.tolist()):
        look(world, world.invented[place], now + timedelta(minutes=11 * (number % 40)))


def look(world: World, seeker: Profile, now: datetime) -> None:
    """Show a list to the seeker, and let it ask whom it likes."""
    purpose = _purpose(world, seeker)
    channel = Channel.MAIL if world.happens(0.15) else Channel.WEB
    viewer, today = world.speaker(seeker), now.date()
    found = recommend_for_profile(viewer, seeker, purpose=purpose, today=today, among=world.ids, limit=SHOWN)
    shown = record_recommendations(viewer, found, channel=channel, seeker=seeker, now=now)
    if shown is None:
        return
    impressions = {row.profile_id: row for row in shown.impressions.all()}
    asked = 0
    for match in found.matches:
        impression = impressions[match.profile.pk]
        chance = ASKS.chance(impression.features, examined(impression.position))
        if world.happens(min(0.05 + 2.5 * chance, 0.9)):
            Impression.objects.filter(pk=impression.pk).update(opened_at=now + timedelta(minutes=2))
            wants = world.happens(chance / min(0.05 + 2.5 * chance, 0.9))
            if wants and asked < MOST_ASKED and _is_free(world, seeker, match.profile):
                asked += (
                    ask(world, seeker, match, impression, Purpose(purpose), now + timedelta(minutes=20)) is not None
                )


def _purpose(world: World, seeker: Profile) -> str:
    is_project = world.happens(_PROJECT_SHARE.get(ProfileKind(seeker.kind), 0.0))
    return Purpose.PROJECT.value if is_project else Purpose.OPI_LIGHT.value


def _is_free(world: World, seeker: Profile, receiver: Profile) -> bool:
    """Nobody has all its open requests out at once, so that the written ones find room."""
    if frozenset({seeker.pk, receiver.pk}) in world.reserved:
        return False
    waiting = Introduction.objects.filter(seeker__organisation_id=seeker.organisation_id, state__in=OPEN_STATES)
    return waiting.count() < MOST_OPEN


def ask(
    world: World, seeker: Profile, match: Match, impression: Impression, purpose: Purpose, now: datetime
) -> Introduction | None:
    """One request from a list; None where a rule of the hub forbids it, which is then nothing but a thought."""
    ours = match.ours.statement if match.ours else None
    sent = request(
        world, seeker, match.profile, purpose, now, impression=impression, ours=ours, theirs=match.theirs.statement
    )
    if sent is not None:
        follow(world, sent, now)
    return sent


def request(
    world: World,
    seeker: Profile,
    receiver: Profile,
    purpose: Purpose,
    now: datetime,
    *,
    impression: Impression | None = None,
    ours: Statement | None = None,
    theirs: Statement | None = None,
) -> Introduction | None:
    """Draft a request and hand it in; None where a rule forbids it."""
    viewer = world.speaker(seeker)
    try:
        with transaction.atomic():
            draft = draft_introduction(
                viewer, seeker=seeker, receiver=receiver, purpose=purpose, now=now, impression=impression, ours=ours,
                theirs=theirs,
            )  # fmt: skip
            if code_of(draft.ip_state_id) == "secret":
                fields = replace(stored_fields(draft), novelty_checked=True)
                draft = update_draft(draft, viewer=viewer, version=draft.version, fields=fields)
            return submit_introduction(draft, viewer=viewer, now=now)
    except DomainError as error:
        world.refused[error.code] += 1
        return None


def suitable_statements(seeker: Profile, receiver: Profile) -> tuple[Statement | None, Statement | None]:
    """What the two of a written story quote: the first need of one side and the first offer of the other."""
    own = {row.kind: row for row in reversed(list(seeker.statements.filter(visibility="public")))}
    theirs = {row.kind: row for row in reversed(list(receiver.statements.filter(visibility="public")))}
    return own.get("need") or own.get("offer"), theirs.get("offer") or theirs.get("need")
