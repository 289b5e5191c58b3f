"""Writing small data folders as others would give them."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def silent(words: str) -> None:
    """Progress that nobody reads."""


def write_rows(folder: Path, name: str, rows: Iterable[Mapping[str, Any]], *, packed: bool = False) -> Path:
    """`name`.jsonl, or `name`.jsonl.gz when packed."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return write_text(folder / f"{name}.jsonl{'.gz' if packed else ''}", text)


def write_text(path: Path, text: str) -> Path:
    """A text, packed when its name ends with .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = text.encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path
