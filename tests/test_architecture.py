"""The house holds: each room imports only what stands left of it, and the three folders never each other."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GROUND = ROOT / "pii_scan"
ORDER = [
    {"sorts_of_data", "places"},
    {"evidence", "findings"},
    {"model", "errors"},
    {"header", "syntax", "shelf", "addresses"},
    {"linear", "outline", "runs", "syntax", "folding", "superset"},
    {"factors", "together"},
    {"hashing", "written", "unfolding", "pages", "threads", "memory"},
    {"arrays"},
    {"glyphs", "pieces", "sorts", "batches"},
    {"begins", "hashed", "lookup"},
    {"needles"},
    {"contracts"},
    {
        "distinct",
        "repeats",
        "celltypes",
        "values",
        "weights",
        "subject",
        "naming",
        "surroundings",
        "references",
        "stores",
        "weigh",
        "reasons",
        "special",
        "case",
        "calibration",
        "verdict",
        "needle",
        "pairs",
        "minority",
        "judge",
        "classify",
        "explanation",
        "children",
    },
    {"names", "tagger", "lengths", "light"},
    {"detection", "pipeline"},
    {"presidio", "mending", "settings", "keys", "sample", "meter", "tethered", "dates", "bands", "treatment"},
    {"keyplaces", "sealing", "alike", "categories", "drawn", "checks", "policy", "presets", "rules"},
    {"surrogates", "plan_check"},
    {"sets", "tiers", "ready", "wide", "remembered", "roll"},
    {"forms", "telling", "kept"},
    {"prefilter", "spans"},
    {"sorting", "strata"},
    {"reading", "by_name", "opinions"},
    {"operators", "coarse_operators", "plan", "plan_text", "plan_address", "draft", "joins", "jsontext", "rebuild"},
    {"examiner", "detect", "finder", "anonymizer"},
    {"documents", "changes", "column_change", "linked", "leaves", "strangers"},
    {"blobs", "formulas"},
    {"celled", "redaction", "proof", "removed", "restoring", "fingerprints"},
    {"fates", "alignment"},
    {"compared", "differing", "coarse", "groups", "singled", "risk"},
    {"searching"},
    {"verifying", "remains"},
    {"prepared", "server", "strips"},
    {"tasks"},
    {"pool"},
    {"gather", "estimate"},
    {"registry"},
    {"record", "publish", "manifest", "pairing", "outputs"},
    {"drift", "description", "copying"},
    {"veiled"},
    {"state"},
    {"scanning"},
    {"api", "auditing", "proving"},
    {
        "progress",
        "ending",
        "cli",
        "cli_options",
        "cli_scan",
        "cli_copy",
        "cli_keys",
        "cli_proof",
        "command",
        "__main__",
        "__init__",
    },
]
PARTS = {"connectors", "recognizers", "reports"}
ALLOWED_TO_PARTS = {
    f"pii_scan.{room}" for room in ("model", "errors", "contracts", "header", "folding", "syntax", "shelf", "linear", "together")
}


def imported(path: Path) -> set[str]:
    """The modules of ours that a file imports, outside of type checking and wherever they stand."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or "") if node.level else node.module or "")
            if node.module == "pii_scan":
                found |= {f"pii_scan.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith(("pii_scan.", "."))}


def rank(room: str) -> int:
    return next(place for place, rooms in enumerate(ORDER) if room in rooms)


def test_every_room_of_the_ground_floor_has_its_place_in_the_chain() -> None:
    rooms = {path.stem for path in GROUND.glob("*.py")}
    assert rooms <= set().union(*ORDER), rooms - set().union(*ORDER)


@pytest.mark.parametrize("path", sorted(GROUND.glob("*.py")), ids=lambda path: path.stem)
def test_a_room_imports_only_what_stands_left_of_it(path: Path) -> None:
    for name in imported(path):
        room = name.removeprefix("pii_scan.").partition(".")[0]
        if room in PARTS:
            assert path.stem in {"api", "scanning", "auditing", "proving", "cli_scan"}, (
                f"{path.stem} imports {name}: parts are reached through the registry"
            )
            continue
        assert rank(room) <= rank(path.stem), f"{path.stem} imports {room}"


@pytest.mark.parametrize("part", sorted(PARTS))
def test_the_three_folders_import_the_ground_floor_contracts_only(part: str) -> None:
    for path in (ROOT / part).glob("*.py"):
        for name in imported(path):
            if name.startswith("."):
                assert not name.startswith(".."), f"{path} leaves its folder"
                continue
            assert name in ALLOWED_TO_PARTS or name.startswith(f"pii_scan.{part}"), f"{path} imports {name}"


def test_only_the_adapters_import_presidio() -> None:
    adapters = {"presidio", "light", "anonymizer", "operators", "coarse_operators", "tiers", "prefilter", "contracts"}
    for path in GROUND.glob("*.py"):
        if path.stem not in adapters:
            assert "presidio_a" not in path.read_text("utf-8"), path


def test_the_links_are_relative_and_lead_to_the_three_folders() -> None:
    for part in PARTS:
        assert (GROUND / part).readlink() == Path("..") / part
