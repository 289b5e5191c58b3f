"""Fine-tunes the text encoder on pairs that belong together; says whether the result may replace the encoder.

It stands here because judged pairs come from the demo, which matching may not know.
"""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.judgements import read_judgements, read_statements
from kernel.errors import DomainError
from matching.encoder_build.adapting import Adaptation, AdaptingOptions, adapt_encoder, count_pairs
from matching.encoder_build.cordis_pairs import cordis_pairs
from matching.encoder_build.retrieval_sets import RetrievalSet, read_public_set
from matching.encoder_build.shadow import Comparison
from matching.encoder_build.training import TrainingOptions
from matching.encoder_build.training_pairs import PairSource, TrainingPair, read_pairs

_USUAL_PUBLIC = Path(settings.BASE_DIR).parent / "shared/data/ntrex-da-en"
_DEFAULTS = TrainingOptions()


class Command(BaseCommand):
    """Adapt the encoder to known pairs. Nothing that is served changes until VIDENBRO_ENCODER names the result."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where pairs come from, what is measured, and how to train."""
        parser.add_argument("--pairs", type=Path, action="append", default=[], help=".jsonl or .jsonl.gz of pairs")
        parser.add_argument("--judged", choices=["demo"], help="the demo's judged needs and offers")
        parser.add_argument("--cordis", type=Path, metavar="DIR", help="CORDIS projects; needs --history-until")
        parser.add_argument(
            "--history-until", type=_date, metavar="DATE", help="only projects signed before, 2023-10-01"
        )
        parser.add_argument(
            "--public", type=Path, metavar="DIR", help="public set to measure on, as for bench retrieve"
        )
        parser.add_argument("--base", default=settings.VIDENBRO_ENCODER, help="encoder to start from (the setting)")
        parser.add_argument("--held-back", type=_share, default=AdaptingOptions().held_back, help="share of texts")
        _add_training_arguments(parser)
        parser.add_argument("--keep", action="store_true", help="keep the model even if it is refused")
        parser.add_argument("--dry-run", action="store_true", help="count pairs, train nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count or adapt, and say what came of it; in one line why not."""
        try:
            self._adapt(options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _adapt(self, options: dict[str, Any]) -> None:
        sources = self._sources(options)
        how = _adapting_options(options)
        if options["dry_run"]:
            self._write(options, count_pairs(sources, how), _count_lines)
            return
        adaptation = adapt_encoder(
            sources,
            base=options["base"],
            cache_dir=Path(settings.VIDENBRO_CACHE_DIR),
            public=self._public_set(options["public"]),
            options=how,
            say=self._progress,
        )
        self._write(options, _facts(adaptation, options["base"]), _verdict_lines)

    def _sources(self, options: dict[str, Any]) -> list[PairSource]:
        sources: list[PairSource] = [read_pairs(path) for path in options["pairs"]]
        if options["judged"]:
            sources.append(_judged_pairs())
        if options["cordis"]:
            if options["history_until"] is None:
                raise CommandError("--cordis needs --history-until, so that nothing later is learnt from.")
            sources.append(cordis_pairs(options["cordis"], history_until=options["history_until"], say=self._progress))
        if not sources:
            raise CommandError("Say what to learn from: --pairs FILE, --judged demo or --cordis DIR.")
        return sources

    def _public_set(self, folder: Path | None) -> RetrievalSet | None:
        if folder is None and not _USUAL_PUBLIC.is_dir():
            warning = f"NO PUBLIC SET: {_USUAL_PUBLIC} is not here. Without one no encoder is promoted; see --public."
            self.stderr.write(warning, self.style.WARNING)
            return None
        return read_public_set(folder or _USUAL_PUBLIC)

    def _write(self, options: dict[str, Any], facts: dict[str, Any], lines: Any) -> None:
        for line in [json.dumps(facts)] if options["json"] else lines(facts):
            self.stdout.write(line)

    def _progress(self, line: str) -> None:
        """Progress goes to standard error, so that standard output holds only the result."""
        self.stderr.write(f"adapting: {line}", self.style.NOTICE)
        self.stderr.flush()


def _add_training_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--steps", type=_count, default=_DEFAULTS.steps)
    parser.add_argument("--batch", type=_batch, default=_DEFAULTS.batch, help="pairs a step, at least 2")
    parser.add_argument("--max-tokens", type=_tokens, default=_DEFAULTS.max_tokens, help="where training cuts texts")
    parser.add_argument("--layers", type=_whole, default=_DEFAULTS.layers, help="upper layers to train, 0 for all")
    parser.add_argument("--learning-rate", type=_rate, default=_DEFAULTS.learning_rate)
    parser.add_argument("--blend", type=_blend, default=_DEFAULTS.blend, help="share of the way to the trained weights")
    parser.add_argument("--threads", type=_whole, default=_DEFAULTS.threads, help="0 takes all")
    parser.add_argument("--seed", type=_whole, default=_DEFAULTS.seed)


def _adapting_options(options: dict[str, Any]) -> AdaptingOptions:
    names = ("steps", "batch", "max_tokens", "layers", "learning_rate", "blend", "threads", "seed")
    training = TrainingOptions(**{name: options[name] for name in names})
    return AdaptingOptions(training=training, held_back=options["held_back"], keep=options["keep"])


def _judged_pairs() -> Iterator[TrainingPair]:
    """The demo's judged needs with each right offer; offers that only look right are their hard negatives."""
    statements = read_statements()
    for judgement in read_judgements():
        negatives = tuple(statements[name].passage for name in judgement.hard_negatives)
        for name, grade in judgement.grades.items():
            yield TrainingPair(judgement.need.passage, statements[name].passage, negatives, float(grade))


def _facts(adaptation: Adaptation, base: str) -> dict[str, Any]:
    setting = f"VIDENBRO_ENCODER={adaptation.folder}" if adaptation.folder else None
    return {"base": base, **adaptation.as_dict(), "setting": setting}


def _count_lines(facts: dict[str, Any]) -> Iterator[str]:
    for name, value in facts.items():
        yield f"{name.replace('_', ' '):<20} {value:>8}"


def _verdict_lines(facts: dict[str, Any]) -> Iterator[str]:
    yield from _count_lines(facts["counts"])
    for title, figures in (("held back", facts["held_back"]), (facts["public_set"], facts["public"] or {})):
        for name, values in figures.items():
            yield f"{title}, {name}: {_change(Comparison(**values))}"
    yield ("PROMOTED: " if facts["verdict"]["promoted"] else "NOT PROMOTED: ") + "; ".join(facts["verdict"]["reasons"])
    if facts["setting"]:
        yield "To serve it, set this and run build_index: the index refuses vectors of another encoder."
        yield f"  {facts['setting']}"


def _change(values: Comparison) -> str:
    span = f"{values.interval_low:+.4f} to {values.interval_high:+.4f}"
    return f"{values.base:.4f} to {values.adapted:.4f} ({values.difference:+.4f}, interval {span})"


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is no date; write it as 2023-10-01") from error


def _between(text: str, low: float, high: float, kind: Any) -> Any:
    try:
        value = kind(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is no number") from error
    if not low <= value <= high:
        raise ArgumentTypeError(f"{text} is not between {low:g} and {high:g}")
    return value


def _whole(text: str) -> int:
    return int(_between(text, 0, 2**31, int))


def _count(text: str) -> int:
    return int(_between(text, 1, 1_000_000, int))


def _batch(text: str) -> int:
    return int(_between(text, 2, 4096, int))


def _tokens(text: str) -> int:
    return int(_between(text, 8, 8192, int))


def _share(text: str) -> float:
    return float(_between(text, 0.05, 0.9, float))


def _rate(text: str) -> float:
    return float(_between(text, 1e-8, 0.1, float))


def _blend(text: str) -> float:
    return float(_between(text, 0.01, 1, float))
