"""Reports to render: a rich one with hostile names, an empty one, an incomplete one, and one of any size."""

from __future__ import annotations

from pii_scan.model import Column, Finding, Remark, Report, Run, Skipped, TableSummary

DPV = "https://w3id.org/dpv/pd#"

HOSTILE = (
    "<script>alert(1)</script>",
    "a|b",
    "two\nlines",
    "cr\rhere",
    "tab\there",
    "\x1b[31mred\x1b[0m",
    "\u202egnp.exe",
    '=cmd|"/c calc"!A0',
    "+1-2",
    "-rm",
    "@SUM(A1)",
    "`tick``tick`",
    "*bold* _it_ ~x~",
    "[link](javascript:alert(1))",
    "![img](https://example.org/x.png)",
    "<!-- comment -->",
    "[bold red]markup[/bold red]",
    "{{ 7*7 }}{% raw %}",
    "back\\slash\\|pipe",
    "שם פרטי",
    "顧客 電話番号",
    "not-utf8-\udcff",
    "null\x00byte",
    "\u2028line separator",
    "zero\u200bwidth",
    "\"quoted\" 'name' &amp; &lt;",
    "www.example.org https://example.org @admin #12",
    "n" * 400,
    " ",
)
"""Names that somebody could give a column, a table or a file."""


def run(*sources: str) -> Run:
    return Run(
        started="2026-11-23T06:30:00Z",
        version="0.1.0",
        ruleset="3f9a2c71d0be",
        settings={"countries": ["FR", "CH"], "min_band": "possible", "sample": None, "ner": True, "show_samples": True},
        sources=sources,
    )


def finding(
    source: str, table: str, column: str, kind: str, entity: str = "", *, path: str = "", band: str = "certain", **more: object
) -> Finding:
    values: dict[str, object] = {
        "probability": {"certain": 0.998, "likely": 0.93, "possible": 0.61, "undetermined": 0.38}[band],
        "column_kind": "values",
        "cells": 1_190,
        "distinct": 1_150,
        "rows": 1_204,
        "share": 0.9917,
        "category": f"{DPV}{kind.title().replace('_', '')}",
        "tier": "direct",
        "reasons": (f"the header names {kind.replace('_', ' ')}", "1,190 of 1,200 values have the shape"),
    }
    return Finding(Column(source, table, column, path), kind, entity, band, **(values | more))  # type: ignore[arg-type]


MEMBERS, STAFF, KYC, LAKE = "exports/members.csv", "sqlite:///shop.sqlite", "exports/investors.parquet", "postgresql://db/lake"


def _special() -> tuple[Finding, ...]:
    nine = {"tier": "special", "article": "Art. 9"}
    return (
        finding(STAFF, "staff", "religion", "religion", band="likely", share=0.87, cells=26, distinct=5, rows=30, **nine),
        finding(
            MEMBERS,
            "members",
            "notes",
            "health",
            "ICD10_CODE",
            band="possible",
            share=0.0004,
            cells=1,
            column_kind="free_text",
            reasons=("1 of 1,204 texts names an illness",),
            runner_up="free_text",
            **nine,
        ),
        finding(STAFF, "staff", "union_fee", "trade_union", band="certain", share=0.4, cells=12, rows=30, **nine),
        finding(KYC, "investors", "record", "criminal_record", path="checks.court", tier="special", article="Art. 10"),
    )


def _ordinary() -> tuple[Finding, ...]:
    return (
        finding(
            MEMBERS,
            "members",
            "contact",
            "email",
            "EMAIL_ADDRESS",
            reasons=("1,190 of 1,200 values are addresses", "the header does not name them"),
            masked_sample=("a****@e******.org", "j***@m***.bd"),
        ),
        finding(MEMBERS, "members", "mobile", "phone", "PHONE_NUMBER", country="BD", masked_sample=("+880 1*** ***21",)),
        finding(
            MEMBERS,
            "members",
            "nid",
            "national_id",
            "BD_NID",
            country="BD",
            band="likely",
            reasons=("ten digits in every cell", "the header says nid", "no check digit exists for this number"),
            runner_up="phone",
        ),
        finding(MEMBERS, "members", "notes", "person_name", "PERSON", band="likely", column_kind="free_text", share=0.31),
        finding(MEMBERS, "members", "joined", "date_of_birth", band="undetermined", tier="quasi", runner_up="none"),
        finding(STAFF, "staff", "surname", "last_name", share=1.0),
        finding(
            STAFF, "staff", "iban", "iban", "IBAN_CODE", share=1.0, reasons=("30 of 30 pass the check digits (chance 1 in 97)",)
        ),
        finding(STAFF, "staff", "c7", "social_security", "FR_NIR", country="FR", band="likely", runner_up="FR_SPI"),
        finding(STAFF, "access_log", "addr", "ip_address", "IP_ADDRESS", tier="quasi", rows=88_120, cells=88_120, share=1.0),
        finding(KYC, "investors", "passport", "passport", "CH_PASSPORT", country="CH", band="likely", runner_up="other_id"),
        finding(KYC, "investors", "address", "city", path="home.city", tier="quasi", band="likely"),
        finding(
            KYC, "investors", "order_no", "payment_card", "CREDIT_CARD", band="possible", share=0.000001, cells=1, rows=1_000_000
        ),
        finding(LAKE, "public.events", "payload", "cookie_id", "COOKIE_ID", path="client.cid", band="possible", tier="quasi"),
    )


