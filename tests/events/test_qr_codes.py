"""QR codes: a drawing that pages and papers take in, and texts that cannot be one."""

import pytest

from events.qr_codes import qr_svg


def test_drawing_is_svg_without_declaration() -> None:
    assert qr_svg("https://bro.example/k/ABC").startswith("<svg ")


def test_text_with_markup_stays_out_of_the_drawing() -> None:
    assert "<script" not in qr_svg("<script>alert(1)</script>")


@pytest.mark.parametrize("text", ["", "x" * 5_000])
def test_text_that_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="QR code"):
        qr_svg(text)
