"""A cooperative in Bangladesh: members with loans, its employees, guests of its events, and messages."""

from __future__ import annotations

import random
from datetime import date, timedelta

from making import numbers, words
from making.shape import Controller, Field, Table


def controller() -> Controller:
    """The cooperative's four tables, all CSV."""
    return Controller("somity", "000", (_members(), _employees(), _guests(), _messages()))


def _person(rng: random.Random) -> tuple[str, str]:
    given, family = rng.choice(words.words("bd_given")), rng.choice(words.words("bd_family"))
    return f"{given[0]} {family[0]}", f"{given[1]} {family[1]}"


def _mail(rng: random.Random, name: str) -> str:
    return f"{words.ascii_name(name)}{rng.randint(1, 99)}@example.com"


def _members() -> Table:
    rng = random.Random("somity members")
    count = 120
    people = [_person(rng) for _ in range(count)]
    born = [numbers.day(rng, date(1950, 1, 1), date(2003, 12, 31)) for _ in range(count)]
    phones = [numbers.phone_bd(rng) for _ in range(count)]
    places = [rng.choice(words.words("bd_districts")) for _ in range(count)]
    shares = [rng.randint(1, 60) for _ in range(count)]
    return Table(
        "somity/members.csv",
        (
            Field("member_no", "person_id", [f"BBS-{1001 + row}" for row in range(count)]),
            Field("name_bn", "person_name", [name[1] for name in people]),
            Field("name_en", "person_name", [name[0] for name in people], named=("contacts and customers: names",)),
            Field("father_or_husband", "person_name", [_person(rng)[0] for _ in people]),
            Field("nid_no", "national_id", [numbers.nid(rng, day) for day in born]),
            Field("tin", "tax_id", [numbers.digits(rng, 12) if rng.random() < 0.4 else None for _ in people]),
            Field("mobile", "phone", phones, named=("phone numbers",)),
            Field("bkash_no", "phone", [phone if rng.random() < 0.7 else numbers.phone_bd(rng) for phone in phones]),
            Field(
                "email",
                "email",
                [_mail(rng, name[0]) if rng.random() < 0.35 else None for name in people],
                named=("emails", "contact information"),
            ),
            Field("date_of_birth", "date_of_birth", [f"{day:%d/%m/%Y}" for day in born]),
            Field("gender", "gender", [rng.choice("MF") for _ in people]),
            Field(
                "village", "street_address", [f"{rng.choice(words.words('bd_villages'))}, P.O. {place[0]}" for place in places]
            ),
            Field("district", "region", [rng.choice(place) for place in places]),
            Field("occupation", "job_title", [rng.choice(words.words("bd_work")) for _ in people]),
            Field("nominee_name", "person_name", [_person(rng)[rng.randint(0, 1)] for _ in people]),
            Field(
                "nominee_relation", "household", [rng.choice(("wife", "husband", "son", "daughter", "mother")) for _ in people]
            ),
            Field("nominee_nid", "national_id", [numbers.nid(rng, day + timedelta(days=7000)) for day in born]),
            Field("picture", "photo", [f"pictures/members/{1001 + row}.jpg" for row in range(count)], named=("pictures",)),
            Field(
                "marketing_opt_out",
                "preferences",
                [rng.choice(("yes", "yes", "no")) for _ in people],
                named=("marketing opt-out",),
            ),
            Field("share_count", "none", shares),
            Field("share_value_bdt", "none", [share * 100 for share in shares]),
            Field("loan_no", "none", [f"LN{rng.randint(20, 24)}{row:05d}" if row % 3 else None for row in range(count)]),
            Field("loan_weeks_left", "none", [rng.randint(0, 45) if row % 3 else None for row in range(count)]),
            Field("status", "none", [rng.choice(("active", "active", "active", "dormant")) for _ in people]),
            Field("joined_on", "none", [f"{numbers.day(rng, date(2012, 1, 1), date(2025, 6, 30)):%d/%m/%Y}" for _ in people]),
        ),
        encoding="utf-8-sig",
    )


