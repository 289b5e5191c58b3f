"""The judged need-offer pairs of the demo cluster: a quality check that a facilitator, not a model, wrote."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.loading import DATA_DIR, read_profile_rows
from kernel.errors import InvalidInput
from kernel.yaml_files import read_yaml
from matching.statement_texts import passage_text


@dataclass(frozen=True)
class DemoStatement:
    """A statement of the demo files, named KEY/KIND/NUMBER; `passage` is what the product embeds."""

    name: str
    profile: str
    kind: str
    language: str
    text: str
    visibility: str
    passage: str


@dataclass(frozen=True)
class Judgement:
    """One need with graded offers (2: clearly the right party, 1: worth a talk) and offers that only look right."""

    need: DemoStatement
    grades: dict[str, int]
    hard_negatives: tuple[str, ...]


def read_statements(folder: Path = DATA_DIR) -> dict[str, DemoStatement]:
    """Every offer and need of the demo files by name, in the files' order."""
    found: dict[str, DemoStatement] = {}
    for row in read_profile_rows(folder):
        numbers: dict[str, int] = {}
        about = next(each["text"] for each in row["statements"] if each["kind"] == "about")
        keywords = row.get("keywords", ())
        for statement in row["statements"]:
            kind = statement["kind"]
            numbers[kind] = numbers.get(kind, 0) + 1
            name = f"{row['key']}/{kind}/{numbers[kind]}"
            found[name] = DemoStatement(
                name=name,
                profile=row["key"],
                kind=kind,
                language=statement["language"],
                text=statement["text"],
                visibility=statement.get("visibility", "public"),
                passage=passage_text(statement["text"], about="" if kind == "about" else about, keywords=keywords),
            )
    return found


def read_judgements(folder: Path = DATA_DIR) -> list[Judgement]:
    """The judged needs, in the file's order.

    Raises:
        InvalidInput: a name does not stand for a statement of the right kind.
    """
    statements = read_statements(folder)
    rows = read_yaml(folder / "judged_pairs.yaml")
    return [_judgement(row, statements) for row in rows]


def _judgement(row: dict[str, Any], statements: dict[str, DemoStatement]) -> Judgement:
    offers = {item["offer"]: int(item["grade"]) for item in row.get("offers", ())}
    negatives = tuple(item["offer"] for item in row.get("hard_negatives", ()))
    for name, kind in ((row["need"], "need"), *((offer, "offer") for offer in (*offers, *negatives))):
        if name not in statements or statements[name].kind != kind:
            raise InvalidInput(f"“{name}” in judged_pairs.yaml is not the name of a {kind} in the demo files.")
    return Judgement(statements[row["need"]], offers, negatives)
