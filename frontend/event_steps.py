"""What an organiser does next: the steps of an event in order, each with how far it is and where it is taken."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.enums import EventState, RequestMode
from events.models import Event
from events.queries.setup import SetUp
from events.templates import EventTemplate

_DAY_BEFORE = timedelta(days=1)
# The states that an event goes through, in order; each step belongs to one of them.
WAY = (EventState.DRAFT, EventState.OPEN, EventState.WISHES_CLOSED, EventState.PUBLISHED, EventState.OVER)


@dataclass(frozen=True)
class Step:
    """One thing to do; `to` is the state that a button leads to, `url` the page where it is done.

    A step that `may_wait` can be passed over; the time of one that `is_later` has not come.
    """

    title: str
    told: str
    is_done: bool
    url: str = ""
    to: str = ""
    may_wait: bool = False
    is_later: bool = False
    is_next: bool = False


def page_of(event: Event, name: str) -> str:
    """The address of one of the event's pages; empty while there is no such page."""
    try:
        return reverse(f"frontend:{name}", args=[event.slug])
    except NoReverseMatch:
        return ""


def steps_of(event: Event, figures: SetUp, template: EventTemplate, *, now: datetime | None = None) -> list[Step]:
    """The steps of this kind of event, with the first open one that cannot wait marked as next."""
    now = now or timezone.now()
    reached = WAY.index(EventState(event.state)) if event.state in WAY else len(WAY)
    steps = [
        *_preparing(event, figures, template),
        _state_step(_("Open registration"), _("The event becomes visible and people can register."), reached, 1),
        *_gathering(event, figures, template),
        *_planning(event, figures, template, reached, now),
        *_holding(event, figures, reached, now),
    ]
    open_now = (step for step in steps if not (step.is_done or step.may_wait or step.is_later))
    following = next(open_now, None)
    return [replace(step, is_next=step is following) for step in steps]


def _state_step(title: str, told: str, reached: int, number: int) -> Step:
    return Step(title, told, is_done=reached >= number, to=WAY[number].value)


def _preparing(event: Event, figures: SetUp, template: EventTemplate) -> list[Step]:
    told = _("Place, text, languages, rules and terms.")
    is_told = bool(event.place and event.summary)
    steps = [Step(_("Say what it is about"), told, is_told, page_of(event, "edit_event"))]
    if template.has_timetable:
        periods = ngettext("%(number)d meeting period", "%(number)d meeting periods", figures.slots)
        steps.append(
            Step(_("Time grid"), periods % {"number": figures.slots}, figures.slots > 0, page_of(event, "event_grid"))
        )
    tables = ngettext("%(number)d table", "%(number)d tables", figures.tables) % {"number": figures.tables}
    has_places = figures.tables + figures.stands > 0 if template.has_timetable else figures.halls > 0
    steps.append(Step(_("Halls and tables"), tables, has_places, page_of(event, "event_places")))
    if template.has_stands:
        stands = ngettext("%(number)d stand", "%(number)d stands", figures.stands) % {"number": figures.stands}
        steps.append(Step(_("Stands"), stands, figures.stands > 0, page_of(event, "event_stands")))
    sessions = ngettext("%(number)d session", "%(number)d sessions", figures.sessions) % {"number": figures.sessions}
    steps.append(Step(_("Programme"), sessions, figures.sessions > 0, page_of(event, "event_sessions"), may_wait=True))
    return steps


def _gathering(event: Event, figures: SetUp, template: EventTemplate) -> list[Step]:
    people = ngettext("%(number)d registered", "%(number)d registered", figures.registered)
    steps = [
        Step(
            _("Let people come"), people % {"number": figures.registered}, figures.registered > 0,
            page_of(event, "event_people"),
        )
    ]  # fmt: skip
    if template.has_stands:
        words = _("%(filled)d of %(number)d have somebody") % {
            "filled": figures.filled_stands,
            "number": figures.stands,
        }
        is_full = 0 < figures.stands == figures.filled_stands
        gives_many = figures.standless > 0 and figures.filled_stands < figures.stands
        if figures.standless:
            words = f"{words}, {_standless_words(figures.standless)}"
        page = page_of(event, "event_give_stands" if gives_many else "event_stands")
        steps.append(Step(_("Give the stands away"), words, is_full, page, may_wait=True))
    return steps if template.has_questions else [*steps, _recommending(event, figures, template)]


def _recommending(event: Event, figures: SetUp, template: EventTemplate) -> Step:
    # Wishes that nobody was told of are closed in vain: while they are open this is not a step to pass over.
    url, may_wait = page_of(event, "event_recommend"), event.state != EventState.OPEN
    if template.goes_by_likeness:
        told = ngettext(
            "%(number)d has a list of people with the same concern",
            "%(number)d have a list of people with the same concern", figures.listed,
        )  # fmt: skip
        title, is_sent = _("Tell people who has the same concern"), figures.rounds_asked > 0
        return Step(title, told % {"number": figures.listed}, is_sent, url, may_wait=may_wait)
    requests = figures.requests_asked + figures.requests_accepted
    words = _("%(asked)d requests wait for an answer, %(accepted)d are accepted") % {
        "asked": figures.requests_asked, "accepted": figures.requests_accepted,
    }  # fmt: skip
    if event.request_mode == RequestMode.MUTUAL:
        words = _pairs_words(figures.pairs_waiting)
    # Done is what was sent and nothing else; where people found each other without it, it can be passed over.
    may_wait = may_wait or requests + figures.pairs_waiting > 0
    return Step(_("Send recommendations"), words, figures.rounds_asked > 0, url, may_wait=may_wait)


