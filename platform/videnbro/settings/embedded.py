"""One machine, no services: SQLite, mail into a folder, demo log-ins. For trying out and for developing."""

from pathlib import Path

from django.core.management.utils import get_random_secret_key

from videnbro.settings import base
from videnbro.settings.base import *  # noqa: F403
from videnbro.settings.environment import env, optional, site

DATA_DIR = Path(env.str("VIDENBRO_DATA_DIR", default=str(base.DATA_DIR)))
# Its database, mails and index are nobody else's business.
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)


def _kept_secret(path: Path) -> str:
    """A secret made on the first start and kept, so that sessions survive a restart."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = _kept_secret(DATA_DIR / "secret-key")
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
INSTALLED_APPS = [*base.INSTALLED_APPS, "demo", "benchmarks"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "videnbro.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
}

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = "Videnbro <videnbro@videnbro.example>"

LOCALE_PATHS = [DATA_DIR / "locale"]
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [("vendor", DATA_DIR / "assets")]
VIDENBRO_SITE_URL = site("VIDENBRO_SITE_URL", default=base.VIDENBRO_SITE_URL)
VIDENBRO_CACHE_DIR = Path(env.str("VIDENBRO_CACHE_DIR", default=str(base.VIDENBRO_CACHE_DIR)))
VIDENBRO_ENCODER = env.str("VIDENBRO_ENCODER", default=base.VIDENBRO_ENCODER)
VIDENBRO_INDEX_DIR = DATA_DIR / "index"
VIDENBRO_MILVUS_URI = env.str("VIDENBRO_MILVUS_URI", default=base.VIDENBRO_MILVUS_URI).strip()
VIDENBRO_MILVUS_TOKEN = optional("VIDENBRO_MILVUS_TOKEN")
# Everybody who tries it out has the same address, and the browser walks are quick.
VIDENBRO_SEARCHES_A_MINUTE = 3000
VIDENBRO_DEMO = True
