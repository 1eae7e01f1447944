"""The kinds that belong to no country: e-mail, cards, addresses, dates, devices, and gender as a closed list."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from pii_scan.contracts import Part
from pii_scan.model import Entity
from pii_scan.recognizers import catalogue

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

FILES = ("generic.toml", "codes.toml")

GENDER = Entity(
    name="GENDER",
    kind="gender",
    proof="name",
    headers=("gender", "sex", "sexe", "geschlecht", "sexo", "sesso", "genere", "plec", "geslacht", "kön", "เพศ", "লিঙ্গ", "מין"),
    label="Gender, one of a closed list of words",
    source="https://www.iso.org/standard/81682.html",
)

GENDERS = frozenset(
    word.strip()
    for line in (
        "m, f, x, d, w, v, k, h, u, male, female, man, woman, boy, girl, other, diverse, non-binary, nonbinary, non binary",
        "genderqueer, genderfluid, agender, intersex, transgender, trans, trans man, trans woman, unknown, prefer not to say",
        "homme, femme, masculin, féminin, feminin, garçon, fille, autre, non binaire",
        "männlich, weiblich, maennlich, divers, mann, frau, keine angabe",
        "hombre, mujer, masculino, femenino, varón, varon, niño, niña, otro, no binario",
        "maschio, femmina, maschile, femminile, uomo, donna, altro, non binario",
        "homem, mulher, feminino, masculino, outro, não binário",
        "vrouw, mannelijk, vrouwelijk, anders",
        "kobieta, mężczyzna, kobiety, mężczyźni",
        "kvinna, kvinde, kvinne, mand, kille, tjej",
        "ชาย, หญิง, ผู้ชาย, ผู้หญิง",
        "পুরুষ, মহিলা, নারী, অন্যান্য",
        "זכר, נקבה, גבר, אישה",
        "ذكر, أنثى, мужской, женский, мужчина, женщина, 男, 女, 男性, 女性, पुरुष, महिला, erkek, kadın",
    )
    for word in line.casefold().split(",")
)
"""Case-folded, as whole cells."""


def part() -> Part:
    """The generic part."""
    rows = catalogue.load(*FILES)
    table = catalogue.part("generic", rows)
    return Part(
        name=table.name,
        entities=(*table.entities, GENDER),
        recognizers=partial(_recognizers, rows),
        check=table.check,
    )


def _recognizers(rows: tuple[catalogue.Row, ...]) -> Iterator[EntityRecognizer]:
    from pii_scan.recognizers.address import AddressRecognizer
    from pii_scan.recognizers.terms import TermRecognizer

    yield from catalogue.recognizers(row for row in rows if row.entity.name != "STREET_ADDRESS")
    yield from (AddressRecognizer(row) for row in rows if row.entity.name == "STREET_ADDRESS")
    yield TermRecognizer(GENDER, GENDERS)
