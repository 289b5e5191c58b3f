"""The description of the API: valid, complete, in the reader's language, and readable without a script."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator

from api.openapi import operations
from api.reference import TypeWord, schema_in, type_words
from api.urls import _version_1
from hubs.models import Hub
from profiles.enums import Taxonomy
from tests.api.conftest import Caller

SCHEMA = "/api/v1/schema/"
DOCS = "/api/v1/docs/"


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    if isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_schema_is_valid_and_made_without_a_warning(db: None) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")


def test_schema_is_openapi_3_1_and_every_shape_in_it_is_sound(anybody: Caller) -> None:
    status, schema = anybody.get("schema/")

    shapes = schema["components"]["schemas"]
    assert (status, schema["openapi"]) == (200, "3.1.1")
    assert {ref.rpartition("/")[2] for ref in references(schema)} == set(shapes)
    for shape in shapes.values():
        Draft202012Validator.check_schema(shape)


def test_schema_describes_every_address(anybody: Caller) -> None:
    paths = anybody.get("schema/")[1]["paths"]

    named = {pattern.name for pattern in _version_1} - {"schema", "docs"}
    assert len(paths) == len(named)


def test_every_call_has_summary_description_and_documented_errors(anybody: Caller) -> None:
    schema = anybody.get("schema/")[1]

    for operation in operations(schema):
        assert operation["summary"]
        assert operation["description"]
        assert {"401", "406", "429", "503"} <= set(operation["responses"])
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/json", {}).get("schema", {})
            assert (content.get("$ref") == "#/components/schemas/ErrorAnswer") == (status >= "400")


def test_bodies_name_what_is_required_and_allow_nothing_else(anybody: Caller) -> None:
    shapes = anybody.get("schema/")[1]["components"]["schemas"]

    required = {name: shapes[name]["required"] for name in ("NewProfile", "ProfileChange", "StatementChange")}
    assert required == {
        "NewProfile": ["kind", "name", "organisation"],
        "ProfileChange": ["version"],
        "StatementChange": ["version"],
    }
    closed = {name for name, shape in shapes.items() if shape.get("additionalProperties") is False}
    assert closed == {
        "NewProfile",
        "NewSavedSearch",
        "NewStatement",
        "OrganisationValues",
        "ProfileChange",
        "RecommendationQuestion",
        "StatementChange",
    }


def test_examples_pass_their_own_schema(anybody: Caller) -> None:
    schema = anybody.get("schema/")[1]
    examined = 0
    for operation in operations(schema):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        for example in content.get("examples", {}).values():
            shape = {**content["schema"], "components": schema["components"]}
            Draft202012Validator(shape).validate(example["value"])
            examined += 1

    assert examined == 6


def test_examples_use_codes_that_exist(member: Caller) -> None:
    schema = member.get("schema/")[1]
    body = schema["paths"]["/api/v1/profiles/"]["post"]["requestBody"]["content"]["application/json"]

    assert member.post("profiles/", next(iter(body["examples"].values()))["value"])[0] == 201


def test_taxonomy_codes_of_the_schema_are_those_of_the_domain(anybody: Caller) -> None:
    parameters = anybody.get("schema/")[1]["paths"]["/api/v1/taxonomies/{code}/"]["get"]["parameters"]

    assert parameters[0]["schema"]["enum"] == sorted(Taxonomy.values)


@pytest.mark.parametrize("language", ["da", "en"])
def test_page_shows_every_call_and_every_shape_and_links_lead_somewhere(hub: Hub, language: str) -> None:
    response = Client().get(DOCS, headers={"accept-language": language})

    page = response.content.decode()
    schema = schema_in(language)
    targets = set(re.findall(r'id="([^"]+)"', page))
    assert response.status_code == 200
    assert f'<html lang="{language}">' in page
    assert {operation["operationId"] for operation in operations(schema)} <= targets
    assert {f"shape-{name}" for name in schema["components"]["schemas"]} <= targets
    assert set(re.findall(r'href="#([^"]+)"', page)) <= targets


def test_page_needs_no_script_and_no_inline_style(hub: Hub) -> None:
    page = Client().get(DOCS).content.decode()

    assert "`" not in page
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|https?://(?!testserver)", page)


def test_schema_is_json_even_for_a_reader_of_yaml(hub: Hub) -> None:
    response = Client().get(SCHEMA, headers={"accept": "application/json"})

    assert response["Content-Type"] == "application/json"
    assert json.loads(response.content)["info"]["title"] == "Videnbro"
    assert Client().get(SCHEMA, headers={"accept": "application/yaml"}).status_code == 406


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "format": "uuid"}, "string (uuid)"),
        ({"type": ["string", "null"]}, "string | null"),
        ({"enum": ["da", "en"], "type": "string"}, '"da" | "en"'),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Coded"}}, "array of Coded"),
        ({"oneOf": [{"$ref": "#/components/schemas/Coded"}, {"type": "null"}]}, "Coded | null"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "object of string"),
        ({}, "any"),
    ],
)
def test_type_reads_as_people_say_it(schema: dict, words: str) -> None:
    assert "".join(word.text for word in type_words(schema)) == words


def test_type_of_a_shape_links_to_it() -> None:
    assert type_words({"$ref": "#/components/schemas/Coded"}) == (TypeWord("Coded", "Coded"),)
