"""ASGI entry, for servers that speak it."""

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "videnbro.settings.production")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
