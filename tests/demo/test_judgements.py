"""The judged pairs: enough of them, every name resolves, and a wrong name is said."""

import shutil
from pathlib import Path

import pytest

from demo.judgements import read_judgements, read_statements
from demo.loading import DATA_DIR
from kernel.errors import InvalidInput


def test_judged_pairs_are_as_many_as_the_check_needs() -> None:
    languages = {name: row.language for name, row in read_statements().items()}
    judgements = read_judgements()
    pairs = [(item.need.language, languages[name]) for item in judgements for name in item.grades]

    assert len(pairs) >= 60
    assert sum(need != offer for need, offer in pairs) >= 25
    assert sum(len(item.hard_negatives) for item in judgements) >= 15


def test_judged_pairs_join_different_profiles_and_are_public() -> None:
    statements = read_statements()

    for item in read_judgements():
        for name in (*item.grades, *item.hard_negatives):
            assert statements[name].profile != item.need.profile
            assert statements[name].visibility == "public"
        assert set(item.grades.values()) <= {1, 2}
        assert not set(item.grades) & set(item.hard_negatives)


@pytest.mark.parametrize("wrong", ["nobody/offer/1", "decubisense/need/1"])
def test_judged_pairs_with_a_wrong_name_are_refused(tmp_path: Path, wrong: str) -> None:
    shutil.copytree(DATA_DIR, tmp_path / "data")
    need = next(iter(read_judgements())).need.name
    text = f"- need: {need}\n  offers:\n    - {{offer: {wrong}, grade: 2}}\n"
    (tmp_path / "data" / "judged_pairs.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(InvalidInput, match=wrong):
        read_judgements(tmp_path / "data")
