"""Makes the Danish texts readable for Django, or checks that none is missing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from frontend import translations


class Command(BaseCommand):
    help = "Compile the Danish catalogue; with --check, only say what is missing or wrong."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail with a list if anything is amiss"
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        catalogue = translations.read_catalogue()
        if not check:
            translations.compile_catalogue(catalogue)
            return
        found = translations.problems(catalogue, translations.extract())
        if found:
            raise CommandError("The Danish texts are not complete:\n" + "\n".join(found))
        self.stdout.write(f"All {len(catalogue)} texts are translated.")
