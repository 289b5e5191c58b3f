"""The catalogue is whole, and the tools that keep it so find what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.core.management import CommandError, call_command
from django.utils.translation import gettext, override

from frontend import translations


def catalogue(**texts: str) -> Catalog:
    made = Catalog(locale="da")
    for source, target in texts.items():
        made.add(source, string=target)
    return made


def source_of(tmp_path: Path, name: str, content: str, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """What is found in one source file."""
    path = tmp_path / "frontend" / name
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    return translations.extract()


def ids(found: Catalog) -> list[object]:
    return sorted((message.id for message in found if message.id), key=str)


def test_every_text_of_the_source_is_translated() -> None:
    found = translations.problems(translations.read_catalogue(), translations.extract())

    assert found == []


def test_check_passes_as_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("compile_translations", check=True)

    assert "are translated" in capsys.readouterr().out


def test_check_fails_with_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "extract", lambda: catalogue(Save="", Lost=""))
    monkeypatch.setattr(translations, "read_catalogue", lambda: catalogue(Save=""))

    with pytest.raises(CommandError) as failed:
        call_command("compile_translations", check=True)

    assert str(failed.value).splitlines()[1:] == [
        "not in the catalogue (run sync_translations): 'Lost'",
        "not translated: 'Save'",
    ]


def test_python_calls_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext

A = _("Plain")
B = gettext_lazy("Lazy " "and joined")
C = ngettext("%d row", "%d rows", 3)
D = pgettext("month", "May")
E = _(variable)
"""

    found = source_of(tmp_path, "words.py", source, monkeypatch)

    assert ids(found) == [("%d row", "%d rows"), "Lazy and joined", "May", "Plain"]
    assert found.get("May", context="month") is not None


def test_template_tags_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = """{% load i18n %}<p title="{% translate "It's a title" %}">{% translate 'Single' as x %}</p>
{% blocktranslate trimmed with name=user.name %}
  Hello {{ name }},
  50 % off
{% endblocktranslate %}
{% blocktranslate count n=rows %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
{% translate "May" context "month" %}{{ value|default:_("none") }}{# {% translate "Commented" %} #}
{% include "x.html" with title=_("Given") %}
"""

    found = source_of(tmp_path, "templates/page.html", source, monkeypatch)

    assert ids(found) == [
        ("%(n)s row", "%(n)s rows"),
        "Given",
        "Hello %(name)s, 50 %% off",
        "It's a title",
        "May",
        "Single",
        "none",
    ]


def test_migrations_and_other_files_are_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = 'from django.utils.translation import gettext as _\nA = _("Old")\n'

    assert ids(source_of(tmp_path, "migrations/0001.py", source, monkeypatch)) == []


def test_merging_keeps_translations_and_sets_aside_what_is_gone() -> None:
    merged = translations.merge(catalogue(Save="", New=""), catalogue(Save="Gem", Gone="Væk"))

    assert [(message.id, message.string) for message in merged if message.id] == [
        ("Save", "Gem"),
        ("New", None),
    ]
    assert [message.id for message in merged.obsolete.values()] == ["Gone"]


def test_text_that_returns_gets_its_translation_back(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    translations.write_catalogue(translations.merge(catalogue(), catalogue(Gone="Væk")), path)

    again = translations.merge(catalogue(Gone=""), translations.read_catalogue(path))

    assert [message.string for message in again if message.id] == ["Væk"]


def test_written_catalogue_reads_back_the_same_and_has_no_dates(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    translations.write_catalogue(translations.read_catalogue(), path)
    first = path.read_bytes()

    translations.write_catalogue(translations.read_catalogue(path), path)

    assert path.read_bytes() == first
    assert b"Date" not in first.split(b"\n\n")[0]


@pytest.mark.parametrize(
    ("source", "target", "problem"),
    [
        ("%(name)s is here", "er her", "placeholders differ"),
        ("%(name)s is here", "%(navn)s er her", "placeholders differ"),
        ("{place} is full", "{sted} er fuldt", "placeholders differ"),
        ('<a href="x">Read</a>', "Læs", "placeholders differ"),
        ("Read\n", "Læs", "line ends differ"),
        ("Read", "", "not translated"),
    ],
)
def test_broken_translation_is_found(source: str, target: str, problem: str) -> None:
    found = translations.problems(catalogue(**{source: target}), catalogue(**{source: ""}))

    assert [line.startswith(problem) for line in found] == [True]


def test_fuzzy_translation_is_found() -> None:
    doubtful = Catalog(locale="da")
    doubtful.add("Read", string="Læs", flags=["fuzzy"])

    assert translations.problems(doubtful, catalogue(Read="")) == ["marked fuzzy: 'Read'"]


def test_plural_with_one_form_missing_is_found() -> None:
    half = Catalog(locale="da")
    half.add(("%d row", "%d rows"), string=("%d række", ""))

    assert translations.problems(half, half) == ["not translated: '%d row'"]


def test_danish_pages_are_danish_and_english_pages_english() -> None:
    translations.ensure_compiled()
    said = {}
    for language in ("da", "en"):
        with override(language):
            said[language] = gettext("Sign in")

    assert said == {"da": "Log ind", "en": "Sign in"}


def test_many_processes_may_compile_at_once(tmp_path: Path) -> None:
    target = tmp_path / "da" / "django.mo"
    program = f"""
import django; django.setup()
from pathlib import Path
from frontend import translations as t
target = Path({str(target)!r})
for _ in range(20):
    t.compile_catalogue(t.read_catalogue(), target)
    target.unlink(missing_ok=True)
"""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    workers = [
        subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, env=environ) for _number in range(2)
    ]

    errors = [worker.communicate()[1] for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0], errors
    assert [path.name for path in target.parent.iterdir() if path.name.startswith(".")] == []


def test_compiling_what_is_compiled_touches_nothing(tmp_path: Path) -> None:
    target = translations.compile_catalogue(catalogue(Save="Gem"), tmp_path / "django.mo")
    before = target.stat().st_ino

    translations.compile_catalogue(catalogue(Save="Gem"), target)

    assert target.stat().st_ino == before
