"""What is shown of an address. The name of a partition's folder is a value of each row below it, and values stay home.

`lake/email=ada@example.org/part-0.csv` is shown as `lake/email=***/part-0.csv` where the column `email` was found to hold
personal data; several such folders are numbered in the order of their names (`***1`, `***2`), so that they stay apart and
are found again. Inside the house an address is whole: plans, proofs and audits compare by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import unquote

from pii_scan.errors import PiiScanError
from pii_scan.model import Column, Report, Skipped

STARS = "***"
_BROAD = frozenset({"country", "language", "locale"})
"""Kinds that millions share: a folder of one tells of nobody, and without its name a lake is hard to read."""
_BETWEEN = re.compile(r"([/\\])")
_Report = TypeVar("_Report", bound=Report)


@dataclass(frozen=True, slots=True)
class Masks:
    """How the folders of some columns are shown."""

    shown: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By the name of the folder."""

    @classmethod
    def over(cls, columns: Iterable[str], addresses: Iterable[str]) -> Masks:
        """Those of some columns, numbered as they come in some addresses."""
        wanted = frozenset(columns)
        values: dict[str, set[str]] = {}
        for address in {*addresses} if wanted else ():
            for name, value in folders(address):
                if unquote(name) in wanted and not value.startswith(STARS):
                    values.setdefault(name, set()).add(value)
        numbers = {name: {value: str(place) for place, value in enumerate(sorted(seen), 1)} for name, seen in values.items()}
        return cls(
            {
                f"{name}={value}": f"{name}={STARS}{number if len(seen) > 1 else ''}"
                for name, seen in numbers.items()
                for value, number in seen.items()
            }
        )

    def also(self, columns: Iterable[str], addresses: Iterable[str]) -> Masks:
        """With those of other addresses, which get no number."""
        wanted = frozenset(columns)
        more = {
            f"{name}={value}": f"{name}={STARS}"
            for address in addresses
            for name, value in folders(address)
            if unquote(name) in wanted
        }
        return Masks({**more, **self.shown})

    def __bool__(self) -> bool:
        """Whether anything is shown otherwise than it is."""
        return bool(self.shown)

    def address(self, address: str) -> str:
        """An address, as it is shown."""
        return "".join(self.shown.get(part, part) for part in parts(address)) if self.shown else address

    def text(self, words: str) -> str:
        """Words that may hold addresses."""
        if "=" not in words:
            return words
        for part in sorted((part for part in self.shown if part in words), key=len, reverse=True):
            words = words.replace(part, self.shown[part])
        return words

    def skipped(self, skipped: Skipped) -> Skipped:
        """What was skipped, by addresses as they are shown."""
        return replace(skipped, source=self.address(skipped.source), why=self.text(skipped.why))

    @contextmanager
    def errors(self) -> Iterator[None]:
        """An error of ours says where it happened by addresses as they are shown."""
        try:
            yield
        except PiiScanError as error:
            if not self:
                raise
            what, where, way_out = map(self.text, (error.what, error.where, error.way_out))
            raise type(error)(what, where=where, way_out=way_out) from None

    def column(self, column: Column) -> Column:
        """A column's address, as it is shown."""
        return replace(column, source=self.address(column.source))


def parts(address: str) -> list[str]:
    """The parts of an address and what stands between them; joined they are the address."""
    return _BETWEEN.split(address)


def folders(address: str) -> Iterator[tuple[str, str]]:
    """The names and values of what is called `name=value` in an address, as they are written there."""
    for part in parts(address):
        name, mark, value = part.partition("=")
        if name and mark and value:
            yield name, value


def telling(found: Iterable[tuple[Column, str]]) -> frozenset[str]:
    """The columns, among those found to hold some kind of personal data, that are the names of folders."""
    return frozenset(
        column.column
        for column, kind in found
        if kind not in _BROAD and any(unquote(name) == column.column for name, _ in folders(column.source))
    )


def masks_of(report: Report) -> Masks:
    """How the addresses of a report are shown; as they are where the user asked for samples of values."""
    if report.run.settings.get("show_samples"):
        return Masks()
    columns = telling((finding.column, finding.kind) for finding in report.findings)
    named = [*(one.source for one in report.tables), *(one.source for one in report.skipped)]
    return Masks.over(columns, [*report.run.sources, *named, *(one.source for one in report.remarks)])


def shown(report: _Report) -> _Report:
    """A report as it leaves the house."""
    return under(report, masks_of(report))


def under(report: _Report, masks: Masks) -> _Report:
    """A report with other addresses."""
    if not masks:
        return report
    return replace(
        report,
        run=replace(report.run, sources=tuple(map(masks.address, report.run.sources))),
        tables=tuple(replace(one, source=masks.address(one.source)) for one in report.tables),
        findings=tuple(replace(one, column=masks.column(one.column)) for one in report.findings),
        skipped=tuple(map(masks.skipped, report.skipped)),
        remarks=tuple(replace(one, source=masks.address(one.source), detail=masks.text(one.detail)) for one in report.remarks),
    )
