#!/usr/bin/env python3
"""How much of the personal data inside texts is found, beside stock Presidio with the same spaCy model.

    python benchmarks/spans.py [--data DIR] [--set NAME] [--notes customers.parquet] [--texts N] [--no-ner] [--no-peer] [--misses]

Reads the `span_*.jsonl` sets and `text_mozilla_queries.jsonl` from DIR, by default the folder `shared/data` beside the
checkout, and with `--notes` the `notes` column of a Parquet file whose spans lie beside it in `*.truth.json`; none of them
is part of the project. Labels of the sets, our kinds and Presidio's entities meet in the families of `FAMILIES`, one row each;
what a set does not label is not scored there, either way.

A labelled span counts as found where a find of its family covers at least half of it and lies at least half in it. Whether an
address is one span or a street, a town and a code is a matter of taste: places with nothing but punctuation between them are
made one, on all sides. `touched` is the share of labelled spans that any find at all overlaps, which is what redaction needs. F2 weighs recall four times as much as
precision. The same scorer serves both sides.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pii_scan.finder import Finder
from pii_scan.pipeline import installed_model
from pii_scan.presidio import engine
from pii_scan.registry import InstalledRules

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FAMILIES = {
    # family: our kinds; labels of the sets and entities of Presidio
    "person": (
        "person_name first_name last_name middle_name maiden_name name_affix",
        "PERSON PER PREFIX NOMBRE_SUJETO_ASISTENCIA NOMBRE_PERSONAL_SANITARIO",
    ),
    "place": (
        "street_address city region country postal_code birthplace",
        "ADDRESS LOCATION LOC GPE TERRITORIO CALLE PAIS UK_POSTCODE",
    ),
    "email": ("email", "EMAIL EMAIL_ADDRESS CORREO_ELECTRONICO"),
    "phone": ("phone", "PHONE PHONE_NUMBER NUMERO_TELEFONO NUMERO_FAX TR_PHONE_NUMBER PH_MOBILE_NUMBER"),
    "date": ("date_of_birth date_of_death", "DATE_TIME FECHAS"),
    "age": ("age", "EDAD_SUJETO_ASISTENCIA"),
    "gender": ("gender", "SEXO_SUJETO_ASISTENCIA"),
    "id": (
        "national_id passport social_security tax_id driving_licence other_id health_insurance_id person_id bank_account",
        (
            "NATIONAL_ID US_SSN US_DRIVER_LICENSE US_PASSPORT US_ITIN US_BANK_NUMBER UK_NHS UK_NINO ID_SUJETO_ASISTENCIA "
            "ID_TITULACION_PERSONAL_SANITARIO ID_ASEGURAMIENTO ID_CONTACTO_ASISTENCIAL MEDICAL_LICENSE"
        ),
    ),
    "card": ("payment_card", "CREDIT_CARD"),
    "iban": ("iban", "IBAN IBAN_CODE"),
    "ip": ("ip_address", "IP_ADDRESS"),
    "mac": ("mac_address", "MAC_ADDRESS"),
    "url": ("url_profile", "DOMAIN_NAME URL"),
    "plate": (
        "vehicle_plate",
        "TR_LICENSE_PLATE UK_VEHICLE_REGISTRATION IN_VEHICLE_REGISTRATION NG_VEHICLE_REGISTRATION",
    ),
    "job": ("job_title", "TITLE PROFESION"),
}
"""Organisations, hospitals and family relations are not looked for in texts, so their labels stand in no row."""
SETS = ("presidio_generated_large", "ner_wikigold", "meddocan_train", "presidio_unit_tests")
OF_KIND = {kind: family for family, (kinds, _) in FAMILIES.items() for kind in kinds.split()}
OF_LABEL = {label: family for family, (_, labels) in FAMILIES.items() for label in labels.split()}


class Mark(NamedTuple):
    """A labelled span or a find, by its family."""

    start: int
    end: int
    family: str


class Labelled(NamedTuple):
    """A text with what is labelled in it."""

    text: str
    marks: list[Mark]


Find = Callable[[Sequence[str]], list[list[Mark]]]


@dataclass
class Score:
    """Counts of one family in one set."""

    labelled: int = 0
    found: int = 0
    touched: int = 0
    given: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.labelled if self.labelled else 0.0

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else 0.0

    @property
    def f2(self) -> float:
        weighed = 4 * self.precision + self.recall
        return 5 * self.precision * self.recall / weighed if weighed else 0.0

    def line(self) -> str:
        touched = self.touched / self.labelled if self.labelled else 0.0
        return f"{self.precision:6.3f} {self.recall:6.3f} {self.f2:6.3f} {touched:8.3f}"


@dataclass
class Tables:
    """The scores of one side over one set, by family, and what it missed or made up."""

    scores: dict[str, Score] = field(default_factory=dict)
    misses: Counter[tuple[str, str]] = field(default_factory=Counter)
    inventions: Counter[tuple[str, str]] = field(default_factory=Counter)
    texts_per_second: float = 0.0

    def total(self) -> Score:
        """All families together."""
        whole = Score()
        for one in self.scores.values():
            for name in ("labelled", "found", "touched", "given", "right"):
                setattr(whole, name, getattr(whole, name) + getattr(one, name))
        return whole


def matches(one: Mark, two: Mark) -> bool:
    """Whether the families are one and the overlap covers at least half of both."""
    common = min(one.end, two.end) - max(one.start, two.start)
    return one.family == two.family and common > 0 and 2 * common >= max(one.end - one.start, two.end - two.start)


def whole(text: str, marks: Iterable[Mark]) -> list[Mark]:
    """The marks in order, places that stand side by side made one."""
    joined: list[Mark] = []
    for mark in sorted(marks):
        last = joined[-1] if joined else None
        if last and last.family == mark.family == "place" and not any(map(str.isalnum, text[last.end : mark.start])):
            joined[-1] = Mark(last.start, max(last.end, mark.end), "place")
        else:
            joined.append(mark)
    return joined


def score(labelled: Sequence[Labelled], find: Find) -> Tables:
    """The scores of one side."""
    tables = Tables()
    families = {mark.family for _, marks in labelled for mark in marks}
    tables.scores = {family: Score() for family in FAMILIES if family in families}
    started = time.perf_counter()
    finds = find([one.text for one in labelled])
    tables.texts_per_second = len(labelled) / max(1e-9, time.perf_counter() - started)
    for (text, marks), found in zip(labelled, finds, strict=True):
        wanted, given = whole(text, marks), whole(text, found)
        for mark in wanted:
            one = tables.scores[mark.family]
            one.labelled += 1
            hit = any(matches(mark, other) for other in given)
            one.found += hit
            one.touched += any(other.start < mark.end and mark.start < other.end for other in given)
            if not hit:
                tables.misses[mark.family, text[mark.start : mark.end]] += 1
        for mark in given:
            if mark.family not in families:
                continue
            hit = any(matches(mark, other) for other in wanted)
            tables.scores[mark.family].given += 1
            tables.scores[mark.family].right += hit
            if not hit:
                tables.inventions[mark.family, text[mark.start : mark.end]] += 1
    return tables


class Ours:
    """The finder as redaction runs it."""

    def __init__(self, *, ner: bool) -> None:
        parts, self._catalogue = InstalledRules().load()
        self.engine = engine(parts, self._catalogue.entities, ner=ner)
        self._finder = Finder(self.engine, self._catalogue)
        self._finder(["Ada Lovelace of London, 1815-12-10, +44 7400 123456, 4111 1111 1111 1111"])

    def __call__(self, texts: Sequence[str]) -> list[list[Mark]]:
        found: list[list[Mark]] = []
        for start in range(0, len(texts), 512):
            for spans in self._finder(texts[start : start + 512]):
                named = ((span, self._catalogue.entities[span.entity].kind) for span in spans or ())
                found.append([Mark(span.start, span.end, OF_KIND.get(kind, kind)) for span, kind in named])
        return found


class Peer:
    """Presidio as its documentation shows it, with the spaCy model that ours uses."""

    def __init__(self) -> None:
        warnings.simplefilter("ignore")
        logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)
        from presidio_analyzer import AnalyzerEngine
        from presidio_analyzer.nlp_engine import NlpEngineProvider

        models = [{"lang_code": "en", "model_name": installed_model()}]
        nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
        self._analyzer = AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"])

    def __call__(self, texts: Sequence[str]) -> list[list[Mark]]:
        return [
            [
                Mark(found.start, found.end, OF_LABEL.get(found.entity_type, "id"))
                for found in self._analyzer.analyze(text, language="en")
                if found.entity_type not in {"NRP", "ORGANIZATION"}
            ]
            for text in texts
        ]


def labelled(path: Path) -> list[Labelled]:
    """The texts of a set; labels that stand in no family are left out."""
    return [
        Labelled(
            row["text"],
            [Mark(one["start"], one["end"], OF_LABEL[one["label"]]) for one in row["spans"] if one["label"] in OF_LABEL],
        )
        for row in map(json.loads, path.read_text("utf-8").splitlines())
    ]


def noted(path: Path) -> list[Labelled]:
    """The filled `notes` of a corpus of customers, with the spans that its truth tells."""
    import pyarrow.parquet as pq

    truth = json.loads(path.with_suffix(".truth.json").read_text("utf-8"))["notes_spans"]
    notes = pq.read_table(path, columns=["notes"])["notes"].to_pylist()
    return [
        Labelled(text, [Mark(start, end, OF_LABEL[label]) for start, end, label in truth.get(str(row), ())])
        for row, text in enumerate(notes)
        if text
    ]


def some(texts: list[Labelled], most: int) -> list[Labelled]:
    """At most so many, evenly from all."""
    return texts[:: max(1, -(-len(texts) // most))] if most else texts


def show(name: str, sides: Sequence[tuple[str, Tables]], *, misses: bool) -> None:
    """One table: a line for each family, the sides beside one another."""
    heads = "".join(f" | {side:>28} ({tables.texts_per_second:5.0f}/s)" for side, tables in sides)
    print(f"\n{name}{heads}")
    print(f"  {'family':8} {'labelled':>8}" + " |  precis recall     F2  touched     " * len(sides))
    for family, first in sides[0][1].scores.items():
        print(f"  {family:8} {first.labelled:8} | " + "      | ".join(tables.scores[family].line() for _, tables in sides))
    print(f"  {'all':8} {sides[0][1].total().labelled:8} | " + "      | ".join(tables.total().line() for _, tables in sides))
    if misses:
        for title, counted in (("missed", sides[0][1].misses), ("made up", sides[0][1].inventions)):
            for (family, text), count in counted.most_common(60):
                print(f"    {title:8} {count:3} {family:8} {text!r}")


def unit_tests(ours: Ours, path: Path) -> None:
    """Presidio's own samples, values without a word around them: what the recognizers alone find, whatever would stand."""
    from pii_scan.folding import fold
    from pii_scan.prefilter import Prefilter

    rows = list(map(json.loads, path.read_text("utf-8").splitlines()))
    prefilter = Prefilter(ours.engine.recognizers)
    hit = labelled_spans = 0
    for row in rows:
        text = fold(row["text"])
        found = [(span.start, span.end) for _, span in ours.engine.confirm(text, prefilter.candidates(text))]
        for one in row["spans"]:
            labelled_spans += 1
            hit += any(
                2 * (min(end, one["end"]) - max(start, one["start"])) >= max(end - start, one["end"] - one["start"])
                for start, end in found
            )
    print(f"\n{path.stem}: {hit} of {labelled_spans} labelled values are found by some recognizer ({hit / labelled_spans:.3f})")


