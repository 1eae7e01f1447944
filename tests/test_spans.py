"""Of what is found in a text, what stands: the better evidence, named by the words before it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.finder import Finder
from pii_scan.folding import fold
from pii_scan.model import Catalogue
from pii_scan.presidio import Engine, Span
from pii_scan.spans import Context, apart


@pytest.fixture(scope="session")
def context(known: Catalogue) -> Context:
    return Context(known)


def span(text: str, part: str, entity: str) -> Span:
    start = text.index(part)
    return Span(start, start + len(part), entity, 0.5)


def standing(context: Context, text: str, found: list[tuple[str, str]], *, strict: bool = True) -> list[tuple[str, str]]:
    """Entities and texts of the finds that stand."""
    spans = [span(text, part, entity) for part, entity in found]
    return [(text[kept.start : kept.end], kept.entity) for kept in context.stand(text, spans, strict=strict)]


NUMBER = "987654321"


@pytest.mark.parametrize(
    ("text", "entity", "stands"),
    [
        # a mere shape needs a word that names it, before it and near
        ("her passport number is 987654321", "US_PASSPORT", True),
        ("passport: 987654321", "US_PASSPORT", True),
        ("987654321 is what the passport says", "US_PASSPORT", False),
        ("the parcel 987654321 has come", "US_PASSPORT", False),
        (f"passport {'and more words than anyone would read between ' * 2}987654321", "US_PASSPORT", False),
        ("compassports 987654321", "US_PASSPORT", False),
        # a check that few pass needs none, one that many pass does
        ("pay to DE89370400440532013000 please", "IBAN_CODE", True),
        ("the account 4111111111111111", "CREDIT_CARD", False),
        ("my credit card 4111111111111111", "CREDIT_CARD", True),
        # a telling form needs none
        ("write to ada@mail.example", "EMAIL_ADDRESS", True),
        ("from 203.0.113.7 at night", "IP_ADDRESS", True),
        ("call +49 170 1234567", "PHONE_NUMBER", True),
        ("he was baptised Catholic", "RELIGION", True),
        # names that a model or a list found
        ("we met Ada Lovelace", "PERSON", True),
        # what the catalogue does not know
        ("we met Ada Lovelace", "NOBODY_KNOWS", False),
    ],
)
def test_a_find_stands_by_its_check_its_form_or_the_words_before_it(
    context: Context, text: str, entity: str, *, stands: bool
) -> None:
    part = next((known for known in PARTS if known in text), text)
    assert standing(context, text, [(part, entity)]) == ([(part, entity)] if stands else [])


PARTS = (
    *(NUMBER, "DE89370400440532013000", "4111111111111111", "ada@mail.example", "203.0.113.7", "+49 170 1234567"),
    *("Catholic", "Ada Lovelace"),
)


@pytest.mark.parametrize("text", ["refund of 41 EUR. Returned the docking station", "she lives at 41 Elm Street now"])
def test_street_addresses_need_a_word_in_reports_and_none_in_copies(context: Context, text: str) -> None:
    part = text[text.index("41") :]
    assert standing(context, text, [(part, "STREET_ADDRESS")]) == []
    assert standing(context, text, [(part, "STREET_ADDRESS")], strict=False) == [(part, "STREET_ADDRESS")]
    named = f"address: {text}"
    assert standing(context, named, [(part, "STREET_ADDRESS")]) == [(part, "STREET_ADDRESS")]


@pytest.mark.parametrize(
    ("text", "found", "kept"),
    [
        (
            "IBAN DE89370400440532013000",
            [("89370400440532013000", "PHONE_DIGITS"), ("DE89370400440532013000", "IBAN_CODE")],
            [("DE89370400440532013000", "IBAN_CODE")],
        ),
        (
            "mail ada@mail.example today",
            [("mail.example", "URL"), ("ada@mail.example", "EMAIL_ADDRESS"), ("ada", "PERSON")],
            [("ada@mail.example", "EMAIL_ADDRESS")],
        ),
        (
            "passport 987654321",
            [(NUMBER, "US_PASSPORT"), (NUMBER, "PHONE_DIGITS")],
            [(NUMBER, "US_PASSPORT")],
        ),
        (
            "Ada Lovelace wrote to ada@mail.example",
            [("Ada Lovelace", "PERSON"), ("ada@mail.example", "EMAIL_ADDRESS")],
            [("Ada Lovelace", "PERSON"), ("ada@mail.example", "EMAIL_ADDRESS")],
        ),
        (  # a word names it: the number is one of a thing, or of somebody
            "Order 0452251153 came",
            [("0452251153", "PHONE_NUMBER"), ("0452251153", "US_PASSPORT")],
            [],
        ),
        (
            "phone number 0452251153",
            [("0452251153", "PHONE_NUMBER"), ("0452251153", "US_PASSPORT")],
            [("0452251153", "PHONE_NUMBER")],
        ),
        ("Ada Lovelace", [("Ada", "PERSON"), ("Ada Lovelace", "PERSON")], [("Ada Lovelace", "PERSON")]),
    ],
)
def test_of_finds_that_overlap_the_one_with_the_better_evidence_stands(
    context: Context, text: str, found: list[tuple[str, str]], kept: list[tuple[str, str]]
) -> None:
    assert standing(context, text, found) == kept
    assert standing(context, text, found[::-1]) == kept


TEXT = "Ada Lovelace, passport 987654321, ada@mail.example, card 4111111111111111 in the year 1843"
ENTITIES = ["PERSON", "US_PASSPORT", "EMAIL_ADDRESS", "CREDIT_CARD", "AGE", "RELIGION", "PHONE_NUMBER"]
SPANS = st.builds(
    lambda start, length, entity: Span(start, min(len(TEXT), start + length), entity, 0.5),
    st.integers(0, len(TEXT) - 1),
    st.integers(1, 30),
    st.sampled_from(ENTITIES),
)


@given(st.lists(SPANS, max_size=12), st.booleans(), st.randoms())
def test_what_stands_is_in_order_apart_and_the_same_in_any_order_of_finds(
    context: Context, found: list[Span], strict: bool, random: object
) -> None:
    kept = context.stand(TEXT, found, strict=strict)
    assert kept == sorted(kept)
    assert all(one.end <= two.start for one, two in pairwise(kept))
    assert set(kept) <= set(found)
    shuffled = found.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert context.stand(TEXT, shuffled, strict=strict) == kept


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("যোগাযোগ: ada@mail.example ধন্যবাদ", "ada@mail.example"),
        ("ফোন +৮৮০ ১৭১২-৩৪৫৬৭৮ সকালে", "+৮৮০ ১৭১২-৩৪৫৬৭৮"),
        (
            "IBAN\u00a0DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000 bitte",
            "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000",
        ),
        ("😀 ada@mail.example 😀", "ada@mail.example"),
        ("telefon +49\u2011170\u20111234567!", "+49\u2011170\u20111234567"),
    ],
)
def test_offsets_in_the_folded_text_are_those_in_the_original(
    whole_engine: Engine, known: Catalogue, text: str, value: str
) -> None:
    assert len(fold(text)) == len(text)
    (spans,) = Finder(whole_engine, known)([text])
    assert spans is not None
    assert value in {text[found.start : found.end] for found in spans}


places = st.integers(0, 30).flatmap(lambda start: st.integers(start + 1, start + 9).map(lambda end: Span(start, end, "A", 0.5)))


@given(st.lists(places, max_size=40))
def test_of_overlapping_spans_the_first_one_stays(spans: list[Span]) -> None:
    kept: list[Span] = []
    for one in spans:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    assert apart(spans) == sorted(kept)


def test_thousands_of_finds_in_one_text_stand(context: Context) -> None:
    text = "write to a@example.org " * 20_000
    finds = [Span(at + 9, at + 22, "EMAIL_ADDRESS", 0.9) for at in range(0, len(text), 23)]
    assert context.stand(text, finds) == finds


def test_of_the_words_before_a_find_only_those_that_name_something_are_held(context: Context) -> None:
    words = "the customer has called about an order that was sent to her passport number"
    context.stand(
        f"{words} AB1234567", [Span(len(words) + 1, len(words) + 10, name, 0.5) for name in context._catalogue.entities]
    )
    assert context._runs(words)
    assert set(context._runs(words)) <= set().union(*context._phrases.values())
    assert context._runs("the parcel that has come was as green as grass") == []
