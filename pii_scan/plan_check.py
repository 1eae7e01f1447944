"""What is wrong with a plan, said with its place in the file and the choices that there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from pii_scan.errors import ConfigError
from pii_scan.model import Catalogue
from pii_scan.policy import Policy
from pii_scan.rules import Masking, Rule, Seen, fits
from pii_scan.treatment import BOUND, TAKES, Operator, Options

_PARTS: Mapping[str, type[BaseModel]] = {"column": Rule, "table": Seen, "mask": Masking, "rule": Policy}


def check_rules(rules: Sequence[Rule], tables: Sequence[Seen], catalogue: Catalogue | None, where: str) -> None:
    """Refuse rules that can match nothing or do nothing and, with a catalogue, unknown kinds and entities.

    Raises:
        ConfigError: naming the rule and the choices.
    """
    for number, rule in enumerate(rules, 1):
        place = f"{where}: [[column]] {number} ({rule.table}.{rule.column})"
        _check_column(rule, tables, place)
        _check_operator(rule, place)
        if catalogue and rule.kind:
            _check_known("kind", rule.kind, catalogue.kinds, place)
        if catalogue and rule.entity and rule.entity.lower() not in catalogue.kinds:
            _check_known("entity", rule.entity, catalogue.entities, place)


def check_policies(policies: Sequence[Policy], entities: Mapping[str, Operator], catalogue: Catalogue | None, where: str) -> None:
    """Refuse options that an operator does not take and, with a catalogue, unknown kinds and entities.

    Raises:
        ConfigError: naming the rule and the choices.
    """
    for number, policy in enumerate(policies, 1):
        place = f"{where}: [[rule]] {number}"
        _check_options(policy.operator, policy.options, place)
        if catalogue:
            for what, globs, known in (("kind", policy.kind, catalogue.kinds), ("entity", policy.entity, catalogue.entities)):
                for glob in globs:
                    if not set(glob) & set("*?["):
                        _check_known(what, glob, known, place)
    if catalogue:
        for name in entities:
            known_names = {"default": None, **catalogue.kinds, **catalogue.entities}
            _check_known("kind or entity", name, known_names, f"{where}: [entities]")


def explained(error: ValidationError, given: Mapping[str, Any], plan: type[BaseModel], where: str) -> ConfigError:
    """The first thing wrong: its place in the file, what it is, what there is to choose from."""
    first = error.errors(include_input=False, include_url=False)[0]
    location = first["loc"]
    head, name = str(location[0]), str(location[-1])
    place = f"{where}: {head}"
    if len(location) > 1 and isinstance(location[1], int):
        part = given[head][location[1]]
        titles = [str(part.get(key)) for key in ("table", "column") if isinstance(part, dict) and part.get(key)]
        place = f"{where}: [[{head}]] {location[1] + 1}" + (f" ({'.'.join(titles)})" if titles else "")
    elif len(location) > 1:
        place = f"{where}: [{head}]"
    if first["type"] == "extra_forbidden":
        model = plan if len(location) == 1 else Options if "with" in location[:-1] else _PARTS.get(head, plan)
        names = [field.alias or key for key, field in model.model_fields.items() if key != "note"]
        return ConfigError(f"unknown name {name!r}", where=place, way_out=_choices(names))
    wanted = str(first.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
    if wanted:
        return ConfigError(f"{name} is none of its choices", where=place, way_out=f"one of {wanted}")
    return ConfigError(f"{name}: {first['msg']}", where=place, way_out="see docs/redaction.md")


def _check_column(rule: Rule, listed: Sequence[Seen], place: str) -> None:
    """A rule that names a column no table has is a slip of the pen, and would leave the column as it is."""
    tables = [seen for seen in listed if _may_meet(rule.source, seen.source) and _may_meet(rule.table, seen.table)]
    names = {name.partition(".")[0] for seen in tables for name in seen.columns} | {
        name for seen in tables for name in seen.columns
    }
    if listed and not tables:
        raise ConfigError("is about a table that the plan does not list", where=place, way_out="check source and table")
    if tables and not any(_may_meet(rule.column, name) for name in names):
        raise ConfigError("is about a column that the table does not have", where=place, way_out=_choices(names))


def _check_operator(rule: Rule, place: str) -> None:
    if rule.operator is None:
        if rule.options.given():
            raise ConfigError("has a `with` and no operator", where=place, way_out="say which operator it is for")
        return
    _check_options(rule.operator, rule.options, place)
    if rule.operator in BOUND and rule.scope == "cell" and not (rule.kind or rule.entity):
        what = "pseudonyms are made" if rule.operator == "pseudonym" else f"{rule.operator} works"
        raise ConfigError(f"{what} for a kind, and it names none", where=place, way_out='add kind = "person_id"')
    if rule.operator == "drop_column" and (rule.path or rule.scope == "text"):
        raise ConfigError("drop_column is for whole columns", where=place, way_out="use redact for what is inside of one")


def _check_options(operator: Operator, options: Options, place: str) -> None:
    takes = TAKES.get(operator, ())
    for name in options.given():
        if name not in takes:
            way_out = f"it takes {', '.join(takes)}" if takes else "it takes none"
            raise ConfigError(f"{operator} takes no {name!r}", where=place, way_out=way_out)


def _may_meet(one: str, two: str) -> bool:
    return fits(one, two) or fits(two, one)


def _check_known(what: str, name: str, known: Iterable[str], place: str) -> None:
    from difflib import get_close_matches

    names = sorted(known)
    if name not in names:
        near = get_close_matches(name, names, 3)
        nearest = f"did you mean {' or '.join(near)}? " if near else ""
        raise ConfigError(f"unknown {what} {name!r}", where=place, way_out=nearest + _choices(names))


def _choices(names: Iterable[str]) -> str:
    return f"one of {', '.join(sorted(names))}"
