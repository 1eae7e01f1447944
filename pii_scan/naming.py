"""What the name of a column says: the kinds and entities whose phrases stand in it, and how much that weighs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from pii_scan import weights as w
from pii_scan.header import words
from pii_scan.model import Catalogue
from pii_scan.subject import Subjects, parts, singular

_ABOUT_AFTER = frozenset(
    "id ids key fk pk count counts total flag type types status verified valid validated is has at length sent opt template "
    "enabled disabled created updated modified deleted format domain hash score rank required exists confirmed changed expires "
    "expired reset token ratio pct percent avg sum min max version source provider level index campaign subject body service "
    "services consent anzahl typ art tipo statut estado".split()
)
"""Words that, after a phrase, make the column tell something about a datum, not the datum."""
_ABOUT_BEFORE = frozenset(
    "is has count total num number_of id ids type types tipo typ statut status estado anzahl min max avg sum flag valid".split()
)
"""The same before a phrase."""
_DECISIVE = frozenset({"cookie", "cookies", "iban", "imei", "passport", "passeport", "reisepass", "pasaporte", "ssn"})
"""Words that mean one thing only: what follows them tells which one (`cookie_invitation`, `passport_fr`)."""
_SILENT = frozenset(
    "number no nr num n text value field col column data info detail details full the my your our current main primary secondary "
    "first1 alt alternative other home work mobile private business office billing shipping delivery invoice mailing postal "
    "permanent customer client user member employee staff person contact patient owner guest buyer seller sender recipient "
    "sec secs seconds ms millis "
    "emergency string str txt char varchar vchr val c cd raw clean new old orig original cust usr emp line 1 2 3".split()
)
"""Words beside a phrase that change nothing in what it says."""
_GLUED_BEFORE = (
    "customer cust client member employee emp staff person contact patient owner guest buyer seller sender recipient "
    "user usr student applicant insured holder account billing shipping delivery mailing home work mobile primary "
    "secondary my str txt vch nvc"
).split()
_GLUED_AFTER = "number num no nr text txt str value field col".split()
_GLUED_BEFORE_ABROAD = (
    "客户 顾客 員工 员工 会员 會員 患者 用户 用戶 联系人 收件人 寄件人 学生 学员 职工 本人 "
    "顧客 社員 会員 利用者 従業員 契約者 申込者 生徒 "
    "고객 직원 사원 회원 환자 사용자 이용자 학생 신청자 수령인"
).split()
_GLUED_AFTER_ABROAD = (
    "ลูกค้า จากลูกค้า ของลูกค้า พนักงาน ผู้ป่วย สมาชิก นักเรียน นักศึกษา ผู้ใช้ ผู้ใช้งาน ผู้ซื้อ ผู้ขาย ผู้รับ ผู้ส่ง ผู้สมัคร ผู้ติดต่อ ผู้เอาประกัน "
    "ปัจจุบัน จัดส่ง ล่าสุด หลัก สำรอง ทั้งหมด 番号 号码"
).split()
"""Words that names written in one go (`EMPLOYEEPHONENUMBER`, `เบอร์โทรลูกค้า`, `客户电话`) put around a phrase."""
_PLACE_HOLDERS = frozenset(
    (
        "col column columns field fields fld var variable value values val unnamed noname attr attribute item data text txt "
        "string str cell entry key spalte feld wert colonne champ valeur columna campo valor coluna colonna valore kolom veld "
        "waarde kolumna pole kolumn falt столбец поле значение 列 字段 カラム 項目 열 필드 عمود حقل עמודה שדה คอลัมน์"
    ).split()
)
"""Words that a column is called by for want of a name."""
_NAME_WORDS = frozenset(
    (
        "name names nm title label nom nombre nome naam namn navn nazwa nev nimi ime jmeno nume isim ad adi bezeichnung "
        "libelle имя название наименование ονομα 名称 名前 名 이름 ชื่อ שם নাম नाम اسم الاسم ten nama"
    ).split()
)
"""Words for what anything may have: a person in a table of people, a product in one of products."""
_WRITTEN_OUT, _LONG = re.compile("(?<![aeq])([aou])e"), 8
"""Umlauts written out, and the letters from which on a word that has them is a German one."""
OBJECT_ID = "_id"
"""What MongoDB gives to every document by itself; it seldom leaves the store."""
_BY_TABLE = frozenset({"free_text", "behaviour"})
"""Kinds that tell something of a known person, and that a table's name can give away (`comments.text`, `login.time`)."""
_RUNNING = frozenset("no nr num number numero nummer code".split())
"""Words that a table of people also has for what is no key of them."""
_LEAST, _LEAST_ABROAD = 4, 2
"""Letters of the shortest phrase that is sought in a name written in one go: `电话` is a whole word."""
_FEW = 2
"""A longer name that says nothing says no more with its table's."""
_CODED = frozenset("id ids code type types typ tipo art status statut estado is has flag level".split())
"""Words about a datum that leave it one of a special category: a code, a status or a yes of it tells as much."""

