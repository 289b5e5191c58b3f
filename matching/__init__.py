"""Whom to talk to and why: statements become vectors, vectors become recommendations with reasons."""

import os

# ONNX Runtime reports to its maker unless told not to before its first import; we promise to tell nobody anything.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
