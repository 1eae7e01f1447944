"""Settings are checked once, with words that help, and never show a value that may be a secret."""

from pathlib import Path

import pytest

from pii_scan.errors import ConfigError
from pii_scan.settings import Settings, at_least, settings


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "pii-scan.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_anything_the_defaults_hold() -> None:
    assert settings({}) == Settings()
    assert settings({"sample": None, "ner": None}) == Settings()


def test_options_win_over_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'sample = 10\nmin-band = "likely"\nner = false\ncountries = ["fr", "CH"]\n')
    made = settings({"sample": 20, "workers": None}, path)
    assert (made.sample, made.min_band, made.ner, made.countries) == (20, "likely", False, ("FR", "CH"))


@pytest.mark.parametrize(
    "options",
    [
        {"sample": 0},
        {"workers": -1},
        {"max_cell": 10},
        {"ner_cells": 0},
        {"min_band": "sure"},
        {"fail_on": "none"},
        {"countries": ("FRA",)},
        {"countries": ("1",)},
        {"smaple": 5},
        {"table": "customers"},
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(options)
    assert next(iter(options)).replace("_", "-") in str(caught.value)
    assert caught.value.exit_code == 2
    assert caught.value.way_out


def test_a_slip_in_a_file_names_the_file_and_the_nearest_setting(tmp_path: Path) -> None:
    path = written(tmp_path, "smaple = 5\n")
    with pytest.raises(ConfigError, match="did you mean sample") as caught:
        settings({}, path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("text", ["sample = ", "= 5", "sample = 5\nsample = 6"])
def test_a_file_that_is_no_toml_is_refused_without_a_word_of_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="is not valid TOML"):
        settings({}, written(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        settings({}, tmp_path / "none.toml")


def test_a_refused_value_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        settings({"sample": "canary-7f3a9"})
    assert "canary" not in str(caught.value)
    assert "canary" not in repr(caught.value)


@pytest.mark.parametrize(
    ("globs", "wanted", "left"),
    [
        ((), ["a", "b"], []),
        (("a*",), ["a", "ab"], ["b", "ba"]),
        (("!a*",), ["b"], ["a", "ab"]),
        (("a*", "!ab"), ["a", "ac"], ["ab", "b"]),
        (("A",), ["A"], ["a"]),
        (("a", "b"), ["a", "b"], ["c"]),
    ],
)
def test_globs_take_in_and_leave_out(globs: tuple[str, ...], wanted: list[str], left: list[str]) -> None:
    made = Settings(table=globs, column=globs)
    assert [name for name in (*wanted, *left) if made.wants_table(name)] == wanted
    assert [name for name in (*wanted, *left) if made.detection.wants_column(name)] == wanted


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().sample = 5


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"workers": 3}, True),
        ({"min_band": "certain"}, True),
        ({"fail_on": "special"}, True),
        ({"table": ("a",)}, True),
        ({"countries": ("FR",)}, False),
        ({"column": ("a",)}, False),
        ({"sample": 5}, False),
        ({"ner": False}, False),
        ({"show_samples": True}, False),
        ({"max_cell": 5_000}, False),
    ],
)
def test_evidence_is_reused_only_where_nothing_changed_that_made_it(change: dict[str, object], *, same: bool) -> None:
    assert (settings(change).detection == Settings().detection) is same


def test_bands_are_in_order() -> None:
    assert at_least("certain", "likely")
    assert at_least("likely", "likely")
    assert not at_least("possible", "likely")
