"""Evidence to findings: pure arithmetic, so that better rules can judge old evidence again."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pii_scan import weights as w
from pii_scan.distinct import estimate
from pii_scan.header import contains, words
from pii_scan.model import Band, Catalogue, Column, ColumnEvidence, ColumnKind, Entity, Evidence, Finding, TableSummary, Tally
from pii_scan.naming import Named, Namer
from pii_scan.reasons import header_reason, minority_reason, pooled_reason, value_reason
from pii_scan.weigh import Weight, by_share, weigh


@dataclass(frozen=True, slots=True)
class _View:
    """One column as the verdict sees it."""

    column: Column
    seen: ColumnEvidence
    shape: ColumnKind
    rows: int
    weights: Mapping[str, Weight]

    @property
    def filled(self) -> int:
        return self.seen.cells - self.seen.nulls


@dataclass(slots=True)
class _Case:
    """What speaks for one kind in one column."""

    kind: str
    nats: float = w.PRIOR
    entity: str = ""
    value: Weight | None = None
    named: Named | None = None
    mixed: bool = False
    """Whether entities of several rows share the column."""
    reasons: list[str] = field(default_factory=list)


def classify(evidence: Evidence, catalogue: Catalogue) -> tuple[Finding, ...]:
    """Every finding of at least `undetermined` strength, sorted by address, the surest first within a column."""
    namer = Namer(catalogue)
    tables: dict[tuple[str, str], dict[Column, Mapping[str, Named]]] = defaultdict(dict)
    for column in evidence.columns:
        tables[column.source, column.table][column] = namer.read(column.path or column.column)
    found: list[Finding] = []
    for address, named in tables.items():
        facts = evidence.tables.get(address)
        rows = facts.rows if facts else 0
        judge = _Judge(catalogue, words(address[1]), named, evidence.columns)
        for column in named:
            found += judge.findings(column, rows)
    return tuple(sorted(found, key=lambda finding: (finding.column, -finding.probability, finding.entity)))


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
        )
        for (source, table), facts in sorted(evidence.tables.items())
    )


def band_of(probability: float) -> Band | None:
    """The band of a probability; None where it is too small to speak of."""
    return next((name for name, least in w.BANDS if probability >= least), None)


def column_kind(seen: ColumnEvidence) -> ColumnKind:
    """Whether the cells are values of one sort, sentences, both, or nothing at all."""
    if seen.cells == seen.nulls:
        return "empty"
    share = seen.texture.prose / max(1, seen.texture.texts)
    return "free_text" if share >= 0.5 else "mixed" if share >= 0.1 else "values"


class _Judge:
    """Weighs the columns of one table, each in the light of the others."""

    def __init__(
        self,
        catalogue: Catalogue,
        table: tuple[str, ...],
        named: Mapping[Column, Mapping[str, Named]],
        columns: Mapping[Column, ColumnEvidence],
    ) -> None:
        self._catalogue, self._table, self._named, self._columns = catalogue, table, named, columns
        self._telling = {column for column in named if self._names_someone(column)}
        self._suited = {kind.name: any(contains(table, words(word)) for word in kind.tables) for kind in catalogue.kinds.values()}

    def findings(self, column: Column, rows: int) -> Iterator[Finding]:
        """The verdict on a column, then the minority entities in it."""
        seen = self._columns[column]
        known = self._catalogue.entities
        weights = {name: weigh(known[name], tally, seen) for name, tally in seen.tallies.items() if name in known}
        view = _View(column, seen, column_kind(seen), rows, weights)
        verdict = self._verdict(view, self._cases(view))
        if verdict:
            yield verdict
        yield from self._minorities(view, verdict.kind if verdict else "")

    def _names_someone(self, column: Column) -> bool:
        best = max(self._named[column].items(), key=lambda pair: pair[1].weight, default=None)
        return best is not None and best[1].weight >= w.HINT_WHOLE and self._catalogue.kinds[best[0]].tier == "direct"

    def _cases(self, view: _View) -> dict[str, _Case]:
        """What speaks for and against each kind that the name or the values bring up."""
        named = self._named[view.column]
        by_kind: dict[str, list[str]] = defaultdict(list)
        for name in view.weights:
            by_kind[self._catalogue.entities[name].kind].append(name)
        cases: dict[str, _Case] = {}
        for kind in sorted({*named, *by_kind}):
            case = cases[kind] = _Case(kind, 0.0 if kind == "none" else w.PRIOR, named=named.get(kind))
            self._by_values(case, view, by_kind[kind])
            self._by_name(case, view, by_kind[kind])
            if (case.named and case.named.weight > 0) or (case.value and case.value.nats > w.SUITS):
                self._by_company(case, view.column)
        self._allow_forms(cases)
        return cases

    @staticmethod
    def _allow_forms(cases: Mapping[str, _Case]) -> None:
        """The form of a thing says little against a kind that the column is named after."""
        none = cases.get("none")
        named = any(case.named and case.named.weight >= w.HINT_WHOLE for kind, case in cases.items() if kind != "none")
        if none and named and none.value and not (none.named and none.named.weight > 0):
            none.nats = min(none.nats, w.FORM_OF_THINGS)

    def _by_values(self, case: _Case, view: _View, names: list[str]) -> None:
        """Entities of one kind stand together: a column of ten countries' tax numbers is one of tax numbers."""
        if not names or view.shape == "free_text":
            return
        weights = view.weights
        ranked = sorted(names, key=lambda name: (-weights[name].nats, -weights[name].share, -weights[name].suits, name))
        case.entity = ranked[0]
        wanted = case.named.entity if case.named else ""
        if wanted in ranked and weights[wanted].suits >= 0.5 and weights[wanted].nats >= 0:
            case.entity = wanted
        case.value = weights[case.entity]
        checked = [name for name in ranked if self._checked(name) and weights[name].beyond > w.SOME]
        share = min(1.0, sum(weights[name].share for name in checked))
        joint = by_share(min(w.CHECKED_MOST, sum(weights[name].beyond for name in checked)), share)
        entities = self._catalogue.entities
        if len(checked) > 1 and joint > case.value.nats:
            case.entity = max(checked, key=lambda name: (weights[name].share, name))
            case.mixed = True
            case.value = replace(weights[case.entity], nats=joint, share=share)
            case.reasons.append(pooled_reason([entities[name] for name in checked], share))
        elif case.value.nats > 0 or (case.named and case.value.suits > 0.5):
            case.reasons.append(value_reason(entities[case.entity], view.seen.tallies[case.entity], case.value))
        case.nats += case.value.nats

    def _checked(self, name: str) -> bool:
        return self._catalogue.entities[name].proof == "checked"

    def _by_name(self, case: _Case, view: _View, names: list[str]) -> None:
        """What the column is called, and whether its values bear that out."""
        if case.named is None:
            return
        case.nats += case.named.weight
        if case.named.weight <= 0:
            return
        case.entity = case.entity or case.named.entity
        case.reasons.insert(0, header_reason(case.named))
        if case.kind != "none" and view.shape != "empty":
            doubt = self._doubt(case, view, names)
            if doubt < 0:
                case.nats += doubt
                case.reasons.append("few of the values look like it")

    def _doubt(self, case: _Case, view: _View, names: list[str]) -> float:
        """How much the values speak against the kind that the header names."""
        texture = view.seen.texture
        if view.seen.type == "bool":
            return w.CONTRADICTED
        if case.kind in w.WORDED and texture.texts and texture.numeric >= 0.9 * texture.texts:
            return w.CONTRADICTED
        if view.shape == "free_text":
            tier = self._catalogue.kinds[case.kind].tier
            return 0.0 if tier == "special" or case.kind in w.PROSE else w.DOUBTED
        suits = min(1.0, sum(view.weights[name].suits for name in names))
        return 0.0 if suits >= 0.3 else w.EXPECTED.get(case.kind, 0.0)

    def _by_company(self, case: _Case, column: Column) -> None:
        """The table's name, and the other columns of the table."""
        if case.kind == "none":
            case.nats += w.TABLE if self._suited["none"] and case.named else 0.0
            return
        if self._suited.get(case.kind):
            case.nats += w.TABLE
        elif self._suited.get("none") and self._catalogue.kinds[case.kind].tier in {"direct", "attribute"}:
            case.nats += w.THINGS
        if len(self._telling - {column}) >= 2:
            case.nats += w.NEIGHBOURS

    def _verdict(self, view: _View, cases: Mapping[str, _Case]) -> Finding | None:
        """The likeliest kind; its probability is that of its family, since members of one share their shapes."""
        order = {kind: place for place, kind in enumerate(self._catalogue.kinds)}
        personal = sorted(
            (case for kind, case in cases.items() if kind != "none"), key=lambda case: (-case.nats, order[case.kind])
        )
        if not personal:
            return None
        best = personal[0]
        odds = {case.kind: math.exp(min(case.nats, 30.0)) for case in cases.values()}
        total = sum(odds.values()) + (0.0 if "none" in odds else 1.0)
        probability = sum(value for kind, value in odds.items() if same_family(kind, best.kind)) / total
        band = band_of(probability)
        if band is None or (band == "undetermined" and not best.reasons):
            return None
        rival = next((case.kind for case in personal[1:] if case.nats > best.nats - 2.5), "")
        return self._finding(view, best, probability, band, rival)

    def _minorities(self, view: _View, verdict: str) -> Iterator[Finding]:
        """Entities that the verdict does not explain: those inside free text, and needles among other values."""
        best: dict[str, tuple[float, str]] = {}
        for name in view.weights:
            entity = self._catalogue.entities[name]
            strength = self._strength(view, entity)
            if strength and entity.kind != "none" and not same_family(entity.kind, verdict):
                best[entity.kind] = max(best.get(entity.kind, (0.0, "")), (strength, name))
        for kind, (strength, name) in sorted(best.items()):
            probability = 1 / (1 + math.exp(w.NEEDLE_AT - strength))
            band = band_of(probability)
            if band:
                tally = view.seen.tallies[name]
                reason = minority_reason(self._catalogue.entities[name], tally, view.shape)
                case = _Case(kind, entity=name, value=view.weights[name], reasons=[reason])
                made = self._finding(view, case, probability, band, "")
                yield replace(made, cells=tally.cells, share=round(min(1.0, tally.cells / max(1, view.filled)), 4))

    def _strength(self, view: _View, entity: Entity) -> float:
        """Nats for a minority entity, 0 where it is not worth a word."""
        tally, weight = view.seen.tallies[entity.name], view.weights[entity.name]
        if not tally.passed:
            return 0.0
        in_text = view.shape in {"free_text", "mixed"}
        telling = entity.name in w.STRONG_SHAPES
        if in_text and (telling or (entity.proof == "name" and entity.name in w.IN_TEXT)):
            enough = tally.passed >= 3 or tally.passed >= 0.02 * tally.examined
            if enough and entity.proof == "name" and tally.cells < w.SELDOM * view.filled:
                return w.NEEDLE_AT
            return min(w.CHECKED_MOST, w.NEEDLE + 1.5 * math.log1p(tally.passed)) if enough else 0.0
        if (entity.proof == "checked" or telling) and (in_text or tally.whole):
            # most texts of its shape must pass, and pass nothing stricter: digits that follow a rule of their own are no needle
            pure = 2 * tally.passed >= tally.examined and 2 * tally.clear >= tally.passed
            strength = weight.beyond + (w.ALONE if entity.proof == "checked" and _alone(tally, view.filled) else 0.0)
            return strength if pure and strength >= w.NEEDLE else 0.0
        return 0.0

    def _finding(self, view: _View, case: _Case, probability: float, band: Band, runner_up: str) -> Finding:
        kind = self._catalogue.kinds[case.kind]
        entity = self._catalogue.entities.get(case.entity)
        held = round(case.value.share * view.filled) if case.value and case.value.nats > 0 else view.filled
        return Finding(
            column=view.column,
            kind=case.kind,
            entity=case.entity or case.kind.upper(),
            band=band,
            probability=round(probability, 4),
            column_kind=view.shape,
            cells=held,
            distinct=min(estimate(view.seen.registers), view.filled),
            rows=view.rows,
            share=round(held / view.filled, 4) if view.filled else 0.0,
            country=entity.country if entity and not case.mixed else "",
            category=kind.category,
            article=kind.article,
            tier=kind.tier,
            runner_up=runner_up,
            reasons=tuple(case.reasons),
            masked_sample=tuple(view.seen.masked.get(case.entity, ())),
        )


def _alone(tally: Tally, filled: int) -> bool:
    """Whether whole cells are of an entity, and nothing else in a large column is even of its form."""
    fits = tally.matched <= max(1, w.ALONE_SHARE * filled)
    return filled >= w.ALONE_AMONG and fits and 0 < tally.passed == tally.whole == tally.examined


def same_family(one: str, two: str) -> bool:
    """Whether two kinds are one, or share their shapes."""
    return one == two or any(one in members and two in members for members in w.FAMILIES)
