"""The very commands of docker-compose.yml, in their order, on PostgreSQL: prepare, web, indexer, worker."""

import http.client
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.operations.compose import ROOT, run_command, running, surroundings
from tests.operations.postgres import free_port
from tests.processes import wait_until_it_heeds

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="module")
def prepared(production: dict[str, str]) -> dict[str, str]:
    """A database that the service `prepare` has filled, and static files as the image holds them."""
    answer = run_command("prepare", production)
    assert answer.returncode == 0, answer.stderr
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=surroundings(production), check=True, capture_output=True)
    return production


@pytest.fixture
def listening(prepared: dict[str, str]) -> tuple[dict[str, str], int]:
    """The container's settings, but on a free port of this machine only."""
    port = free_port()
    arguments = f"--bind=127.0.0.1:{port} --workers=2 --threads=2 --no-control-socket"
    return {**prepared, "GUNICORN_CMD_ARGS": arguments, "PORT": str(port)}, port


def health(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The health check as the container runs it."""
    return subprocess.run(
        [sys.executable, "scripts/healthcheck.py"],
        cwd=ROOT, env=surroundings(environment), capture_output=True, text=True, check=False,
    )  # fmt: skip


def wait_until_healthy(environment: dict[str, str], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while health(environment).returncode != 0:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def test_prepare_creates_every_table_and_can_run_again(prepared: dict[str, str]) -> None:
    answer = run_command("prepare", prepared)

    assert answer.returncode == 0, answer.stderr
    assert "No migrations to apply" in answer.stdout
    with psycopg.connect(prepared["VIDENBRO_DATABASE_URL"]) as connection:
        names = {name for (name,) in connection.execute("SELECT tablename FROM pg_tables")}
    assert {"hubs_hub", "profiles_profile", "profiles_statement", "django_migrations"} <= names


def test_migrations_are_complete_on_postgresql(prepared: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
    answer = subprocess.run(command, cwd=ROOT, env=surroundings(prepared), capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stdout


def test_opposite_changes_of_an_event_end_without_a_deadlock(prepared: dict[str, str]) -> None:
    told = {
        "DJANGO_SETTINGS_MODULE": "videnbro.settings.test",
        "VIDENBRO_TEST_DATABASE_URL": prepared["VIDENBRO_DATABASE_URL"],
    }
    command = [sys.executable, "-m", "tests.events.crossing_locks"]
    answer = subprocess.run(command, cwd=ROOT, env=surroundings(told), capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stderr
    for act, outcomes in json.loads(answer.stdout).items():
        # Whoever comes second finds what the first has left; the database ends nobody.
        assert set(outcomes) <= {"saved", "not_coming", "questions_closed", "not_found"}, (act, outcomes)
        assert "saved" in outcomes


def test_web_answers_and_ends_by_itself(listening: tuple[dict[str, str], int], tmp_path: Path) -> None:
    environment, port = listening
    log = tmp_path / "web.log"
    with running("web", environment, log) as process:
        wait_until_healthy(environment, process, log)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/health/live", headers={"Host": "videnbro.example"})
        alive = connection.getresponse()
        assert (alive.status, alive.read()) == (200, b'{"status": "ok"}')
        connection.request("GET", "/", headers={"Host": "videnbro.example"})
        plain = connection.getresponse()
        plain.read()
        assert (plain.status, plain.getheader("Location")) == (301, "https://videnbro.example/")
        connection.close()

        process.terminate()

        assert process.wait(30) == 0
    assert "Traceback" not in log.read_text()


def test_web_refuses_a_host_that_is_not_its_own(listening: tuple[dict[str, str], int], tmp_path: Path) -> None:
    environment, port = listening
    log = tmp_path / "web.log"
    with running("web", environment, log) as process:
        wait_until_healthy(environment, process, log)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/", headers={"Host": "evil.example", "X-Forwarded-Proto": "https"})
        status = connection.getresponse().status
        connection.close()

    assert status == 400


def test_health_check_fails_where_nothing_listens(prepared: dict[str, str]) -> None:
    answer = health({**prepared, "PORT": str(free_port())})

    assert answer.returncode == 1
    assert answer.stderr.startswith("no answer:")


@pytest.mark.parametrize("name", ["indexer", "worker"])
def test_service_runs_until_it_is_told_to_stop(name: str, prepared: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / f"{name}.log"
    with running(name, prepared, log) as process:
        wait_until_it_heeds(process, signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2)
        process.terminate()

        assert process.wait(30) == 0, log.read_text()
    assert "Traceback" not in log.read_text()