def queries(sides: Iterable[tuple[str, Find]], path: Path) -> None:
    """Search queries: whether a person is named in them."""
    rows = list(map(json.loads, path.read_text("utf-8").splitlines()))
    print(f"\n{path.stem}: a person's name in a search query, yes or no")
    for side, find in sides:
        said = [any(mark.family == "person" for mark in marks) for marks in find([row["text"] for row in rows])]
        meant = [row["label"] == "should_remove" for row in rows]
        right = sum(one and two for one, two in zip(said, meant, strict=True))
        print(
            f"  {side:10} precision {right / max(1, sum(said)):.3f} recall {right / max(1, sum(meant)):.3f} "
            f"accuracy {sum(one == two for one, two in zip(said, meant, strict=True)) / len(rows):.3f}"
        )


def main() -> int:
    """Print the tables of every set that is there."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--set", default="")
    options.add_argument("--notes", type=Path)
    options.add_argument("--texts", type=int, default=0, help="so many texts of each set; 0 for all")
    options.add_argument("--no-ner", action="store_true")
    options.add_argument("--no-peer", action="store_true")
    options.add_argument("--misses", action="store_true")
    chosen = options.parse_args()
    if not chosen.data.is_dir():
        print(f"no labelled data at {chosen.data}", file=sys.stderr)
        return 2
    # the peer first: Presidio looks its recognizers up by class name, and some of ours are called the same
    peer: list[tuple[str, Find]] = [] if chosen.no_peer else [("Presidio", Peer())]
    ours = Ours(ner=not chosen.no_ner)
    sides: list[tuple[str, Find]] = [("pii-scan", ours), *peer]
    for name in SETS:
        path = chosen.data / f"span_{name}.jsonl"
        if chosen.set in {"", name} and path.is_file():
            if name == "presidio_unit_tests":
                unit_tests(ours, path)
                continue
            texts = some(labelled(path), chosen.texts)
            show(name, [(side, score(texts, find)) for side, find in sides], misses=chosen.misses)
    if chosen.set in {"", "mozilla_queries"} and (chosen.data / "text_mozilla_queries.jsonl").is_file():
        queries(sides, chosen.data / "text_mozilla_queries.jsonl")
    if chosen.notes and chosen.set in {"", "notes"}:
        texts = some(noted(chosen.notes), chosen.texts)
        show("customers.notes", [(side, score(texts, find)) for side, find in sides], misses=chosen.misses)
    return 0


if __name__ == "__main__":
    sys.exit(main())
