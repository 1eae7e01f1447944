"""Plans: drafted from a report, written, read, refused, added to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from pii_scan import draft
from pii_scan.errors import ConfigError
from pii_scan.keys import create_key, read_key
from pii_scan.model import Catalogue, Column, Entity, Finding, Kind, Report, Run, Skipped, TableSummary
from pii_scan.plan import Plan, Rule, Seen, check_plan, fits, load_plan, plan_of
from pii_scan.plan_text import extend

CATALOGUE = Catalogue(
    {name: Kind(name, name, "", "direct") for name in ("email", "phone", "health", "free_text")},
    {"EMAIL_ADDRESS": Entity("EMAIL_ADDRESS", "email", "checked")},
)
ADDRESS = Column("exports/c.csv", "c", "email")


@pytest.fixture(autouse=True)
def _with_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft, "installed_model", lambda: "some_model")


def finding(kind: str = "email", entity: str = "EMAIL_ADDRESS", column: Column = ADDRESS, **changes: Any) -> Finding:
    given: dict[str, Any] = {
        "band": "certain", "probability": 0.99, "column_kind": "values", "cells": 10, "distinct": 10, "rows": 10,
        "share": 1.0, "tier": "direct", "reasons": ("the column name says “email”",),
    }  # fmt: skip
    return Finding(column, kind, entity, **(given | changes))


def report(
    *findings: Finding, names: tuple[str, ...] = ("email", "id"), skipped: tuple[Skipped, ...] = (), **settings: Any
) -> Report:
    table = TableSummary("exports/c.csv", "c", 10, len(names), 20, 20, names)
    return Report(Run("", "", "", settings), (table,), findings, skipped)


def only_rule(*findings: Finding, **settings: Any) -> Rule:
    (rule,) = plan_of(report(*findings, **settings)).rules
    return rule


PROSE: dict[str, Any] = {"column_kind": "free_text", "share": 0.3}
SCOPES = [
    pytest.param([finding()], "cell", "replace", id="a column of values"),
    pytest.param([finding(band="possible")], "cell", "replace", id="an unsure finding fails closed"),
    pytest.param([finding(share=0.001, cells=1)], "text", None, id="a needle among other values"),
    pytest.param([finding(share=0.2)], "cell", "replace", id="more than a needle"),
    pytest.param([finding(column_kind="empty", share=0.0, cells=0)], "cell", "replace", id="an empty column, by its name"),
    pytest.param([finding("free_text", "FREE_TEXT", **PROSE)], "text", None, id="free text"),
    pytest.param([finding("free_text", "FREE_TEXT", **PROSE), finding(**PROSE)], "text", None, id="free text with e-mails"),
    pytest.param([finding("person_name", "PERSON", **PROSE)], "text", None, id="names in text, by the model"),
    pytest.param([finding("person_name", "FIRST_NAME", **PROSE)], "cell", "replace", id="names in text, by a list"),
    pytest.param([finding("street_address", "STREET_ADDRESS", **PROSE)], "cell", "replace", id="prose that has no form"),
    pytest.param([finding("health", "HEALTH", article="Art. 9", **PROSE)], "cell", "replace", id="special in prose"),
    pytest.param([finding(**PROSE), finding("health", "HEALTH", article="Art. 9", **PROSE)], "cell", "replace", id="both"),
    pytest.param([finding("passport", "PASSPORT", column_kind="free_text")], "cell", "replace", id="prose named for it"),
    pytest.param([finding("company_name", "COMPANY", tier="none")], "cell", "keep", id="nothing personal"),
]


@pytest.mark.parametrize(("findings", "scope", "operator"), SCOPES)
def test_what_cannot_be_told_from_the_rest_of_a_text_goes_whole(
    findings: list[Finding], scope: str, operator: str | None
) -> None:
    rule = only_rule(*findings)
    assert (rule.scope, rule.operator) == (scope, operator)


def test_free_text_goes_whole_where_names_in_it_cannot_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    text = finding("free_text", "FREE_TEXT", **PROSE)
    assert only_rule(text, ner=False).scope == "cell"
    monkeypatch.setattr(draft, "installed_model", lambda: "")
    assert only_rule(text, ner=True).scope == "cell"


def test_a_column_that_was_not_examined_wholly_is_looked_into() -> None:
    skipped = Skipped("exports/c.csv", "cells", "2 cells are longer than the limit", "c", "id")
    rules = plan_of(report(finding(), skipped=(skipped,))).rules
    assert [(rule.column, rule.scope) for rule in rules] == [("email", "cell"), ("id", "text")]
    assert "longer than the limit" in plan_of(report(skipped=(skipped,))).dump()


def test_a_sampled_table_has_every_cell_looked_at_again() -> None:
    skipped = Skipped("exports/c.csv", "rows", "sampled", "c")
    assert plan_of(report(skipped=(skipped,))).tables[0].without_rule == "examine"
    assert plan_of(report(skipped=(Skipped("other.csv", "file", "unreadable"),))).tables[0].without_rule == "keep"


def test_a_drafted_plan_needs_no_key() -> None:
    assert plan_of(report(finding())).key() is None


def test_a_plan_comes_back_from_its_text() -> None:
    plan = plan_of(report(finding(), finding(column=Column("exports/c.csv", "c", "x", "a.b")), names=("email", "x.a.b")))
    again = load_plan(plan.dump(), CATALOGUE)
    assert again.dump() != ""
    assert again.model_dump() == plan.model_dump()


def test_a_plan_says_in_comments_how_to_edit_it_and_why() -> None:
    text = plan_of(report(finding(band="possible", article="Art. 9"))).dump()
    for words in ("pseudonym", "pii-scan redact", "Art. 9", "NOT SURE", "the column name says", "10 cells"):
        assert words in text


NASTY = st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(NASTY, NASTY, NASTY, NASTY)
def test_hostile_names_and_reasons_stay_inside_their_quotes(source: str, table: str, column: str, reason: str) -> None:
    where = Column(source, table, column)
    made = Report(
        Run("", "", ""), (TableSummary(source, table, 1, 1, 1, 1, (column,)),), (finding(column=where, reasons=(reason,)),)
    )
    loaded = load_plan(plan_of(made).dump())
    (rule,) = loaded.rules
    assert (rule.source, rule.table, rule.column) == (source, table, column)
    assert loaded.tables == (Seen(source=source, table=table, columns=(column,)),)
    assert loaded.seen(source, table) is not None
    assert loaded.rules_of(source, table, column) == (rule,)


REFUSED = [
    ("version = 2", ["plan: version", "1"]),
    ("versoin = 1", ["unknown name 'versoin'", "key_file", "entities", "table", "column"]),
    ('[[column]]\ntable = "t"\ncolumn = "a"\noperator = "hide"', ["(t.a)", "replace, mask, redact, keep, pseudonym"]),
    ('[[column]]\ncolumn = "a"\n[[column]]\ncolumn = "b"\nscope = "all"', ["[[column]] 2 (b)", "scope", "cell, text"]),
    ('[[column]]\ncolumn = "a"\ncolour = 1', ["[[column]] 1 (a)", "unknown name 'colour'", "operator"]),
    ('[[column]]\ntable = "t"', ["[[column]] 1 (t)", "column: Field required"]),
    ('[[table]]\ntable = "t"', ["[[table]] 1 (t)", "columns"]),
    ('[entities]\nEMAIL_ADDRESS = "hide"', ["[entities]", "EMAIL_ADDRESS", "replace, mask"]),
    ('[entities]\nEMIAL = "keep"', ["[entities]", "'EMIAL'", "email"]),
    ("[mask]\nkeep_last = -1", ["[mask]", "keep_last"]),
    ("[mask]\nkeep = 1", ["[mask]", "keep_last"]),
    ('[[column]]\ncolumn = "a"\nkind = "emial"', ["[[column]] 1 (*.a)", "unknown kind 'emial'", "did you mean email", "phone"]),
    ('[[column]]\ncolumn = "a"\nentity = "EMAIL_ADRESS"', ["unknown entity", "did you mean EMAIL_ADDRESS"]),
    ('[[column]]\ncolumn = "a"\noperator = "pseudonym"', ["[[column]] 1 (*.a)", "kind"]),
    ('[[table]]\ncolumns = ["email"]\n[[column]]\ntable = "t"\ncolumn = "emial"', ["(t.emial)", "does not have", "email"]),
    ('[[table]]\ntable = "t"\ncolumns = ["email"]\n[[column]]\ntable = "u"\ncolumn = "email"', ["(u.email)", "does not list"]),
    ("x = = 1\n", ["not valid TOML", "line 1"]),
    ("column = 3", ["column"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_what_is_unknown_is_refused_with_its_place_and_the_choices(text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_plan(text, CATALOGUE)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        '[[table]]\ncolumns = ["address.city"]\n[[column]]\ncolumn = "address"\npath = "city"',
        '[[table]]\ncolumns = ["a", "b"]\n[[column]]\ncolumn = "*"',
        '[[table]]\ncolumns = ["*"]\n[[column]]\ntable = "t"\ncolumn = "a"\nentity = "HEALTH"',
        '[[column]]\ncolumn = "a"\nkind = "email"\noperator = "keep"',
        '[entities]\ndefault = "keep"\nemail = "mask"\nEMAIL_ADDRESS = "redact"\n[[column]]\ncolumn = "a"',
    ],
)
def test_what_a_person_may_write_is_taken(text: str) -> None:
    assert load_plan(text, CATALOGUE).rules


def test_the_entity_goes_before_the_kind_and_the_kind_before_the_default() -> None:
    plan = load_plan('[entities]\ndefault = "redact"\nemail = "mask"\nEMAIL_ADDRESS = "keep"', CATALOGUE)
    assert plan.operator("EMAIL_ADDRESS", "email") == "keep"
    assert plan.operator("OTHER", "email") == "mask"
    assert plan.operator("OTHER", "phone") == "redact"
    assert Plan().operator("OTHER", "phone") == "replace"


@pytest.mark.parametrize(
    ("pattern", "name", "means"),
    [
        ("price [EUR]", "price [EUR]", True),
        ("a*", "abc", True),
        ("a*", "b", False),
        ("[ab]", "a", True),
        ("A", "a", False),
        ("", "", True),
        ("", "a", False),
        ("*", "", True),
    ],
)
def test_a_name_that_reads_like_a_glob_means_itself_too(pattern: str, name: str, means: bool) -> None:
    assert fits(pattern, name) is means


def test_the_key_file_of_a_plan_lies_beside_it(tmp_path: Path) -> None:
    create_key(tmp_path / "my.key")
    (tmp_path / "plan.toml").write_text('key_file = "my.key"\n[entities]\ndefault = "pseudonym"\n', "utf-8")
    assert load_plan(tmp_path / "plan.toml").key() == read_key(tmp_path / "my.key")
    assert load_plan(str(tmp_path / "plan.toml")).key() == read_key(tmp_path / "my.key")


@pytest.mark.parametrize(
    "text", ['[entities]\nemail = "pseudonym"', '[[column]]\ncolumn = "a"\nkind = "email"\noperator = "pseudonym"']
)
def test_pseudonyms_without_a_key_file_say_how_to_make_one(text: str) -> None:
    with pytest.raises(ConfigError, match="pii-scan key new PATH"):
        load_plan(text).key()


def test_a_plan_that_is_not_there_or_not_text_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"plan\.toml: cannot be read: No such file"):
        load_plan(tmp_path / "plan.toml")
    (tmp_path / "junk.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_plan(tmp_path / "junk.toml")


def test_a_later_scan_adds_to_a_plan_and_leaves_a_persons_edits() -> None:
    old = plan_of(report(finding(), names=("email",))).dump()
    edited = old.replace('operator = "replace"', 'operator = "mask"  # agreed with the DPO').replace(
        "keep_last = 4", "keep_last = 2"
    )
    phone = finding("phone", "PHONE_NUMBER", Column("exports/c.csv", "c", "phone"))
    later = extend(edited, plan_of(report(finding(), phone, names=("email", "phone"))))
    assert "# agreed with the DPO" in later
    plan = load_plan(later)
    assert [(rule.column, rule.operator) for rule in plan.rules] == [("email", "mask"), ("phone", "replace")]
    assert plan.tables == (Seen(source="exports/c.csv", table="c", columns=("email", "phone")),)
    assert plan.mask.keep_last == 2
    assert extend(later, plan_of(report(finding(), phone, names=("email", "phone")))) == later


def test_a_later_scan_of_another_table_is_added_whole() -> None:
    other = Report(
        Run("", "", ""), (TableSummary("new.csv", "n", 1, 1, 1, 1, ("a",)),), (finding(column=Column("new.csv", "n", "a")),)
    )
    plan = load_plan(extend(Plan().dump(), plan_of(other)))
    assert (plan.rules[0].source, plan.tables[0].source) == ("new.csv", "new.csv")


def test_a_broken_plan_is_not_added_to() -> None:
    with pytest.raises(ConfigError, match="mend it"):
        extend("x = = 1", Plan())


def test_a_dumped_plan_is_toml_that_others_read_too() -> None:
    import tomllib

    text = plan_of(report(finding())).dump()
    assert tomllib.loads(text) == tomlkit.parse(text).unwrap()


def test_checking_a_plan_without_a_catalogue_checks_its_columns_only() -> None:
    check_plan(load_plan('[[column]]\ncolumn = "a"\nkind = "unheard of"'))
