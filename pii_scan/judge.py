"""The columns of one table, weighed each in the light of the others: what speaks for and against every kind, term by term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pii_scan import weights as w
from pii_scan.calibration import probability
from pii_scan.case import Case, View, column_kind, running
from pii_scan.minority import attributed, minorities
from pii_scan.model import Catalogue, Cleared, Column, ColumnEvidence, ColumnKind, Finding
from pii_scan.naming import Named
from pii_scan.pairs import holds_values, told
from pii_scan.reasons import (
    header_reason,
    pooled_reason,
    record_key_reason,
    reference_reason,
    sign_reason,
    told_reason,
    value_reason,
)
from pii_scan.special import doubt as doubt_of_special
from pii_scan.stores import placed
from pii_scan.subject import Subjects
from pii_scan.surroundings import Surroundings, full_name
from pii_scan.verdict import Verdict, band_of, finding_of, verdict_of
from pii_scan.weigh import borne_out, by_share, completed, full, outdone, weigh


class Judge:
    """Weighs the columns of one table, each in the light of the others."""

    def __init__(
        self,
        catalogue: Catalogue,
        subjects: Subjects,
        named: Mapping[Column, Mapping[str, Named]],
        columns: Mapping[Column, ColumnEvidence],
        rows: int,
    ) -> None:
        first = next(iter(named))
        table = self._table = placed(first.source, first.table)[1]
        self._catalogue, self._columns, self._rows = catalogue, columns, rows
        self._names = tuple(map(full_name, named))
        self._views = {column: self._view(column) for column in named}
        silent = (column for column, found in named.items() if not any(one.weight > 0 for one in found.values()))
        proven = {column: kind for column in silent if (kind := self._proven(self._views[column]))}
        self._around = Surroundings(catalogue, subjects, table, named, proven)
        self._named = {column: self._key(column, table) or found for column, found in named.items()}

    @property
    def columns(self) -> Iterable[Column]:
        """The columns of the table."""
        return self._named.keys()

    def findings(self, column: Column) -> Iterator[Finding]:
        """The verdict on a column, then the minority entities in it."""
        view = self._views[column]
        if view.shape != "empty" and not view.seen.texture.texts:
            return  # all that it holds was walked into paths of their own
        cases = self._cases(view)
        verdict = verdict_of(view, cases, self._catalogue)
        if found := self._found(view, verdict):
            yield found
        # what the sum of evidence calls a kind of the column is no minority in it, however little the calibration leaves of it
        whole = verdict.case.kind if verdict and band_of(probability(verdict.raw)) else ""
        others = list(minorities(view, self._catalogue, whole, explained=self._explained(cases)))
        yield from others
        if view.shape == "mixed" and holds_values(full_name(column), self._names):
            said = told(full_name(column), {full_name(one): self._columns[one] for one in self._named})
            known = {whole, *(finding.kind for finding in others)}
            yield from attributed(view, self._catalogue, {kind: share for kind, share in said.items() if kind not in known})

    def cases(self, column: Column) -> tuple[Case, ...]:
        """What speaks for and against each kind, the likeliest first."""
        return tuple(sorted(self._cases(self._views[column]).values(), key=lambda case: (-case.nats, case.kind)))

    def verdict(self, column: Column) -> Verdict | None:
        """The likeliest kind that is personal, however unlikely; None where nothing brings one up."""
        view = self._views[column]
        return verdict_of(view, self._cases(view), self._catalogue)

    def following(self, found: list[Finding], column: Column, target: Finding) -> list[Finding]:
        """The findings of a column that refers to another one: its verdict is the other's, where that is surer."""
        sure = min(target.probability, w.REFERENCE)
        if any(finding.probability >= sure for finding in found):
            return found
        case = Case(target.kind, entity=target.entity, reasons=[reference_reason(target.column)])
        made = finding_of(self._catalogue, self._views[column], case, sure)
        return [made, *found[1:]] if made else found

    def cleared(self, column: Column) -> Cleared | None:
        """Why a column is not personal, where something says so and nothing personal is likely."""
        view = self._views[column]
        cases = self._cases(view)
        verdict, none = self._found(view, verdict_of(view, cases, self._catalogue)), cases.get("none")
        if none is None or none.nats <= 0 or (verdict and verdict.tier != "none" and verdict.band in {"certain", "likely"}):
            return None
        entity = self._catalogue.entities.get(none.entity)
        return Cleared(column, none.entity, entity.label if entity else "", tuple(none.reasons))

    def _view(self, column: Column) -> View:
        seen, known = self._columns[column], self._catalogue.entities
        weights = {name: weigh(known[name], tally, seen) for name, tally in seen.tallies.items() if name in known}
        weights = outdone(borne_out(weights, seen.tallies), known)
        return View(column, seen, self._shape(column, seen), self._rows, weights)

    def _shape(self, column: Column, seen: ColumnEvidence) -> ColumnKind:
        """What sort of cells it has; where another column says of each what it is, they are of many sorts."""
        shape = column_kind(seen)
        pairs = shape == "values" and holds_values(full_name(column), self._names)
        return "mixed" if pairs else shape

    def _proven(self, view: View) -> str:
        """The kind that the values of a column show without any name; empty where they show none."""
        entities = self._catalogue.entities
        best = max(view.weights, key=lambda name: (view.weights[name].nats, name), default="")
        return entities[best].kind if best and w.PRIOR + view.weights[best].nats >= w.PROVEN and view.shape == "values" else ""

    def _key(self, column: Column, table: str) -> Mapping[str, Named] | None:
        """The key of a table of people names a person, whatever it is called."""
        if "person_id" in self._catalogue.kinds and self._around.key_of_people(column):
            return {"person_id": Named(w.HEADER_END, f"{column.column} of {table}", "")}
        return None

    @staticmethod
    def _explained(cases: Mapping[str, Case]) -> bool:
        """Whether (nearly) all values are numbers of one sort of things that check digits confirm."""
        none = cases.get("none")
        return bool(none and none.value and none.value.share >= w.FULL and none.value.beyond >= w.NEEDLE)

    def _cases(self, view: View) -> dict[str, Case]:
        """What speaks for and against each kind that the name or the values bring up."""
        named = self._named[view.column]
        by_kind: dict[str, list[str]] = defaultdict(list)
        for name in view.weights:
            by_kind[self._catalogue.entities[name].kind].append(name)
        cases: dict[str, Case] = {}
        for kind in sorted({*named, *by_kind}):
            case = cases[kind] = Case(kind, named=named.get(kind))
            case.add(0.0 if kind == "none" else w.PRIOR, "few columns hold it")
            self._by_values(case, view, by_kind[kind])
            self._by_name(case, view, by_kind[kind])
            if (case.named and case.named.weight > 0) or (case.value and case.value.nats > w.SUITS):
                for nats, why in self._around.weigh(self._catalogue.kinds[kind], view.column, case.named):
                    case.add(nats, why or "its table and the other columns")
                    case.reasons += [why] if why else []
        self._lend(cases)
        self._allow_forms(cases)
        if "person_id" in cases and self._around.key_of_records(view.column) and running(view.seen):
            cases["person_id"].most = w.RECORD_KEY
            cases["person_id"].reasons.append(record_key_reason(self._table))
        return cases

    @staticmethod
    def _lend(cases: Mapping[str, Case]) -> None:
        """What the values say for a kind that they are of too counts for the one that the name says."""
        for kind, lenders in w.LENT.items():
            case = cases.get(kind)
            known = [cases[name].value for name in sorted(lenders & cases.keys())]
            lent = max((value.nats for value in known if value), default=0.0)
            if case and case.named and case.named.weight >= w.HEADER_BEGIN and lent > (case.value.nats if case.value else 0.0):
                case.add(lent, "its values are of that sort")

    @staticmethod
    def _allow_forms(cases: Mapping[str, Case]) -> None:
        """The form of a thing says little against a kind that the column is named after."""
        none = cases.get("none")
        named = any(case.named and case.named.weight >= w.HINT_WHOLE for kind, case in cases.items() if kind != "none")
        if none and named and none.value and not (none.named and none.named.weight > 0):
            none.add(min(0.0, w.FORM_OF_THINGS - none.nats), "the name says otherwise")

    def _by_values(self, case: Case, view: View, names: list[str]) -> None:
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
        if case.value.nats > 0 and case.value.share >= w.COMPLETED and case.entity in w.STRONG_SHAPES:
            case.value = completed(case.value, full(case.entity), [weights[name] for name in ranked[1:]])
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
        said = value_reason(entities[case.entity], view.seen.tallies[case.entity], case.value)
        case.add(case.value.nats, case.reasons[-1] if case.reasons else said)

    def _checked(self, name: str) -> bool:
        return self._catalogue.entities[name].proof == "checked"

    def _by_name(self, case: Case, view: View, names: list[str]) -> None:
        """What the column is called, and whether its values bear that out."""
        if case.named is None:
            return
        sign = case.named.sort == "sign"
        said = sign_reason(case.named, self._catalogue.kinds[case.kind]) if sign else header_reason(case.named)
        about = f"the name only tells something about it (“{case.named.phrase}”)"
        case.add(case.named.weight, said if case.named.weight > 0 else about)
        if case.named.weight <= 0:
            return
        case.entity = case.entity or case.named.entity
        case.reasons.insert(0, said)
        if case.kind != "none" and view.shape != "empty":
            doubt = self._doubt(case, view, names)
            if doubt < 0:
                case.add(doubt, "few of the values look like it")
                case.reasons.append("few of the values look like it")

    def _doubt(self, case: Case, view: View, names: list[str]) -> float:
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

    def _found(self, view: View, verdict: Verdict | None) -> Finding | None:
        """The verdict, where it is worth a word."""
        if verdict is None or (band_of(verdict.probability) == "undetermined" and not verdict.case.reasons):
            return None
        best = verdict.case
        if best.value and best.value.share >= w.TOLD and not best.mixed:
            best.reasons += filter(None, [told_reason(self._catalogue.entities[best.entity])])
        return finding_of(self._catalogue, view, best, verdict.probability, verdict.runner_up)
