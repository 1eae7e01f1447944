"""A cell that is all address is one find; a street in a sentence stays a street."""

import pytest

from pii_scan.recognizers import generic

STREETS = next(one for one in generic.part().recognizers() if one.supported_entities == ["STREET_ADDRESS"])


def found(text: str) -> list[str]:
    return [text[one.start : one.end] for one in STREETS.analyze(text, ["STREET_ADDRESS"], None)]


@pytest.mark.parametrize(
    "text",
    [
        "221B Baker Street, London NW1 6XE", "1600 Pennsylvania Ave NW, Washington, DC 20500", "12 rue de la Paix, 75002 Paris",
        "Hauptstr. 5, 10827 Berlin", "Rua Augusta 100, 1100-053 Lisboa", "Storgatan 12\n114 55 Stockholm",
        "House 12, Road 5, Dhanmondi", "99/1 หมู่ 4 ตำบลบางพลี", "東京都千代田区千代田1-1", "서울특별시 강남구 테헤란로 152",
        "北京市朝阳区建国路88号", "45/7 đường Lê Lợi", "Calle 85 # 12-34", "ул. Ленина, д. 5, кв. 12", "רחוב הרצל 12, תל אביב",
        "شارع الملك فهد 12", "Bağdat Cad. 301", "Λεωφόρος Αλεξάνδρας 173", "Flat 3, 27 Acacia Avenue", "12 Triq San Pawl",
    ],
)  # fmt: skip
def test_an_address_is_found_whole(text: str) -> None:
    assert found(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "12 x 30", "2 cups flour", "Room 2 Beds", "Chapter 2 The Journey", "Boeing 747", "Roma 3 Lazio 3", "订单88号", "Gate 5",
        "Order 1234", "24 - 12 oz bottles", "30 Day Trial", "Ring 5", "John 3", "5 days", "3号",
    ],
)  # fmt: skip
def test_numbers_beside_words_are_no_address(text: str) -> None:
    assert found(text) == []


def test_a_street_in_a_sentence_is_not_widened() -> None:
    text = "the driver waited at 12 Main Street and then left without the parcel"
    assert found(text) == ["12 Main Street"]


@pytest.mark.parametrize(
    "text", ["12 rue des Lilas, 75001 Paris", "99 ถนนสุขุมวิท แขวงคลองตัน เขตคลองเตย กรุงเทพฯ 10110", "3 Quai Voltaire, Paris"]
)
def test_a_scan_sees_the_whole_cell_as_an_analyzer_does(text: str) -> None:
    piece, spans = STREETS.spans(text)  # type: ignore[attr-defined]
    assert piece == (0, len(text))
    assert [span[:2] for span in spans] == [(0, len(text))]
    assert found(text) == [text]