Sort = Literal["header", "ambiguous", "hint", "sign"]
"""How a phrase speaks of a kind: names it, names other things too, hints at it, or names what lets one guess it."""


_Sense = tuple[str, str, Sort]
"""The kind that a phrase speaks of, the entity or none, and how."""


class Named(NamedTuple):
    """One kind that a column name speaks of."""

    weight: float
    phrase: str
    entity: str
    """The very entity that the phrase names, or empty where it names only the kind."""
    sort: Sort = "header"


@lru_cache(maxsize=8)
def namer(catalogue: Catalogue) -> Namer:
    """The namer of a catalogue, made once: that takes longer than it does to judge a table."""
    return Namer(catalogue)


class Namer:
    """Reads column names by the phrases of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], _Sense]]] = defaultdict(list)
        self._joined: dict[str, tuple[_Sense, ...]] = {}
        self._alike: dict[tuple[_Sense, ...], tuple[_Sense, ...]] = {}
        """Senses of one phrase; those of thousands of phrases are the same, and stand in memory once."""
        self._subjects = Subjects(catalogue)
        self._tiers = {kind.name: kind.tier for kind in catalogue.kinds.values()}
        self._special = frozenset(kind.name for kind in catalogue.kinds.values() if kind.tier == "special")
        for kind in catalogue.kinds.values():
            ambiguous = frozenset(map(words, kind.ambiguous))
            clear = (phrase for phrase in kind.headers if words(phrase) not in ambiguous) if ambiguous else kind.headers
            self._add(clear, kind.name, "", "header")
            self._add(kind.ambiguous, kind.name, "", "ambiguous")
            self._add(kind.hints, kind.name, "", "hint")
            self._add(kind.signs, kind.name, "", "sign")
        for entity in catalogue.entities.values():
            self._add(entity.headers, entity.kind, entity.name, "header")

    def read(self, name: str, table: str = "") -> Mapping[str, Named]:
        """By kind, the weightiest thing that the name says of it.

        A phrase that stands inside a longer one says nothing by itself (`name` in `company name`). Of a nested name
        the last part speaks (`address.city`), the records around it where it is silent (`address.line1`, `name.first`),
        and the table where they are too (`id` of `customers`).
        """
        parents, last = parts(name)
        found = self._read(words(last)) or self._read(tuple(map(_umlauts, words(last))))
        if parents and (longer := self._longer(f"{singular(parents[-1])} {last}", words(last))):
            return longer
        for parent in reversed(parents):
            if _speaks(found):
                return found
            for whole in (f"{singular(parent)} {last}", f"{singular(parent)} {singular(last)}", f"{last} {parent}"):
                more = self._read(words(whole))
                if _speaks(more):
                    return more
                _merge(found, more)
        if table and last != OBJECT_ID and not _speaks(found) and len(words(last)) <= _FEW:
            more = self._of_table(singular(table), last)
            return more if _speaks(more) else found
        return found

    def _longer(self, whole: str, last: tuple[str, ...]) -> dict[str, Named]:
        """What a phrase says that takes in the whole of a last name and more: `card country`, where `country` is no person's."""
        read = self._read(words(whole))
        return {
            kind: named
            for kind, named in read.items()
            if named.weight >= w.HEADER_BEGIN
            and len(said := tuple(named.phrase.split())) > len(last)
            and said[-len(last) :] == last
        }

    def _of_table(self, table: str, last: str) -> dict[str, Named]:
        """What a silent name says together with its table's, of kinds that identify or place somebody, and of things."""
        whole, subject = words(f"{table} {last}"), self._subjects.of(table)
        return {
            kind: named._replace(weight=min(named.weight, w.HEADER_END))
            for kind, named in self._read(whole).items()
            if named.phrase.split()[-1:] == [words(last)[-1]]
            and len(named.phrase.split()) > len(words(last))
            and (self._tiers[kind] != "attribute" or kind in _BY_TABLE or subject == "people")
            and (self._tiers[kind] == "none" or subject != "things")
            and not (kind == "username" and words(last)[-1] in _NAME_WORDS | {"id"})
            and not (kind == "person_id" and words(last)[-1] in _RUNNING)
        }

    def _read(self, split: tuple[str, ...]) -> dict[str, Named]:
        matches = list(self._found(split))
        best: dict[str, Named] = {}
        for start, end, kind, named in matches:
            if any(low <= start and end <= high and (low, high) != (start, end) for low, high, *_ in matches):
                continue
            best[kind] = max(best.get(kind, named), named, key=lambda one: (one.weight, one.entity != "", one.entity))
        return best

    def _add(self, phrases: Iterable[str], kind: str, entity: str, sort: Sort) -> None:
        sense = (kind, entity, sort)
        for phrase in phrases:
            split = words(phrase)
            joined = "".join(split)
            if len(joined) > 1:  # a column called `b` says nothing
                self._by_first[split[0]].append((split, sense))
                senses = (*self._joined.get(joined, ()), sense)
                self._joined[joined] = self._alike.setdefault(senses, senses)

    def _found(self, split: tuple[str, ...]) -> Iterator[tuple[int, int, str, Named]]:
        """Each phrase in the name: from which word to which, of which kind, and its weight."""
        joined = "".join(split)
        for kind, entity, sort in self._joined.get(joined, ()):
            weight = (w.HINT_WHOLE if sort == "hint" else w.HEADER_WHOLE) + w.LONGER
            yield 0, len(split), kind, Named(weight, " ".join(split), entity, sort)
        if len(split) == 1 and joined not in self._joined and (core := self._core(joined)):
            for kind, entity, sort in self._joined[core]:
                if sort != "hint":
                    yield 0, 1, kind, Named(w.HEADER_END, core, entity, sort)
        for start, word in enumerate(split):
            for phrase, (kind, entity, sort) in self._by_first.get(word, ()):
                end = start + len(phrase)
                if split[start:end] == phrase:
                    special = kind in self._special and sort in {"header", "sign"}
                    decisive = not _DECISIVE.isdisjoint(phrase) or (special and len(phrase) > 1)
                    weight = _weight(split[:start], split[end:], sort, decisive=decisive, special=special)
                    yield start, end, kind, Named(weight + w.LONGER * (len(phrase) - 1), " ".join(phrase), entity, sort)
            if len(split) > 1 and len(word) > 4:
                for kind, entity, sort in self._joined.get(word, ()):
                    special = kind in self._special and sort in {"header", "sign"}
                    weight = _weight(split[:start], split[start + 1 :], sort, special=special)
                    yield start, start + 1, kind, Named(weight, word, entity, sort)

    def _core(self, glued: str) -> str:
        """The phrase within a name written in one go: `phonenumber` in `employeephonenumber`; empty where there is none."""
        plain = glued.isascii()
        for before in ("", *(_GLUED_BEFORE if plain else _GLUED_BEFORE_ABROAD)):
            for after in ("", *(_GLUED_AFTER if plain else _GLUED_AFTER_ABROAD)):
                core = glued[len(before) : len(glued) - len(after)]
                if len(core) >= (_LEAST if plain else _LEAST_ABROAD) and glued == before + core + after and core in self._joined:
                    return core
        return ""


