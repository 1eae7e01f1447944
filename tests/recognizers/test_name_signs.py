"""The gate before the NER model: texts without a sign of a name are not shown to it, and hardly a name is lost by that."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterator
from itertools import cycle, islice, product
from pathlib import Path

import pytest

from pii_scan.pipeline import installed_model
from pii_scan.presidio import engine
from pii_scan.recognizers import prose
from pii_scan.recognizers.lexicons import listed
from pii_scan.registry import InstalledRules
from pii_scan.strata import is_prose

EXPORTS = Path(__file__).resolve().parents[2] / "examples" / "exports"
RECALL = 0.99
FRAMES = (
    "{name} called about the lamp and will send documents.",
    "The parcel went to {name} on Friday.",
    "Please ask {name}, or write to the office.",
    "Wants an invoice. {name} will pay it.",
    "Moved from {place} last year, prefers post.",
    "{place} is where the contract was signed.",
    "Contact: {name}; ticket closed.",
    "Is it {name}'s order that was split?",
)


@pytest.fixture(scope="module")
def signs() -> Callable[[str], bool]:
    return next(reader.signs for reader in prose.recognizers() if hasattr(reader, "signs"))


@pytest.mark.parametrize(
    "text",
    [
        "Spoke with Lorena Fogaça on Thursday",
        "Brian called about the phone case",
        "Quuxmann's parcel came",
        "NOMBRE: JEDET",
        "Nombre: Jedet",
        "moved to Porto in 2019",
        "Kenya was fun to visit",
        "the lamp (Anna's) works",
        "call 王小明 back",
        "اتصل محمد بنا أمس",
        "Order 17 was split. Delfina takes over",
        "Wants Pier to call",
    ],
)
def test_what_may_be_a_name_is_a_sign(signs: Callable[[str], bool], text: str) -> None:
    assert signs(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Order 4949155168 was split into 4 parcels because of stock in the Friday run.",
        "The invoice is a PDF. Discount of 9% offered.",
        "Returned the headset, refund of 174.47 EUR approved.",
        "the customer asked about delivery times; told 7 business days",
        "Complained that the lamp arrived damaged. Replacement sent under 8299019965.",
        "Login from 210.187.187.141 reported as suspicious on Monday",
    ],
)
def test_what_cannot_be_a_name_is_none(signs: Callable[[str], bool], text: str) -> None:
    assert not signs(text)


def shipped() -> Iterator[str]:
    """Sentences of the examples, and of lists of names put into frames."""
    for path in sorted(EXPORTS.rglob("*.?sv")):
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            yield from (cell for row in csv.reader(file, delimiter="\t" if path.suffix == ".tsv" else ",") for cell in row)
    with sqlite3.connect(f"file:{EXPORTS / 'contacts_app' / 'app.sqlite'}?mode=ro", uri=True) as database:
        for (table,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
            yield from (str(cell) for row in database.execute(f'select * from "{table}"') for cell in row)
    first, last, towns = (sorted(listed(entity)) for entity in ("FIRST_NAME", "LAST_NAME", "CITY"))
    names = (" ".join(pair).title() for pair in zip(first[::350], cycle(last[:: len(last) // 97]), strict=False))
    singles = (name.title() for name in [*first[::900], *last[::1500]])
    places = (town.title() for town in towns[::600])
    for frame, (name, place) in product(FRAMES, zip([*islice(names, 60), *islice(singles, 60)], cycle(places), strict=False)):
        yield frame.format(name=name, place=place)


@pytest.mark.skipif(not installed_model(), reason="no spaCy model is installed")
def test_nearly_every_text_in_which_the_model_finds_a_name_has_a_sign(
    signs: Callable[[str], bool], rules: InstalledRules
) -> None:
    parts, catalogue = rules.load()
    made = engine(parts, catalogue.entities)
    texts = sorted({text for text in shipped() if is_prose(text) or "." in text[-1:]})
    made.readers = [reader for reader in made.readers if not hasattr(reader, "signs")]  # the model is shown every text
    found = [bool(made.mended(text, spans)) for text, spans in zip(texts, made.people_and_places(texts), strict=True)]
    signed = [signs(text) for text, named in zip(texts, found, strict=True) if named]
    assert len(signed) > 500
    assert sum(signed) >= RECALL * len(signed)
