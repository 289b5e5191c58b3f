"""The training itself: sentence-transformers' trainer with multiple negatives over batches that were planned before.

Only the transformer layers are trained. The word table stays as it is: it is four fifths of the weights, most of
its words are in no training text, and those of the other language would be left behind.
"""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from kernel.errors import DomainError
from matching.encoder_build.asked_texts import asking_prefix
from matching.encoder_build.build_tools import build_tool
from matching.encoder_build.mining import TrainingRow
from matching.engine.encoders import EncoderProfile

Batches = Sequence[Sequence[TrainingRow]]
_WARM_UP = 0.1
_WEIGHTS = "model.safetensors"


class TrainingFailedError(DomainError):
    """The training ended without a usable model."""

    code: ClassVar[str] = "training_failed"


@dataclass(frozen=True)
class TrainingOptions:
    """How to train.

    `max_tokens` cuts training texts (serving never does); `layers` counts the upper layers that move, 0 for all;
    `scale` multiplies the cosines in the loss; `blend` is the share of the way from the base weights to the
    trained ones that the result goes.
    """

    steps: int = 100
    batch: int = 16
    max_tokens: int = 128
    learning_rate: float = 5e-5
    layers: int = 6
    scale: float = 50.0
    blend: float = 1.0
    threads: int = 0
    seed: int = 7


def require_training_tools() -> None:
    """Import what only training needs, so that its absence is said before any work is done.

    Raises:
        BuildToolMissingError: one of them is not installed.
    """
    for name in ("torch", "accelerate", "datasets", "sentence_transformers"):
        build_tool(name)


def train(
    base: Path,
    profile: EncoderProfile,
    batches: Batches,
    *,
    options: TrainingOptions,
    target: Path,
    say: Callable[[str], None],
) -> None:
    """Train the Hugging Face folder `base` on `batches` and save the result as the folder `target`.

    Raises:
        TrainingFailedError: the weights are no numbers any more.
        BuildToolMissingError: a library that only training needs is not installed.
    Source: Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022, for the blending of weights.
    """
    torch = build_tool("torch")
    if options.threads:
        torch.set_num_threads(options.threads)
    model = build_tool("sentence_transformers").SentenceTransformer(str(base), device="cpu", local_files_only=True)
    longest = model.max_seq_length
    model.max_seq_length = min(options.max_tokens, longest or options.max_tokens)
    moving = _moving_weights(model, options.layers)
    before = {name: weights.detach().clone() for name, weights in moving.items()}
    _trainer(model, profile, batches, options, target.with_name("trainer"), say).train()
    _blend(torch, moving, before, options.blend)
    model.max_seq_length = longest
    model.eval()
    _save(model, base, target)


def _save(model: Any, base: Path, target: Path) -> None:
    """Save the weights; all else stays as in `base`, also options that sentence-transformers drops when it saves."""
    saved = target.with_name(f"{target.name}.saved")
    model.save_pretrained(str(saved), create_model_card=False)
    if not ((base / _WEIGHTS).is_file() and (saved / _WEIGHTS).is_file()):
        saved.rename(target)
        return
    shutil.copytree(base, target, ignore=shutil.ignore_patterns(_WEIGHTS))
    (saved / _WEIGHTS).rename(target / _WEIGHTS)
    shutil.rmtree(saved)


def _moving_weights(model: Any, layers: int) -> dict[str, Any]:
    """Freeze what stays and return what is trained, by name."""
    names = [name for name, _weights in model.named_parameters()]
    numbers = sorted({number for name in names if (number := _layer_number(name)) is not None})
    upper = set(numbers[-layers:] if layers else numbers)
    moving = {}
    for name, weights in model.named_parameters():
        weights.requires_grad = _layer_number(name) in upper if numbers else "embeddings" not in name
        if weights.requires_grad:
            moving[name] = weights
    return moving


def _layer_number(name: str) -> int | None:
    _before, found, rest = name.partition("encoder.layer.")
    return int(rest.partition(".")[0]) if found else None


def _trainer(
    model: Any,
    profile: EncoderProfile,
    batches: Batches,
    options: TrainingOptions,
    scratch: Path,
    say: Callable[[str], None],
) -> Any:
    library = build_tool("sentence_transformers")
    losses = build_tool("sentence_transformers.sentence_transformer.losses")
    datasets = build_tool("datasets")
    rows = [row for batch in batches for row in batch]
    arguments = library.SentenceTransformerTrainingArguments(
        output_dir=str(scratch),
        max_steps=len(batches),
        per_device_train_batch_size=len(batches[0]),
        learning_rate=options.learning_rate,
        warmup_steps=round(_WARM_UP * len(batches)),
        batch_sampler=_in_order,
        seed=options.seed,
        use_cpu=True,
        save_strategy="no",
        logging_strategy="steps",
        logging_steps=max(1, len(batches) // 20),
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )
    transformers = build_tool("transformers")
    trainer = library.SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=datasets.Dataset.from_dict(_columns(rows, profile)),
        loss=losses.MultipleNegativesRankingLoss(model, scale=options.scale),
        callbacks=[_progress(transformers, say)],
    )
    trainer.remove_callback(transformers.PrinterCallback)  # it prints to standard output
    return trainer


def _columns(rows: Sequence[TrainingRow], profile: EncoderProfile) -> dict[str, list[str]]:
    """The texts with their prefixes: a query's depends on its length, so no prompt of a whole column would do."""
    passage = profile.passage_prefix
    return {
        "query": [asking_prefix(profile, row.query) + row.query for row in rows],
        "passage": [passage + row.passage for row in rows],
        "negative": [passage + row.negative for row in rows],
    }


def _in_order(dataset: Any, batch_size: int, drop_last: bool, **_others: Any) -> Any:
    """The batches as they were planned, instead of shuffled."""
    data = build_tool("torch.utils.data")
    sampler = build_tool("sentence_transformers.base.sampler").DefaultBatchSampler
    return sampler(data.SequentialSampler(dataset), batch_size=batch_size, drop_last=drop_last)


def _progress(transformers: Any, say: Callable[[str], None]) -> Any:
    """A callback of the trainer; its class can only be made once transformers is imported."""
    started = time.monotonic()

    def on_log(_self: Any, _args: Any, state: Any, _control: Any, logs: dict[str, Any], **_others: Any) -> None:
        if "loss" in logs:
            passed = time.monotonic() - started
            left = passed / state.global_step * (state.max_steps - state.global_step)
            loss = float(logs["loss"])
            say(f"step {state.global_step} of {state.max_steps}, loss {loss:.3f}, {left:.0f} s left")

    return type("Progress", (transformers.TrainerCallback,), {"on_log": on_log})()


def _blend(torch: Any, moving: dict[str, Any], before: dict[str, Any], share: float) -> None:
    with torch.no_grad():
        for name, weights in moving.items():
            weights.copy_(torch.lerp(before[name], weights, share))
            if not bool(torch.isfinite(weights).all()):
                raise TrainingFailedError("The training went astray (weights are no numbers). Lower --learning-rate.")
