"""What `make demo` does before it serves, in order, and how it knows that a step is done already.

A step whose inputs have not changed since it last finished is skipped; the stamp is written after the step,
so an interrupted one runs again. Steps that find out for themselves have no inputs here and always run.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from django.conf import settings

from demo.bazar.bazar import has_events
from demo.serving import ROOT
from demo.year.bodies import has_year
from matching.encoder_build.cache import find_encoder
from matching.enums import Purpose


@dataclass(frozen=True)
class Step:
    """One management command; `inputs` are globs, `products` what must exist after it.

    `ready` asks what was made instead of a stamp, where that is cheap. A step that needs much memory gets a
    process of its own, which gives it back.
    """

    title: str
    command: str
    arguments: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    products: tuple[Path, ...] = ()
    own_process: bool = False
    ready: Callable[[], bool] | None = None

    def is_done(self) -> bool:
        """Whether it finished with these very inputs and what it made is still there."""
        if self.ready is not None:
            return self.ready()
        if not self.inputs or not all(product.exists() for product in self.products):
            return False
        return self._stamp.exists() and self._stamp.read_text() == self._key()

    def mark_done(self) -> None:
        """Remember the inputs it finished with."""
        if self.inputs:
            self._stamp.parent.mkdir(parents=True, exist_ok=True)
            self._stamp.write_text(self._key())

    @property
    def _stamp(self) -> Path:
        return Path(settings.DATA_DIR) / "stamps" / self.command

    def _key(self) -> str:
        """Changes with any input file, and when a product was made anew by somebody else."""
        digest = hashlib.sha256()
        found = {ROOT / name for each in self.inputs for name in glob(each, root_dir=ROOT, recursive=True)}
        for path in sorted(path for path in found if path.is_file()):
            state = path.stat()
            digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
        for product in self.products:
            digest.update(f"{product}\0{product.stat().st_ino}\n".encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Question:
    """One question that the demo answers in the terminal, and how `manage.py recommend` is asked."""

    title: str
    arguments: tuple[str, ...]


QUESTIONS = (
    Question(
        "OPI-light: which ward or municipality should this firm talk to?",
        ("saarvang-medical", "--purpose", Purpose.OPI_LIGHT, "--limit", "3"),
    ),
    Question(
        "Project: who completes this team? (asked in English, answered from Danish and English texts)",
        (
            "We want to prevent falls at home: who has sensors, data, or homes to try them in?",
            *("--purpose", Purpose.PROJECT, "--language", "en", "--limit", "3"),
        ),
    ),
    Question(
        "Event: whom should this firm meet on the day?",
        ("pulsvig", "--purpose", Purpose.EVENT, "--event", "medico-bazar-2027", "--limit", "3"),
    ),
)


# Where to look once the site is served, and what is seen there.
PLACES = (
    ("the coming event, as its organiser (sign in as one)", "/events/medico-bazar-2027/organise/"),
    ("its exhibitor catalogue as a PDF, 125 stands", "/events/medico-bazar-2027/catalogue.da.pdf"),
    ("what came of the past one, as its organiser", "/events/medico-bazar-2026/organise/report/"),
    ("an AIMday whose groups wait to be composed, as its organiser", "/events/aimday-aldring-2027/organise/groups/"),
    ("who has the same concern at an ERFA group, as the municipality", "/events/erfa-fald-om-natten/people/"),
    ("what students ask an expert, as the firm", "/events/moed-eksperterne-2027/requests/"),
)
# For tests of the site: every kind of thing is there, but less of it.
_SHORT_DAYS, _SHORT_SECONDS = 90, 3


def steps(*, is_short: bool = False) -> list[Step]:
    """Every step, in order; the database's own inode tells a new database from the one that was filled."""
    year, day = (("--days", str(_SHORT_DAYS)), ("--seconds", str(_SHORT_SECONDS))) if is_short else ((), ())
    data = Path(settings.DATA_DIR)
    database = Path(settings.DATABASES["default"]["NAME"])
    return [
        Step("the encoder (built once a machine)", "build_encoder", own_process=True, ready=_encoder_is_there),
        Step("the pages' assets", "build_assets"),
        Step("translations", "compile_translations"),
        Step("database", "migrate", ("--verbosity", "0")),
        Step(
            "taxonomies",
            "load_taxonomies",
            inputs=("profiles/taxonomies/**/*", "profiles/domain/taxonomies.py"),
            products=(database,),
        ),
        Step("the demo cluster", "load_demo", inputs=("demo/data/**/*", "demo/**/*.py"), products=(database,)),
        Step(
            "invented bodies for a year of contacts",
            "load_year_bodies",
            inputs=("demo/data/year_bodies.yaml", "demo/**/*.py"),
            products=(database,),
        ),
        Step("the index", "build_index"),
        Step("a simulated year of contacts (about a minute)", "simulate_year", year, own_process=True, ready=has_year),
        Step("a past Medico Bazar, and all coming events", "load_bazars", day, own_process=True, ready=has_events),
        Step(
            "static files",
            "collectstatic",
            ("--noinput", "--verbosity", "0"),
            inputs=(
                "frontend/static/**/*",
                "requirements/constraints.txt",
                str(data / "assets" / "stamp"),
            ),
            products=(data / "static",),
        ),
    ]


def _encoder_is_there() -> bool:
    return find_encoder(settings.VIDENBRO_ENCODER, Path(settings.VIDENBRO_CACHE_DIR)) is not None
