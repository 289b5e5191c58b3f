"""No word stands in a template outside the translation tags, neither as text nor in a read attribute."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

from frontend.translations import source_files

READ_ATTRIBUTES = frozenset({"alt", "title", "placeholder", "aria-label", "aria-description", "label", "summary"})
# Blocks that fill attributes for machines.
NOT_READ_BLOCKS = frozenset({"block robots"})
NOT_READ = frozenset({"script", "style", "code", "pre"})
# Names, and the languages in their own tongue: the same on every page.
NAMES = frozenset({"Videnbro", "CVR", "OPI", "JSON", "API", "OpenAPI", "Dansk", "English"})
_WORD = re.compile(r"[^\W\d_]{2,}")
_TEXT_OF_META = frozenset({"description", "og:title", "og:description"})


class Reader(HTMLParser):
    """Collects the words that a reader would meet."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in NOT_READ
        given = dict(attrs)
        read = [given[name] for name in READ_ATTRIBUTES & given.keys()]
        if tag == "meta" and given.get("name") in _TEXT_OF_META:
            read.append(given.get("content"))
        if tag == "input" and given.get("type") in {"submit", "button"}:
            read.append(given.get("value"))
        for text in read:
            self._note(text or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in NOT_READ

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._note(data)

    def _note(self, text: str) -> None:
        self.words += [word for word in _WORD.findall(text) if word not in NAMES]


def untranslated_words(source: str, *, is_html: bool = True) -> list[str]:
    """Words of a template that stand outside `translate` and `blocktranslate`."""
    reader = Reader()
    plain = "".join(_text_outside_tags(source))
    if is_html:
        reader.feed(plain)
        reader.close()
    else:
        reader.handle_data(plain)
    return reader.words


def _text_outside_tags(source: str) -> Iterator[str]:
    inside = ""
    for token in Lexer(source).tokenize():
        name = token.contents.split(maxsplit=1)[0] if token.token_type == TokenType.BLOCK else ""
        if inside:
            inside = "" if name == f"end{inside}" else inside
        elif name in {"blocktranslate", "blocktrans", "comment"} or token.contents in NOT_READ_BLOCKS:
            inside = name
        elif token.token_type == TokenType.TEXT:
            yield token.contents
        elif token.token_type == TokenType.VAR:
            yield "0"


TEMPLATES = [path for path in source_files() if path.suffix in {".html", ".txt"}]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-3:]))
def test_template_has_no_untranslated_word(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert untranslated_words(source, is_html=path.suffix == ".html") == []


def test_all_our_templates_are_looked_at() -> None:
    names = {path.name for path in TEMPLATES}

    assert names >= {"base.html", "home.html", "sign_in.html", "login_code_message.txt", "reference.html"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Hello {{ name }}</p>", ["Hello"]),
        ('<img alt="A bridge">', ["bridge"]),
        ('<input placeholder="Search here" class="wide">', ["Search", "here"]),
        ('<nav aria-label="Main"></nav>', ["Main"]),
        ('<input type="submit" value="Send">', ["Send"]),
        ('<meta name="description" content="About us">', ["About", "us"]),
        ("{% if x %}Yes{% else %}{% translate 'No' %}{% endif %}", ["Yes"]),
        ("<p>{% blocktranslate %}Hello {{ name }}{% endblocktranslate %} Bye</p>", ["Bye"]),
        ('<p class="lead" id="words">{% translate "Hello" %} · Videnbro 2026</p>', []),
        ('<a{% if x %} aria-current="page"{% endif %} title="{% translate "Go" %}">{{ y }}</a>', []),
        ("<script>let text = 1</script><style>p { color: red }</style>", []),
        ("{# A note #}{% comment %}Another note{% endcomment %}", []),
    ],
)
def test_word_outside_the_tags_is_noticed(source: str, words: list[str]) -> None:
    assert untranslated_words(source) == words


def test_word_of_a_mail_in_text_is_noticed() -> None:
    assert untranslated_words("Hello\n{% translate 'Bye' %}", is_html=False) == ["Hello"]
