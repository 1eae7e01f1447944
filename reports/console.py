"""The report for a terminal: one row a finding, special categories first, then what was covered and what was not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from pii_scan.model import Finding, Remark, Report, Skipped
from pii_scan.reports.coverage import examined, left_out, outcome
from pii_scan.reports.order import by_source
from pii_scan.reports.wording import count, percent, plural, printable, shortened

if TYPE_CHECKING:
    from rich.console import RenderableType

_STYLES = {"certain": "bold", "likely": "none", "possible": "dim", "undetermined": "dim italic"}
_ROOMY = 80
"""Columns from which on the share has a place of its own."""
_REMARKS = 20


class ConsoleWriter:
    """Writes for people at a terminal.

    Args:
        width: columns to fill; 100 where not given, whatever the terminal, so that the same report is the same text.
        color: whether to add ANSI styles.
    """

    suffixes: tuple[str, ...] = (".txt",)

    def __init__(self, width: int | None = None, color: bool = False) -> None:
        self.width, self.color = max(width or 100, 40), color

    def render(self, report: Report) -> str:
        """The outcome, the findings, the coverage, what was not examined, remarks."""
        from rich.console import Console

        text = StringIO()
        console = Console(
            file=text,
            width=self.width,
            color_system="standard" if self.color else None,
            force_terminal=self.color,
            legacy_windows=False,
            highlight=False,
            _environ={},
        )
        for part in _parts(report, _layout(report, self.width)):
            console.print(part)
        return _trimmed(text.getvalue())


@dataclass(frozen=True, slots=True)
class _Layout:
    """Widths of the parts of a row, the same in every group."""

    band: int
    share: int
    """0 where there is no room: the share then stands in the line below."""
    address: int
    kind: int
    indent: int
    """Where the line below a row begins: at its address where there is room."""


def _layout(report: Report, width: int) -> _Layout:
    band = max((len(finding.band) for finding in report.findings), default=0)
    kind = max((len(_kind(finding)) for finding in report.findings), default=0)
    if width < _ROOMY:
        kind = min(kind, 20)
        return _Layout(band, 0, width - band - kind - 4, kind, 4)
    kind = min(kind, 26)
    return _Layout(band, 6, width - band - kind - 12, kind, band + 10)


def _parts(report: Report, layout: _Layout) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(outcome(report), style="bold")
    special = [finding for finding in report.findings if finding.special]
    ordinary = [finding for finding in report.findings if not finding.special]
    if special:
        yield Text("\nSpecial categories (GDPR Art. 9, Art. 10)", style="bold red")
        yield from _groups(special, layout)
    if ordinary:
        yield Text("\nPersonal data", style="bold")
        yield from _groups(ordinary, layout)
    if report.tables:
        yield Text(f"\n{examined(report)}")
    if note := left_out(report):
        yield Text(note, style="dim")
    yield from _unexamined(report.skipped)
    yield from _remarks(report.remarks)


def _groups(findings: Iterable[Finding], layout: _Layout) -> Iterator[RenderableType]:
    from rich.text import Text

    for source, found in by_source(findings).items():
        yield Text(f"\n{_name(source)}", style="cyan", overflow="fold")
        for finding in found:
            yield _row(finding, layout)
            yield from _below(_why(finding, layout), layout)
            yield from _below("  ".join(printable(sample) for sample in finding.masked_sample), layout)


def _why(finding: Finding, layout: _Layout) -> str:
    reasons = "; ".join(printable(reason) for reason in finding.reasons)
    words = ": ".join(part for part in (_entity(finding), reasons) if part)
    return words if layout.share else f"{percent(finding.share)}  {words}"


def _row(finding: Finding, layout: _Layout) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_column(width=layout.band, style=_STYLES[finding.band])
    if layout.share:
        row.add_column(width=layout.share, justify="right")
    row.add_column(width=layout.address, overflow="fold", style="bold" if finding.band == "certain" else "none")
    row.add_column(width=layout.kind, overflow="fold", style="red" if finding.special else "none")
    share = [percent(finding.share)] if layout.share else []
    row.add_row(*map(Text, (finding.band, *share, _address(finding), _kind(finding))))
    return row


def _below(words: str, layout: _Layout) -> Iterator[RenderableType]:
    """One dim line under a row, cut where the terminal ends."""
    from rich.padding import Padding
    from rich.text import Text

    if words:
        yield Padding(Text(words, style="dim", no_wrap=True, overflow="ellipsis"), (0, 0, 0, layout.indent))


def _unexamined(skipped: tuple[Skipped, ...]) -> Iterator[RenderableType]:
    from rich.text import Text

    if skipped:
        yield Text(f"\nNot examined: {plural(len(skipped), 'part')}", style="bold yellow")
    for part in skipped:
        where = " ".join(_name(name) for name in (part.source, part.table, part.column, part.unit) if name)
        yield _item(f"{where}  ", f"{printable(part.what)}: {printable(part.why)}")


def _remarks(remarks: tuple[Remark, ...]) -> Iterator[RenderableType]:
    """Equal remarks of several tables stand together."""
    from rich.text import Text

    groups: dict[tuple[str, str], list[Remark]] = {}
    for remark in remarks:
        groups.setdefault((remark.what, remark.detail), []).append(remark)
    if groups:
        yield Text("\nRemarks", style="bold")
    for (what, detail), same in list(groups.items())[:_REMARKS]:
        more = f" and {count(len(same) - 1)} more" if len(same) > 1 else ""
        yield _item(f"{_name(same[0].table or same[0].source)}{more}  ", f"{printable(what)}: {printable(detail)}")
    if len(groups) > _REMARKS:
        yield _item("", f"{count(len(groups) - _REMARKS)} more remarks are in the other forms of this report")


def _item(head: str, words: str) -> RenderableType:
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text.assemble((head, "cyan"), words, overflow="fold"), (0, 0, 0, 2))


def _name(name: str) -> str:
    return shortened(printable(name), 100)


def _address(finding: Finding) -> str:
    return _name(str(finding.column))


def _kind(finding: Finding) -> str:
    kind = printable(finding.kind)
    return f"{kind} {printable(finding.article)}" if finding.article else kind


def _entity(finding: Finding) -> str:
    """The entity, and its country where the name does not begin with it."""
    entity, country = printable(finding.entity), printable(finding.country)
    return f"{entity} {country}".strip() if country and not entity.startswith(f"{country}_") else entity


def _trimmed(text: str) -> str:
    """Without the blanks that fill up lines."""
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n")) + "\n"
