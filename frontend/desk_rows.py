"""The rows of the desk in words: what waits, between whom, for how long, what comes next and the one thing to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.standing import last_day_of
from hubs.policies import Viewer
from matching.enums import Side
from matching.models import Introduction
from matching.queries.desk import DeskItem, Waiting, is_mine
from profiles.terms import label_of


@dataclass(frozen=True)
class DeskRow:
    """One line of the list; `is_late` marks what has waited longer than it should, in words as well."""

    what: str
    title: str
    introduction: Introduction
    about: str
    days: int
    age: str
    is_late: bool
    next_step: str
    action: str
    url: str
    holder: str


@dataclass(frozen=True)
class KindChoice:
    """A filter by what waits."""

    code: str
    label: str
    count: int


# So many days of waiting are too many.
_LATE_AFTER = {
    Waiting.SCREEN: 3,
    Waiting.ANSWER: 0,
    Waiting.BACK: 7,
    Waiting.QUESTION: 14,
    Waiting.QUIET: 42,
    Waiting.PHONE: 21,
}


def desk_rows(viewer: Viewer, items: Sequence[DeskItem], *, today: date) -> list[DeskRow]:
    """The items in their order."""
    return [_row(viewer, item, today) for item in items]


def kind_choices(items: Sequence[DeskItem]) -> list[KindChoice]:
    """What there is on the desk, in its order; kinds without anything are left out."""
    labels = kind_labels()
    counts = {what: sum(item.what is what for item in items) for what in Waiting}
    return [KindChoice(what.value, labels[what], count) for what, count in counts.items() if count]


def kind_labels() -> dict[Waiting, str]:
    """What each kind is called."""
    return {
        Waiting.SCREEN: _("Request to read"),
        Waiting.ANSWER: _("Answer due soon"),
        Waiting.BACK: _("“Not now” is back"),
        Waiting.QUESTION: _("Your question is unanswered"),
        Waiting.QUIET: _("Gone quiet"),
        Waiting.PHONE: _("Follow-up by phone"),
    }


def days_label(days: int) -> str:
    """A wait in whole days as people say it."""
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days} if days > 0 else _("today")


def _row(viewer: Viewer, item: DeskItem, today: date) -> DeskRow:
    introduction = item.introduction
    days = max((today - _day(item.since)).days, 0)
    holder = "" if introduction.facilitator_id in (None, viewer.user_id) else str(introduction.facilitator)
    return DeskRow(
        what=item.what.value,
        title=kind_labels()[item.what],
        introduction=introduction,
        about=label_of(introduction.contact_purpose_id) or str(introduction.get_purpose_display()),
        days=days,
        age=days_label(days),
        is_late=is_mine(viewer, item) and days >= _LATE_AFTER[item.what],
        next_step=_NEXT[item.what](item),
        action=_action(item.what),
        url=_url(item),
        holder=holder,
    )


def _day(moment: datetime | date) -> date:
    return timezone.localdate(moment) if isinstance(moment, datetime) else moment


def _screen(item: DeskItem) -> str:
    return _("Read it and pass it on to %(name)s") % {"name": item.introduction.receiver.name}


def _answer(item: DeskItem) -> str:
    found = item.introduction
    name = found.receiver.name if found.receiver_consented_at is None else found.seeker.name
    until = last_day_of(found)
    day = date_format(until, "MONTH_DAY_FORMAT") if until else ""
    return _("Call %(name)s: the last day is %(day)s") % {"name": name, "day": day}


def _back(item: DeskItem) -> str:
    return _("Remind %(name)s that it may ask again") % {"name": item.introduction.seeker.name}


def _question(item: DeskItem) -> str:
    return _("Ask %(name)s whether it goes on") % {"name": item.introduction.seeker.name}


def _quiet(item: DeskItem) -> str:
    return _("Both said yes, no meeting is noted: ask whether they need a hand")


def _phone(item: DeskItem) -> str:
    if item.call is None:
        return ""
    told = {"name": item.call.profile.name, "moment": item.call.follow_up.get_moment_display()}
    return _("Call %(name)s and ask what came of it (%(moment)s)") % told


def _action(what: Waiting) -> str:
    return {
        Waiting.SCREEN: _("Read and decide"),
        Waiting.ANSWER: _("Open the contact"),
        Waiting.BACK: _("Open the contact"),
        Waiting.QUESTION: _("Open the contact"),
        Waiting.QUIET: _("Open the contact"),
        Waiting.PHONE: _("Record the answer"),
    }[what]


def _url(item: DeskItem) -> str:
    public_id = item.introduction.public_id
    if item.what is Waiting.SCREEN:
        return reverse("frontend:screen", args=[public_id])
    if item.what is Waiting.PHONE and item.call is not None:
        side = Side(item.call.follow_up.side).value
        return reverse("frontend:phone_outcome", args=[public_id]) + f"?side={side}"
    return reverse("frontend:introduction", args=[public_id])


_NEXT: dict[Waiting, Callable[[DeskItem], str]] = {
    Waiting.SCREEN: _screen,
    Waiting.ANSWER: _answer,
    Waiting.BACK: _back,
    Waiting.QUESTION: _question,
    Waiting.QUIET: _quiet,
    Waiting.PHONE: _phone,
}
