"""A small checkout with the real set-up scripts that installs in seconds, without a network."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SET_UP_FILES = ("scripts/bootstrap.py", "scripts/installation.py", "demo/__init__.py", "demo/ports.py")


def make_checkout(folder: Path) -> Path:
    """The scripts as they are; each requirements file empty, torch an empty wheel in a folder beside them."""
    for name in SET_UP_FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "requirements").mkdir()
    for name in ("base", "build", "model", "dev", "node"):
        (folder / "requirements" / f"{name}.txt").write_text("# nothing\n")
    (folder / "requirements" / "constraints.txt").write_text("torch==2.13.0\n")
    add_wheel(folder, "torch", "2.13.0")
    return folder


def add_wheel(folder: Path, name: str, version: str) -> None:
    """An installable distribution that holds nothing but its name."""
    (folder / "wheels").mkdir(exist_ok=True)
    inside = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / "wheels" / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{inside}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{inside}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{inside}/RECORD", "")


def set_up(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the real bootstrap there, cut off from every package index but the folder of wheels."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PIP_")},
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(checkout / "wheels"),
        "PYTHONPYCACHEPREFIX": str(checkout / "var" / "pycache"),
        "VIDENBRO_CACHE_DIR": str(checkout / "cache"),
        **variables,
    }
    # The Python that the environment was made from: an environment inside an environment is not the case.
    command = [str(Path(sys.base_prefix) / "bin" / "python3"), "scripts/bootstrap.py", *arguments]
    return subprocess.run(
        command,
        cwd=checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
