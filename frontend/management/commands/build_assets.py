"""`manage.py build_assets`: styles, htmx, fonts and icons into `var/assets`, unless nothing changed."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from frontend.assets import AssetsError, build_assets


class Command(BaseCommand):
    """Builds the assets of the pages."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Only whether to build anew."""
        parser.add_argument("--force", action="store_true", help="build although nothing changed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build below the data folder of the settings.

        Raises:
            CommandError: with the one line that says what to do.
        """
        assets = Path(dict(settings.STATICFILES_DIRS)["vendor"])
        try:
            built = build_assets(assets.parent, report=self.stderr.write, force=options["force"])
        except AssetsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The pages' assets are built." if built else "The pages' assets are up to date.")
