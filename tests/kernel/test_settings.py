"""Settings, each way of running in its own process: secrets are asked for or made, never written down."""

import ast
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "VIDENBRO_SECRET_KEY": "only-this-test-run-knows-it",
    "VIDENBRO_ALLOWED_HOSTS": "videnbro.example",
    "VIDENBRO_DATABASE_URL": "postgres://videnbro:hemmeligt@database:5432/videnbro",
    "VIDENBRO_EMAIL_URL": "smtp+tls://videnbro:hemmeligt@mail.example:587",
    "VIDENBRO_DEFAULT_FROM_EMAIL": "Videnbro <videnbro@videnbro.example>",
    "VIDENBRO_SITE_URL": "https://videnbro.example",
}
SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|DATABASE_URL|EMAIL_URL")
WITHOUT_EACH = """
import importlib, json, os, sys
from django.core.exceptions import ImproperlyConfigured
given, answers = json.loads(sys.argv[1]), {}
for missing in ["", *given]:
    os.environ.update(given)
    os.environ.pop(missing, None)
    try:
        sys.modules.pop("videnbro.settings.production", None)
        importlib.import_module("videnbro.settings.production")
        answers[missing] = "started"
    except ImproperlyConfigured as error:
        answers[missing] = str(error)
print(json.dumps(answers))
"""


def run_python(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter that sees no setting of this machine, only the given ones."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIDENBRO_", "DJANGO_"))}
    paths = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env={**kept, **environment, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )


def secret_of(module: str, **environment: str) -> str:
    program = f"import json; from videnbro.settings import {module} as s; print(json.dumps(s.SECRET_KEY))"
    answer = run_python(program, **environment)
    assert answer.returncode == 0, answer.stderr
    return str(json.loads(answer.stdout))


def test_production_does_not_start_without_each_secret() -> None:
    answer = run_python(WITHOUT_EACH, json.dumps(PRODUCTION))

    assert answer.returncode == 0, answer.stderr
    expected = {name: f"Set the {name} environment variable" for name in PRODUCTION}
    assert json.loads(answer.stdout) == {"": "started", **expected}


def test_production_does_not_start_on_an_empty_secret_key() -> None:
    program = "import django; django.setup(); from django.conf import settings; settings.SECRET_KEY"

    answer = run_python(
        program,
        DJANGO_SETTINGS_MODULE="videnbro.settings.production",
        **{**PRODUCTION, "VIDENBRO_SECRET_KEY": ""},
    )

    assert answer.returncode != 0
    assert answer.stderr.strip().splitlines()[-1] == (
        "django.core.exceptions.ImproperlyConfigured: Set VIDENBRO_SECRET_KEY: it is empty."
    )


def test_production_knows_neither_demo_nor_debug() -> None:
    program = (
        "import json; from videnbro.settings import production as s;"
        "print(json.dumps([s.DEBUG, s.VIDENBRO_DEMO, 'demo' in s.INSTALLED_APPS, s.ALLOWED_HOSTS]))"
    )

    answer = run_python(program, **PRODUCTION)

    assert json.loads(answer.stdout) == [False, False, False, ["videnbro.example"]]


def test_embedded_generates_a_secret_once_and_keeps_it_to_its_owner(tmp_path: Path) -> None:
    first = secret_of("embedded", VIDENBRO_DATA_DIR=str(tmp_path / "one"))
    again = secret_of("embedded", VIDENBRO_DATA_DIR=str(tmp_path / "one"))
    elsewhere = secret_of("embedded", VIDENBRO_DATA_DIR=str(tmp_path / "two"))

    assert len(first) >= 50
    assert again == first
    assert elsewhere != first
    assert stat.S_IMODE((tmp_path / "one" / "secret-key").stat().st_mode) == 0o600


def test_embedded_listens_to_this_machine_only(tmp_path: Path) -> None:
    program = "import json; from videnbro.settings import embedded as s;print(json.dumps([s.DEBUG, s.ALLOWED_HOSTS]))"

    answer = run_python(program, VIDENBRO_DATA_DIR=str(tmp_path))

    assert json.loads(answer.stdout) == [False, ["127.0.0.1", "localhost", "[::1]"]]


def test_test_settings_generate_a_secret_each_run(tmp_path: Path) -> None:
    assert secret_of("test", TMPDIR=str(tmp_path)) != secret_of("test", TMPDIR=str(tmp_path))


def defaults_of_secrets(source: str) -> list[str]:
    """Names of secrets that a file writes down, or gives a default where the environment is silent."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value:
            found += [ast.unparse(target) for target in node.targets if SECRET.search(ast.unparse(target))]
        if isinstance(node, ast.Call) and any(keyword.arg == "default" for keyword in node.keywords):
            found += [ast.unparse(each) for each in node.args if SECRET.search(ast.unparse(each))]
    return found


@pytest.mark.parametrize("name", ["base", "embedded", "production", "test"])
def test_settings_write_no_secret_down(name: str) -> None:
    source = (ROOT / "platform/videnbro/settings" / f"{name}.py").read_text()
    allowed = ["'VIDENBRO_TEST_DATABASE_URL'"] if name == "test" else []

    assert defaults_of_secrets(source) == allowed


def test_secret_with_a_default_is_noticed() -> None:
    source = "SECRET_KEY = 'abc'\nKEY = env.str('VIDENBRO_SECRET_KEY', default='abc')"

    assert defaults_of_secrets(source) == ["SECRET_KEY", "'VIDENBRO_SECRET_KEY'"]


def test_tests_write_their_index_into_a_folder_of_their_own() -> None:
    folder = Path(settings.VIDENBRO_INDEX_DIR)

    assert (folder.parent, folder.name) == (ROOT / "var" / "test", f"index-{os.getpid()}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VIDENBRO_ALLOWED_HOSTS", ""),
        ("VIDENBRO_DEFAULT_FROM_EMAIL", " "),
        ("VIDENBRO_DATABASE_URL", ""),
        ("VIDENBRO_DATABASE_URL", "nonsense"),
        ("VIDENBRO_INSECURE_HTTP", "maybe"),
    ],
)
def test_production_does_not_start_on_a_value_that_says_nothing(name: str, value: str) -> None:
    answer = run_python(
        "import django; django.setup()",
        DJANGO_SETTINGS_MODULE="videnbro.settings.production",
        **{**PRODUCTION, name: value},
    )

    assert answer.returncode != 0
    assert name in answer.stderr.strip().splitlines()[-1]
