"""Files, functions and templates stay small enough to be read at one sitting."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.layout.tracked import source_files

MOST_LINES_A_FILE = 400
MOST_LINES_A_FUNCTION = 50
MOST_LINES_A_TEMPLATE = 150


def long_functions(source: str) -> Iterator[tuple[str, int]]:
    """Name and length of each function past the limit, decorators not counted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MOST_LINES_A_FUNCTION:
                yield node.name, length


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_files_stay_below_the_limit() -> None:
    lengths = {str(path): lines_of(path) for path in source_files(".py") if "migrations" not in path.parts}

    assert len(lengths) > 30
    assert {path: length for path, length in lengths.items() if length > MOST_LINES_A_FILE} == {}


def test_functions_stay_below_the_limit() -> None:
    found = {
        f"{path}:{name}": length
        for path in source_files(".py")
        if "migrations" not in path.parts
        for name, length in long_functions(path.read_text(encoding="utf-8"))
    }

    assert found == {}


def test_long_function_is_noticed() -> None:
    source = "def short():\n    return 1\n\n\ndef long():\n" + "    x = 1\n" * MOST_LINES_A_FUNCTION

    assert list(long_functions(source)) == [("long", MOST_LINES_A_FUNCTION + 1)]


def test_templates_stay_below_the_limit() -> None:
    lengths = {str(path): lines_of(path) for path in source_files(".html")}

    assert {path: length for path, length in lengths.items() if length > MOST_LINES_A_TEMPLATE} == {}
