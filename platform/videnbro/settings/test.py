"""For the test run: a generated secret, mail in memory, a database of the run's own, SQLite unless told otherwise."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key

from videnbro.settings import base
from videnbro.settings.base import *  # noqa: F403
from videnbro.settings.environment import env

SECRET_KEY = get_random_secret_key()
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [*base.INSTALLED_APPS, "demo", "benchmarks"]

DATABASES = {
    "default": env.db_url("VIDENBRO_TEST_DATABASE_URL", default="sqlite:///:memory:"),
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEFAULT_FROM_EMAIL = "Videnbro <videnbro@videnbro.example>"
VIDENBRO_SITE_URL = "http://testserver"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **base.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
VIDENBRO_CACHE_DIR = Path(env.str("VIDENBRO_CACHE_DIR", default=str(base.VIDENBRO_CACHE_DIR)))
VIDENBRO_INDEX_DIR = base.DATA_DIR / "test" / f"index-{os.getpid()}"
EMAIL_FILE_PATH = VIDENBRO_INDEX_DIR / "mail"
REST_FRAMEWORK = {**base.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"anon": None, "user": None}}
ACCOUNT_RATE_LIMITS = False
VIDENBRO_SEARCHES_A_MINUTE = 1_000_000
