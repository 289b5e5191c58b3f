"""The environment is read in the settings only; whoever else reads it hides a setting from the operator."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "platform", "profiles", "matching", "events", "api", "frontend", "demo", "benchmarks", "scripts",
)  # fmt: skip
READERS = ("platform/videnbro/settings/", "scripts/")
# Entry points choose the settings; the asset build runs at set-up, where the Makefile tells npm its cache;
# `matching` writes one variable, which must stand before a library is imported, and reads none.
READING_FILES = {
    "manage.py",
    "platform/videnbro/wsgi.py",
    "platform/videnbro/asgi.py",
    # Tells the processes that it starts how many threads to use.
    "benchmarks/learning.py",
    "frontend/assets.py",
    "matching/__init__.py",
}
NAMES_OF_OS = {"environ", "environb", "getenv", "getenvb"}


def environment_reads(source: str) -> Iterator[int]:
    """Lines that read the environment; handing all of it on to a program (`**os.environ`) reads nothing."""
    tree = ast.parse(source)
    handed_on = {
        id(value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if key is None
    }
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) if name in NAMES_OF_OS and id(node) not in handed_on:
                yield node.lineno
            case ast.ImportFrom(module="os", names=names) if NAMES_OF_OS & {each.name for each in names}:
                yield node.lineno
            case ast.ImportFrom(module="environ" | "videnbro.settings.environment"):
                yield node.lineno
            case ast.Import(names=names) if "environ" in {each.name for each in names}:
                yield node.lineno
            case ast.Call(func=ast.Name(id="env")):
                yield node.lineno


def test_environment_is_read_only_in_settings_and_at_set_up() -> None:
    files = [ROOT / "manage.py", *(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))]
    found = {
        str(path.relative_to(ROOT)): lines
        for path in files
        if "node_modules" not in path.parts and (lines := list(environment_reads(path.read_text(encoding="utf-8"))))
    }

    outside = {name: lines for name, lines in found.items() if not name.startswith(READERS)}
    assert set(outside) <= READING_FILES, outside
    assert "platform/videnbro/settings/production.py" in found


@pytest.mark.parametrize(
    "source",
    [
        "import os\nkey = os.environ['KEY']",
        "import os\nkey = os.environ.get('KEY')",
        "import os\nkey = os.getenv('KEY')",
        "from os import environ",
        "from os import getenv as read",
        "import environ",
        "from environ import Env",
        "from videnbro.settings.environment import env",
        "key = env('KEY')",
        "import os\nall = dict(os.environ)",
    ],
)
def test_reading_the_environment_is_noticed(source: str) -> None:
    assert list(environment_reads(source)) != []


@pytest.mark.parametrize("source", ["import os\nsurroundings = {**os.environ, 'A': '1'}", "import os\nos.sep"])
def test_handing_the_environment_on_is_not_reading_it(source: str) -> None:
    assert list(environment_reads(source)) == []
