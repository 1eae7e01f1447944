"""The name of a partition's folder is a value: what is shown of an address, what a plan writes of it, and what an audit keeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import pii_scan
from pii_scan.addresses import Masks, masks_of, shown
from pii_scan.errors import RedactionError
from pii_scan.model import Column, Finding, Report, Run, Skipped, TableSummary
from pii_scan.pairing import called, labelled
from pii_scan.plan import Plan, load_plan
from pii_scan.plan_address import as_written, masks_of_plan
from pii_scan.veiled import remembered, unveiled, veil

ADA, ALAN = "lake/country=FR/email=ada@example.org/part-0.csv", "lake/country=FR/email=alan%40example.org/part-0.csv"
CLOSED = "lake/country=FR/email=zoe@example.org"


def finding(source: str, column: str, kind: str) -> Finding:
    return Finding(Column(source, "part-0", column), kind, kind.upper(), "certain", 1.0, "values", 5, 1, 5, 1.0)


def report(*findings: Finding, samples: bool = False) -> Report:
    tables = tuple(TableSummary(source, "part-0", 5, 2, 10, 10, ("email", "id")) for source in (ADA, ALAN))
    run = Run("2026-11-27T00:00:00Z", "1", "r", {"show_samples": samples}, (ADA, ALAN))
    return Report(run, tables, findings, (Skipped(CLOSED, "folder", f"cannot be opened: {CLOSED}"),))


FOUND = (finding(ADA, "email", "email"), finding(ALAN, "country", "country"))


def test_folders_of_a_column_that_holds_personal_data_are_numbered_in_every_part_of_a_report() -> None:
    made = shown(report(*FOUND))
    one, two, three = (f"lake/country=FR/email=***{number}" for number in (1, 2, 3))
    assert made.run.sources == (f"{one}/part-0.csv", f"{two}/part-0.csv")
    assert [table.source for table in made.tables] == [*made.run.sources]
    assert [found.column.source for found in made.findings] == [*made.run.sources]
    assert made.skipped == (Skipped(three, "folder", f"cannot be opened: {three}"),)
    assert shown(made) == made, "what is shown is shown as it is"


@pytest.mark.parametrize(
    "told",
    [
        report(),
        report(finding(ADA, "id", "person_id")),
        report(finding(ADA, "country", "country"), finding(ADA, "country", "language")),
        report(*FOUND, samples=True),
    ],
    ids=["nothing found", "no folder of that name", "what millions share", "samples were asked for"],
)
def test_other_addresses_are_shown_as_they_are(told: Report) -> None:
    assert not masks_of(told)
    assert shown(told) is told


def test_a_folder_that_is_alone_of_its_name_has_no_number() -> None:
    masks = Masks.over({"email"}, [ADA])
    assert masks.address(ADA) == "lake/country=FR/email=***/part-0.csv"
    assert masks.address(r"lake\email=ada@example.org\x") == r"lake\email=***\x"
    assert masks.address("lake/email=ada@example.org.uk/x") == "lake/email=ada@example.org.uk/x", "another folder"


def test_what_is_shown_in_a_frame_and_in_words_is_masked(tmp_path: Path) -> None:
    for name in ("ada", "alan"):
        (tmp_path / f"email={name}@example.org").mkdir()
        (tmp_path / f"email={name}@example.org" / "part-0.csv").write_text("id\n1\n2\n")
    made = pii_scan.scan(tmp_path, ner=False, workers=1)
    assert len({found.column.source for found in made.findings}) == 2
    for text in (str(made), made._repr_html_(), made.to_pandas().to_csv(), made.plan().dump()):
        assert "ada@example" not in text
    assert "ada@example.org" in str(pii_scan.scan(tmp_path, ner=False, workers=1, show_samples=True))
    # inside the house an address is whole
    assert all("@example.org" in found.column.source for found in made.findings)


PLAN = f"""
[[column]]
source = "{ADA}"
table = "part-0"
column = "note"
kind = "email"
scope = "text"
[[column]]
source = "{ALAN}"
table = "part-0"
column = "note"
kind = "email"
operator = "replace"
[[column]]
source = "in/[b].csv"
column = "x"
[[table]]
source = "{ADA}"
table = "part-0"
columns = ["id", "note"]
[[table]]
source = "{ALAN}"
table = "part-0"
columns = ["id", "note", "age"]
[[table]]
source = "in/[b].csv"
columns = ["x"]
"""


def test_a_written_plan_means_the_same_sources_by_a_glob_and_is_no_laxer() -> None:
    plan = as_written(load_plan(PLAN), Masks.over({"email"}, [ADA, ALAN]))
    globbed = "lake/country=FR/email=*/part-0.csv"
    assert [(rule.source, rule.scope, rule.operator) for rule in plan.rules] == [
        (globbed, "cell", "replace"),
        ("in/[b].csv", "cell", None),
    ]
    seen, _ = plan.tables
    assert (seen.source, seen.columns) == (globbed, ("age", "id", "note"))
    for source in (ADA, ALAN):
        assert plan.seen(source, "part-0") == seen
        assert plan.rules_of(source, "part-0", "note")
    assert load_plan(plan.dump()).model_dump() == plan.model_dump()
    assert as_written(load_plan(PLAN), Masks()).model_dump() == load_plan(PLAN).model_dump()


def test_a_folder_that_appeared_since_the_plan_was_written_is_not_copied_unseen(tmp_path: Path) -> None:
    from pii_scan.cli import run

    for name in ("ada", "alan"):
        (tmp_path / "lake" / f"email={name}@example.org").mkdir(parents=True)
        (tmp_path / "lake" / f"email={name}@example.org" / "part-0.csv").write_text(f"id,phone\n1,+3361234567{len(name)}\n")
    plan = tmp_path / "plan.toml"
    assert run(["scan", str(tmp_path / "lake"), "--no-ner", "-q", "--plan", str(plan)]) == 0
    assert pii_scan.redact(tmp_path / "lake", plan, to=tmp_path / "out", ner=False)
    late = tmp_path / "lake" / "email=zoe@example.org"
    late.mkdir()
    (late / "part-0.csv").write_text("id,phone\n1,zoe@example.org\n")
    with pytest.raises(RedactionError, match="has changed since the plan was made") as caught:
        pii_scan.redact(tmp_path / "lake", plan, to=tmp_path / "again", ner=False)
    assert "zoe" not in str(caught.value)
    assert not list((tmp_path / "again").rglob("*zoe*"))
    made = pii_scan.redact(tmp_path / "lake", plan, to=tmp_path / "changed", ner=False, changed=True)
    assert len(made) == 3
    assert "zoe" not in "".join(path.read_text() for path in made)


def test_a_plan_alone_masks_the_folders_that_it_takes_out() -> None:
    plan = load_plan('[[column]]\ncolumn = "email"\nkind = "email"\n[[column]]\ncolumn = "country"\noperator = "keep"\n')
    assert masks_of_plan(plan, [ADA]).address(ADA) == "lake/country=FR/email=***/part-0.csv"
    with pytest.raises(RedactionError, match=r"email=\*\*\*/part-0.csv: is gone") as caught, masks_of_plan(plan, [ADA]).errors():
        raise RedactionError("is gone", where=ADA)
    assert "ada" not in repr(caught.value)
    assert not masks_of_plan(Plan(column=()), [ADA])


@pytest.mark.parametrize(
    ("source", "way", "told"),
    [
        (ADA, "country=c-1/email=e-1/part-0.csv", "lake/country=c-1/email=e-1/part-0.csv"),
        ("in/Ada Lovelace/x.csv", "person_name-0001/x.csv", "in/person_name-0001/x.csv"),
        ("ada@example.org.csv", "email-0001.csv", "email-0001.csv"),
        ("part-0.csv", "country=c-1/part-0.csv", "part-0.csv"),
    ],
)
def test_a_manifest_calls_a_source_by_the_names_of_its_copy(source: str, way: str, told: str) -> None:
    assert called(source, way) == told


@pytest.mark.parametrize(
    ("table", "source", "name", "told"),
    [
        ("ada@example.org", "in/ada@example.org.csv.gz", "in/email-0001.csv.gz", "email-0001"),
        ("people", "in/people.csv", "in/people.csv", "people"),
        ("main.people", "in/shop.sqlite", "in/store.sqlite", "main.people"),
        ("", "in/a.csv", "in/b.csv", ""),
    ],
)
def test_a_table_that_is_called_after_its_file_is_called_after_the_copy(table: str, source: str, name: str, told: str) -> None:
    assert labelled(table, source, name) == told


def test_an_audit_keeps_a_hash_in_the_place_of_a_value() -> None:
    kept = remembered(ADA)
    assert kept != ADA
    assert "ada" not in kept
    assert kept == remembered(ADA) != remembered(ALAN)
    assert remembered("in/people.csv") == "in/people.csv"
    assert remembered("lake/email=*") == "lake/email=*"
    made = report(*FOUND)
    hashed = veil(made, None).address(ADA)
    assert "country=FR" in hashed
    assert "ada" not in hashed
    assert unveiled(made).address(hashed) == shown(made).run.sources[0]
    # what was hashed once is hashed as long as it is there, whatever is found in it
    from pii_scan.drift import Baseline

    before = Baseline("", "", (), ((hashed, "part-0"),))
    nothing = replace(made, findings=())
    assert veil(nothing, before).address(ADA) == hashed
    assert unveiled(nothing).address(hashed) == ADA
