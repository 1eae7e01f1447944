"""The readers: recognizers of free text alone, which know names, places and addresses by lists and by the words beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pii_scan.contracts import Part
from pii_scan.model import Entity

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

LOCATION = Entity(
    name="LOCATION",
    kind="city",
    proof="name",
    label="Town or country in a sentence",
    source="the lists of cities, regions and countries",
)

NAMED_ID = Entity(
    name="NAMED_ID",
    kind="other_id",
    proof="shape",
    label="Identifier that the words before it name, whatever its form",
    source="the words that announce an identifier, in `prose.toml`",
)

THING_NUMBER = Entity(
    name="THING_NUMBER",
    kind="none",
    proof="shape",
    label="Number that the words before it call one of an order, a ticket or another thing",
    source="the words that announce a thing, in `prose.toml`",
)


def part() -> Part:
    """Entities that are found in sentences only; names of persons are of the lexicons' entity."""
    return Part(name="prose", entities=(LOCATION, NAMED_ID, THING_NUMBER), recognizers=recognizers, check=check)


def recognizers() -> Iterable[EntityRecognizer]:
    """A reader for each of persons, places and addresses."""
    from pii_scan.recognizers.address_in_text import AddressInTextRecognizer
    from pii_scan.recognizers.lexicons import listed
    from pii_scan.recognizers.name_in_text import NameInTextRecognizer
    from pii_scan.recognizers.name_signs import NameSigns
    from pii_scan.recognizers.number_in_text import NumberInTextRecognizer
    from pii_scan.recognizers.place_in_text import PlaceInTextRecognizer

    first, last = listed("FIRST_NAME"), listed("LAST_NAME")
    countries, towns = listed("COUNTRY"), listed("CITY", "REGION")
    signs = NameSigns((first, last, towns), listed("COUNTRY", "REGION"))
    return [
        NameInTextRecognizer(first, last, listed("CITY", "REGION", "COUNTRY"), signs),
        PlaceInTextRecognizer(countries, towns, first),
        AddressInTextRecognizer(countries),
        *(NumberInTextRecognizer(entity) for entity in ("PHONE_NUMBER", "NAMED_ID", "AGE", "THING_NUMBER")),
    ]


MATCH = {
    "PERSON": ("We met Ada Lovelace there.", "Herr Quux rief an", "spoke with Zed Quux today", "my name is ada lovelace"),
    "LOCATION": ("She moved here from Portugal", "nació en Sevilla"),
    "PHONE_NUMBER": ("please call 469 34 883", "Tel.: 93 416 97 00", "(123) 456-7890 office"),
    "NAMED_ID": ("Checked ID no. CP790916C, all good", "NHC: 368503", "DNI 54362315-K"),
    "THING_NUMBER": ("Order 4949155168 was split", "Ticket #20341 closed"),
    "AGE": ("she is 41 years old", "Edad: 37 años"),
    "STREET_ADDRESS": ("ship it to 12 Mill Lane, Leeds LS1 4AP", "Suite 200, 41 Elm St, Austin, TX 78701"),
}
REJECT = {
    "PERSON": ("Led Zeppelin played on Monday", "the price list was sent", "Order 12 was split", "Will call back on Friday"),
    "LOCATION": ("in the morning", "from Monday to Friday"),
    "PHONE_NUMBER": ("Order 4949155168 was split", "told 7 business days", "call on 2024-05-06"),
    "NAMED_ID": ("the document was sent 3 days ago", "Order 4949155168", "id"),
    "THING_NUMBER": ("call 4949155168", "in order to pay 20341"),
    "AGE": ("told 7 business days", "in 29 months", "41 parcels"),
    "STREET_ADDRESS": ("Order 4949155168 was split into 4 parcels", "version 4.2 works after a restart"),
}


def check() -> Iterator[str]:
    """One line for each sample that is not found though it should be, or found though it should not."""
    for reader in recognizers():
        (name,) = reader.supported_entities
        for samples, expected in ((MATCH[name], True), (REJECT[name], False)):
            for place, sample in enumerate(samples, start=1):
                if any(found.score >= 0.5 for found in reader.analyze(sample, [name], None)) != expected:  # type: ignore[arg-type]
                    yield f"{name} in text: sample {place} to {'match' if expected else 'reject'} fails"
