"""What the worker does besides the index: each duty by itself, so that one that fails holds up no other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.domain.day.asking_ratings import ask_ratings
from events.domain.people.forgetting import forget_needs
from events.domain.people.reconfirming import run_people_clock
from events.domain.timetable.running import run_due
from events.domain.timetable.standby import lapse_due
from events.domain.wishes.answering import expire_due
from events.domain.wishes.suggesting import suggest_due
from mailgate.domain.sending import send_due_mails
from matching.domain.introductions.clock import run_clock
from matching.domain.learning.forgetting import scrub_due
from matching.domain.learning.training import train_due
from matching.domain.outcomes.asking import ask_due


@dataclass(frozen=True)
class Duty:
    """Something to do again and again; `run` does what is due at a moment and returns how much that was.

    It keeps its own transactions, may be broken off anywhere, and may run in two workers at once.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], int]


def _mails(now: datetime) -> int:
    return send_due_mails(now=now)


# Mails last: `--once` then sends also what the duties before them have queued.
DUTIES: tuple[Duty, ...] = (
    Duty("introductions", timedelta(minutes=1), run_clock),
    Duty("follow-ups", timedelta(minutes=10), ask_due),
    Duty("learning", timedelta(minutes=10), train_due),
    Duty("forgetting", timedelta(days=1), scrub_due),
    Duty("timetables", timedelta(seconds=2), run_due),
    Duty("event places", timedelta(minutes=5), run_people_clock),
    Duty("standby offers", timedelta(minutes=1), lapse_due),
    Duty("meeting requests", timedelta(minutes=1), expire_due),
    Duty("event recommendations", timedelta(minutes=1), suggest_due),
    Duty("event needs", timedelta(days=1), forget_needs),
    Duty("ratings", timedelta(minutes=15), ask_ratings),
    Duty("mails", timedelta(seconds=2), _mails),
)
