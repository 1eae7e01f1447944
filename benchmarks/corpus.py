#!/usr/bin/env python3
"""A table of customers of any size, seeded, for the speed benchmarks: `python benchmarks/corpus.py ROWS FILE`.

24 columns as a shop's export has them; identifiers carry valid check digits; nothing belongs to a real person.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BLOCK = 65_536
FIRST = "Ada Alan Grace Edsger Barbara Donald Margaret Linus Katherine Dennis Radia Tim Hedy Claude Mary Ken Sofia Luc".split()
LAST = (
    "Lovelace Turing Hopper Dijkstra Liskov Knuth Hamilton Ritchie Johnson Perlman Lamarr Shannon Thompson Martin Rossi".split()
)
STREETS = "High Street;Mill Lane;Station Road;Rue de la Paix;Hauptstraße;Via Roma;Calle Mayor;Church Road;Park Avenue".split(";")
CITIES = "London Paris Berlin Madrid Rome Lyon Hamburg Sevilla Milano Leeds Boston Chicago Denver Austin".split()
FAITHS = ["Roman Catholic", "Protestant", "Muslim", "Hindu", "Jewish", "Buddhist", "None"]
ILLS = ["Type 2 diabetes", "Essential hypertension", "Asthma", "Migraine without aura", "Epilepsy", None, None, None, None]
NOTES = [
    "Customer asked about delivery times for the standing desk; told {n} business days.",
    "Returned the coffee machine, refund of {n}.50 EUR approved.",
    "Spoke with {name} on Monday, prefers to be reached at {phone}.",
    "Please forward the contract to {mail} before Friday.",
    "Price list {n}.2 sent, waiting for a decision by Thursday.",
    "Ticket {order} closed: the router works after a restart.",
]


def luhn(stem: str) -> str:
    """The stem with its Luhn check digit."""
    total = 0
    for place, digit in enumerate(reversed(stem)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return stem + str(-total % 10)


def iban(country: str, body: str) -> str:
    """The IBAN of a numeric account body."""
    number = "".join(str(int(char, 36)) for char in f"{body}{country}00")
    return f"{country}{98 - int(number) % 97:02d}{body}"


def block(seed: int, rows: int) -> pa.RecordBatch:
    """`rows` customers; the same for the same seed."""
    dice = np.random.default_rng(seed)

    def digits(count: int) -> list[str]:
        return [f"{value:0{count}d}" for value in dice.integers(0, 10**count, rows)]

    def pick(values: list[Any]) -> list[Any]:
        return [values[place] for place in dice.integers(0, len(values), rows)]

    first, last = pick(FIRST), pick(LAST)
    number = digits(4)
    mail = [f"{a.lower()}.{b.lower()}{n}@example.org" for a, b, n in zip(first, last, number, strict=True)]
    phone = [f"+44 7400 {tail}" for tail in digits(6)]
    order = digits(10)
    born = [
        f"{y}-{m:02d}-{d:02d}"
        for y, m, d in zip(*(dice.integers(a, b, rows) for a, b in ((1945, 2005), (1, 13), (1, 29))), strict=True)
    ]
    notes = [
        text.format(n=n, name=f"{a} {b}", phone=p, mail=e, order=o)
        for text, n, a, b, p, e, o in zip(pick(NOTES), number, first, last, phone, mail, order, strict=True)
    ]
    columns: dict[str, pa.Array] = {
        "id": pa.array(range(seed * BLOCK, seed * BLOCK + rows), pa.int64()),
        "full_name": pa.array([f"{a} {b}" for a, b in zip(first, last, strict=True)]),
        "first_name": pa.array(first),
        "last_name": pa.array(last),
        "email": pa.array(mail),
        "phone": pa.array(phone),
        "street_address": pa.array([f"{int(n) % 200 + 1} {s}" for n, s in zip(number, pick(STREETS), strict=True)]),
        "city": pa.array(pick(CITIES)),
        "country": pa.array(pick(["United Kingdom", "France", "Germany", "Spain", "Italy", "United States"])),
        "dob": pa.array(born),
        "gender": pa.array(pick(["M", "F", "X"])),
        "passport_no": pa.array(digits(9)),
        "national_id": pa.array([f"{a}-{b}-{c}" for a, b, c in zip(digits(3), digits(2), digits(4), strict=True)]),
        "tax_id": pa.array([f"FR{n[:2]}{luhn(n[2:10])}" for n in digits(10)]),
        "iban": pa.array([iban("DE", body) for body in digits(18)]),
        "credit_card": pa.array([luhn(f"4{body}") for body in digits(14)]),
        "ip_address": pa.array([".".join(map(str, four)) for four in dice.integers(1, 255, (rows, 4))]),
        "user_agent": pa.array(
            [f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/{n}.0 Safari/537.36" for n in digits(3)]
        ),
        "religion": pa.array(pick(FAITHS)),
        "diagnosis": pa.array(pick(ILLS), pa.string()),
        "notes": pa.array(notes),
        "amount": pa.array(np.round(dice.lognormal(4, 1.2, rows), 2)),
        "order_ref": pa.array(order),
        "created_at": pa.array(dice.integers(1_546_300_800, 1_766_000_000, rows), pa.timestamp("s")),
    }
    return pa.RecordBatch.from_pydict(columns)


def write(path: Path, rows: int) -> None:
    """A Parquet file of that many customers."""
    with pq.ParquetWriter(path, block(0, 1).schema, compression="zstd") as writer:
        for number, start in enumerate(range(0, rows, BLOCK)):
            writer.write_batch(block(number, min(BLOCK, rows - start)))


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
