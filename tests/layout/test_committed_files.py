"""What may stand in a committed file: no machine's paths, no registry's address, no room without a name."""

import re
from pathlib import Path

import pytest

from tests.layout.tracked import ROOT, source_files

ROOMS_WITHOUT_A_NAME = {f"{name}.py" for name in ("utils", "helpers", "common", "misc")}
MOST_KILOBYTES = 1500
# Written in pieces, so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(
    r"(^|[^A-Za-z0-9_.])/(" + "|".join(["root", "work", "farm", "home/[a-z]+"]) + ")/", re.MULTILINE
)
REGISTRY = re.compile(
    "|".join(
        [
            '"resol' + 'ved": *"http',
            "--(extra-)?" + "index-url",
            r"\b(pypi|pythonhosted|npm" + r"js|npm" + r"mirror)\.(org|com)\b",
            r"^ *(index|registry)[-_]?" + "url",
            "registry *= *" + "http",
        ]
    ),
    re.MULTILINE,
)


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def places(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {match.group(0)!r}"
        for path in source_files()
        if path.suffix != ".svg" and path.name != "Dockerfile"
        for match in [pattern.search(text_of(path))]
        if match
    ]


def test_no_path_of_one_machine() -> None:
    assert places(MACHINE_PATH) == []


def test_no_address_of_a_package_registry() -> None:
    assert places(REGISTRY) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATH, "open('/" + "root/x')"),
        (MACHINE_PATH, "cd /" + "home/someone/x"),
        (REGISTRY, "pip install --extra-" + "index-url x"),
        (REGISTRY, '  "resol' + 'ved": "https://example'),
        (REGISTRY, "https://registry.npm" + "js.org/x"),
    ],
)
def test_forbidden_line_is_noticed(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def test_every_file_has_a_name_that_says_what_it_holds() -> None:
    assert [path for path in source_files(".py") if path.name in ROOMS_WITHOUT_A_NAME] == []


def test_no_large_file_is_committed() -> None:
    assert [path for path in source_files() if path.stat().st_size > MOST_KILOBYTES * 1000] == []


def test_constraints_pin_everything_exactly() -> None:
    lines = (ROOT / "requirements" / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]

    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._]+", pin)] == []
    assert "torch==2.13.0" in pins


@pytest.mark.parametrize("group", ["base", "build", "dev", "node"])
def test_every_requirement_has_a_pin(group: str) -> None:
    def named(line: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>~! ;]", line)[0]).lower()

    constraints = (ROOT / "requirements" / "constraints.txt").read_text().splitlines()
    wanted = (ROOT / "requirements" / f"{group}.txt").read_text().splitlines()
    pinned = {named(line) for line in constraints if "==" in line}

    assert {named(line) for line in wanted if line and not line.startswith("#")} - pinned == set()
