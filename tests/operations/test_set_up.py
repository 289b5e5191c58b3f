"""Set-up completes what was left half done, does nothing when all is there, touches only its own."""

import json
import shutil
from pathlib import Path

import pytest

from tests.operations.checkouts import add_wheel, make_checkout, set_up

pytestmark = pytest.mark.slow
LOG = "var/logs/setup.log"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose set-up has run to the end once; tests leave it finished."""
    checkout = make_checkout(tmp_path_factory.mktemp("finished"))
    answer = set_up(checkout, "demo")
    assert answer.returncode == 0, answer.stderr
    assert "[set-up 5/5]" in answer.stdout
    return checkout


def stamps(checkout: Path) -> dict[str, str]:
    return json.loads((checkout / ".venv" / "videnbro-setup.json").read_text())


def installed(checkout: Path) -> set[str]:
    (packages,) = (checkout / ".venv" / "lib").glob("python3.*/site-packages")
    return {path.name.partition("-")[0] for path in packages.glob("*.dist-info")}


def test_second_run_does_nothing(finished: Path) -> None:
    (finished / LOG).unlink()

    answer = set_up(finished, "demo")

    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert not (finished / LOG).exists()


def test_demo_stamp_does_not_satisfy_the_test_group(finished: Path) -> None:
    add_wheel(finished, "tool", "1.0")
    (finished / "requirements" / "dev.txt").write_text("tool\n")

    answer = set_up(finished, "test")

    assert answer.returncode == 0, answer.stderr
    assert ".venv is there, completing it" in answer.stdout
    assert {"torch", "tool"} <= installed(finished)
    assert set(stamps(finished)) == {"demo", "test"}


def test_changed_requirements_are_installed(finished: Path) -> None:
    add_wheel(finished, "addition", "1.0")
    (finished / "requirements" / "base.txt").write_text("addition\n")

    answer = set_up(finished, "demo")

    assert answer.returncode == 0, answer.stderr
    assert "addition" in installed(finished)


def test_interrupted_run_is_completed_and_keeps_what_it_had(finished: Path) -> None:
    (finished / ".venv" / "videnbro-setup.json").unlink()
    (finished / ".venv" / "marker").touch()

    answer = set_up(finished, "demo")

    assert answer.returncode == 0, answer.stderr
    assert ".venv is there, completing it" in answer.stdout
    assert (finished / ".venv" / "marker").exists()
    assert stamps(finished)["demo"]


def test_half_written_stamp_counts_as_none(finished: Path) -> None:
    (finished / ".venv" / "videnbro-setup.json").write_text('{"demo": "ab')

    answer = set_up(finished, "demo")

    assert answer.returncode == 0, answer.stderr
    assert stamps(finished)["demo"]


def test_broken_environment_is_made_anew_and_the_data_stays(finished: Path) -> None:
    (finished / "var" / "videnbro.sqlite3").write_text("rows")
    shutil.rmtree(finished / ".venv" / "lib")

    (finished / ".venv" / "videnbro-setup.json").unlink()
    answer = set_up(finished, "demo")

    assert answer.returncode == 0, answer.stderr
    assert "was unusable, made anew" in answer.stdout
    assert "torch" in installed(finished)
    assert (finished / "var" / "videnbro.sqlite3").read_text() == "rows"


def test_moved_checkout_gets_an_environment_of_its_own(finished: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(finished, moved, symlinks=True)

    answer = set_up(moved, "demo")

    assert answer.returncode == 0, answer.stderr
    assert "was unusable, made anew" in answer.stdout
    assert str(moved) in (moved / ".venv" / "bin" / "pip").read_text()


def test_failed_installation_says_what_to_do_and_goes_on_later(finished: Path) -> None:
    (finished / "requirements" / "base.txt").write_text("late\n")

    failed = set_up(finished, "demo")

    assert failed.returncode == 1
    assert "Set-up failed at 'libraries'. Run the same command again" in failed.stderr
    assert "No matching distribution found for late" in failed.stderr
    assert f"Full log: {LOG}" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not (finished / ".venv" / "videnbro-setup.json").exists()

    add_wheel(finished, "late", "1.0")
    assert set_up(finished, "demo").returncode == 0
    assert "late" in installed(finished)


def test_environment_that_is_a_link_is_left_alone(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "checkout")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (checkout / ".venv").symlink_to(elsewhere)

    answer = set_up(checkout, "demo")

    assert answer.returncode == 1
    assert "move it away" in answer.stderr
    assert (elsewhere / "precious").exists()
