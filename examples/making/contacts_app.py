"""A contacts app from Israel: one SQLite database of accounts, linked accounts, contacts with notes, events and payments."""

from __future__ import annotations

import random
from datetime import date

from making import numbers, words
from making.shape import Controller, Field, Nest, Table

FILE = "contacts_app/app.sqlite"
ACCOUNTS = 90


def controller() -> Controller:
    """The app's database."""
    return Controller("contacts_app", "001", (_accounts(), _linked(), _contacts(), _events(), _payments()))


def _person(rng: random.Random) -> tuple[str, str]:
    given, family = rng.choice(words.words("il_given")), rng.choice(words.words("il_family"))
    return f"{given[0]} {family[0]}", f"{given[1]} {family[1]}"


def _people() -> list[tuple[str, str]]:
    rng = random.Random("contacts_app people")
    return [_person(rng) for _ in range(ACCOUNTS)]


def _handle(rng: random.Random, name: str) -> str:
    first, last = words.ascii_name(name.split(" ", 1)[0]), words.ascii_name(name.split(" ", 1)[1])
    return rng.choice(
        (f"{first}.{last}", f"{first}_{rng.randint(1, 99)}", f"{first[0]}{last}{rng.randint(70, 99)}", f"{last}{first}")
    )


def _accounts() -> Table:
    rng = random.Random("contacts_app accounts")
    people = _people()
    places = [rng.choice(words.words("il_places")) for _ in people]
    return Table(
        FILE,
        (
            Field("id", "person_id", list(range(1, ACCOUNTS + 1))),
            Field("full_name", "person_name", [rng.choice(name) for name in people], named=("name",)),
            Field("username", "username", [_handle(rng, name[0]) for name in people], named=("user name",)),
            Field("email", "email", [f"{_handle(rng, name[0])}@example.org" for name in people], named=("email address",)),
            Field("password_hash", "password", [numbers.bcrypt(rng) for _ in people], named=("password",)),
            Field(
                "phone",
                "phone",
                [numbers.phone_il(rng) if rng.random() < 0.8 else None for _ in people],
                named=("telephone number",),
            ),
            Field(
                "address",
                "street_address",
                [f"{rng.choice(words.words('il_streets'))} St {rng.randint(1, 140)}, {place[0]}" for place in places],
                named=("address",),
            ),
            Field("signup_ip", "ip_address", [numbers.ip(rng) for _ in people], named=("IP address",)),
            Field("signup_browser", "user_agent", [words.agent(rng) for _ in people], named=("browser information",)),
            Field(
                "wants_newsletter", "preferences", [rng.randint(0, 1) for _ in people], named=("preference not to receive email",)
            ),
            Field("plan", "none", [rng.choice(("free", "free", "pro", "team")) for _ in people]),
            Field("login_count", "behaviour", [rng.randint(1, 900) for _ in people]),
            Field("created_at", "none", [numbers.moment(rng, date(2022, 1, 1), date(2025, 6, 1)).isoformat(" ") for _ in people]),
        ),
        table="accounts",
    )


def _linked() -> Table:
    rng = random.Random("contacts_app linked")
    people = _people()[:60]
    mails = [f"{_handle(rng, name[0])}@example.net" for name in people]
    return Table(
        FILE,
        (
            Field("account_id", "person_id", list(range(1, 61))),
            Field("provider", "none", [rng.choice(("facebook", "google", "linkedin")) for _ in people]),
            Field("provider_user_id", "person_id", [numbers.digits(rng, 15) for _ in people], named=("third-party account",)),
            Field(
                "access_token",
                "secret",
                [f"EAAB{numbers.token(rng, 40)}" for _ in people],
                named=("third-party account credentials",),
            ),
            Nest(
                "profile",
                (
                    Field("name", "person_name", [name[0] for name in people], named=("third-party account information: name",)),
                    Field("email", "email", mails, named=("third-party account information: email",)),
                    Field("friends", "none", [rng.randint(3, 1400) for _ in people]),
                ),
            ),
            Field("scope", "none", [rng.choice(("basic", "basic,contacts")) for _ in people]),
            Field("linked_at", "none", [numbers.moment(rng, date(2023, 1, 1), date(2025, 6, 1)).isoformat(" ") for _ in people]),
        ),
        table="linked_accounts",
    )


def _contacts() -> Table:
    rng = random.Random("contacts_app contacts")
    people = [_person(rng) for _ in range(140)]
    return Table(
        FILE,
        (
            Field("id", "person_id", list(range(1, 141))),
            Field("owner_id", "person_id", [rng.randint(1, ACCOUNTS) for _ in people]),
            Field("contact_name", "person_name", [rng.choice(name) for name in people]),
            Field("mobile", "phone", [numbers.phone_il(rng) for _ in people]),
            Field("mail", "email", [f"{_handle(rng, name[0])}@example.com" if rng.random() < 0.6 else None for name in people]),
            Field("company", "company_name", [rng.choice(("Galil Optics", "Negev Solar", "Yarkon Media", None)) for _ in people]),
            Field(
                "private_note",
                "free_text",
                [_note(rng) for _ in people],
                named=("notes you compose about your contacts",),
                also={"phone": (), "email": (), "person_name": ()},
            ),
            Field("label", "none", [rng.choice(("work", "family", "school", "gym")) for _ in people]),
            Field("times_called", "none", [rng.randint(0, 120) for _ in people]),
        ),
        table="contacts",
    )


