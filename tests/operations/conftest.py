"""What the operations tests share: a database server, and the environment that operators set."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.postgres import postgres


@pytest.fixture(scope="module")
def database_address() -> Iterator[str]:
    """An empty PostgreSQL database."""
    with postgres() as address:
        yield address


@pytest.fixture(scope="module")
def production(database_address: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables that `.env` and docker-compose.yml give a container, with this machine's addresses."""
    data: Path = tmp_path_factory.mktemp("data")
    (data / "assets").mkdir()
    return {
        "DJANGO_SETTINGS_MODULE": "videnbro.settings.production",
        "VIDENBRO_SECRET_KEY": "a-long-word-that-only-this-test-run-has-0123456789-abcdefghij",
        "VIDENBRO_ALLOWED_HOSTS": "videnbro.example,localhost",
        "VIDENBRO_CSRF_TRUSTED_ORIGINS": "https://videnbro.example",
        "VIDENBRO_DATABASE_URL": database_address,
        "VIDENBRO_EMAIL_URL": "smtp://127.0.0.1:1",
        "VIDENBRO_DEFAULT_FROM_EMAIL": "Videnbro <videnbro@videnbro.example>",
        "VIDENBRO_SITE_URL": "https://videnbro.example",
        "VIDENBRO_DATA_DIR": str(data),
    }
