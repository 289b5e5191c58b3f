"""Each import contract is proven: the code keeps it, and a copy with one wrong import breaks it."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
NAMES = {contract["id"]: contract["name"] for contract in LINTER["contracts"]}
# (contract, the module that sins, what it must not import)
VIOLATIONS = [
    ("layers", "kernel", "hubs.models"),
    ("layers", "hubs", "profiles.models"),
    ("layers", "profiles", "matching.models"),
    ("layers", "matching", "events"),
    ("layers", "events", "api"),
    ("layers", "api", "frontend"),
    ("layers", "frontend", "demo"),
    ("layers", "demo", "benchmarks"),
    ("layers", "benchmarks", "videnbro.settings"),
    ("faces", "api", "frontend"),
    ("faces", "frontend", "api"),
    ("engines", "matching.engine", "django.db"),
    ("engines", "matching.engine", "profiles.models"),
    ("web", "api", "torch"),
    ("web", "frontend", "sentence_transformers"),
    ("web", "matching.engine", "onnx"),
    ("inside", "profiles.enums", "profiles.models"),
    ("inside", "profiles.models", "profiles.queries"),
    ("inside", "profiles.queries", "profiles.domain"),
    ("inside", "profiles.domain", "profiles.management"),
    ("inside", "hubs.models", "hubs.domain"),
    ("inside", "matching.models", "matching.domain"),
]


def home_of(package: str, root: Path) -> Path:
    inside = root / "platform" / package
    return inside if inside.exists() else root / package


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all packages' Python files and of the contracts."""
    copy = tmp_path_factory.mktemp("copy")
    for package in LINTER["root_packages"]:
        source = home_of(package, ROOT)
        target = copy / source.relative_to(ROOT)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "data", "static", "*.html"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def linted(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(copy / "platform"), "COLUMNS": "200"}
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--no-logo",
        "--cache-dir",
        str(copy / "cache"),
    ]
    return subprocess.run(
        [*command, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def file_of(module: str, copy: Path) -> Path:
    package, _dot, rest = module.partition(".")
    place = home_of(package, copy).joinpath(*rest.split(".")) if rest else home_of(package, copy)
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def test_every_contract_has_a_violation_to_prove_it() -> None:
    assert {contract for contract, _module, _target in VIOLATIONS} == set(NAMES)


def test_every_engine_is_named_in_its_contract() -> None:
    engines = {
        name for name in ("matching.engine", "events.scheduling")
        if any((ROOT / name.replace(".", "/")).glob("*.py"))
    }  # fmt: skip
    (contract,) = [each for each in LINTER["contracts"] if each["id"] == "engines"]

    assert set(contract["source_modules"]) == engines


def test_code_keeps_every_contract(packages: Path) -> None:
    answer = linted(packages)

    assert answer.returncode == 0, answer.stdout
    assert f"{len(NAMES)} kept, 0 broken" in answer.stdout


@pytest.mark.parametrize(("contract", "module", "target"), VIOLATIONS)
def test_contract_breaks_on_a_wrong_import(packages: Path, contract: str, module: str, target: str) -> None:
    sinner = file_of(module, packages)
    before = sinner.read_text(encoding="utf-8")
    try:
        sinner.write_text(f"{before}\nimport {target}\n", encoding="utf-8")

        answer = linted(packages, "--contract", contract)
    finally:
        sinner.write_text(before, encoding="utf-8")

    assert answer.returncode == 1, answer.stdout
    assert f"{NAMES[contract]} BROKEN" in answer.stdout
    assert f"{module} -> {target.partition('.')[0]}" in answer.stdout
