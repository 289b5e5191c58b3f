"""WSGI entry for gunicorn."""

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "videnbro.settings.production")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