def _pairs_words(number: int) -> str:
    told = ngettext("%(number)d pair waits for a meeting", "%(number)d pairs wait for a meeting", number)
    return told % {"number": number}


def _standless_words(number: int) -> str:
    told = ngettext("%(number)d exhibitor has no stand yet", "%(number)d exhibitors have no stand yet", number)
    return told % {"number": number}


def _questions_words(figures: SetUp, lacking: int) -> str:
    told = ngettext("%(number)d question", "%(number)d questions", figures.questions) % {"number": figures.questions}
    if not lacking:
        return told
    words = ngettext(
        "%(number)d group has lost somebody whom it needs", "%(number)d groups have lost somebody whom they need",
        lacking,
    )  # fmt: skip
    return f"{told}, {words % {'number': lacking}}"


def _planning(event: Event, figures: SetUp, template: EventTemplate, reached: int, now: datetime) -> list[Step]:
    closed = _state_step(_("Close wishes"), _("From then on requests stand still, and you can plan."), reached, 2)
    if not template.has_timetable:
        closed = replace(closed, told=_("From then on no more recommendations are mailed."))
        told = _("Everybody who comes can see the whole programme.")
        return [closed, _state_step(_("Publish the programme"), told, reached, 3)]
    if template.has_questions:
        # Once the day has ended nobody fills a group any more, whoever was missing.
        lacking = figures.groups_lacking if reached <= 3 and now < event.ends_at else 0
        groups = Step(
            _("Compose the groups"), _questions_words(figures, lacking),
            (figures.groups > 0 or reached >= 3) and not lacking, page_of(event, "event_groups"),
        )  # fmt: skip
        told = _("Those who ask and those who answer are told of their groups.")
        return [closed, groups, _state_step(_("Publish the programme"), told, reached, 3)]
    return [closed, *_making_meetings(event, figures, reached), *_timetable(event, figures, reached)]


def _making_meetings(event: Event, figures: SetUp, reached: int) -> list[Step]:
    """Where meetings come from mutual wishes, they are made of them before they are planned."""
    if event.request_mode != RequestMode.MUTUAL:
        return []
    waiting, url = figures.pairs_waiting, page_of(event, "event_timetable")
    is_done = reached >= 4 or (not waiting and figures.requests_accepted > 0)
    title, told = _("Make meetings of mutual wishes"), _pairs_words(waiting)
    return [Step(title, told, is_done, url, may_wait=not waiting, is_later=reached < 2)]


def _timetable(event: Event, figures: SetUp, reached: int) -> list[Step]:
    url = page_of(event, "event_timetable")
    if event.request_mode == RequestMode.FIRST_FREE:
        steps = _standing(figures, reached, url)
    else:
        told = ngettext("%(number)d meeting is published", "%(number)d meetings are published", figures.meetings)
        steps = [Step(_("Compute and publish the timetable"), told % {"number": figures.meetings}, reached >= 3, url)]
    if not figures.stranded or reached != 3:
        return steps
    told = ngettext(
        "%(number)d meeting stands at a table that is out of use", "%(number)d meetings stand at tables out of use",
        figures.stranded,
    )  # fmt: skip
    return [*steps, Step(_("Repair the timetable"), told % {"number": figures.stranded}, is_done=False, url=url)]


def _standing(figures: SetUp, reached: int, url: str) -> list[Step]:
    """Where a yes takes the first free slot nothing is computed, but for what an organiser has planned by hand."""
    told = ngettext(
        "%(number)d meeting stands: it took its time when it was agreed. Nothing has to be computed.",
        "%(number)d meetings stand: each took its time when it was agreed. Nothing has to be computed.",
        figures.meetings,
    )  # fmt: skip
    publish = _state_step(_("Publish the programme"), told % {"number": figures.meetings}, reached, 3)
    if not figures.unplaced or reached >= 4:
        return [publish]
    told = ngettext(
        "%(number)d agreed meeting has no time yet", "%(number)d agreed meetings have no time yet", figures.unplaced
    )
    return [Step(_("Compute and publish the timetable"), told % {"number": figures.unplaced}, is_done=False, url=url),
            publish]  # fmt: skip


def _holding(event: Event, figures: SetUp, reached: int, now: datetime) -> list[Step]:
    """The day and what follows it; before their time the steps wait, so that no button is offered that refuses."""
    came = ngettext("%(came)d of %(number)d has come", "%(came)d of %(number)d have come", figures.registered)
    told = came % {"came": figures.came, "number": figures.registered}
    has_ended = event.ends_at <= now
    day = Step(
        # Nobody was taken in where nobody has come: then it is passed over, and not done.
        _("Receive people on the day"), told, has_ended and figures.came > 0, page_of(event, "event_check_in"),
        may_wait=has_ended, is_later=now < event.starts_at - _DAY_BEFORE,
    )  # fmt: skip
    closed = _state_step(_("Close the event"), _("When it has ended: the report is drawn up."), reached, 4)
    told = _("What came of the day, beside earlier editions.")
    report = Step(_("Read the report"), told, is_done=False, url=page_of(event, "event_report"), is_later=reached < 4)
    return [day, replace(closed, is_later=now < event.ends_at), report]
