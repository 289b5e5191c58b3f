"""Setting papers with typst: a template of ours and plain data in, a PDF out.

Whatever people wrote reaches the template as JSON strings, which typst shows and never runs.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

PAPERS = Path(__file__).parent / "papers"


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """A PDF of `papers/<template>.typ`; the same data give the same pages on every machine (fonts come with typst).

    Raises:
        typst.TypstError: the template and the data do not fit each other.
    """
    pdf = typst.compile(
        str(PAPERS / f"{template}.typ"),
        root=str(PAPERS),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave more than one document")
    return pdf
