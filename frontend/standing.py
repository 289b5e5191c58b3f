"""Where an introduction stands, in words for whoever looks: what happened, what happens next and when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from frontend.introduction_bridge import other_side
from matching.enums import ANSWERABLE_STATES, IntroductionState, Side
from matching.models import Introduction
from profiles.models import Profile
from profiles.terms import label_of

State = IntroductionState
BEING_WRITTEN = frozenset({State.DRAFT, State.RETURNED})


@dataclass(frozen=True)
class Standing:
    """`title` says where it stands, `next` what happens now; `waits` tells that this side has the next word.

    `group` is where the list of contacts shows it: "mine", "theirs", "agreed" or "earlier"; `action` names what the
    link to it says.
    """

    title: str
    next: str
    group: str
    action: str = ""

    @property
    def waits(self) -> bool:
        """Whether this side has the next word."""
        return self.group == "mine"


@dataclass(frozen=True)
class ContactRow:
    """One introduction in the list of contacts."""

    introduction: Introduction
    side: Side
    other: Profile
    standing: Standing

    @property
    def url(self) -> str:
        """Where one goes on: to the form while it is being written, else to the contact's page."""
        is_written = self.introduction.state in BEING_WRITTEN and self.side == Side.SEEKER
        name = "edit_introduction" if is_written else "introduction"
        return reverse(f"frontend:{name}", args=[self.introduction.public_id])

    @property
    def about(self) -> str:
        """What the request is for."""
        return label_of(self.introduction.contact_purpose_id) or str(self.introduction.get_purpose_display())

    @property
    def last_day(self) -> date | None:
        """The last day to answer, while it can be answered."""
        return last_day_of(self.introduction) if self.introduction.state in ANSWERABLE_STATES else None

    @property
    def at(self) -> datetime:
        """When something last happened."""
        found = self.introduction
        return found.met_at or found.answered_at or found.sent_at or found.created_at


@dataclass(frozen=True)
class ContactGroup:
    """A part of the list: what the rows have in common, and what that means."""

    code: str
    title: str
    rows: tuple[ContactRow, ...]


def contact_groups(rows: Sequence[ContactRow]) -> tuple[ContactGroup, ...]:
    """What waits for me first, then what I wait for, then who said yes, then what is over; empty parts are left out."""
    titles = (
        ("mine", _("Waits for you")),
        ("theirs", _("You wait for them")),
        ("agreed", _("Both have said yes")),
        ("earlier", _("Earlier")),
    )
    # What runs out first stands first; what has no last day keeps its order.
    runs_out = [row for row in rows if row.last_day is not None]
    ordered = [*sorted(runs_out, key=lambda row: row.last_day or date.max), *(row for row in rows if not row.last_day)]
    groups = (
        ContactGroup(code, title, tuple(row for row in ordered if row.standing.group == code)) for code, title in titles
    )
    return tuple(group for group in groups if group.rows)


def contact_row(introduction: Introduction, side: Side, *, now: datetime) -> ContactRow:
    """The row of an introduction for that side."""
    return ContactRow(
        introduction, side, introduction.party(other_side(side)), standing_of(introduction, side, now=now)
    )


def standing_of(introduction: Introduction, side: Side, *, now: datetime) -> Standing:
    """Where it stands for that side at that time; a request past its last day counts as expired already."""
    state = State(introduction.state)
    if state in ANSWERABLE_STATES and introduction.expires_at is not None and introduction.expires_at <= now:
        state = State.EXPIRED
    return _TELLERS[state](introduction, side, now)


def has_consented(introduction: Introduction, side: Side) -> bool:
    """Whether that side has said yes."""
    stamps = {Side.SEEKER: introduction.seeker_consented_at, Side.RECEIVER: introduction.receiver_consented_at}
    return stamps[side] is not None


def last_day_of(introduction: Introduction) -> date | None:
    """The last day on which it can be answered; it ends with that day's midnight."""
    until = introduction.expires_at
    return timezone.localdate(until - timedelta(seconds=1)) if until else None


def day_of(moment: datetime | None) -> str:
    """The day of a moment as people say it; empty for none."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT") if moment else ""


def hour_of(moment: datetime | None) -> str:
    """Day and hour of a moment; empty for none."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


def _draft(found: Introduction, side: Side, now: datetime) -> Standing:
    return Standing(
        _("Not sent yet"), _("Read it through, then send it. Nobody else sees it before that."), "mine",
        _("Go on writing"),
    )  # fmt: skip


def _screening(found: Introduction, side: Side, now: datetime) -> Standing:
    text = _("A facilitator of the hub reads it before %(name)s sees it. You need do nothing.")
    return Standing(_("With the facilitator"), text % {"name": _other(found, side)}, "theirs")


def _returned(found: Introduction, side: Side, now: datetime) -> Standing:
    text = _("The facilitator has a question. Change the request, then send it once more.")
    return Standing(_("Sent back with a question"), text, "mine", _("Change the request"))


