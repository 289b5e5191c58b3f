"""Libraries that only a build needs (torch, sentence-transformers, onnx), imported by name when a build runs.

The web process imports this package to find the built encoder; a plain import statement would drag gigabytes
into it.
"""

import importlib
import importlib.util
from types import ModuleType
from typing import ClassVar

from kernel.errors import DomainError


class BuildToolMissingError(DomainError):
    """The encoder has to be built here, but a library that only builds need is not installed."""

    code: ClassVar[str] = "build_tool_missing"


def has_build_tool(name: str) -> bool:
    """Whether `name` can be imported, without importing it."""
    return importlib.util.find_spec(name) is not None


def build_tool(name: str) -> ModuleType:
    """Import the library `name`.

    Raises:
        BuildToolMissingError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise BuildToolMissingError(
            f"Building the encoder needs the Python package {name!r}. Install the build requirements, or "
            "copy the built encoder folder into the cache directory of this machine.",
            package=name,
        ) from error
