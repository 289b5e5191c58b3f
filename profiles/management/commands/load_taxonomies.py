"""Seeds or updates the taxonomies; safe to run at every deployment."""

from typing import Any

from django.core.management.base import BaseCommand

from profiles.domain.taxonomies import load_taxonomies


class Command(BaseCommand):
    """Bring the taxonomy table to what the files in `profiles/taxonomies` say."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and print the counts."""
        done = load_taxonomies()
        self.stdout.write(f"{done.terms} terms: {done.created} new, {done.changed} changed, {done.retired} retired.")
