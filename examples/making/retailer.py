"""A retailer in Thailand: customers, staff, orders, job applications, and the access log of its shop."""

from __future__ import annotations

import random
from datetime import date

from making import numbers, words
from making.shape import Controller, Field, Nest, Table


def controller() -> Controller:
    """Tab-separated customers, staff under Thai column names, a Parquet log with a nested column, two plain CSV files."""
    return Controller("retailer", "003", (_customers(), _staff(), _log(), _orders(), _applications()))


def _person(rng: random.Random) -> tuple[str, str, str, str]:
    given, family = rng.choice(words.words("th_given")), rng.choice(words.words("th_family"))
    return given[0], family[0], given[1], family[1]


def _customers() -> Table:
    rng = random.Random("retailer customers")
    count = 160
    people = [_person(rng) for _ in range(count)]
    places = [rng.choice(words.words("th_places")) for _ in range(count)]
    born = [numbers.day(rng, date(1955, 1, 1), date(2006, 12, 31)) for _ in range(count)]
    pins = [numbers.thai_pin(rng) for _ in range(count)]
    return Table(
        "retailer/customers.tsv",
        (
            Field("customer_code", "person_id", [f"TH{row:06d}" for row in range(4400, 4400 + count)]),
            Field("name_th", "person_name", [f"{name[2]} {name[3]}" for name in people]),
            Field("name_en", "person_name", [f"{name[0]} {name[1]}" for name in people], named=("contact information: name",)),
            Field("citizen_id", "national_id", [_grouped(rng, pin) for pin in pins]),
            Field("birthday", "date_of_birth", [f"{day:%d/%m}/{day.year + 543}" for day in born]),
            Field(
                "email",
                "email",
                [f"{_handle(rng, name)}@example.com" for name in people],
                named=("contact information: email address",),
            ),
            Field("phone", "phone", [numbers.phone_th(rng) for _ in people], named=("contact information: phone number",)),
            Field(
                "mailing_address",
                "street_address",
                [
                    f"{rng.randint(1, 999)}/{rng.randint(1, 40)} {rng.choice(words.words('th_streets'))} {place[1]}"
                    for place in places
                ],
                named=("contact information: mailing address",),
            ),
            Field("province", "region", [place[0] for place in places]),
            Field("postcode", "postal_code", [place[2] for place in places]),
            Field(
                "country",
                "country",
                [rng.choice(("Thailand", "ไทย", "TH")) for _ in people],
                named=("contact information: country",),
            ),
            Field("username", "username", [_handle(rng, name) for name in people], named=("profile: username",)),
            Field(
                "locale",
                "locale",
                [rng.choice(("th_TH", "th_TH", "en_US")) for _ in people],
                named=("third-party service: locale",),
            ),
            Field(
                "profile_picture_url",
                "photo",
                [f"https://cdn.example.com/u/{numbers.token(rng, 10)}.jpg" if rng.random() < 0.7 else None for _ in people],
                named=("third-party service: profile picture URL", "profile photo"),
            ),
            Field(
                "notification_preference",
                "preferences",
                [rng.choice(("email", "sms", "email,sms", "none")) for _ in people],
                named=("notification preference",),
            ),
            Field(
                "marketing_preference",
                "preferences",
                [rng.choice(("opt-in", "opt-out")) for _ in people],
                named=("marketing preference",),
            ),
            Field("points", "none", [rng.randint(0, 5400) for _ in people]),
            Field("tier", "none", [rng.choice(("silver", "gold", "platinum")) for _ in people]),
            Field("home_branch", "none", [f"B{rng.randint(1, 42):03d}" for _ in people]),
        ),
        delimiter="\t",
    )


def _handle(rng: random.Random, name: tuple[str, str, str, str]) -> str:
    first, last = name[0].lower(), name[1].lower()
    return rng.choice((f"{first}.{last[0]}", f"{first}{rng.randint(1, 99)}", f"{first}_{last}", f"{last}{rng.randint(10, 99)}"))


