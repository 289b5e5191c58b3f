"""Reads of what came of contacts: both sides beside each other, what is known of each rung, who is due to be asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from hubs.policies import Viewer, may_broker, require_broker, sides_of
from matching.enums import CONSENTED_STATES, AnswerKind, Moment, Side, Standing
from matching.models import FollowUp, Introduction, Outcome, OutcomeReport
from matching.queries.disagreements import Disagreement, disagreements
from profiles.models import Profile

# After the reminder a side has this long to answer by mail; then the telephone is the kinder way.
ANSWER_DAYS = 7
# Later than this the moment is over: it was met with silence.
MOMENT_DAYS = 90


@dataclass(frozen=True)
class SideWord:
    """One side at one moment: `state` is answered, waiting, silent, not_asked or later."""

    side: str
    profile: Profile
    state: str
    report: OutcomeReport | None = None
    asked_at: datetime | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class MomentWords:
    """One moment (empty: told between the moments), the words of the sides that may be read, and where they differ."""

    moment: str
    words: tuple[SideWord, ...]
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def label(self) -> str:
        """The moment in words; empty between the moments."""
        return str(Moment(self.moment).label) if self.moment else ""


@dataclass(frozen=True)
class Relation:
    """What both sides said of one contact, moment by moment."""

    introduction: Introduction
    sides: tuple[str, ...]
    moments: tuple[MomentWords, ...]

    @property
    def has_disagreements(self) -> bool:
        """Whether the sides tell different things anywhere."""
        return any(each.disagreements for each in self.moments)

    @property
    def past(self) -> tuple[MomentWords, ...]:
        """What is due or told already, without the moments that are still to come."""
        return tuple(each for each in self.moments if any(word.state != "later" for word in each.words))

    @property
    def next_day(self) -> date | None:
        """When somebody here is asked next; none after the last moment."""
        days = (word.due_on for each in self.moments for word in each.words if word.state == "later")
        return min((day for day in days if day), default=None)


@dataclass(frozen=True)
class KnownOutcome:
    """What a side has last said of one rung.

    `told_at`: when it first said that it was achieved; while it is only expected, when it last said so.
    """

    introduction_id: int
    side: str
    rung: str
    standing: str
    told_at: datetime
    last_asked: str
    last_answered: str


@dataclass(frozen=True)
class LastWord:
    """The latest moments at which a side was asked and has answered (codes, empty for never), and its last answer.

    Asked later than answered: silence since. `kind` keeps “no benefit” and “do not know” apart.
    """

    last_asked: str = ""
    asked_at: datetime | None = None
    last_answered: str = ""
    told_at: datetime | None = None
    kind: str = ""


@dataclass(frozen=True)
class DueCall:
    """A side to be asked by telephone, and why: it was silent, or no mail could reach it."""

    follow_up: FollowUp
    profile: Profile
    other: Profile
    is_silent: bool


def own_sides(viewer: Viewer, introduction: Introduction) -> tuple[str, ...]:
    """The sides for which the viewer speaks, the asking one first."""
    own = sides_of(viewer, introduction)
    return tuple(side for side in Side.values if side in own)


def relation_of(introduction: Introduction, *, viewer: Viewer, today: date) -> Relation:
    """What the sides said, moment by moment: brokers read both, each party reads its own words only.

    So an answer can be frank: the other side does not learn of a “no benefit” from a page.
    """
    everything = may_broker(viewer) and viewer.hub_id == introduction.hub_id
    sides = tuple(Side.values) if everything else own_sides(viewer, introduction)
    follow_ups = {(each.side, each.moment): each for each in introduction.follow_ups.all()}
    reports = _reports(introduction)
    rows = [_moment_words(introduction, moment, sides, follow_ups, reports, today) for moment in Moment.values]
    between = [each for each in reports if each.follow_up_id is None and each.side in sides]
    told = [MomentWords("", (_between(introduction, report),)) for report in between]
    return Relation(introduction, sides, (*rows, *told) if follow_ups else tuple(told))


def _reports(introduction: Introduction) -> list[OutcomeReport]:
    rows = introduction.reports.select_related("recorded_by", "follow_up")
    return list(rows.prefetch_related("outcomes", "hub_answers__question").order_by("told_at", "pk"))


def _moment_words(
    introduction: Introduction,
    moment: str,
    sides: tuple[str, ...],
    follow_ups: dict[tuple[str, str], FollowUp],
    reports: list[OutcomeReport],
    today: date,
) -> MomentWords:
    told = {each.side: each for each in reports if each.follow_up and each.follow_up.moment == moment}
    words = tuple(_word(introduction, side, follow_ups.get((side, moment)), told.get(side), today) for side in sides)
    both = set(sides) == set(Side.values)
    differ = disagreements(told.get(Side.SEEKER.value), told.get(Side.RECEIVER.value)) if both else ()
    return MomentWords(moment, words, differ)


def _word(
    introduction: Introduction, side: str, follow_up: FollowUp | None, report: OutcomeReport | None, today: date
) -> SideWord:
    asked_at, due_on = (follow_up.asked_at, follow_up.due_on) if follow_up else (None, None)
    if report:
        state = "answered"
    elif due_on is None or due_on > today:
        state = "later"
    elif asked_at is None:
        state = "not_asked"
    else:
        state = "waiting" if due_on >= today - timedelta(days=MOMENT_DAYS) else "silent"
    return SideWord(side, introduction.party(side), state, report, asked_at, due_on)


def _between(introduction: Introduction, report: OutcomeReport) -> SideWord:
    return SideWord(report.side, introduction.party(report.side), "answered", report)


def known_outcomes(hub_id: int) -> list[KnownOutcome]:
    """What is known of every rung of every contact, one row a side and rung that was ever named.

    What was achieved stays achieved, from the day on which it was first told; a later answer that leaves it out takes
    nothing back. Sides that named nothing are in `last_words`.
    """
    heard = last_words(hub_id)
    rows = (
        Outcome.objects.filter(hub_id=hub_id)
        .order_by("report__introduction_id", "report__side", "rung", "report__told_at", "pk")
        .values_list("report__introduction_id", "report__side", "rung", "standing", "report__told_at")
    )
    known: dict[tuple[int, str, str], tuple[str, datetime]] = {}
    for introduction_id, side, rung, standing, told_at in rows:
        key = (introduction_id, side, rung)
        if known.get(key, ("", None))[0] != Standing.ACHIEVED:
            known[key] = (standing, told_at)
    return [
        KnownOutcome(*key, *state, heard[key[:2]].last_asked, heard[key[:2]].last_answered)
        for key, state in known.items()
    ]


def last_words(hub_id: int) -> dict[tuple[int, str], LastWord]:
    """For each (introduction id, side) that was asked or has answered: when last, and what kind of answer."""
    asked = FollowUp.objects.filter(hub_id=hub_id, asked_at__isnull=False).order_by("due_on", "pk")
    words: dict[tuple[int, str], LastWord] = {
        (each.introduction_id, each.side): LastWord(each.moment, each.asked_at) for each in asked
    }
    reports = OutcomeReport.objects.filter(hub_id=hub_id).select_related("follow_up").order_by("told_at", "pk")
    for report in reports:
        key = (report.introduction_id, report.side)
        before = words.get(key, LastWord())
        moment = report.follow_up.moment if report.follow_up else ""
        words[key] = LastWord(
            before.last_asked, before.asked_at, moment or before.last_answered, report.told_at, report.kind
        )
    return words


def follow_ups_due(viewer: Viewer, *, today: date) -> list[DueCall]:
    """Sides to be asked by telephone, the longest waiting first: silent after a reminder, or out of a mail's reach.

    Raises:
        NotAllowed: the viewer does not broker for the hub.
    """
    require_broker(viewer)
    rows = _open_moments(viewer.hub_id, today)
    silent = Q(reminded_at__date__lte=today - timedelta(days=ANSWER_DAYS))
    # The mails of a day go out on that day: what has not been asked the day after cannot be asked by mail.
    unreached = Q(asked_at=None, due_on__lt=today)
    found = rows.filter(silent | unreached).select_related("introduction__seeker", "introduction__receiver")
    calls = (_call(each) for each in found.order_by("due_on", "pk"))
    return [each for each in calls if not each.profile.is_paused]


def _open_moments(hub_id: int, today: date) -> QuerySet[FollowUp]:
    """Moments that are due, not over, not answered, and not overtaken by a later one of the same side."""
    later = FollowUp.objects.filter(
        introduction=OuterRef("introduction"), side=OuterRef("side"), due_on__lte=today, due_on__gt=OuterRef("due_on")
    )
    return FollowUp.objects.filter(
        ~Exists(later),
        hub_id=hub_id,
        due_on__range=(today - timedelta(days=MOMENT_DAYS), today),
        report=None,
        introduction__state__in=CONSENTED_STATES,
    )


def _call(follow_up: FollowUp) -> DueCall:
    introduction = follow_up.introduction
    profile = introduction.party(follow_up.side)
    other = introduction.receiver if follow_up.side == Side.SEEKER else introduction.seeker
    return DueCall(follow_up, profile, other, is_silent=follow_up.asked_at is not None)


@dataclass(frozen=True)
class MomentCounts:
    """How many sides were asked at a moment, and what they said; the four never add up to one figure."""

    moment: str
    asked: int
    outcomes: int
    no_benefit: int
    do_not_know: int

    @property
    def silent(self) -> int:
        """Asked, and nothing heard yet."""
        return self.asked - self.outcomes - self.no_benefit - self.do_not_know

    @property
    def label(self) -> str:
        """The moment in words."""
        return str(Moment(self.moment).label)


def answer_counts(viewer: Viewer) -> list[MomentCounts]:
    """For each moment, how many sides were asked (by mail or telephone) and how they answered.

    Raises:
        NotAllowed: the viewer does not broker for the hub.
    """
    require_broker(viewer)
    rows = FollowUp.objects.filter(hub_id=viewer.hub_id).exclude(asked_at=None, report=None)
    kinds = list(rows.values_list("moment", "report__kind"))
    return [_counts(moment, [kind for each, kind in kinds if each == moment]) for moment in Moment.values]


def _counts(moment: str, kinds: Iterable[str | None]) -> MomentCounts:
    told = list(kinds)
    return MomentCounts(
        moment, len(told),
        told.count(AnswerKind.OUTCOMES), told.count(AnswerKind.NO_BENEFIT), told.count(AnswerKind.DO_NOT_KNOW),
    )  # fmt: skip