def _sent(found: Introduction, side: Side, now: datetime) -> Standing:
    until, other = _plain(last_day_of(found)), _other(found, side)
    if not has_consented(found, side):
        title = _("They ask you") if side == Side.RECEIVER else _("The hub suggests that you two meet")
        text = _("Answer by %(day)s. After that the request runs out, and no harm is done.")
        return Standing(title, text % {"day": until}, "mine", _("Read and answer"))
    if side == Side.RECEIVER:
        text = _("You have said yes. %(name)s has until %(day)s to say so too.")
        return Standing(_("You have said yes"), text % {"name": other, "day": until}, "theirs")
    text = _("%(name)s has until %(day)s to answer. We remind them once.")
    if found.reminded_at:
        text = _("%(name)s has until %(day)s to answer. We have reminded them.")
    title = _("They have seen it") if found.state == State.SEEN else _("Sent")
    return Standing(title, text % {"name": other, "day": until}, "theirs")


def _accepted(found: Introduction, side: Side, now: datetime) -> Standing:
    other = _other(found, side)
    if found.meeting_at and found.meeting_at <= now:
        text = _("You had agreed to meet %(name)s on %(day)s. Tell us with one press whether you did.")
        return Standing(
            _("Have you met?"),
            text % {"name": other, "day": day_of(found.meeting_at)},
            "mine",
            _("Tell whether you met"),
        )
    if found.meeting_at:
        text = _("You meet %(name)s: %(when)s.") % {"name": other, "when": hour_of(found.meeting_at)}
        return Standing(_("Meeting agreed"), text, "agreed", _("Open"))
    text = _("Next step: agree with %(name)s on a day. Names and addresses are open to you both.")
    return Standing(_("Both have said yes"), text % {"name": other}, "agreed", _("See the address, agree on a day"))


def _met(found: Introduction, side: Side, now: datetime) -> Standing:
    text = _("We ask you both what came of it, with a short question now and then over two years.")
    return Standing(_("You have met"), text, "agreed", _("Open"))


def _not_now(found: Introduction, side: Side, now: datetime) -> Standing:
    day, other = found.ask_again_on, _other(found, side)
    if _said_it(found, side):
        text = _("%(name)s may ask again from %(day)s.") if day else _("%(name)s may ask again later.")
        if side == Side.SEEKER:
            text = _("You may ask again from %(day)s.") if day else _("You may ask again when something is new.")
        return Standing(_("You said not now"), text % {"name": other, "day": _plain(day)}, "earlier")
    if found.asked_again_id or side == Side.RECEIVER or day is None:
        return Standing(_("Not now"), _("%(name)s had no time then.") % {"name": other}, "earlier")
    if day <= timezone.localdate(now):
        text = _("The day that %(name)s named has come: you may ask again.")
        return Standing(_("You may ask again"), text % {"name": other}, "mine", _("Ask again"))
    text = _("Not a no: %(name)s asks you to come back on %(day)s. We tell you when the day comes.")
    return Standing(_("Not now"), text % {"name": other, "day": _plain(day)}, "theirs")


def _declined(found: Introduction, side: Side, now: datetime) -> Standing:
    if _said_it(found, side):
        return Standing(_("You said no"), _("You need do nothing more."), "earlier")
    reason = found.get_decline_reason_display() if found.decline_reason else ""
    text = _("Their reason: %(reason)s.") % {"reason": reason} if reason else _("They gave no reason.")
    return Standing(_("They said no"), text, "earlier")


def _expired(found: Introduction, side: Side, now: datetime) -> Standing:
    if has_consented(found, side):
        text = _("%(name)s did not answer in time. That is no no: most often there was no time to read it.")
        return Standing(_("No answer in time"), text % {"name": _other(found, side)}, "earlier")
    return Standing(_("Ran out"), _("The request ran out without an answer. They may ask again."), "earlier")


def _withdrawn(found: Introduction, side: Side, now: datetime) -> Standing:
    return Standing(_("Withdrawn"), _("The request was taken back. Nothing more happens."), "earlier")


def _closed(found: Introduction, side: Side, now: datetime) -> Standing:
    return Standing(
        _("Closed"), _("You have met, and the contact is closed. Addresses stay open to you both."), "earlier"
    )


def _said_it(found: Introduction, side: Side) -> bool:
    return (found.declined_by or Side.RECEIVER) == side


def _other(found: Introduction, side: Side) -> str:
    return found.party(other_side(side)).name


def _plain(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


_TELLERS: dict[IntroductionState, Callable[[Introduction, Side, datetime], Standing]] = {
    State.DRAFT: _draft,
    State.SCREENING: _screening,
    State.RETURNED: _returned,
    State.SENT: _sent,
    State.SEEN: _sent,
    State.ACCEPTED: _accepted,
    State.MET: _met,
    State.NOT_NOW: _not_now,
    State.DECLINED: _declined,
    State.EXPIRED: _expired,
    State.WITHDRAWN: _withdrawn,
    State.CLOSED: _closed,
}