def _grouped(rng: random.Random, pin: str) -> str:
    if rng.random() < 0.7:
        return pin
    return f"{pin[0]}-{pin[1:5]}-{pin[5:10]}-{pin[10:12]}-{pin[12]}"


def _staff() -> Table:
    rng = random.Random("retailer staff")
    people = [_person(rng) for _ in range(60)]
    places = [rng.choice(words.words("th_places")) for _ in people]
    return Table(
        "retailer/staff.csv",
        (
            Field("รหัสพนักงาน", "person_id", [f"EMP{row:04d}" for row in range(120, 180)]),
            Field("ชื่อ", "first_name", [name[2] for name in people], named=("employee data: name",)),
            Field("นามสกุล", "last_name", [name[3] for name in people]),
            Field("เลขประจำตัวประชาชน", "national_id", [numbers.thai_pin(rng) for _ in people]),
            Field("ตำแหน่ง", "job_title", [rng.choice(words.words("th_jobs")) for _ in people], named=("job role",)),
            Field("เบอร์โทรศัพท์", "phone", [numbers.phone_th(rng) for _ in people], named=("employee data: phone number",)),
            Field(
                "อีเมล",
                "email",
                [f"{_handle(rng, name)}@example.co.th" for name in people],
                named=("employee data: email address",),
            ),
            Field(
                "ที่อยู่",
                "street_address",
                [f"{rng.randint(1, 400)} {rng.choice(words.words('th_streets'))} {place[1]}" for place in places],
            ),
            Field("เงินเดือน", "income", [rng.randrange(15_000, 78_000, 500) for _ in people]),
            Field("สาขา", "none", [f"B{rng.randint(1, 42):03d}" for _ in people]),
            Field("กะ", "none", [rng.choice(("เช้า", "บ่าย", "ดึก")) for _ in people]),
        ),
    )


def _log() -> Table:
    rng = random.Random("retailer log")
    count = 200
    sites = ("https://www.example.com/compare?sku=", "https://social.example.net/post/", "https://news.example.org/deals/")
    sought = ("โน้ตบุ๊ก ราคาถูก", "usb c cable", "หูฟัง gaming", "power bank 20000", "เคสไอโฟน", None)
    return Table(
        "retailer/access_log.parquet",
        (
            Field("request_no", "none", list(range(7_700_001, 7_700_001 + count))),
            Field(
                "client_ip", "ip_address", [numbers.ip(rng) for _ in range(count)], named=("internet protocol (IP) addresses",)
            ),
            Field("user_agent", "user_agent", [words.agent(rng) for _ in range(count)], named=("browser type",)),
            Field(
                "referrer_url",
                "search_query",
                [f"{rng.choice(sites)}{rng.randint(100, 999)}" for _ in range(count)],
                named=("URLs of referring pages",),
            ),
            Field(
                "exit_page_url",
                "search_query",
                [f"{rng.choice(sites)}{rng.randint(100, 999)}" for _ in range(count)],
                named=("URLs of exit pages",),
            ),
            Field("search_terms", "search_query", [rng.choice(sought) for _ in range(count)], named=("search history",)),
            Field(
                "accept_language",
                "locale",
                [rng.choice(("th", "th-TH", "en")) for _ in range(count)],
                named=("language preferences",),
            ),
            Field(
                "location_province",
                "region",
                [rng.choice(words.words("th_places"))[0] for _ in range(count)],
                named=("location preferences",),
            ),
            Field("session_cookie", "cookie_id", [numbers.token(rng, 32) for _ in range(count)], named=("cookies",)),
            Nest(
                "device",
                (
                    Field(
                        "imei", "device_id", [numbers.imei(rng) for _ in range(count)], named=("device identification numbers",)
                    ),
                    Field(
                        "os",
                        "user_agent",
                        [rng.choice(words.words("systems")) for _ in range(count)],
                        named=("operating system",),
                    ),
                    Field("screen_width", "none", [rng.choice((390, 412, 1440, 1920)) for _ in range(count)]),
                ),
            ),
            Field("status_code", "none", [rng.choice((200, 200, 200, 304, 404, 500)) for _ in range(count)]),
            Field("bytes_sent", "none", [rng.randint(180, 240_000) for _ in range(count)]),
            Field("requested_at", "none", [numbers.moment(rng, date(2025, 4, 1), date(2025, 4, 30)) for _ in range(count)]),
        ),
    )


