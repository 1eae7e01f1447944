"""Evidence to findings: pure arithmetic, so that better rules can judge old evidence again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from pii_scan.judge import Judge
from pii_scan.model import Catalogue, Cleared, Column, ColumnEvidence, Evidence, Finding, TableFacts, TableSummary
from pii_scan.naming import Named, namer
from pii_scan.references import References
from pii_scan.stores import placed
from pii_scan.subject import Subjects
from pii_scan.surroundings import full_name


def classify(evidence: Evidence, catalogue: Catalogue) -> tuple[Finding, ...]:
    """Every finding of at least `undetermined` strength, sorted by address, the surest first within a column."""
    courts = judges(evidence, catalogue)
    found = {column: list(judge.findings(column)) for judge in courts for column in judge.columns}
    declared = {address: facts.foreign_keys for address, facts in evidence.tables.items()}
    judge_of = {column: judge for judge in courts for column in judge.columns}
    for columns, targets in References(evidence.columns, declared).in_order():
        known = (finding for target in targets for finding in found[target])
        best = max(known, key=lambda finding: finding.probability, default=None)
        if best and best.tier == "direct":
            found |= {column: judge_of[column].following(found[column], column, best) for column in columns}
    findings = [finding for each in found.values() for finding in each]
    return tuple(sorted(findings, key=lambda finding: (finding.column, -finding.probability, finding.entity)))


def cleared(evidence: Evidence, catalogue: Catalogue) -> tuple[Cleared, ...]:
    """Each column of which it is known that it is not personal, and why; sorted by address."""
    courts = judges(evidence, catalogue)
    return tuple(sorted(clear for judge in courts for column in judge.columns if (clear := judge.cleared(column))))


def judges(evidence: Evidence, catalogue: Catalogue) -> list[Judge]:
    """One for each table."""
    names, subjects = namer(catalogue), Subjects(catalogue)
    tables: dict[tuple[str, str], dict[Column, Mapping[str, Named]]] = defaultdict(dict)
    for column in evidence.columns:
        _, called = placed(column.source, column.table)
        tables[column.source, column.table][column] = names.read(full_name(column), called)
    none = TableFacts()
    return [
        Judge(catalogue, subjects, named, evidence.columns, evidence.tables.get(address, none).rows)
        for address, named in tables.items()
    ]


def summaries(evidence: Evidence) -> tuple[TableSummary, ...]:
    """What was read of each table."""
    columns: dict[tuple[str, str], list[ColumnEvidence]] = defaultdict(list)
    names: dict[tuple[str, str], list[str]] = defaultdict(list)
    for column, seen in evidence.columns.items():
        columns[column.source, column.table].append(seen)
        names[column.source, column.table].append(f"{column.column}.{column.path}" if column.path else column.column)
    return tuple(
        TableSummary(
            source,
            table,
            facts.rows,
            len(columns[source, table]),
            sum(seen.cells for seen in columns[source, table]),
            sum(seen.examined for seen in columns[source, table]),
            tuple(sorted(names[source, table])),
            facts.foreign_keys,
        )
        for (source, table), facts in sorted(evidence.tables.items())
    )