def _employees() -> Table:
    rng = random.Random("somity employees")
    people = [_person(rng)[0] for _ in range(40)]
    return Table(
        "somity/employees.csv",
        (
            Field("employee_id", "person_id", [f"E{17 + 3 * row:03d}" for row in range(40)]),
            Field("employee_name", "person_name", people, named=("list of employees: names",)),
            Field(
                "designation",
                "job_title",
                [rng.choice(("Field officer", "Cashier", "Manager", "Accountant", "Guard")) for _ in people],
            ),
            Field("phone", "phone", [numbers.phone_bd(rng) for _ in people], named=("list of employees: phone numbers",)),
            Field("email", "email", [_mail(rng, name) for name in people], named=("list of employees: emails",)),
            Field("monthly_salary_bdt", "income", [rng.randrange(12_000, 65_000, 500) for _ in people]),
            Field("branch_code", "none", [f"BR-{rng.randint(1, 9):02d}" for _ in people]),
            Field("desk", "none", [f"{rng.choice('ABC')}{rng.randint(1, 20)}" for _ in people]),
        ),
    )


def _guests() -> Table:
    rng = random.Random("somity guests")
    people = [_person(rng)[0] for _ in range(60)]
    firms = ("Padma Agro Traders", "Meghna Dairy", "Jamuna Handloom", "Shitalpati Crafts", "Uttara Seeds", "Karnaphuli Fisheries")
    return Table(
        "somity/event_guests.csv",
        (
            Field("booking_no", "none", [f"EV24-{row:04d}" for row in range(1, 61)]),
            Field("guest_name", "person_name", people, named=("event registration: name",)),
            Field("email_address", "email", [_mail(rng, name) for name in people], named=("event registration: email address",)),
            Field("phone_number", "phone", [numbers.phone_bd(rng) for _ in people], named=("event registration: phone number",)),
            Field(
                "company_name", "company_name", [rng.choice(firms) for _ in people], named=("event registration: company name",)
            ),
            Field("event", "none", [rng.choice(("Annual meeting", "Seed fair", "Bookkeeping workshop")) for _ in people]),
            Field("seats", "none", [rng.randint(1, 4) for _ in people]),
            Field("fee_bdt", "none", [rng.choice((0, 150, 300)) for _ in people]),
        ),
        delimiter=";",
    )


def _messages() -> Table:
    rng = random.Random("somity messages")
    senders = [_person(rng)[0] for _ in range(80)]
    bodies = [_message(rng, sender) for sender in senders]
    return Table(
        "somity/messages.csv",
        (
            Field("message_no", "none", [50_000 + 7 * row for row in range(80)]),
            Field("sender", "person_name", senders),
            Field(
                "body",
                "free_text",
                bodies,
                named=("messages",),
                also={"phone": ("messages: phone numbers",), "email": ("messages: emails",), "person_name": ()},
            ),
            Field("channel", "none", [rng.choice(("sms", "app", "desk")) for _ in senders]),
            Field("sent_at", "none", [numbers.moment(rng, date(2025, 1, 1), date(2025, 6, 30)).isoformat(" ") for _ in senders]),
        ),
        quote_all=True,
    )


def _message(rng: random.Random, sender: str) -> str:
    said = [
        f"Please call me back, my new number is {numbers.phone_bd(rng)}.",
        f"I could not open the passbook in the app, send it to {_mail(rng, sender)} instead.",
        f"My sister {_person(rng)[0]} wants to become a member, which papers does she have to bring?",
        "The office was closed on Thursday, when can we pay the weekly savings?",
        "I would like to take a second loan for seeds before the rain starts.",
        "The collector did not come to our village this week.",
        "কিস্তির টাকা জমা দেওয়া হয়েছে, রসিদ এখনো পাইনি।",
        "Thank you, the share certificate arrived yesterday.",
    ]
    return " ".join(rng.sample(said, rng.randint(1, 2)))
