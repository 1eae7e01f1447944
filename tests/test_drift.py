"""What changed between two verdicts: named once, by column and kind; what could not be seen is neither gone nor new."""

from __future__ import annotations

import pytest

from pii_scan.drift import Baseline, Mark, baseline, difference
from pii_scan.model import Column, Finding, Report, Run, Skipped, TableSummary


def mark(name: str, kind: str = "email", band: str = "likely", *, entity: str = "", source: str = "exports/a.csv") -> Mark:
    return Mark(Column(source, "a", name), kind, entity, band)


def seen(*marks: Mark, tables: tuple[tuple[str, str], ...] = (), rules: str = "r") -> Baseline:
    return Baseline("2026-01-01T00:00:00Z", rules, tuple(sorted(marks)), tables)


def verdict(*marks: Mark, skipped: tuple[Skipped, ...] = ()) -> Report:
    findings = tuple(Finding(one.column, one.kind, one.entity, "likely", 0.9, "values", 1, 1, 1, 1.0) for one in marks)
    tables = tuple(TableSummary(source, "a", 1, 1, 1, 1) for source in sorted({one.column.source for one in marks}))
    return Report(Run("2026-01-02T00:00:00Z", "0", "r"), tables, findings, skipped)


def test_equal_verdicts_have_no_difference() -> None:
    assert not difference(seen(mark("mail")), seen(mark("mail")))


def test_a_finding_that_came_is_new_and_one_that_went_is_gone() -> None:
    changes = difference(seen(mark("old")), seen(mark("young")))
    assert (changes.new, changes.gone, changes.changed) == ((mark("young"),), (mark("old"),), ())


def test_another_band_is_one_change() -> None:
    changes = difference(seen(mark("mail", band="possible")), seen(mark("mail")))
    assert changes.changed == ((mark("mail", band="possible"), mark("mail")),)
    assert not changes.new
    assert not changes.gone


def test_another_kind_in_the_same_column_is_one_change() -> None:
    changes = difference(seen(mark("c7", "tax_id")), seen(mark("c7", "phone")))
    assert changes.changed == ((mark("c7", "tax_id"), mark("c7", "phone")),)
    assert not changes.new
    assert not changes.gone


def test_two_kinds_for_one_are_told_apart() -> None:
    changes = difference(seen(mark("c7", "tax_id")), seen(mark("c7", "phone"), mark("c7", "iban")))
    assert changes.gone == (mark("c7", "tax_id"),)
    assert len(changes.new) == 2


def test_tables_that_came_and_went_are_named() -> None:
    changes = difference(seen(tables=(("s", "old"),)), seen(tables=(("s", "young"),)))
    assert (changes.new_tables, changes.gone_tables) == ((("s", "young"),), (("s", "old"),))


def test_changed_rules_are_told() -> None:
    assert difference(seen(rules="one"), seen(rules="two")).rules_changed


@pytest.mark.parametrize(
    "skipped",
    [
        Skipped("exports/a.csv", "file", "cannot be opened"),
        Skipped("exports", "folder", "cannot be opened"),
        Skipped("exports/*.csv", "source", "no file matches"),
        Skipped("exports/a.csv", "table", "vanished", "a"),
        Skipped("exports/a.csv", "unit", "reading stopped", "a", unit="row group 3"),
    ],
)
def test_what_could_not_be_looked_at_is_not_gone(skipped: Skipped) -> None:
    before = seen(mark("mail"), tables=(("exports/a.csv", "a"),))
    now = baseline(verdict(skipped=(skipped,)), "r", before)
    assert not difference(before, now)


@pytest.mark.parametrize(
    "skipped",
    [
        Skipped("exports/b.csv", "file", "cannot be opened"),
        Skipped("exp", "folder", "cannot be opened"),
        Skipped("exports/a.csv", "table", "vanished", "b"),
        Skipped("exports/a.csv", "cells", "longer than the limit", "a", "mail"),
        Skipped("exports", "hidden files", "2 names that begin with a dot"),
    ],
)
def test_what_was_skipped_elsewhere_hides_nothing(skipped: Skipped) -> None:
    before = seen(mark("mail"))
    assert difference(before, baseline(verdict(skipped=(skipped,)), "r", before)).gone == (mark("mail"),)


def test_a_finding_seen_again_in_part_is_not_doubled() -> None:
    before = seen(mark("mail", band="certain"))
    now = baseline(verdict(mark("mail"), skipped=(Skipped("exports/a.csv", "unit", "stopped", "a"),)), "r", before)
    assert now.marks == (mark("mail"),)
