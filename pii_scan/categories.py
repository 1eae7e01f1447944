"""Closed lists: what a value of a category may be, in the words, the language and the letter case that it is written in."""

from __future__ import annotations

from collections.abc import Mapping

_Groups = tuple[tuple[str, ...], ...]

CATEGORIES: Mapping[str, _Groups] = {
    "gender": (
        ("female", "male"),
        ("woman", "man"),
        ("f", "m"),
        ("w", "m"),
        ("0", "1"),
        ("1", "2"),
        ("weiblich", "männlich"),
        ("frau", "herr"),
        ("femme", "homme"),
        ("féminin", "masculin"),
        ("mujer", "hombre"),
        ("femenino", "masculino"),
        ("femmina", "maschio"),
        ("feminino", "masculino"),
        ("vrouw", "man"),
        ("kvinna", "man"),
        ("kobieta", "mężczyzna"),
        ("женский", "мужской"),
        ("女", "男"),
        ("여", "남"),
    ),
    "marital_status": (
        ("single", "married", "divorced", "widowed"),
        ("never married", "married", "separated", "divorced", "widowed"),
        ("s", "m", "d", "w"),
        ("ledig", "verheiratet", "geschieden", "verwitwet"),
        ("célibataire", "marié", "divorcé", "veuf"),
        ("soltero", "casado", "divorciado", "viudo"),
        ("celibe", "sposato", "divorziato", "vedovo"),
        ("solteiro", "casado", "divorciado", "viúvo"),
    ),
    "religion": (
        ("catholic", "protestant", "orthodox", "muslim", "hindu", "buddhist", "jewish", "sikh", "none"),
        ("christianity", "islam", "hinduism", "buddhism", "judaism", "sikhism"),
        ("katholisch", "evangelisch", "orthodox", "muslimisch", "jüdisch", "konfessionslos"),
        ("rk", "ev", "ak", "vd"),
        ("catholique", "protestant", "orthodoxe", "musulman", "bouddhiste", "juif", "sans religion"),
        ("católico", "protestante", "ortodoxo", "musulmán", "judío", "ateo"),
    ),
    "nationality": (
        (
            "austrian",
            "belgian",
            "brazilian",
            "british",
            "canadian",
            "french",
            "german",
            "indian",
            "italian",
            "japanese",
            "spanish",
        ),
        ("deutsch", "französisch", "italienisch", "österreichisch", "polnisch", "spanisch", "türkisch"),
        ("allemande", "belge", "espagnole", "française", "italienne", "portugaise", "suisse"),
        ("at", "be", "br", "ca", "ch", "de", "es", "fr", "gb", "in", "it", "jp", "nl", "pl", "pt", "se", "us"),
        ("aut", "bel", "bra", "can", "che", "deu", "esp", "fra", "gbr", "ind", "ita", "jpn", "nld", "pol", "prt", "swe", "usa"),
    ),
    "language": (
        ("arabic", "chinese", "english", "french", "german", "hindi", "italian", "japanese", "portuguese", "russian", "spanish"),
        ("ar", "de", "en", "es", "fr", "hi", "it", "ja", "nl", "pl", "pt", "ru", "zh"),
    ),
    "ethnicity": (
        ("asian", "black", "hispanic", "white", "mixed", "other"),
        ("african american", "asian", "caucasian", "hispanic or latino", "native american", "pacific islander"),
        ("white british", "white irish", "indian", "pakistani", "bangladeshi", "chinese", "black african", "black caribbean"),
    ),
    "political_opinion": (
        ("conservative", "liberal", "moderate", "socialist", "green"),
        ("democrat", "republican", "independent"),
        ("left", "centre", "right"),
    ),
    "sexual_orientation": (("heterosexual", "homosexual", "bisexual", "asexual"), ("straight", "gay", "lesbian", "bisexual")),
    "education": (
        ("primary school", "secondary school", "bachelor's degree", "master's degree", "doctorate"),
        ("bachelor", "master", "phd"),
        ("high school", "college", "university"),
    ),
}
"""By kind its lists; within one all are written in one way. The first one is for values that are on none."""


def of_its_list(kind: str, value: str, number: int) -> str | None:
    """One of the list that a value is on, the value itself among them; which one a number decides. None for other kinds.

    >>> of_its_list("gender", "M", 6)
    'F'
    >>> of_its_list("religion", "Jewish", 3)
    'Muslim'
    """
    groups = CATEGORIES.get(kind)
    if not groups:
        return None
    plain = value.strip().casefold()
    group = next((group for group in groups if plain in group), groups[0])
    return _cased(group[number % len(group)], value.strip())


def _cased(made: str, like: str) -> str:
    if like.isupper():
        return made.upper()
    if like.istitle() and " " in like:
        return made.title()
    return made[:1].upper() + made[1:] if like[:1].isupper() else made