def generic(named: Named) -> bool:
    """Whether a name is one that anything may bear."""
    return not _NAME_WORDS.isdisjoint(named.phrase.split()) and len(named.phrase.split()) == 1


def silent(name: str) -> bool:
    """Whether a column's name is a mere place holder: `c7`, `field_12`, `Unnamed: 3`."""
    return all(word.isdigit() or word in _PLACE_HOLDERS or (len(word) == 1 and word.isascii()) for word in words(name))


def _umlauts(word: str) -> str:
    """A long word as it is folded where its umlauts are not written out: `ansaessigkeit` for `Ansässigkeit`."""
    return _WRITTEN_OUT.sub(r"\1", word) if len(word) >= _LONG else word


def _speaks(found: Mapping[str, Named]) -> bool:
    return any(named.weight >= w.HEADER_BEGIN for named in found.values())


def _merge(found: dict[str, Named], more: Mapping[str, Named]) -> None:
    for kind, named in more.items():
        found[kind] = max(found.get(kind, named), named)


def _weight(
    before: tuple[str, ...], after: tuple[str, ...], sort: Sort, *, decisive: bool = False, special: bool = False
) -> float:
    strong = sort != "hint"
    if special:
        before, after = (tuple(word for word in side if word not in _CODED) for side in (before, after))
    rest = {word for word in (*before, *after) if not word.isdigit()}
    if set(after) & _ABOUT_AFTER or set(before) & _ABOUT_BEFORE:
        return w.HEADER_MODIFIED
    if not rest:
        return w.HEADER_WHOLE if strong else w.HINT_WHOLE
    if decisive or not after or rest <= _SILENT or set(after) <= _SILENT:
        return w.HEADER_END if strong else w.HINT_END
    return w.HEADER_BEGIN if strong else w.HINT_BEGIN
