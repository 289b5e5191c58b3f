"""Open a built encoder folder in the runtime it was built for."""

from pathlib import Path

from matching.engine.encoders import (
    MODEL_FOLDER,
    Encoder,
    EncoderProfile,
    OnnxEncoder,
    SentenceTransformersEncoder,
)


def load_encoder(folder: Path, *, threads: int = 0) -> Encoder:
    """The encoder in `folder`; `threads` is how many one call uses, 0 for those this process may use."""
    profile = EncoderProfile.read(folder)
    if profile.runtime == "onnx":
        return OnnxEncoder(folder, threads=threads)
    return SentenceTransformersEncoder(folder / MODEL_FOLDER, profile=profile, threads=threads)
