"""Production settings come from the environment: a missing one stops the start and is named."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.operations.compose import ROOT, surroundings

SHOWN = (
    "import json; from videnbro.settings import production as s;"
    "print(json.dumps({'hosts': s.ALLOWED_HOSTS, 'engine': s.DATABASES['default']['ENGINE'],"
    " 'debug': s.DEBUG, 'origins': s.CSRF_TRUSTED_ORIGINS, 'mail': [s.EMAIL_HOST, s.EMAIL_PORT],"
    " 'secure': [s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT]}))"
)
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "videnbro.settings.production",
    "VIDENBRO_SECRET_KEY": "a-long-word-that-only-this-test-run-has-0123456789-abcdefghij",
    "VIDENBRO_ALLOWED_HOSTS": "videnbro.example,localhost",
    "VIDENBRO_CSRF_TRUSTED_ORIGINS": "https://videnbro.example",
    "VIDENBRO_DATABASE_URL": "postgres://videnbro:secret@database:5432/videnbro",
    "VIDENBRO_EMAIL_URL": "smtp://mail:1025",
    "VIDENBRO_DEFAULT_FROM_EMAIL": "Videnbro <videnbro@videnbro.example>",
    "VIDENBRO_SITE_URL": "https://videnbro.example",
}


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=surroundings(environment), capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_settings_are_read_from_the_environment() -> None:
    answer = python("-c", SHOWN, **ENVIRONMENT)

    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {
        "hosts": ["videnbro.example", "localhost"],
        "engine": "django.db.backends.postgresql",
        "debug": False,
        "origins": ["https://videnbro.example"],
        "mail": ["mail", 1025],
        "secure": [True, True, True],
    }


def test_trying_out_without_tls_is_a_choice() -> None:
    answer = python("-c", SHOWN, **ENVIRONMENT, VIDENBRO_INSECURE_HTTP="true")

    assert json.loads(answer.stdout)["secure"] == [False, False, False]


@pytest.mark.parametrize(
    "missing",
    [
        "VIDENBRO_SECRET_KEY",
        "VIDENBRO_ALLOWED_HOSTS",
        "VIDENBRO_DATABASE_URL",
        "VIDENBRO_EMAIL_URL",
        "VIDENBRO_DEFAULT_FROM_EMAIL",
        "VIDENBRO_SITE_URL",
    ],
)
def test_missing_setting_stops_the_start_and_is_named(missing: str) -> None:
    environment = {name: value for name, value in ENVIRONMENT.items() if name != missing}

    answer = python("-c", SHOWN, **environment)

    assert answer.returncode != 0
    assert missing in answer.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "wrong", ["videnbro.example", "ftp://videnbro.example", "https://", "https://a b", "https://a/?q", "https://u:p@a"]
)
def test_address_of_the_site_that_is_none_stops_the_start(wrong: str) -> None:
    answer = python("-c", SHOWN, **{**ENVIRONMENT, "VIDENBRO_SITE_URL": wrong})

    assert answer.returncode != 0
    assert "Set VIDENBRO_SITE_URL to an address such as" in answer.stderr.strip().splitlines()[-1]


def test_address_of_the_site_loses_the_slash_at_its_end_and_old_keys_are_several() -> None:
    shown = (
        "import json; from videnbro.settings import production as s;"
        "print(json.dumps([s.VIDENBRO_SITE_URL, s.SECRET_KEY_FALLBACKS]))"
    )
    given = {**ENVIRONMENT, "VIDENBRO_SITE_URL": "http://localhost:8000/", "VIDENBRO_OLD_SECRET_KEYS": "one two"}

    answer = python("-c", shown, **given)

    assert json.loads(answer.stdout) == ["http://localhost:8000", ["one", "two"]]


def test_deployment_check_leaves_only_what_the_owner_of_the_domain_decides(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()

    answer = python("manage.py", "check", "--deploy", **ENVIRONMENT, VIDENBRO_DATA_DIR=str(tmp_path))

    assert answer.returncode == 0, answer.stderr
    # HSTS for subdomains and for the browsers' preload list reaches further than this site.
    assert set(re.findall(r"\(\w+\.[WE]\d+\)", answer.stderr)) <= {"(security.W005)", "(security.W021)"}


def test_unexpected_errors_reach_the_log_of_the_process() -> None:
    failing = (
        "import django, logging; django.setup();"
        "logging.getLogger('django.request').error('something broke');"
        "logging.getLogger('django.request').warning('a page that is not there')"
    )

    answer = python("-c", failing, **ENVIRONMENT, PYTHONPATH="platform")

    assert answer.returncode == 0, answer.stderr
    assert "ERROR django.request: something broke" in answer.stderr
    assert "a page that is not there" not in answer.stderr
