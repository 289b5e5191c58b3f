"""docker-compose.yml follows the specification and says what an operator relies on."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.operations.compose import ROOT, compose_file

OURS = ("prepare", "web", "indexer", "worker")


def schema_answer(path: Path) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).parent / "check-jsonschema"),
        "--builtin-schema",
        "vendor.compose-spec",
    ]
    return subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)


def test_compose_file_follows_the_specification() -> None:
    answer = schema_answer(ROOT / "docker-compose.yml")

    assert answer.returncode == 0, answer.stdout


def test_wrong_compose_file_is_noticed(tmp_path: Path) -> None:
    wrong = compose_file()
    wrong["services"]["web"]["comand"] = wrong["services"]["web"].pop("command")
    (tmp_path / "docker-compose.yml").write_text(yaml.safe_dump(wrong))

    assert schema_answer(tmp_path / "docker-compose.yml").returncode == 1


@pytest.mark.parametrize("name", OURS)
def test_our_services_can_write_nowhere_but_the_index(name: str) -> None:
    service = compose_file()["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["volumes"] == ["index:/var/lib/videnbro/index"]
    assert {"user", "privileged"} & set(service) == set()


def test_image_runs_as_a_person_without_rights() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()

    assert [line for line in lines if line.startswith("USER ")] == ["USER videnbro"]
    assert lines.index("USER videnbro") > lines.index("FROM python AS runtime")


def test_image_that_runs_has_no_torch() -> None:
    stages = re.split(r"(?m)^FROM ", (ROOT / "Dockerfile").read_text())
    runtime = next(stage for stage in stages if stage.startswith("python AS runtime"))
    libraries = next(stage for stage in stages if stage.startswith("python AS libraries"))

    assert "pip install" not in runtime
    assert re.findall(r"requirements/(\w+)\.txt", libraries) == ["constraints", "base", "model"]
    assert "torch" not in (ROOT / "requirements" / "base.txt").read_text()


def test_every_variable_has_its_line_in_the_example_and_in_the_docs() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    named = set(re.findall(r"\$\{(\w+)", text)) - {"VIDENBRO_LISTEN"}
    example = set(re.findall(r"(?m)^(\w+)=", (ROOT / ".env.example").read_text()))
    described = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "operations.md").read_text()))

    assert named == example
    assert named | {"VIDENBRO_LISTEN"} <= described


def test_published_ports_are_only_for_this_machine_by_default() -> None:
    services = compose_file()["services"]
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert [port for port in ports if "127.0.0.1" not in port] == []
    assert "ports" not in services["database"]
