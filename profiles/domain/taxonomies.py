"""Loading the seeded taxonomies: the YAML files are the source, the table is a copy with history."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from kernel.errors import InvalidInput
from kernel.yaml_files import read_yaml
from profiles.enums import Taxonomy
from profiles.models import Term
from profiles.terms import forget_terms

TAXONOMY_DIR = Path(__file__).resolve().parents[1] / "taxonomies"


@dataclass(frozen=True)
class LoadedTaxonomies:
    """Counts of one load."""

    terms: int
    created: int
    changed: int
    retired: int


def _read_file(path: Path) -> list[Term]:
    content = read_yaml(path)
    taxonomy = Taxonomy(content["taxonomy"])
    return [
        Term(
            key=f"{taxonomy.value}:{row['code']}",
            taxonomy=taxonomy,
            code=_text(row["code"]),
            label_da=_text(row["da"]),
            label_en=_text(row["en"]),
            position=position,
            parent_id=row.get("parent"),
            version=int(content["version"]),
        )
        for position, row in enumerate(content["terms"])
    ]


def _text(value: Any) -> str:
    """The value, if it is text: YAML reads an unquoted 0751 as the number 489, and no as false."""
    if not isinstance(value, str) or not value.strip():
        raise TypeError(f"{value!r} is not text; put it in quotes")
    return value


def _read_all(folder: Path) -> list[Term]:
    terms: list[Term] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            terms.extend(_read_file(path))
        except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
            raise InvalidInput(f"The taxonomy file {path.name} cannot be read: {error!r}", field=path.name) from error
    _require_whole(terms)
    return sorted(terms, key=lambda term: (term.parent_id is not None, term.key))


def _require_whole(terms: list[Term]) -> None:
    keys = Counter(term.key for term in terms)
    faults = {
        "have no terms": [name for name in Taxonomy.values if name not in {term.taxonomy for term in terms}],
        "stand there twice": [key for key, count in keys.items() if count > 1],
        "have an unknown parent": [term.key for term in terms if term.parent_id and term.parent_id not in keys],
    }
    for fault, names in faults.items():
        if names:
            raise InvalidInput(f"The taxonomy files cannot be loaded: {', '.join(names)} {fault}.", field=names[0])


@transaction.atomic
def load_taxonomies(folder: Path = TAXONOMY_DIR) -> LoadedTaxonomies:
    """Bring the table to what the files say; terms that left the files are retired, never deleted.

    Raises:
        InvalidInput: a file is broken or missing; names it, and nothing is changed.
    """
    terms = _read_all(folder)
    fields: tuple[str, ...] = ("label_da", "label_en", "position", "parent_id", "version", "retired")
    before = Term.objects.in_bulk()
    created = [term for term in terms if term.key not in before]
    changed = [term for term in terms if term.key in before and _differs(term, before[term.key], fields)]
    Term.objects.bulk_create(created)
    Term.objects.bulk_update(changed, [name.removesuffix("_id") for name in fields])
    gone = Term.objects.exclude(key__in=[term.key for term in terms]).filter(retired=False).update(retired=True)
    transaction.on_commit(forget_terms)
    forget_terms()
    return LoadedTaxonomies(terms=len(terms), created=len(created), changed=len(changed), retired=gone)


def _differs(new: Term, old: Term, fields: tuple[str, ...]) -> bool:
    pairs: list[tuple[Any, Any]] = [(getattr(new, name), getattr(old, name)) for name in fields]
    return any(left != right for left, right in pairs)
