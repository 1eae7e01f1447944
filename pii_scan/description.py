"""What an audit file describes: sources with their filters, settings, and where state, reports and plan go."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pii_scan.errors import ConfigError
from pii_scan.settings import Settings, settings

_GUIDE = "see docs/audit.md"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LOGIN = re.compile(r"://[^/@]*@")
_OURS = frozenset({"fail_on", "show_samples", "table", "column", "sample"})
"""Settings with a place of their own in an audit file, or none: an audit keeps no examples."""
_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _listed(given: object) -> object:
    return [given] if isinstance(given, str) else given


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""One text, or a list of them."""


class Place(BaseModel):
    """A `[[source]]`: an address, and which of its tables and columns are read."""

    model_config = _STRICT

    address: str = Field(min_length=1)
    """Anything that `pii-scan scan` takes but `-`; `${NAME}` is read from the environment."""
    table: Names = ()
    column: Names = ()
    sample: int | None = Field(default=None, ge=1)

    @property
    def filters(self) -> dict[str, Any]:
        """What is set apart from the address, for the report."""
        return self.model_dump(mode="json", exclude={"address"}, exclude_defaults=True)

    @property
    def printable(self) -> str:
        """The address as it is written, without what stands before an `@`."""
        return _LOGIN.sub("://", self.address)


class Outputs(BaseModel):
    """The `[audit]` part: the state, the reports, the plan, and when the run counts as failed."""

    model_config = _STRICT

    state: str = Field(min_length=1)
    report: Names = ()
    plan: str = ""
    fail_on: Literal["certain", "likely", "possible", "undetermined", "special"] | None = None


class Description(BaseModel):
    """A whole audit file. Paths in it are relative to its folder."""

    model_config = _STRICT

    audit: Outputs
    source: tuple[Place, ...] = Field(min_length=1)
    scan: Mapping[str, Any] = Field(default_factory=dict)
    """Settings by the names of the options of `pii-scan scan`."""
    folder: Path = Field(default=Path(), exclude=True)

    @property
    def state(self) -> Path:
        """The state file."""
        return self.folder / self.audit.state

    @property
    def reports(self) -> tuple[Path, ...]:
        """Where the reports go."""
        return tuple(self.folder / report for report in self.audit.report)

    @property
    def plan(self) -> Path | None:
        """Where the plan goes, if one is wanted."""
        return self.folder / self.audit.plan if self.audit.plan else None

    def settings(self, place: Place | None = None) -> Settings:
        """The settings of every source, or of one with its own filters.

        Raises:
            ConfigError: a setting is unknown or out of range.
        """
        own = place.model_dump(include={"table", "column", "sample"}, exclude_defaults=True) if place else {}
        return settings({**self.scan, "fail_on": self.audit.fail_on, **own})

    def address(self, place: Place) -> str:
        """The place's address, ready to be opened: variables filled in, paths made absolute.

        Raises:
            ConfigError: a variable is not set.
        """
        given = _VARIABLE.sub(lambda found: _variable(found[1], place.printable), place.address)
        scheme, mark, rest = given.partition("://")
        if not mark:
            return str((self.folder / given).absolute())
        if scheme == "sqlite" and rest.startswith("/") and not rest.startswith("//"):
            return f"sqlite:////{(self.folder / rest[1:]).absolute().as_posix().lstrip('/')}"
        return given


def describe(path: Path) -> Description:
    """The description that an audit file holds.

    Raises:
        ConfigError: the file cannot be read, or names something unknown; the message says where, and the choices.
    """
    given = _parsed(path)
    try:
        described = Description.model_validate(given).model_copy(update={"folder": path.parent.absolute()})
    except ValidationError as error:
        raise _explained(error, path) from None
    if foreign := sorted(_OURS & {*described.scan}):
        place = "[audit]" if foreign[0] == "fail_on" else "each [[source]]"
        way_out = "audits keep no examples" if foreign[0] == "show_samples" else f"write it into {place}"
        raise ConfigError(f"[scan]: {foreign[0]} does not belong here", where=str(path), way_out=way_out)
    try:
        for place_of in (None, *described.source):
            described.settings(place_of)
    except ConfigError as error:
        raise ConfigError(f"[scan]: {error.where}: {error.what}", where=str(path), way_out=error.way_out or _GUIDE) from None
    if any(place.address == "-" for place in described.source):
        raise ConfigError("[[source]]: an audit cannot read stdin", where=str(path), way_out="name a file or a database")
    return described


def _parsed(path: Path) -> Any:
    try:
        return _named(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path), way_out="check the path") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise ConfigError("is not valid TOML in UTF-8", where=str(path), way_out=_GUIDE) from None


def _named(given: Any) -> Any:
    """The same with names as Python writes them: `fail-on` and `fail_on` are one."""
    if isinstance(given, dict):
        return {name.replace("-", "_"): _named(value) for name, value in given.items()}
    return [_named(value) for value in given] if isinstance(given, list) else given


def _variable(name: str, address: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise ConfigError(f"the variable {name} is not set", where=address, way_out=f"set {name} in the environment")
    return value


def _explained(error: ValidationError, path: Path) -> ConfigError:
    first = error.errors(include_input=False, include_url=False)[0]
    names = [str(part) for part in first["loc"] if not isinstance(part, int)]
    part, name = "".join(f"[{one}] " for one in names[:-1]), names[-1]
    if first["type"] == "missing":
        return ConfigError(f"{part}{name} is missing", where=str(path), way_out=_GUIDE)
    if first["type"] == "extra_forbidden":
        known = _fields(names[:-1])
        near = get_close_matches(name, known, 1)
        meant = f"did you mean {near[0]}? " if near else ""
        return ConfigError(f"{part}unknown name {name!r}", where=str(path), way_out=f"{meant}one of {', '.join(known)}")
    return ConfigError(f"{part}{name}: {first['msg']}", where=str(path), way_out=_GUIDE)


def _fields(parts: Sequence[str]) -> list[str]:
    parts_of: dict[str, type[BaseModel]] = {"audit": Outputs, "source": Place}
    model = parts_of.get(parts[0], Description) if parts else Description
    return sorted(name for name in model.model_fields if name != "folder")