def rich() -> Report:
    """Four sources, special categories, what was skipped, remarks, and every hostile name."""
    hostile = "exports/<img src=x onerror=alert(1)>.csv"
    odd = tuple(
        finding(hostile, "odd", name, "username", band="possible", tier="quasi", reasons=(f"the header {name} says little",))
        for name in HOSTILE
    )
    return Report(
        run=run("exports", STAFF, LAKE),
        tables=(
            TableSummary(
                MEMBERS, "members", 1_204, 14, 16_856, 16_856, ("contact", "mobile", "nid", "notes", "joined", "points")
            ),
            TableSummary(hostile, "odd", 3, len(HOSTILE), 3 * len(HOSTILE), 3 * len(HOSTILE), HOSTILE),
            TableSummary(KYC, "investors", 1_000_000, 24, 24_000_000, 23_999_999),
            TableSummary(LAKE, "public.events", 0, 6, 0, 0),
            TableSummary(STAFF, "access_log", 88_120, 5, 440_600, 440_600),
            TableSummary(STAFF, "staff", 30, 11, 330, 330),
        ),
        findings=_special() + _ordinary() + odd,
        skipped=(
            Skipped("exports/broken.parquet", "file", "is cut off: its footer is missing"),
            Skipped(KYC, "cells", "1 cell is longer than 1,000,000 characters", table="investors", column="scan"),
            Skipped(LAKE, "table", "permission denied", table="public.salaries"),
            Skipped(hostile, "rows", "\x1b[2Jcannot <b>be</b> read | at all", table="odd\u202e", unit="=row group 3"),
        ),
        remarks=(
            Remark(MEMBERS, "members", "dialect", 'semicolon, quote ", header found'),
            Remark(MEMBERS, "members", "ragged rows", "2 rows have more cells than the header; kept"),
            Remark(hostile, "odd|", "encoding", "cp1252 <guessed>"),
            Remark(STAFF, "staff", "names in free text", "looked for with en_core_web_sm in 30 of 30 texts"),
        ),
    )


def calm() -> Report:
    """One honest finding in one table, everything examined: what a page must look good with, too."""
    return Report(
        run=run("customers.csv"),
        tables=(TableSummary("customers.csv", "customers", 120, 4, 480, 480),),
        findings=(finding("customers.csv", "customers", "email", "email", "EMAIL_ADDRESS", cells=120, share=1.0, rows=120),),
    )


def clean() -> Report:
    """Everything examined, nothing found."""
    return Report(run=run("prices.csv"), tables=(TableSummary("prices.csv", "prices", 50, 3, 150, 150),))


def incomplete() -> Report:
    """Nothing found, but two parts were not examined."""
    return Report(
        run=run("prices.csv", "gone.csv"),
        tables=(TableSummary("prices.csv", "prices", 50, 3, 150, 120),),
        skipped=(
            Skipped("gone.csv", "file", "cannot be read: permission denied"),
            Skipped("prices.csv", "cells", "30 cells are over the limit", table="prices", column="blob"),
        ),
    )


def nothing() -> Report:
    """No table at all."""
    return Report(run=run("empty-folder"))


def large(findings: int = 1_000) -> Report:
    """As many findings as asked for, in forty tables of ten sources."""
    kinds = (
        "email",
        "phone",
        "person_name",
        "iban",
        "postal_code",
        "health",
        "ip_address",
        "date_of_birth",
        "religion",
        "username",
        "vin",
    )
    bands = ("certain", "likely", "possible", "undetermined")
    special = {"health", "religion"}

    def one(at: int) -> Finding:
        kind = kinds[at % len(kinds)]
        article = "Art. 9" if kind in special else ""
        source = f"s3://warehouse/region-{at % 10}/exports/2026/11/customers_and_orders.parquet"
        column = f"{kind}_of_the_{'primary' if at % 3 else 'secondary_and_rather_longer_named'}_contact_{at}"
        tier = "special" if article else "direct"
        return finding(source, f"table_{at % 40}", column, kind, band=bands[at % 7 % 4], article=article, tier=tier)

    rows = tuple(one(at) for at in range(findings))
    tables = sorted({(each.column.source, each.column.table) for each in rows})
    return Report(
        run=run("s3://warehouse"),
        tables=tuple(TableSummary(source, table, 10_000, 60, 600_000, 600_000) for source, table in tables),
        findings=rows,
    )
