"""The schema, and the same as a page for people: plain values that a template can show without a script."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from rest_framework.utils.encoders import JSONEncoder

Schema = Mapping[str, Any]
_METHODS = ("get", "post", "patch", "delete")


@dataclass(frozen=True)
class TypeWord:
    """A part of a type as read; `shape` names the shape that it links to."""

    text: str
    shape: str = ""


@dataclass(frozen=True)
class Row:
    """A parameter or a field."""

    name: str
    type: tuple[TypeWord, ...]
    is_required: bool
    description: str
    place: str = ""


@dataclass(frozen=True)
class Answer:
    """A status that an operation may answer with."""

    status: str
    description: str
    shape: str


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    needs_sign_in: bool
    parameters: tuple[Row, ...]
    body: str
    examples: tuple[tuple[str, str], ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Shape:
    """A JSON object that goes in or comes out."""

    name: str
    description: str
    fields: tuple[Row, ...]


@dataclass(frozen=True)
class Reference:
    """The whole page."""

    title: str
    description: str
    sign_in: tuple[tuple[str, str], ...]
    operations: tuple[Operation, ...]
    shapes: tuple[Shape, ...]


@cache
def schema_in(language: str) -> Schema:
    """The OpenAPI description with its texts in one language; made once a process: no request changes it."""
    with translation.override(language):
        raw = SchemaGenerator().get_schema(request=None, public=True)
        return dict(json.loads(json.dumps(raw, cls=JSONEncoder)))


@cache
def reference_in(language: str) -> Reference:
    """The page's content in one language."""
    schema = schema_in(language)
    shapes = schema["components"]["schemas"]
    schemes = schema["components"]["securitySchemes"]
    return Reference(
        title=schema["info"]["title"],
        description=_said(schema["info"]),
        sign_in=tuple((name, _said(scheme)) for name, scheme in schemes.items()),
        operations=tuple(
            _operation(method, path, methods[method])
            for path, methods in schema["paths"].items()
            for method in _METHODS
            if method in methods
        ),
        shapes=tuple(_shape(name, shape) for name, shape in shapes.items()),
    )


def _operation(method: str, path: str, operation: Schema) -> Operation:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Operation(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=_said(operation),
        needs_sign_in={} not in operation.get("security", [{}]),
        parameters=tuple(_parameter(each) for each in operation.get("parameters", ())),
        body=_shape_name(body.get("schema", {})),
        examples=tuple(
            (each.get("summary", name), json.dumps(each["value"], ensure_ascii=False, indent=2))
            for name, each in body.get("examples", {}).items()
        ),
        answers=tuple(_answer(status, answer) for status, answer in operation["responses"].items()),
    )


def _answer(status: str, answer: Schema) -> Answer:
    content = answer.get("content", {}).get("application/json", {})
    return Answer(status, _said(answer), _shape_name(content.get("schema", {})))


def _parameter(parameter: Schema) -> Row:
    return Row(
        name=parameter["name"],
        type=type_words(parameter["schema"]),
        is_required=bool(parameter.get("required")),
        description=_said(parameter),
        place=parameter["in"],
    )


def _shape(name: str, shape: Schema) -> Shape:
    required = shape.get("required", ())
    rows = (
        Row(field, type_words(content), field in required, _said(content))
        for field, content in shape.get("properties", {}).items()
    )
    return Shape(name, _said(shape), tuple(rows))


def type_words(schema: Schema) -> tuple[TypeWord, ...]:
    """A JSON schema as people read it: `array of Coded`, `string or null`, `"da" | "en"`."""
    if "$ref" in schema:
        name = _shape_name(schema)
        return (TypeWord(name, name),)
    for key, joiner in (("allOf", " & "), ("oneOf", " | "), ("anyOf", " | ")):
        if key in schema:
            return _joined(schema[key], joiner)
    if "enum" in schema:
        return (TypeWord(" | ".join(json.dumps(value) for value in schema["enum"])),)
    kind = schema.get("type", "any")
    if kind == "array" and "items" in schema:
        return (TypeWord("array of "), *type_words(schema["items"]))
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return (TypeWord("object of "), *type_words(schema["additionalProperties"]))
    words = " | ".join(kind) if isinstance(kind, list) else str(kind)
    return (TypeWord(f"{words} ({schema['format']})" if "format" in schema else words),)


def _joined(parts: list[Schema], joiner: str) -> tuple[TypeWord, ...]:
    words: list[TypeWord] = []
    for part in parts:
        words.extend((*([TypeWord(joiner)] if words else []), *type_words(part)))
    return tuple(words)


def _said(part: Schema) -> str:
    """The description without its Markdown quotes, which a plain page does not render."""
    return str(part.get("description", "")).replace("`", "")


def _shape_name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
