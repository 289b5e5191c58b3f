"""Our package names meet others of the same name: ours win, and the standard library keeps its own."""

import importlib.util
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]


def answer_of_fresh_interpreter(program: str, folder: Path) -> dict[str, str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")])}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", PACKAGES)
def test_package_resolves_inside_the_repository(name: str) -> None:
    found = importlib.util.find_spec(name)

    assert found is not None
    assert found.origin is not None
    home = ROOT / "platform" if name in {"videnbro", "kernel", "hubs", "mailgate"} else ROOT
    assert Path(found.origin) == home / name / "__init__.py"


def test_standard_library_platform_wins_over_the_folder(tmp_path: Path) -> None:
    program = (
        "import json, platform, uuid, numpy;"
        "print(json.dumps({'platform': platform.__file__, 'uuid': str(uuid.uuid4()),"
        " 'machine': platform.machine(), 'numpy': numpy.__version__}))"
    )

    for folder in (tmp_path, ROOT):
        answer = answer_of_fresh_interpreter(program, folder)

        assert Path(answer["platform"]).name == "platform.py"
        assert ROOT not in Path(answer["platform"]).parents or ".venv" in answer["platform"]
        assert len(answer["uuid"]) == 36
        assert answer["machine"]


def test_platform_folder_holds_only_packages() -> None:
    held = sorted(path.name for path in (ROOT / "platform").iterdir() if path.name != "__pycache__")

    assert held == ["hubs", "kernel", "mailgate", "videnbro"]
    assert all((ROOT / "platform" / name / "__init__.py").is_file() for name in held)


def test_tests_folders_are_packages() -> None:
    without = [
        str(folder.relative_to(ROOT))
        for folder in [ROOT / "tests", *(ROOT / "tests").rglob("*")]
        if folder.is_dir() and any(folder.glob("*.py")) and not (folder / "__init__.py").exists()
    ]

    assert without == []
