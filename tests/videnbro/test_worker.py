"""The worker: each duty by itself, a failing one told by its name, and an orderly end."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.utils import timezone

from hubs.models import Hub
from kernel.errors import NotReady
from mailgate import renderers
from mailgate.domain.outbox import queue_mail
from mailgate.models import OutgoingMail
from mailgate.renderers import RenderedMail
from tests.programs import ROOT, embedded
from videnbro.duties import DUTIES, Duty
from videnbro.management.commands import run_worker

PATIENCE_SECONDS = 60.0
OVERDUE_MAIL = """
import django; django.setup()
from datetime import timedelta
from django.core.management import call_command
from django.utils import timezone
from mailgate.domain.outbox import queue_mail
from tests.factories import HubFactory
then = timezone.now() - timedelta(days=1)
queue_mail(HubFactory().pk, kind="note", address="a@b.example", language="da", context={}, once="a",
           not_before=then, not_after=then)
"""


def duty(name: str, run: Callable[[datetime], int]) -> Duty:
    return Duty(name, timedelta(minutes=1), run)


def failing(error: Exception) -> Duty:
    def run(now: datetime) -> int:
        raise error

    return duty("broken", run)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give the worker these duties only."""
    return lambda *duties: monkeypatch.setattr(run_worker, "DUTIES", duties)


def test_duties_have_names_of_their_own_and_mails_come_last() -> None:
    names = [each.name for each in DUTIES]

    assert (len(set(names)), names[-1]) == (len(names), "mails")


def test_once_sends_what_is_due(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    monkeypatch.setitem(renderers._renderers, "note", lambda mail, _addresses: RenderedMail("A", "a", "<p>a</p>"))
    for number in range(60):
        queue_mail(
            hub.pk, kind="note", address=f"p{number}@a.example", language="da", context={}, once=str(number),
            not_before=timezone.now(),
        )  # fmt: skip

    call_command("run_worker", "--once")

    assert len(mailoutbox) == 60
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}


def test_failing_duty_holds_up_no_other_and_is_named(
    db: None, use: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    done: list[datetime] = []
    use(failing(RuntimeError("Anna Berg")), duty("fine", lambda now: done.append(now) or 0))

    with pytest.raises(CommandError, match=r"^Not done, see the log: broken\.$"):
        call_command("run_worker", "--once")

    assert len(done) == 1
    assert done[0].tzinfo == UTC
    assert "The duty “broken” failed: RuntimeError in run:" in caplog.text
    assert "Anna" not in caplog.text


def test_expected_failure_is_told_by_its_code(
    db: None, use: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    use(failing(NotReady("Indekset for Anna Berg mangler")))

    with pytest.raises(CommandError):
        call_command("run_worker", "--once")

    assert "The duty “broken” failed: not_ready." in caplog.text
    assert "Anna" not in caplog.text


def test_once_repeats_a_duty_until_nothing_is_left(db: None, use: Callable[..., None]) -> None:
    left = [3, 2, 1]
    use(duty("batches", lambda now: left.pop() if left else 0))

    call_command("run_worker", "--once")

    assert left == []


def _wait_until_dropped(database: Path, worker: subprocess.Popen[str]) -> None:
    """Until the worker has come round to the mail that is too old to be sent."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with closing(sqlite3.connect(database)) as connection:
            (state,) = connection.execute("SELECT state FROM mailgate_outgoingmail").fetchone()
        if state == "dropped":
            return
        assert worker.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize("wanted_end", [signal.SIGTERM, signal.SIGINT])
def test_worker_ends_in_order_when_told_to(wanted_end: signal.Signals, tmp_path: Path, empty_database: Path) -> None:
    environment = embedded(tmp_path, empty_database)
    (tmp_path / "assets").mkdir()
    subprocess.run([sys.executable, "-c", OVERDUE_MAIL], cwd=ROOT, env=environment, check=True, capture_output=True)
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "run_worker"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    _wait_until_dropped(tmp_path / "videnbro.sqlite3", worker)

    worker.send_signal(wanted_end)
    _nothing, told = worker.communicate(timeout=30)

    assert (worker.returncode, told) == (0, "")