def _note(rng: random.Random) -> str | None:
    other = _person(rng)[0]
    said = [
        f"Met at the trade fair with {other}, promised to send the price list next week.",
        f"Prefers calls after six, otherwise try the office at {numbers.phone_il(rng)}.",
        f"Assistant is {other}, write to {_handle(rng, other)}@example.com for a meeting.",
        "לא להתקשר בשבת, מעדיף הודעות.",
        "Birthday dinner in the old harbour, bring the photos.",
        "Still owes me the book about sailing.",
        "Moves to another department in autumn, ask again then.",
    ]
    return " ".join(rng.sample(said, rng.randint(1, 2))) if rng.random() < 0.85 else None


def _events() -> Table:
    rng = random.Random("contacts_app events")
    count = 200
    places = [rng.choice(words.words("il_places")) for _ in range(count)]
    agents = [words.agent(rng) for _ in range(count)]
    came = (
        "https://search.example.com/?q=contact+notes",
        "https://blog.example.org/apps",
        "https://social.example.net/p/381",
        None,
    )
    searched = ("contacts app with notes", "how to remember birthdays", "crm for one person", "אפליקציית אנשי קשר", None, None)
    pages = ("/contacts", "/contacts/new", "/settings/privacy", "/login", "/contacts/search")
    return Table(
        FILE,
        (
            Field("event_id", "none", list(range(90_001, 90_001 + count))),
            Field("account_id", "person_id", [rng.randint(1, ACCOUNTS) for _ in range(count)]),
            Field("ip", "ip_address", [numbers.ip(rng) for _ in range(count)], named=("server logs: IP address",)),
            Field("session_cookie", "cookie_id", [numbers.token(rng, 26) for _ in range(count)], named=("cookie information",)),
            Field("user_agent", "user_agent", agents, named=("information about the device: browser",)),
            Field(
                "device_os", "user_agent", [rng.choice(words.words("systems")) for _ in range(count)], named=("operating system",)
            ),
            Field("page_requested", "behaviour", [rng.choice(pages) for _ in range(count)], named=("the page you requested",)),
            Field("referrer", "search_query", [rng.choice(came) for _ in range(count)], named=("how a user came to this site",)),
            Field("search_keywords", "search_query", [rng.choice(searched) for _ in range(count)], named=("search keywords",)),
            Field("city", "city", [place[0] for place in places], named=("city of users",)),
            Field("region", "region", [place[1] for place in places], named=("region of users",)),
            Field("country", "country", [place[2] for place in places], named=("country location of users",)),
            Nest(
                "metadata",
                (
                    Field(
                        "user_action",
                        "behaviour",
                        [rng.choice(("btn-save", "btn-call", "lnk-privacy", "fld-note", "img-avatar")) for _ in range(count)],
                        named=("elements a user has interacted with",),
                    ),
                    Field("duration_ms", "none", [rng.randint(3, 4000) for _ in range(count)]),
                ),
            ),
            Field(
                "event_time",
                "none",
                [numbers.moment(rng, date(2025, 5, 1), date(2025, 5, 31)).isoformat() + "Z" for _ in range(count)],
            ),
            Field("http_status", "none", [rng.choice((200, 200, 200, 302, 404)) for _ in range(count)]),
        ),
        table="events",
    )


def _payments() -> Table:
    rng = random.Random("contacts_app payments")
    holders = [rng.choice(_people())[0] for _ in range(70)]
    return Table(
        FILE,
        (
            Field("invoice_no", "none", [f"2025-{row:05d}" for row in range(1, 71)]),
            Field("account_id", "person_id", [rng.randint(1, ACCOUNTS) for _ in holders]),
            Field("card_holder", "person_name", [name.upper() for name in holders]),
            Field("card_number", "payment_card", [numbers.card(rng) for _ in holders], named=("credit card information",)),
            Field("card_expiry", "card_expiry", [f"{rng.randint(1, 12):02d}/{rng.randint(26, 30)}" for _ in holders]),
            Field("amount", "none", [rng.choice((9.9, 19.9, 49.0)) for _ in holders]),
            Field("currency", "none", [rng.choice(("ILS", "USD", "EUR")) for _ in holders]),
            Field("state", "none", [rng.choice(("paid", "paid", "refunded")) for _ in holders]),
        ),
        table="payments",
    )
