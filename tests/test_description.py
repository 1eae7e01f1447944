"""An audit file says what is scanned; a slip of the pen in it is named, with the choices."""

from __future__ import annotations

from pathlib import Path

import pytest

from pii_scan.description import Description, describe
from pii_scan.errors import ConfigError

LEAST = '[audit]\nstate = "audit.sqlite"\n[[source]]\naddress = "exports"\n'


def described(folder: Path, text: str) -> Description:
    path = folder / "audit.toml"
    path.write_text(text, "utf-8")
    return describe(path)


def test_paths_are_relative_to_the_folder_of_the_file(tmp_path: Path) -> None:
    audit = described(tmp_path, LEAST.replace("\n[[", '\nreport = "a.json"\nplan = "../plan.toml"\n[['))
    assert audit.state == tmp_path / "audit.sqlite"
    assert audit.reports == (tmp_path / "a.json",)
    assert audit.plan == tmp_path / "../plan.toml"
    assert audit.address(audit.source[0]) == str(tmp_path / "exports")


@pytest.mark.parametrize(
    ("address", "opened"),
    [
        ("data/*.csv", "{folder}/data/*.csv"),
        ("/srv/exports", "/srv/exports"),
        ("sqlite:///shop.sqlite", "sqlite:///{folder}/shop.sqlite"),
        ("sqlite:////srv/shop.sqlite", "sqlite:////srv/shop.sqlite"),
        ("postgresql://host/db", "postgresql://host/db"),
        ("postgresql://ada:${PII_TEST_SECRET}@host/db", "postgresql://ada:s3cret@host/db"),
    ],
)
def test_addresses_are_made_ready_to_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, opened: str) -> None:
    monkeypatch.setenv("PII_TEST_SECRET", "s3cret")
    audit = described(tmp_path, LEAST.replace("exports", address))
    assert audit.address(audit.source[0]) == opened.format(folder=tmp_path)


def test_a_variable_that_is_not_set_is_named_without_the_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PII_TEST_SECRET", raising=False)
    audit = described(tmp_path, LEAST.replace("exports", "mysql://ada:hunter2${PII_TEST_SECRET}@host/db"))
    with pytest.raises(ConfigError, match="PII_TEST_SECRET is not set") as caught:
        audit.address(audit.source[0])
    assert "hunter2" not in str(caught.value)


def test_filters_of_a_source_are_its_own(tmp_path: Path) -> None:
    text = LEAST + 'table = "!tmp_*"\nsample = 9\n[[source]]\naddress = "b"\n[scan]\nmin-band = "likely"\nner = false\n'
    audit = described(tmp_path, text)
    one, two = (audit.settings(place) for place in audit.source)
    assert (one.table, one.sample, one.min_band, one.ner) == (("!tmp_*",), 9, "likely", False)
    assert (two.table, two.sample, two.min_band, two.ner) == ((), None, "likely", False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LEAST.replace("state =", "stat ="), "[audit] "),
        (
            LEAST.replace("state =", "fail_no = 'special'\nstate ="),
            "unknown name 'fail_no' (did you mean fail_on? one of fail_on,",
        ),
        (LEAST + 'tabel = ["a"]\n', "[source] unknown name 'tabel' (did you mean table?"),
        (LEAST + "[adit]\n", "unknown name 'adit' (did you mean audit?"),
        (LEAST + "sample = 0\n", "[source] sample: "),
        (LEAST.replace("state =", "fail_on = 'sure'\nstate ="), "[audit] fail_on: "),
        ('[audit]\nstate = "a"\n', "source is missing"),
        ('[audit]\nstate = "a"\nsource = []\n', "[audit] unknown name 'source'"),
        ('[[source]]\naddress = "a"\n', "audit is missing"),
        ('[audit]\nreport = "a.json"\n[[source]]\naddress = "a"\n', "[audit] state is missing"),
        (LEAST.replace('"exports"', '"-"'), "cannot read stdin"),
        (LEAST + "[scan]\nnerr = true\n", "[scan]: nerr: "),
        (LEAST + "[scan]\nworkers = -1\n", "[scan]: workers: "),
        (LEAST + "[scan]\nshow_samples = true\n", "show_samples does not belong here (audits keep no examples)"),
        (LEAST + "[scan]\nfail-on = 'special'\n", "fail_on does not belong here (write it into [audit])"),
        (LEAST + "[scan]\ntable = ['a']\n", "table does not belong here (write it into each [[source]])"),
        ("[audit\n", "is not valid TOML"),
    ],
)
def test_a_slip_of_the_pen_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        described(tmp_path, text)
    assert told in str(caught.value)
    assert str(tmp_path / "audit.toml") in str(caught.value)


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        describe(tmp_path / "audit.toml")


def test_the_shipped_audit_file_is_valid() -> None:
    audit = describe(Path(__file__).parents[1] / "examples" / "audit.toml")
    assert Path(audit.address(audit.source[0])).is_dir()
