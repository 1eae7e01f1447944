"""The wheel holds what the tree holds, and every registered part can be loaded."""

import os
import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("connectors", "recognizers", "reports")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    source = out / "source"
    # a copy, so that building leaves nothing in the checkout
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True).stdout
    if not tracked:
        pytest.skip("not a git checkout: the tree cannot be compared")
    for name in tracked.split("\0"):
        if name and (ROOT / name).exists() and not name.startswith(("examples/", "docs/")):
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_symlink():
                target.symlink_to((ROOT / name).readlink())
            else:
                target.write_bytes((ROOT / name).read_bytes())
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(out), str(source)], check=True
    )
    return next(out.glob("*.whl"))


def test_the_wheel_holds_every_module_and_table_of_the_tree(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"pii_scan/{path.name}" for path in (ROOT / "pii_scan").glob("*.py")} | {"pii_scan/py.typed"}
    wanted |= {f"pii_scan/{path.name}" for path in (ROOT / "pii_scan").glob("*.toml")}
    for folder in FOLDERS:
        wanted |= {
            f"pii_scan/{folder}/{path.name}" for path in (ROOT / folder).iterdir() if path.is_file() and path.suffix != ".md"
        }
    assert wanted <= packed, wanted - packed


def test_the_wheel_puts_nothing_beside_its_own_package(wheel: Path) -> None:
    top = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {"pii_scan"}


@pytest.mark.parametrize("group", ["pii_scan.connectors", "pii_scan.recognizers", "pii_scan.reports"])
def test_every_registered_part_loads(group: str) -> None:
    points = entry_points(group=group)
    assert points
    for point in points:
        assert callable(point.load())


def test_the_built_wheel_runs() -> None:
    built = os.environ.get("PII_SCAN_WHEEL")
    if not built:
        pytest.skip("PII_SCAN_WHEEL names no installed wheel")
    done = subprocess.run(
        [sys.executable, "-c", "import pii_scan, sys; print(pii_scan.__file__); pii_scan.scan"],
        cwd="/",
        env={**os.environ, "PYTHONPATH": built},
        capture_output=True,
        text=True,
        check=True,
    )
    assert built in done.stdout
