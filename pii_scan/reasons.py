"""Why a verdict is what it is, in words; none of them quotes a cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pii_scan.model import Column, ColumnKind, Entity, Finding, Kind, Remark, Tally, Told
from pii_scan.naming import Named
from pii_scan.weigh import Weight

_TOLD: Mapping[Told, str] = {
    "birth_date": "birth date",
    "birth_year": "year of birth",
    "sex": "sex",
    "region": "region",
    "nationality": "nationality",
}


def header_reason(named: Named) -> str:
    """What the column's name says."""
    return f"the column name says “{named.phrase}”"


def sign_reason(named: Named, kind: Kind) -> str:
    """What the column's name lets one guess."""
    return f"“{named.phrase}” in the column name suggests {kind.label[:1].lower()}{kind.label[1:]}, without saying it"


def value_reason(entity: Entity, tally: Tally, weight: Weight) -> str:
    """What the values say for the entity."""
    what = entity.label or entity.name
    if entity.proof == "checked":
        rate = tally.passed / max(1, tally.examined)
        return (
            f"{rate:.0%} of {tally.examined:,} distinct values of its shape pass the check of {what}"
            f" (chance {entity.chance:.2g}); {weight.share:.0%} of the cells"
        )
    if entity.proof == "name":
        return f"{tally.passed:,} of {tally.examined:,} distinct values are on the list of {what}"
    return f"{weight.share:.0%} of the cells have the form of {what}"


def pooled_reason(entities: Sequence[Entity], share: float) -> str:
    """What the values say for several entities of one kind."""
    countries = sorted({entity.country for entity in entities if entity.country})
    of = f" of {', '.join(countries[:8])}{' …' if len(countries) > 8 else ''}" if countries else ""
    return f"{share:.0%} of the cells pass one of {len(entities)} checks{of}, more than chance explains"


def minority_reason(entity: Entity, tally: Tally, shape: ColumnKind) -> str:
    """Why an entity is reported beside the verdict."""
    what = entity.label or entity.name
    where = "inside the text of" if shape in {"free_text", "mixed"} else "among the other values of"
    projected = "" if tally.examined >= tally.matched else "about "
    return f"{what} {where} {projected}{tally.cells:,} cell{'' if tally.cells == 1 else 's'}"


def attribute_reason(share: float) -> str:
    """Why values are what the attributes beside them say."""
    return f"the attribute beside it says so in {share:.0%} of the rows"


def reference_reason(target: Column) -> str:
    """Why a key is what the column is that it refers to."""
    return f"refers to {target}"


def record_key_reason(table: str) -> str:
    """Why a key of people is hardly more than a number."""
    return (
        f"a running number of the records of “{table}”: a pseudonym, which tells of somebody only beside the rest of the record"
    )


def told_reason(entity: Entity) -> str:
    """What each number gives away of its owner, never what it says of whom; empty where it gives nothing away."""
    told = [_TOLD[what] for what in entity.tells]
    listed = " and ".join(part for part in (", ".join(told[:-1]), *told[-1:]) if part)
    return f"such a number tells its owner's {listed}" if told else ""


def told_remarks(findings: Iterable[Finding], entities: Mapping[str, Entity]) -> Iterator[Remark]:
    """One remark for each column of numbers that give something away: taking out the birth date beside them is not enough."""
    for finding in findings:
        entity = entities.get(finding.entity)
        reason = told_reason(entity) if entity else ""
        if reason and reason in finding.reasons:
            column = finding.column
            name = ".".join(part for part in (column.column, column.path) if part)
            yield Remark(column.source, column.table, "telling numbers", f"{name}: {reason}")
