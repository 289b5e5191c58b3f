"""Brings the Danish catalogue to what the source needs."""

from typing import Any

from django.core.management.base import BaseCommand

from frontend import translations


class Command(BaseCommand):
    help = "Find every text in the source and bring the Danish catalogue up to date; translations are kept."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        merged = translations.merge(translations.extract(), translations.read_catalogue())
        translations.write_catalogue(merged)
        for line in translations.problems(merged, translations.extract()):
            self.stdout.write(line)
        self.stdout.write(f"{len(merged)} texts in {translations.CATALOGUE.relative_to(translations.ROOT)}")
