"""Evidence to findings: pure arithmetic, so that better rules can judge old evidence again."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pii_scan import weights as w
from pii_scan.distinct import estimate
from pii_scan.model import (
    Band,
    Catalogue,
    Cleared,
    Column,
    ColumnEvidence,
    ColumnKind,
    Entity,
    Evidence,
    Finding,
    TableFacts,
    TableSummary,
    Tally,
)
from pii_scan.naming import Named, Namer
from pii_scan.reasons import (
    header_reason,
    minority_reason,
    pooled_reason,
    reference_reason,
    sign_reason,
    told_reason,
    value_reason,
)
from pii_scan.references import References
from pii_scan.special import doubt as doubt_of_special
from pii_scan.special import guessed
from pii_scan.subject import Subjects
from pii_scan.surroundings import Surroundings, full_name
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
    judges = _judges(evidence, catalogue)
    found = {column: list(judge.findings(column)) for judge in judges for column in judge.columns}
    references = References(evidence)
    for column, target in references.in_order():
        best = max(found.get(target, ()), key=lambda finding: finding.probability, default=None)
        if best and best.tier == "direct":
            judge = next(judge for judge in judges if column in judge.columns)
            found[column] = judge.following(found[column], column, best)
    findings = [finding for each in found.values() for finding in each]
    return tuple(sorted(findings, key=lambda finding: (finding.column, -finding.probability, finding.entity)))


def cleared(evidence: Evidence, catalogue: Catalogue) -> tuple[Cleared, ...]:
    """Each column of which it is known that it is not personal, and why; sorted by address."""
    judges = _judges(evidence, catalogue)
    return tuple(sorted(clear for judge in judges for column in judge.columns if (clear := judge.cleared(column))))


def _judges(evidence: Evidence, catalogue: Catalogue) -> list[_Judge]:
    """One for each table."""
    namer, subjects = Namer(catalogue), Subjects(catalogue)
    tables: dict[tuple[str, str], dict[Column, Mapping[str, Named]]] = defaultdict(dict)
    for column in evidence.columns:
        tables[column.source, column.table][column] = namer.read(full_name(column), column.table)
    none = TableFacts()
    return [
        _Judge(catalogue, subjects, named, evidence.columns, evidence.tables.get(address, none).rows)
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
        subjects: Subjects,
        named: Mapping[Column, Mapping[str, Named]],
        columns: Mapping[Column, ColumnEvidence],
        rows: int,
    ) -> None:
        table = next(iter(named)).table
        self._catalogue, self._columns, self._rows = catalogue, columns, rows
        self._around = Surroundings(catalogue, subjects, table, named)
        self._named = {column: self._key(column, table) or found for column, found in named.items()}

    @property
    def columns(self) -> Iterable[Column]:
        """The columns of the table."""
        return self._named.keys()

    def findings(self, column: Column) -> Iterator[Finding]:
        """The verdict on a column, then the minority entities in it."""
        view = self._view(column)
        cases = self._cases(view)
        verdict = self._verdict(view, cases)
        if verdict:
            yield verdict
        yield from self._minorities(view, verdict.kind if verdict else "", self._explained(cases))

    def following(self, found: list[Finding], column: Column, target: Finding) -> list[Finding]:
        """The findings of a column that refers to another one: its verdict is the other's, where that is surer."""
        probability = min(target.probability, w.REFERENCE)
        band = band_of(probability)
        if band is None or any(finding.probability >= probability for finding in found):
            return found
        case = _Case(target.kind, entity=target.entity, reasons=[reference_reason(target.column)])
        return [self._finding(self._view(column), case, probability, band, ""), *found[1:]]

    def cleared(self, column: Column) -> Cleared | None:
        """Why a column is not personal, where something says so and nothing personal is likely."""
        view = self._view(column)
        cases = self._cases(view)
        verdict, none = self._verdict(view, cases), cases.get("none")
        if none is None or none.nats <= 0 or (verdict and verdict.tier != "none" and verdict.band in {"certain", "likely"}):
            return None
        entity = self._catalogue.entities.get(none.entity)
        return Cleared(column, none.entity, entity.label if entity else "", tuple(none.reasons))

    def _view(self, column: Column) -> _View:
        seen, known = self._columns[column], self._catalogue.entities
        weights = {name: weigh(known[name], tally, seen) for name, tally in seen.tallies.items() if name in known}
        return _View(column, seen, column_kind(seen), self._rows, weights)

    def _key(self, column: Column, table: str) -> Mapping[str, Named] | None:
        """The key of a table of people names a person, whatever it is called."""
        if "person_id" in self._catalogue.kinds and self._around.key_of_people(column):
            return {"person_id": Named(w.HEADER_END, f"{column.column} of {table}", "")}
        return None

    @staticmethod
    def _explained(cases: Mapping[str, _Case]) -> bool:
        """Whether (nearly) all values are numbers of one sort of things that check digits confirm."""
        none = cases.get("none")
        return bool(none and none.value and none.value.share >= w.FULL and none.value.beyond >= w.NEEDLE)

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
                for nats, why in self._around.weigh(self._catalogue.kinds[kind], view.column, case.named):
                    case.nats += nats
                    case.reasons += [why] if why else []
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
        sign = case.named.sort == "sign"
        case.reasons.insert(0, sign_reason(case.named, self._catalogue.kinds[case.kind]) if sign else header_reason(case.named))
        if case.kind != "none" and view.shape != "empty":
            doubt = self._doubt(case, view, names)
            if doubt < 0:
                case.nats += doubt
                case.reasons.append("few of the values look like it")

    def _doubt(self, case: _Case, view: _View, names: list[str]) -> float:
        """How much the values speak against the kind that the header names."""
        texture = view.seen.texture
        if case.named and self._catalogue.kinds[case.kind].tier == "special":
            share = max((view.weights[name].share for name in names), default=0.0)
            return doubt_of_special(case.kind, case.named, view.seen, share)
        if view.seen.type == "bool":
            return w.CONTRADICTED
        if case.kind in w.WORDED and texture.texts and texture.numeric >= 0.9 * texture.texts:
            return w.CONTRADICTED
        if view.shape == "free_text":
            return 0.0 if case.kind in w.PROSE else w.DOUBTED
        suits = min(1.0, sum(view.weights[name].suits for name in names))
        return 0.0 if suits >= 0.3 else w.EXPECTED.get(case.kind, 0.0)

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
        if guessed(best.named, best.value, self._catalogue.entities.get(best.entity)):
            probability = min(probability, w.GUESSED)
        band = band_of(probability)
        if band is None or (band == "undetermined" and not best.reasons):
            return None
        rival = next((case.kind for case in personal[1:] if case.nats > best.nats - 2.5), "")
        if best.value and best.value.share >= w.TOLD and not best.mixed:
            best.reasons += filter(None, [told_reason(self._catalogue.entities[best.entity])])
        return self._finding(view, best, probability, band, rival)

    def _minorities(self, view: _View, verdict: str, explained: bool) -> Iterator[Finding]:
        """Entities that the verdict does not explain: those inside free text, and needles among other values."""
        best: dict[str, tuple[float, str]] = {}
        for name in view.weights:
            entity = self._catalogue.entities[name]
            strength = 0.0 if explained and self._checked(name) else self._strength(view, entity)
            if strength and entity.kind != "none" and not same_family(entity.kind, verdict):
                best[entity.kind] = max(best.get(entity.kind, (0.0, "")), (strength, name))
        for kind, (strength, name) in sorted(best.items()):
            probability = 1 / (1 + math.exp(w.NEEDLE_AT - strength))
            band = band_of(probability)
            if band:
                tally = view.seen.tallies[name]
                held = self._catalogue.entities[name]
                reasons = [minority_reason(held, tally, view.shape), *filter(None, [told_reason(held)])]
                case = _Case(kind, entity=name, value=view.weights[name], reasons=reasons)
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
