from __future__ import annotations

import importlib.util
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import re2
import regex

from pii_scan.errors import RecognizerError
from pii_scan.recognizers import catalogue, documents, generic, identifiers, kinds, phones, secrets
from pii_scan.recognizers.rules import rule

PARTS = (identifiers, generic, documents, phones, secrets)
ROWS = catalogue.load(*identifiers.FILES, *generic.FILES, *documents.FILES, *secrets.FILES)

GOOD = """
[[identifier]]
entity = "XX_ID"
kind = "national_id"
label = "An identity number"
shape = '\\b[0-9]{4}\\b'
match = ["1234"]
reject = ["12345"]
source = "https://example.org"
"""


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    return tmp_path / "rows.toml"


def _chance_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("chance", Path(__file__).parents[2] / "benchmarks" / "chance.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("module", PARTS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_sample_does_what_its_row_says(module: ModuleType) -> None:
    assert list(module.part().check()) == []


def test_no_entity_is_defined_by_two_parts() -> None:
    names = [entity.name for module in PARTS for entity in module.part().entities]
    assert sorted(names) == sorted(set(names))


def test_every_entity_has_a_kind_that_users_read() -> None:
    known = {kind.name for kind in kinds.part().kinds} | {"none"}
    assert {entity.name for module in PARTS for entity in module.part().entities if entity.kind not in known} == set()


def test_every_part_makes_a_recognizer_for_each_of_its_entities() -> None:
    for module in PARTS:
        part = module.part()
        made = [recognizer.supported_entities for recognizer in part.recognizers()]
        assert sorted(made) == sorted([entity.name] for entity in part.entities)


def test_every_checked_row_says_how_much_chance_lets_through() -> None:
    assert [row.entity.name for row in ROWS if row.entity.proof == "checked" and not 0 < row.entity.chance < 0.5] == []


def test_every_source_is_an_address() -> None:
    assert [row.entity.name for row in ROWS if not row.entity.source.startswith("https://")] == []


def test_no_source_is_the_front_door_of_an_issuer_with_nothing_said_of_what_stands_where() -> None:
    assert [row.entity.name for row in ROWS if regex.fullmatch(r"https?://[^/\s]+/?", row.entity.source)] == []


@pytest.mark.parametrize("country", "BD IL FR TH CH MT DE ES IT PL NL BE PT SE GB US CA IN BR AU".split())
@pytest.mark.parametrize("kind", ["passport", "national_id", "tax_id", "social_security", "driving_licence"])
def test_the_countries_of_the_first_release_have_their_documents(country: str, kind: str) -> None:
    # where a country has no number of that kind, another one of its own serves
    served = {row.entity.kind for row in ROWS if row.entity.country == country}
    substitutes = {
        "national_id": {"social_security", "tax_id"},
        "social_security": {"national_id", "tax_id"},
    }
    assert kind in served or served & substitutes.get(kind, set())


def test_naming_a_part_imports_neither_presidio_nor_a_validator() -> None:
    code = (
        "import sys\n"
        "from pii_scan.recognizers import identifiers, generic, documents, phones, secrets\n"
        "[module.part() for module in (identifiers, generic, documents, phones, secrets)]\n"
        "print([name for name in ('presidio_analyzer', 'stdnum', 'phonenumbers', 'regex', 're2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('kind = "national_id"\n', ""), "lacks kind"),
        (('match = ["1234"]', "match = []"), "has no samples"),
        (('reject = ["12345"]', "reject = []"), "has no samples"),
        (('kind = "national_id"', 'kind = "national_id"\ncolour = "red"'), "unknown fields: colour"),
        (('kind = "national_id"', 'kind = "national_id"\nvalidator = "rules.luhn"'), "no chance"),
        (("[[identifier]]", "[[identifier"), "cannot be read"),
    ],
)
def test_a_row_that_does_not_hold_its_form_does_not_load(table: Path, change: tuple[str, str], said: str) -> None:
    table.write_text(GOOD.replace(*change), "utf-8")
    with pytest.raises(RecognizerError, match=said) as caught:
        catalogue.load("rows.toml")
    assert "rows.toml" in caught.value.where


def test_two_rows_with_one_entity_do_not_load(table: Path) -> None:
    table.write_text(GOOD + GOOD, "utf-8")
    with pytest.raises(RecognizerError, match="XX_ID"):
        catalogue.load("rows.toml")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[0-9]{4}", "[0-9]{5}"), "no shape matches '1234'"),
        (('["12345"]', '["1234 5"]'), "matches '1234 5'"),
        (("\\b[0-9]{4}", "(?<!x)[0-9]{4}"), "RE2 refuses"),
        (("[0-9]{4}", "[0-9{4}("), "refuses"),
        (('kind = "national_id"', 'kind = "national_id"\nchance = 0.1\nvalidator = "rules.luhn"'), "validator refuses '1234'"),
        (('kind = "national_id"', 'kind = "national_id"\nchance = 0.1\nvalidator = "rules.nothing"'), "no rule 'rules.nothing'"),
        (('kind = "national_id"', 'kind = "national_id"\nchance = 0.1\nvalidator = "stdnum.xx.yy"'), "no rule 'stdnum.xx.yy'"),
    ],
)
def test_the_self_check_names_what_a_row_gets_wrong(table: Path, change: tuple[str, str], said: str) -> None:
    table.write_text(GOOD.replace(*change), "utf-8")
    lines = list(catalogue.check(catalogue.load("rows.toml")))
    assert any(line.startswith("XX_ID: ") and said in line for line in lines)


def test_re2_lets_through_everything_that_regex_finds() -> None:
    script = _chance_script()
    source = random.Random(7)
    missed = []
    for row in ROWS:
        options = re2.Options()
        options.case_sensitive = not row.any_case
        options.log_errors = False
        for shape in row.shapes:
            fast, slow = re2.compile(shape, options), regex.compile(shape, row.flags)
            for _ in range(20):
                text = (
                    source.choice(("", "x ", "é", "№ ", "a-")) + script.sample(row, source) + source.choice(("", " y", "é", "."))
                )
                if slow.search(text) and not fast.search(text):
                    missed.append((row.entity.name, shape))
    assert missed == []


@pytest.mark.parametrize("entity", ["ES_DNI", "DE_TAX_ID", "PL_PESEL", "FR_TVA", "IL_ID", "US_SSN", "CREDIT_CARD", "MRZ"])
def test_the_chance_of_the_table_is_what_the_script_measures(entity: str) -> None:
    script = _chance_script()
    row = next(row for row in ROWS if row.entity.name == entity)
    assert script.agrees(row.entity.chance, script.chance(row, 4000), 4000)


@pytest.mark.parametrize("name", sorted({row.validator for row in ROWS if row.validator}))
def test_no_rule_raises_on_odd_text(name: str) -> None:
    judge = rule(name)
    for text in ("", " ", "0", "-", "A", "9" * 40, "١٢٣", "é" * 9, "\x00", "1-2/3.4", "AB<<12", "Z" * 12):
        assert judge(text) in {True, False}
