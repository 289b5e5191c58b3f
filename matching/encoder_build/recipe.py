"""The steps from a source to a folder that can be served. Raise `RECIPE` when a step changes the vectors."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from matching.encoder_build.bert_weights import BertWeights, NotPlainBertError, read_bert_folder
from matching.encoder_build.build_tools import has_build_tool
from matching.encoder_build.loading import load_encoder
from matching.encoder_build.onnx_export import export_onnx
from matching.encoder_build.quantisation import quantise_embeddings
from matching.encoder_build.sources import EncoderSource, UnpackedSource, sentence_transformers_reference
from matching.encoder_build.verification import verify_encoder
from matching.engine.encoders import GRAPH_FILE, MODEL_FOLDER, TOKENIZER_FILE, EncoderProfile, open_tokenizer

RECIPE = 4
VERIFICATION_FILE = "verification.json"
Progress = Callable[[str], None]


def build_encoder(source: EncoderSource, fingerprint: str, folder: Path, progress: Progress) -> None:
    """Fill the empty `folder` with an encoder that was verified against its source.

    Raises:
        DomainError: the source is missing or broken, a build tool is missing, or the verification fails.
    """
    progress(f"unpacking {source.name}")
    unpacked = source.unpack(folder / MODEL_FOLDER, fingerprint)
    figures = _export(unpacked, folder, progress)
    progress("verifying")
    figures |= _verify(source, folder)
    (folder / VERIFICATION_FILE).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _export(unpacked: UnpackedSource, folder: Path, progress: Progress) -> dict[str, Any]:
    """Write graph, tokenizer and profile; what cannot be exported is left to sentence-transformers."""
    weights = _plain_bert(unpacked, folder)
    if weights is None:
        progress("this model is served by sentence-transformers itself")
        replace(unpacked.profile, runtime="sentence-transformers").write(folder)
        return {"precision": "float32"}
    profile = replace(unpacked.profile, runtime="onnx")
    profile.write(folder)
    (folder / TOKENIZER_FILE).write_bytes((folder / MODEL_FOLDER / TOKENIZER_FILE).read_bytes())
    tokenizer = open_tokenizer(folder)

    def tokenise(text: str) -> list[int]:
        token_ids: list[int] = tokenizer.encode(profile.passage_prefix + text).ids
        return token_ids[: profile.max_tokens]

    table = unpacked.embeddings or quantise_embeddings(weights.tensors["embeddings.word_embeddings.weight"])
    progress("writing the serving graph")
    return export_onnx(weights, table, tokenise, folder / GRAPH_FILE, progress)


def _plain_bert(unpacked: UnpackedSource, folder: Path) -> BertWeights | None:
    if not unpacked.exportable:
        return None
    try:
        return read_bert_folder(folder / MODEL_FOLDER)
    except NotPlainBertError:
        return None


def _verify(source: EncoderSource, folder: Path) -> dict[str, Any]:
    encoder = load_encoder(folder)
    figures: dict[str, Any] = {}
    reference = source.reference()
    if reference is not None:
        figures["cosine_to_source_min"] = round(verify_encoder(encoder, reference, f"the {source.name} engine"), 5)
    if has_build_tool("sentence_transformers"):
        profile = EncoderProfile.read(folder)
        exact = sentence_transformers_reference(folder / MODEL_FOLDER, profile)
        lowest = verify_encoder(encoder, exact, "sentence-transformers in float32")
        figures["cosine_to_sentence_transformers_min"] = round(lowest, 5)
    return figures
