"""Single identifiers whose kind is known, as from the name of their column: are the valid ones found, the invalid ones refused?

Ours is asked twice: whether the recognizer of that very identifier finds the whole text, and whether any recognizer of a personal
identifier does. A peer knows no names of most identifiers, so only the second can be asked of it, with the name as its context.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stdnum import get_cc_module

from benchmarks.judge import Judge
from benchmarks.scoring import Claim
from benchmarks.sets import Labelled, rows
from pii_scan.by_name import places
from pii_scan.folding import fold
from pii_scan.prefilter import Prefilter
from pii_scan.recognizers import catalogue, generic, identifiers

STDNUM, PHONES = "id_stdnum", "id_phones"
KINDS = frozenset(
    "national_id tax_id social_security passport driving_licence other_id health_insurance_id person_id iban bank_account "
    "payment_card device_id mac_address vin vehicle_plate phone".split()
)
"""Kinds that an identifier of somebody may be called; what else is found (a date, a name) is no find here."""
OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "iban": ("IBAN_CODE",),
    "be.iban": ("IBAN_CODE",),
    "es.iban": ("IBAN_CODE",),
    "me.iban": ("IBAN_CODE",),
    "no.iban": ("IBAN_CODE",),
    "mac": ("MAC_ADDRESS",),
    "luhn": ("CREDIT_CARD",),
    "no.orgnr": ("NO_MVA",),
    "ch.vat": ("CH_UID",),
    "ro.cf": ("RO_CIF", "RO_CNP"),
    "es.cif": ("ES_NIF",),
    "be.ssn": ("BE_NN", "BE_BIS"),
    "za.idnr": ("ZA_ID",),
    "cr.cr": ("CR_DIMEX",),
    "at.businessid": ("AT_FN",),
    "de.handelsregisternummer": ("DE_HANDELSREGISTER",),
    "meid": ("MEID_CHECKED",),
    "fr.accise": ("EU_EXCISE",),
    "us.tin": ("US_SSN", "US_ITIN", "US_EIN", "US_PTIN"),
}
"""Entities of ours that neither call the module of that name nor are named after it."""
OF_MANY_COUNTRIES = frozenset({"eu.vat", "vatin"})


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier, and whether it is valid."""

    kind: str
    """The module of python-stdnum that knows it (`es.nif`), or `phone_mobile` and the like."""
    value: str
    valid: bool

    @property
    def elsewhere(self) -> bool:
        """Whether it is another country's than its column is named after, by its own letters: a Greek IBAN among the Belgian ones."""
        country, _, name = self.kind.partition(".")
        return name == "iban" and not self.value.upper().startswith(country.upper())

    @property
    def header(self) -> str:
        """How its column would be called: the last part of the kind."""
        return "phone" if self.kind.startswith("phone") else self.kind.rpartition(".")[2].strip("_")

    def asked(self, place: int) -> Labelled:
        """As a column of one cell, for a peer."""
        return Labelled("identifiers", str(place), "table", self.header, (self.value,), self.kind, accepts=KINDS)


@dataclass(frozen=True, slots=True)
class Found:
    """An identifier and how it fared."""

    identifier: Identifier
    itself: bool | None
    """Found as what it is; None where a tool cannot be asked."""
    anything: bool
    """Found as an identifier of somebody."""
    personal: bool
    """Whether our catalogue has it as a person's, not a thing's or a company's."""


def load(folder: Path, name: str) -> tuple[Identifier, ...]:
    """The identifiers of one set, every one."""
    return tuple(Identifier(row["kind"], row["value"].strip(), row["valid"]) for row in rows(folder / f"{name}.jsonl"))


class Known:
    """Which of our entities an identifier of a kind must be found as."""

    def __init__(self) -> None:
        self._by_validator: dict[str, set[str]] = defaultdict(set)
        self.kinds: dict[str, str] = {"PHONE_NUMBER": "phone"}
        for row in catalogue.load(*identifiers.FILES, *generic.FILES):
            self._by_validator[row.validator].add(row.entity.name)
            self.kinds[row.entity.name] = row.entity.kind

    def __call__(self, identifier: Identifier) -> frozenset[str]:
        """The entities; none where the catalogue does not have it."""
        kind = identifier.kind
        if kind.startswith("phone"):
            return frozenset({"PHONE_NUMBER"})
        if kind in OF_MANY_COUNTRIES and identifier.value[:2].isalpha():
            module = get_cc_module({"el": "gr"}.get(identifier.value[:2].lower(), identifier.value[:2].lower()), "vat")
            kind = str(getattr(module, "__name__", kind)).removeprefix("stdnum.")
        name = kind.replace("_.", ".").replace(".", "_").upper()
        union = ("EU_VAT",) if identifier.kind in OF_MANY_COUNTRIES else ()
        named = {name, *union, *OTHER_NAMES.get(kind, ())} & self.kinds.keys()
        # rules of ours that stand in for a module are named after it
        ruled = self._by_validator[f"rules.{name.lower()}"]
        return frozenset(self._by_validator[f"stdnum.{kind}"] | ruled | named)


def ours(judge: Judge, asked: Iterable[Identifier]) -> Iterator[Found]:
    """How our recognizers fare, each behind the prefilter as in a scan; and those that a column's name brings in, where it is theirs."""
    known, prefilter, entities = Known(), Prefilter(judge.engine.recognizers), judge.catalogue.entities
    by_name = {judge.engine.recognizers[place].supported_entities[0]: place for place in places(judge.engine.recognizers)}
    for one in asked:
        text, wanted = fold(one.value), known(one)
        named = [by_name[name] for name in sorted(wanted) if name in by_name]
        spans = judge.engine.confirm(text, [*prefilter.candidates(text), *named])
        whole = {span.entity for _, span in spans if span.start == 0 and span.end == len(text)}
        anything = any(entities[name].kind in KINDS for name in whole & entities.keys())
        personal = any(known.kinds[name] != "none" for name in wanted)
        yield Found(one, bool(whole & wanted) and not one.elsewhere, anything, personal)


def of_peer(asked: Sequence[Identifier], claims: Iterable[Sequence[Claim]]) -> Iterator[Found]:
    """How a peer fares."""
    known = Known()
    for one, said in zip(asked, claims, strict=True):
        anything = any(not KINDS.isdisjoint(claim.kinds) for claim in said)
        yield Found(one, None, anything, any(known.kinds[name] != "none" for name in known(one)))


def missed(found: Iterable[Found], *, valid: bool = True) -> Mapping[str, tuple[int, int]]:
    """By kind, how many valid identifiers were not found as what they are, of how many, the worst first; or invalid ones that were."""
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in found:
        if one.identifier.valid is valid:
            counted[one.identifier.kind][0] += bool(one.itself) is not valid
            counted[one.identifier.kind][1] += 1
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1][0], pair[0]))
    return {kind: (lost, total) for kind, (lost, total) in ranked if lost}
