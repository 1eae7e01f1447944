"""Which tables are likely to hold data of children: by their ages, their births, and the words of school and guardianship."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pii_scan.header import contains, words
from pii_scan.model import Column, Evidence, Finding, Remark

MOST = 0.5
"""Share of the values of a column that must be a child's."""
_OF_CHILDREN = {"age": "AGE_OF_CHILD", "date_of_birth": "DATE_OF_BIRTH_OF_CHILD"}
"""The entity that counts the values of children in a column of each kind."""
_STRONG = """
guardian, legal guardian, parent guardian, parent name, parent first name, parent last name, parent email,
parent phone, parent contact, parental consent, pupil, pupils, is minor, minor, child name, child first name,
child last name, child age, child dob, childs name, name of child, kindergarten, nursery class, daycare,
preschool, grade level, school grade, school class, year group, homeroom, key stage, free school meals,
eleve, eleves, responsable legal, representant legal, responsable eleve, autorisation parentale,
niveau scolaire, classe eleve, nom enfant, prenom enfant, cantine scolaire, creche, maternelle, garderie,
schuler, schulerin, schueler, schuelerin, schulerinnen, erziehungsberechtigter, erziehungsberechtigte,
sorgeberechtigter, sorgeberechtigte, schulklasse, klassenlehrer, klassenstufe, jahrgangsstufe, name kind,
vorname kind, kita, kindergartengruppe, tutor legal, apoderado, padre o tutor, nombre nino, nombre hijo,
curso escolar, grado escolar, guarderia, representante legal alumno, genitore, tutore legale, nome bambino,
nome figlio, asilo nido, scuola materna, classe scolastica, alunno, leerling, leerlingnummer,
ouder verzorger, wettelijke vertegenwoordiger, naam kind, groep basisschool, kinderopvang,
encarregado de educacao, responsavel legal, nome crianca, nome do aluno menor, ano escolar, serie escolar,
jardim de infancia, uczen, opiekun prawny, rodzic, imie dziecka, klasa szkolna, przedszkole, zlobek,
vardnadshavare, elev, forskola, skolklass, barnets namn, foraelder, forelder, foresatt, foresatte, vaerge,
barnehage, bornehave, oppilas, huoltaja, paivakoti, veli, veli adi, ogrenci sinifi, anaokulu, родитель,
опекун, законный представитель, ученик, детский сад, школьный класс, ผู้ปกครอง, นักเรียน, อนุบาล, הורה,
אפוטרופוס, תלמיד, גן ילדים, অভিভাবক, শিক্ষার্থী শিশু, ولي الأمر, تلميذ, روضة, 监护人, 家长, 家长电话, 学生家长, 幼儿园, 保護者,
保護者名, 園児, 児童
"""
_WEAK = """
parent, child, grade, class, school, school name, class name, teacher, enrolment year, mother, father,
allergies, pickup, bus route, ecole, classe, niveau, pere, mere, enfant, klasse, schule, kind, lehrer, vater,
mutter, escuela, colegio, grado, curso, aula, padre, madre, hijo, scuola, bambino, klas, groep, escola,
turma, serie, filho, szkola, klasa, dziecko, skola, klass, barn, skole, koulu, luokka, lapsi, okul, sinif,
cocuk, школа, класс, ребенок, โรงเรียน, ชั้นเรียน, เด็ก, בית ספר, כיתה, ילד, বিদ্যালয়, শ্রেণি, শিশু, مدرسة,
صف, طفل, 学校, 班级, 年级, 儿童, クラス, 学年, 学校名
"""


def _split(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(words(phrase) for phrase in text.replace("\n", " ").split(",") if phrase.strip()))


STRONG, WEAK = _split(_STRONG), _split(_WEAK)
"""Phrases of column names of which one is enough, and of which it takes two."""


def remarks(evidence: Evidence, findings: Iterable[Finding]) -> tuple[Remark, ...]:
    """One remark for each table that likely holds data of children, with what says so; no value stands in it."""
    sure: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.band in {"certain", "likely"}:
            sure[finding.column.source, finding.column.table].append(finding)
    names: dict[tuple[str, str], list[Column]] = defaultdict(list)
    for column in evidence.columns:
        names[column.source, column.table].append(column)
    made = [(address, "; ".join(_signs(evidence, sure[address], columns))) for address, columns in names.items()]
    return tuple(Remark(*address, "children", f"likely holds data of children: {signs}") for address, signs in made if signs)


def _signs(evidence: Evidence, findings: Iterable[Finding], columns: Iterable[Column]) -> Iterator[str]:
    findings = tuple(findings)
    for finding in findings:
        seen = evidence.columns[finding.column]
        tally = seen.tallies.get(_OF_CHILDREN.get(finding.kind, ""))
        if tally and tally.cells > MOST * (seen.cells - seen.nulls):
            what = "below 18" if finding.kind == "age" else "of somebody below 18"
            yield f"most values of {finding.column.column} are {what}"
    if not any(finding.tier in {"direct", "quasi"} for finding in findings):
        return
    split = [words(column.path or column.column) for column in columns]
    strong = [phrase for phrase in STRONG if any(contains(name, phrase) for name in split)]
    weak = [phrase for phrase in WEAK if any(name == phrase for name in split)]
    if strong or len(weak) > 1:
        yield "columns named after " + ", ".join(f"“{' '.join(phrase)}”" for phrase in (strong or weak)[:4])
