"""Real use behind a proxy: PostgreSQL, SMTP, secrets from the environment; a missing one stops the start."""

from pathlib import Path

from videnbro.settings import base
from videnbro.settings.base import *  # noqa: F403
from videnbro.settings.environment import database, env, optional, required, site, switch

SECRET_KEY = required("VIDENBRO_SECRET_KEY")
# Links in mails live for months and objections for ever: after a change of the key, the keys before it still open them.
SECRET_KEY_FALLBACKS = optional("VIDENBRO_OLD_SECRET_KEYS").split()
DEBUG = False
ALLOWED_HOSTS = [name.strip() for name in required("VIDENBRO_ALLOWED_HOSTS").split(",")]
CSRF_TRUSTED_ORIGINS = env.list("VIDENBRO_CSRF_TRUSTED_ORIGINS", default=[])
DATABASES = {"default": database("VIDENBRO_DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("VIDENBRO_DATABASE_CONN_MAX_AGE", default=60)

vars().update(env.email_url("VIDENBRO_EMAIL_URL"))
DEFAULT_FROM_EMAIL = required("VIDENBRO_DEFAULT_FROM_EMAIL")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
VIDENBRO_SITE_URL = site("VIDENBRO_SITE_URL")

DATA_DIR = Path(env.str("VIDENBRO_DATA_DIR", default=str(base.DATA_DIR)))
LOCALE_PATHS = [DATA_DIR / "locale"]
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [("vendor", DATA_DIR / "assets")]
VIDENBRO_INDEX_DIR = DATA_DIR / "index"
VIDENBRO_CACHE_DIR = Path(env.str("VIDENBRO_CACHE_DIR", default=str(base.VIDENBRO_CACHE_DIR)))
VIDENBRO_DEFAULT_HUB = env.str("VIDENBRO_DEFAULT_HUB", default=base.VIDENBRO_DEFAULT_HUB)
VIDENBRO_ENCODER = env.str("VIDENBRO_ENCODER", default=base.VIDENBRO_ENCODER)
VIDENBRO_ENCODER_THREADS = env.int("VIDENBRO_ENCODER_THREADS", default=0)
VIDENBRO_MILVUS_URI = env.str("VIDENBRO_MILVUS_URI", default=base.VIDENBRO_MILVUS_URI).strip()
VIDENBRO_MILVUS_TOKEN = optional("VIDENBRO_MILVUS_TOKEN")

# TLS ends at the proxy; a first run without one sets VIDENBRO_INSECURE_HTTP=true.
_secure = not switch("VIDENBRO_INSECURE_HTTP", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours stand in front: callers are told apart by what the outermost of them saw.
_proxies = env.int("VIDENBRO_TRUSTED_PROXIES", default=1)
ALLAUTH_TRUSTED_PROXY_COUNT = _proxies
REST_FRAMEWORK = {**base.REST_FRAMEWORK, "NUM_PROXIES": _proxies}
SECURE_SSL_REDIRECT = _secure
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SESSION_COOKIE_SECURE = _secure
CSRF_COOKIE_SECURE = _secure
SECURE_HSTS_SECONDS = env.int("VIDENBRO_HSTS_SECONDS", default=31_536_000) if _secure else 0