def _orders() -> Table:
    rng = random.Random("retailer orders")
    count = 180
    prices = [rng.randrange(90, 38_000, 10) for _ in range(count)]
    said = words.words("th_comments")
    comments = [" ".join(rng.sample(said, rng.randint(1, 2))) if rng.random() < 0.5 else None for _ in range(count)]
    return Table(
        "retailer/orders.csv",
        (
            Field("order_no", "none", [f"SO-{2506000 + row}" for row in range(count)]),
            Field("customer_code", "person_id", [f"TH{rng.randint(4400, 4559):06d}" for _ in range(count)]),
            Field("sku", "none", [f"{rng.choice('ABCDE')}{rng.randint(10000, 99999)}" for _ in range(count)]),
            Field("item", "none", [rng.choice(words.words("th_goods")) for _ in range(count)]),
            Field("quantity", "none", [rng.randint(1, 4) for _ in range(count)]),
            Field("unit_price", "none", prices),
            Field("vat_rate", "none", ["7%"] * count),
            Field(
                "transaction_amount",
                "transaction",
                [f"{price * 1.07:,.2f}" for price in prices],
                named=("transaction data",),
            ),
            Field("stock_left", "none", [rng.randint(0, 900) for _ in range(count)]),
            Field("order_status", "none", [rng.choice(("shipped", "packed", "returned", "paid")) for _ in range(count)]),
            Field("ordered_on", "none", [f"{numbers.day(rng, date(2025, 4, 1), date(2025, 6, 30))}" for _ in range(count)]),
            Field("survey_comment", "free_text", comments, named=("surveys",)),
        ),
    )


def _applications() -> Table:
    rng = random.Random("retailer applications")
    people = [_person(rng) for _ in range(45)]
    phones = [numbers.phone_th(rng) for _ in people]
    letters = [
        rng.choice(
            (
                f"I worked in a phone shop for three years and can start next month, call me at {phone}.",
                "My teacher told me about this position and I would like to learn the trade in your branch.",
                "ดิฉันสนใจสมัครงานตำแหน่งนี้และพร้อมเริ่มงานทันที",
            )
        )
        for phone in phones
    ]
    studied = ("B.B.A. Marketing", "High school", "Vocational certificate, electronics", "ปวส. คอมพิวเตอร์ธุรกิจ")
    return Table(
        "retailer/job_applications.csv",
        (
            Field("vacancy", "none", [f"V-{rng.randint(1, 12):02d}" for _ in people]),
            Field("applicant_name", "person_name", [f"{name[0]} {name[1]}" for name in people], named=("apply for a job: name",)),
            Field(
                "applicant_email",
                "email",
                [f"{_handle(rng, name)}@example.net" for name in people],
                named=("apply for a job: email",),
            ),
            Field("applicant_phone", "phone", phones, named=("apply for a job: phone",)),
            Field("education", "education", [rng.choice(studied) for _ in people], named=("apply for a job: education",)),
            Field(
                "previous_employer", "employer", [rng.choice(("Siam Gadget", "Lanna Phones", "Andaman IT", None)) for _ in people]
            ),
            Field("expected_salary", "income", [rng.randrange(15_000, 40_000, 1000) for _ in people]),
            Field("cover_letter", "free_text", letters, named=("web forms",)),
            Field("days_to_answer", "none", [rng.randint(1, 30) for _ in people]),
            Field("stage", "none", [rng.choice(("new", "interview", "closed")) for _ in people]),
        ),
    )
