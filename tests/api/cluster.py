"""A small hub for tests of search and recommendations: a firm that seeks a test, and others who fit more or less."""

from collections.abc import Iterator
from typing import Any

from profiles.models import Profile
from tests.factories import ProfileFactory, StatementFactory

QUESTION = {"text": "Vi søger afprøvning af tryksårssensor", "purpose": "opi_light"}


def clinician(name: str, text: str, kind: str = "offer", **fields: Any) -> Profile:
    profile: Profile = ProfileFactory(name=name, kind="clinician", contact_email="afdeling@hospital.example", **fields)
    StatementFactory(profile=profile, kind=kind, text=text)
    return profile


def fill(own_profile: Profile) -> None:
    """The firm's need, a department that fits, one that does not, and one that is hidden."""
    StatementFactory(profile=own_profile, kind="need", text="Vi søger afprøvning af vores tryksårssensor.")
    clinician("Sårafdelingen", "Vi tilbyder afprøvning af tryksårssensor.", region_id="region:1082")
    clinician("Røntgen", "Vi tilbyder billeder af knogler.", region_id="region:1081")
    clinician("Skjult", "Vi tilbyder afprøvning af tryksårssensor i det skjulte.", visibility="hub")


def names(body: dict) -> list[str]:
    return [row["profile"]["name"] for row in body["results"]]


def keys_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from keys_in(inner)
    if isinstance(value, list):
        for inner in value:
            yield from keys_in(inner)


def quoted(side: dict) -> str | None:
    """The sentence that carries the match, as the answer points to it."""
    return side["text"][slice(*side["carrying"])] if side["carrying"] else None
