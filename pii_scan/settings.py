"""The settings of a scan: one validated, frozen object, made from arguments or a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Container, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pii_scan.detection import Detection, passes
from pii_scan.errors import ConfigError
from pii_scan.model import BANDS, Band


def _country(code: str) -> str:
    upper = code.strip().upper()
    if len(upper) != 2 or not upper.isalpha():
        msg = "countries are two letters each, as in ISO 3166-1 (FR, CH)"
        raise ValueError(msg)
    return upper


Country = Annotated[str, AfterValidator(_country)]

_UNITS = {"s": 1, "m": 60, "h": 3600}


def _seconds(time: object) -> object:
    """A time as `90s`, `10m`, `1.5h` or a number of seconds."""
    if not isinstance(time, str):
        return time
    number, unit = (time[:-1], time[-1:]) if time[-1:] in _UNITS else (time, "s")
    try:
        return float(number) * _UNITS[unit]
    except ValueError:
        msg = "a time is a number and s, m or h (90s, 10m, 1.5h)"
        raise ValueError(msg) from None


Seconds = Annotated[float, BeforeValidator(_seconds), Field(gt=0, allow_inf_nan=False)]


class Settings(BaseModel):
    """What a scan looks for, how, and when it counts as failed."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    countries: tuple[Country, ...] = ()
    """Only these countries' identifiers (and all international ones); empty for every country."""
    recognizers: tuple[str, ...] = ()
    """Optional recognizers to use as well: a part's name (`presidio`), or globs of its entities (`PRESIDIO_US_*`)."""
    min_band: Band = "possible"
    """Findings less sure than this are left out of reports."""
    fail_on: Literal["certain", "likely", "possible", "undetermined", "special"] | None = None
    """Exit with 1 when a finding is this sure or surer, or is special-category data."""
    table: tuple[str, ...] = ()
    """Globs of tables to read; one that begins with `!` leaves tables out. Empty for all."""
    column: tuple[str, ...] = ()
    """The same for columns."""
    sample: int | None = Field(default=None, ge=1)
    """Rows to read of each table; None for every row."""
    budget: Seconds | None = None
    """Seconds that a scan may take (`10m`): where not all fits, a sample of each table is examined. None for no limit."""
    ner: bool | Literal["all"] = True
    """Whether a spaCy model, where one is installed, looks for names in free text beside the lists: in a sample, or in `all`."""
    ner_cells: int = Field(default=1_000, ge=1)
    """Distinct free texts of each column and unit that are read for names; the report states what that may miss."""
    workers: int = Field(default=0, ge=0)
    """Processes; 0 for one per core."""
    show_samples: bool = False
    """Whether findings carry masked examples."""
    max_cell: int = Field(default=1_000_000, ge=1_000)
    """Characters of one cell that are examined; what is longer is reported as skipped beyond them."""

    def wants_table(self, table: str) -> bool:
        """Whether the table passes the `table` globs."""
        return passes(table, self.table)

    @property
    def detection(self) -> Detection:
        """The settings that change evidence."""
        return Detection(**{field.name: getattr(self, field.name) for field in fields(Detection)})


def settings(options: Mapping[str, Any], config: Path | None = None) -> Settings:
    """Settings from a TOML file, overridden by options that are not None.

    Raises:
        ConfigError: an unknown name or a value out of range; the file cannot be read.
    """
    stored = _toml(config) if config else {}
    asked = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings.model_validate({**stored, **asked})
    except ValidationError as error:
        raise _explained(error, str(config) if config else "", set(asked)) from None


def at_least(band: Band, least: Band) -> bool:
    """Whether `band` is as sure as `least`, or surer."""
    return BANDS.index(band) <= BANDS.index(least)


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return {name.replace("-", "_"): value for name, value in tomllib.loads(path.read_text("utf-8")).items()}
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path), way_out="check the path") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise ConfigError("is not valid TOML in UTF-8", where=str(path), way_out="see docs/configuration.md") from None


def _explained(error: ValidationError, config: str, asked: Container[str]) -> ConfigError:
    """The first thing wrong: the setting, the file it stands in, what it should be."""
    first = error.errors(include_input=False, include_url=False)[0]
    field = str(first["loc"][0])
    name = field.replace("_", "-")
    where = name if field in asked or not config else f"{config}: {name}"
    if first["type"] == "extra_forbidden":
        names = sorted(known.replace("_", "-") for known in Settings.model_fields)
        near = get_close_matches(name, names, 1)
        way_out = f"did you mean {near[0]}?" if near else f"one of {', '.join(names)}"
        return ConfigError("there is no such setting", where=where, way_out=way_out)
    if first["type"] == "value_error":
        what = str(first["ctx"]["error"])
    elif first["type"] == "tuple_type":
        what = 'must be a list, as in ["one", "two"]'
    else:
        what = first["msg"].replace("Input should", "must", 1).partition(",")[0]
    return ConfigError(what, where=where, way_out="see docs/configuration.md")
