"""Danish texts without GNU gettext: finding what must be translated, checking it, compiling it.

The source texts are English. A clean machine has Python and make, nothing else, so Babel does what
`makemessages` and `compilemessages` do with programs of the system.
"""

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.reloader import translation_file_changed
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "frontend" / "locale" / "da" / "LC_MESSAGES" / "django.po"
PACKAGES = ("platform", "profiles", "matching", "events", "api", "frontend", "demo")
HEADER = """\
# The Danish texts of Videnbro. Terms: as the Danish clusters use them; tone: plain, short, polite.
msgid ""
msgstr ""
"Project-Id-Version: Videnbro\\n"
"Language: da\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

_KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_TEMPLATE_CALL = re.compile(rf"\b(?:n?p?gettext|(?<!\w)_)\(\s*{_LITERAL}(?:\s*,\s*(?:{_LITERAL}|count))*\s*\)")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?[a-z]+")

Key = tuple[str | None, str | tuple[str, str]]


def source_files() -> Iterator[Path]:
    """Every file of ours that may hold a text for people."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            is_source = path.suffix == ".py" or ("templates" in path.parts and path.suffix in {".html", ".txt"})
            if is_source and "migrations" not in path.parts:
                yield path


def extract() -> Catalog:
    """All texts in the source, untranslated and without places: line numbers would make every diff long."""
    found = Catalog(locale="da", charset="utf-8")
    for path in source_files():
        for context, text in _texts_of(path):
            found.add(text, context=context)
    return found


def _texts_of(path: Path) -> Iterator[Key]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        calls = _TEMPLATE_CALL.findall(templatize(source, origin=path.name))
        source = "\n".join(calls)
    calls_found = extract_python(BytesIO(source.encode()), _KEYWORDS, (), {"encoding": "utf-8"})
    for _line, function, arguments, _comments in calls_found:
        if key := _key(str(function), arguments):
            yield key


def _key(function: str, arguments: str | Sequence[str | None] | None) -> Key | None:
    """Context and text (a pair for singular and plural); none for a call without a literal text."""
    strings = [arguments] if arguments is None or isinstance(arguments, str) else list(arguments)
    context = strings.pop(0) if "pgettext" in function else None
    texts = [text for text in strings if text]
    if not texts:
        return None
    return context, (texts[0], texts[1]) if "ngettext" in function or "npgettext" in function else texts[0]


def read_catalogue(path: Path = CATALOGUE) -> Catalog:
    """The translated texts; an empty catalogue when there is no file yet."""
    if not path.exists():
        return Catalog(locale="da", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="da", charset="utf-8")


def merge(found: Catalog, translated: Catalog) -> Catalog:
    """What the source needs, with every translation there is; what left the source is kept as obsolete."""
    merged = Catalog(locale="da", charset="utf-8")
    known: dict[Key, Message] = {}
    for message in [*translated.obsolete.values(), *_messages(translated)]:
        known[_key_of(message)] = message
    for message in _messages(found):
        old = known.pop(_key_of(message), None)
        merged.add(
            message.id,
            string=old.string if old else None,
            context=message.context,
            flags=(old.flags if old else set()) & {"fuzzy"},
            user_comments=old.user_comments if old else (),
        )
    for message in known.values():
        if _is_complete(message):
            merged.obsolete[_key_of(message)[1]] = message
    return merged


def write_catalogue(catalogue: Catalog, path: Path = CATALOGUE) -> None:
    """Write sorted, without dates and places, so that a diff shows only texts."""
    body = BytesIO()
    write_po(body, catalogue, width=110, no_location=True, omit_header=True, sort_output=True)
    _write_atomically(path, HEADER.encode() + body.getvalue())


def problems(translated: Catalog, found: Catalog) -> list[str]:
    """What keeps the Danish pages from being complete, one line each; empty when all is well."""
    needed = {_key_of(message): message for message in _messages(found)}
    present = {_key_of(message): message for message in _messages(translated)}
    lines = [f"not in the catalogue (run sync_translations): {_shown(needed[key])}" for key in needed.keys() - present]
    lines += [
        f"no longer in the source (run sync_translations): {_shown(present[key])}" for key in present.keys() - needed
    ]
    for key in needed.keys() & present:
        lines += [f"{problem}: {_shown(present[key])}" for problem in _problems_of(present[key])]
    return sorted(lines)


def _problems_of(message: Message) -> Iterator[str]:
    if not _is_complete(message):
        yield "not translated"
        return
    if "fuzzy" in message.flags:
        yield "marked fuzzy"
    for source, target in zip(_forms(message.id), _forms(message.string), strict=True):
        # A singular may say “one” in words.
        wanted, written = sorted(_PLACEHOLDER.findall(source)), sorted(_PLACEHOLDER.findall(target))
        if wanted != written:
            yield f"placeholders differ ({' '.join(wanted) or 'none'} / {' '.join(written) or 'none'})"
        if (source[:1] == "\n", source[-1:] == "\n") != (target[:1] == "\n", target[-1:] == "\n"):
            yield "line ends differ"


def compile_catalogue(catalogue: Catalog, target: Path | None = None) -> Path:
    """Write what Django reads; a reader meanwhile sees the old file or the new one, never half of it."""
    target = target or compiled_path()
    content = BytesIO()
    write_mo(content, catalogue)
    if not target.exists() or target.read_bytes() != content.getvalue():
        _write_atomically(target, content.getvalue())
        translation_file_changed(sender=None, file_path=target)
    return target


def compiled_path() -> Path:
    """Where Django looks for the Danish texts."""
    return Path(settings.LOCALE_PATHS[0]) / "da" / "LC_MESSAGES" / "django.mo"


def ensure_compiled() -> Path:
    """Compile if need be; any number of processes may do so at once."""
    return compile_catalogue(read_catalogue())


def _write_atomically(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _key_of(message: Message) -> Key:
    text = message.id
    return message.context, (text[0], text[1]) if isinstance(text, list | tuple) else text


def _forms(text: str | Sequence[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _is_complete(message: Message) -> bool:
    return bool(message.string) and all(_forms(message.string))


def _shown(message: Message) -> str:
    return repr(_forms(message.id)[0])
