"""Tables of attributes and values: one column says what the other holds, so the other holds something else in every row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pii_scan.header import words
from pii_scan.model import ColumnEvidence

_VALUES = frozenset(
    (
        "value val values valuetext valuestring data answer response content "
        "wert antwort valeur reponse valor respuesta resposta valore risposta waarde antwoord wartosc odpowiedz varde svar "
        "verdi vaerdi arvo deger cevap значение ответ القيمة ערך मान মান ค่า 值 値 값"
    ).split()
)
_ATTRIBUTES = frozenset(
    (
        "attribute attr attributes property prop key field parameter param question measure metric metrics variable item "
        "observation label merkmal eigenschaft attribut feld schlussel frage kennzahl propriete champ cle mesure atributo "
        "propiedad campo clave pregunta medida propriedade chave pergunta attributo proprieta chiave domanda misura kenmerk "
        "eigenschap veld sleutel vraag atrybut cecha pole klucz pytanie egenskap falt nyckel fraga ominaisuus kentta avain "
        "kysymys ozellik alan anahtar soru атрибут свойство поле ключ вопрос параметр показатель שדה מאפיין "
        "属性 項目 项目 字段 항목"
    ).split()
)
_SAID = frozenset("name code type id text string key".split())
"""Words beside one of them that change nothing: `attribute_name`, `value_text`."""

_SAYS: Mapping[str, str] = {
    "SAYS_FIRST_NAME": "first_name",
    "SAYS_LAST_NAME": "last_name",
    "SAYS_FULL_NAME": "person_name",
    "SAYS_BIRTH_DATE": "date_of_birth",
}
"""What a cell of attributes says of the value beside it, by the entity that such cells are counted as: names and dates, which
show nothing by themselves among values of all sorts."""


def holds_values(column: str, others: Iterable[str]) -> bool:
    """Whether a column holds the values of attributes that one of the others names."""
    return _is(column, _VALUES) and any(_is(other, _ATTRIBUTES) for other in others if other != column)


def _is(name: str, known: frozenset[str]) -> bool:
    """Whether a name is one of the known words, whatever owns it (`answer_value`) and whatever sort it is of (`value_text`)."""
    whole = words(name)
    split = [word for word in whole if word not in _SAID]
    return any(part[-1] in known for part in (whole, split) if part)


def told(column: str, others: Mapping[str, ColumnEvidence]) -> dict[str, float]:
    """The kinds that a column of attributes says the values of another one are of, each with the share of its rows."""
    shares: dict[str, float] = {}
    for other, seen in others.items():
        filled = seen.cells - seen.nulls
        if other == column or not filled or not _is(other, _ATTRIBUTES):
            continue
        for entity, kind in _SAYS.items():
            cells = seen.tallies[entity].cells if entity in seen.tallies else 0
            shares[kind] = max(shares.get(kind, 0.0), cells / filled)
    return {kind: share for kind, share in shares.items() if share}
