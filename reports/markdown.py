"""The report as GitHub-flavoured Markdown: for issues, wikis and pull requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from pii_scan.model import Finding, Report
from pii_scan.reports.coverage import coverage, examined, left_out, outcome
from pii_scan.reports.inventory import BLANKS, Category, Entry, inventory
from pii_scan.reports.order import arranged
from pii_scan.reports.wording import count, label, percent, plural, printable, probability, shortened, term

_SPEAKING = re.compile(r"[@#](?=\w)|[&<>|\\`*\[\]~]|(?<![^\W_])_|_(?![^\W_])|(?<=:)//|(?<=\bwww)\.", re.IGNORECASE)
_CODE = re.compile(r"[^`|\\]+")
_BLANK = "_to be completed_"


class MarkdownWriter:
    """Writes tables that GitHub renders; no name in them can become markup, a link or a mention."""

    suffixes: tuple[str, ...] = (".md", ".markdown")

    def render(self, report: Report) -> str:
        """The same parts in the same order as the page."""
        return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield "# Personal data report"
    yield f"\n**{_sentence(outcome(report))}**"
    yield f"\n{_sentence(examined(report))}"
    if note := left_out(report):
        yield f"{_sentence(note)}"
    yield from _unexamined(report)
    yield from _findings("Special categories (GDPR Art. 9, Art. 10)", (each for each in report.findings if each.special))
    yield from _findings("Personal data", (each for each in report.findings if not each.special))
    yield from _inventory(inventory(report))
    yield from _tables(report)
    yield from _remarks(report)
    yield from _run(report)


def _unexamined(report: Report) -> Iterator[str]:
    if report.complete:
        return
    yield f"\n## Not examined: {plural(len(report.skipped), 'part')}\n"
    yield from _table(
        ("Source", "Where", "What", "Why"),
        (
            (_code(part.source), " ".join(_codes((part.table, part.column, part.unit))), _text(part.what), _text(part.why))
            for part in report.skipped
        ),
    )


def _findings(title: str, findings: Iterable[Finding]) -> Iterator[str]:
    if rows := arranged(findings):
        yield f"\n## {title}\n"
        heads = ("Source", "Column", "Kind", "Band", "Probability", "Share", "Cells", "Entity", "Country", "Why", "Runner-up")
        samples = any(finding.masked_sample for finding in rows)
        yield from _table((*heads, "Masked samples") if samples else heads, (_finding(row, samples) for row in rows))


def _finding(finding: Finding, samples: bool) -> Sequence[str]:
    kind = f"{_text(label(finding.kind))} ({_text(term(finding.category))})" if finding.category else _text(label(finding.kind))
    cells = (
        _code(finding.column.source),
        _code(str(finding.column)),
        f"{kind} **{_text(finding.article)}**" if finding.article else kind,
        finding.band,
        probability(finding.probability),
        percent(finding.share),
        count(finding.cells),
        _code(finding.entity),
        _text(finding.country),
        "; ".join(_text(reason) for reason in finding.reasons),
        _text(finding.runner_up),
    )
    return (*cells, " ".join(_codes(finding.masked_sample))) if samples else cells


def _inventory(entries: Sequence[Entry]) -> Iterator[str]:
    if not entries:
        return
    yield "\n## Inventory for a record of processing (GDPR Art. 30)\n"
    yield "The scan fills in what is stored where; the controller completes the rest. “?” marks what a person confirms first.\n"
    yield from _table(
        ("Source", "Table", "Rows", "Categories of personal data", "Sensitivity", *BLANKS),
        (
            (
                _code(entry.source),
                _code(entry.table),
                count(entry.rows),
                ", ".join(_category(category) for category in entry.categories),
                _text(entry.sensitivity),
                *(_BLANK for _ in BLANKS),
            )
            for entry in entries
        ),
    )


def _category(category: Category) -> str:
    words = _text(label(category.kind)) + ("" if category.confirmed else "?")
    return f"**{words}** ({_text(category.article)})" if category.article else words


def _tables(report: Report) -> Iterator[str]:
    sums = coverage(report)
    yield f"\n## Tables scanned: {count(sums.tables)}\n"
    yield from _table(
        ("Source", "Table", "Rows", "Columns", "Cells", "Examined"),
        (
            (
                _code(table.source),
                _code(table.table),
                count(table.rows),
                count(table.columns),
                count(table.cells),
                percent(table.cells_examined / table.cells) if table.cells else "100 %",
            )
            for table in report.tables
        ),
    )


def _remarks(report: Report) -> Iterator[str]:
    if report.remarks:
        yield "\n## Remarks\n"
        yield from _table(
            ("Source", "Table", "What", "Detail"),
            ((_code(each.source), _code(each.table), _text(each.what), _text(each.detail)) for each in report.remarks),
        )


def _run(report: Report) -> Iterator[str]:
    run = report.run
    yield "\n## Run\n"
    rows = [("started", run.started), ("version", run.version), ("ruleset", run.ruleset), ("sources", ", ".join(run.sources))]
    rows += [(name, json.dumps(value, ensure_ascii=False)) for name, value in run.settings.items()]
    yield from _table(("Setting", "Value"), ((_text(name), _code(value)) for name, value in rows))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _sentence(words: str) -> str:
    return _text(words[:1].upper() + words[1:] + ".")


def _text(words: str) -> str:
    """Words that stay words: nothing in them is markup, a link, a mention or a reference."""
    return _SPEAKING.sub(_inert, printable(words))


def _inert(found: re.Match[str]) -> str:
    """An entity; GitHub sees a mention through that, so an empty comment parts `@` from the name."""
    if found[0] in "@#":
        return f"{found[0]}<!-- -->"
    return "".join(f"&#{ord(char)};" for char in found[0])


def _code(name: str) -> str:
    """A name as code. Backticks cannot hold every name inside a table, `<code>` with entities can."""
    shown = shortened(printable(name), 200)
    if not shown.strip():
        return ""
    if _CODE.fullmatch(shown):
        return f"`{shown}`"
    return f"<code>{_entities(shown)}</code>"


def _codes(names: Iterable[str]) -> list[str]:
    return [_code(name) for name in names if name]


def _entities(text: str) -> str:
    return "".join(char if char.isalnum() or char in " .-" else f"&#{ord(char)};" for char in text)
