"""An investment platform in Switzerland and Malta: who its investors are, their visits, transactions and letters."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from making import numbers, words
from making.shape import Controller, Field, Nest, Table

COUNT = 100


@dataclass(frozen=True)
class Investor:
    """One made-up investor."""

    first: str
    last: str
    sex: str
    country: str
    born: date

    @property
    def mail(self) -> str:
        """Where the platform writes to."""
        return f"{words.ascii_name(self.first)}.{words.ascii_name(self.last)}@example.{self.country.lower()}"


def controller() -> Controller:
    """A nested Parquet file of profiles and three CSV files."""
    investors = _investors()
    return Controller(
        "investors", "004", (_profiles(investors), _visits(investors), _transactions(investors), _letters(investors))
    )


def _investors() -> list[Investor]:
    rng = random.Random("investors")
    lists = {"CH": words.words("ch_people"), "MT": words.words("mt_people"), "DE": words.words("de_people")}
    made = []
    for _ in range(COUNT):
        country = rng.choice(("CH", "CH", "MT", "MT", "DE"))
        one, other = rng.choice(lists[country]), rng.choice(lists[country])
        made.append(Investor(one[0], other[1], one[2], country, numbers.day(rng, date(1945, 1, 1), date(2004, 12, 31))))
    return made


def _profiles(investors: list[Investor]) -> Table:
    rng = random.Random("investors profiles")
    return Table(
        "investors/profiles.parquet",
        (
            Field("investor_no", "person_id", [f"INV{row:05d}" for row in range(1, COUNT + 1)]),
            Field("first_name", "first_name", [one.first for one in investors], named=("profile data: name",)),
            Field("last_name", "last_name", [one.last for one in investors]),
            Field("gender", "gender", [one.sex for one in investors], named=("gender",)),
            Field("date_of_birth", "date_of_birth", [one.born for one in investors], named=("date of birth",)),
            _contact(rng, investors),
            _documents(rng, investors),
            _tax(rng, investors),
            _life(rng, investors),
            _files(rng),
            Field("risk_class", "none", [rng.randint(1, 5) for _ in investors]),
            Field("rounds_joined", "none", [rng.randint(0, 14) for _ in investors]),
            Field("review_state", "none", [rng.choice(("approved", "pending", "expired")) for _ in investors]),
        ),
    )


def _contact(rng: random.Random, investors: list[Investor]) -> Nest:
    places = [rng.choice(words.places(one.country)) for one in investors]
    return Nest(
        "contact",
        (
            Field("email", "email", [one.mail for one in investors], named=("email address",)),
            Field("telephone", "phone", [numbers.phone_eu(rng, one.country) for one in investors], named=("telephone number",)),
            Field(
                "street", "street_address", [f"{place[0]} {rng.randint(1, 180)}" for place in places], named=("physical address",)
            ),
            Field("postal_code", "postal_code", [place[1] for place in places]),
            Field("city", "city", [place[2] for place in places]),
        ),
    )


def _documents(rng: random.Random, investors: list[Investor]) -> Nest:
    passports = [_passport(rng, one.country) for one in investors]
    return Nest(
        "documents",
        (
            Field("passport_number", "passport", passports, named=("passport number",)),
            Field("passport_mrz", "passport", [_mrz(rng, number, one) for number, one in zip(passports, investors, strict=True)]),
            Field(
                "national_id_card",
                "national_id",
                [_id_card(rng, one.country) for one in investors],
                named=("state or national ID card number",),
            ),
            Field(
                "social_security_number",
                "social_security",
                [numbers.ahv(rng) if one.country == "CH" else None for one in investors],
                named=("social security number",),
            ),
            Field(
                "driving_licence_no",
                "driving_licence",
                [numbers.digits(rng, 12) if rng.random() < 0.8 else None for _ in investors],
                named=("driver's license number",),
            ),
            Field(
                "other_id_card_no",
                "other_id",
                [f"{rng.choice(('TA', 'RP'))}{numbers.digits(rng, 7)}" if rng.random() < 0.5 else None for _ in investors],
                named=("other ID card number",),
            ),
        ),
    )


def _passport(rng: random.Random, country: str) -> str:
    if country == "CH":
        return f"X{numbers.digits(rng, 7)}"
    if country == "MT":
        return numbers.digits(rng, 7)
    return "C" + "".join(rng.choice("0123456789CFGHJKLMNPRTVWXYZ") for _ in range(8))


def _mrz(rng: random.Random, number: str, one: Investor) -> str:
    nation = {"CH": "CHE", "MT": "MLT", "DE": "D"}[one.country]
    return numbers.mrz_line(number, nation, one.born, one.sex, numbers.day(rng, date(2026, 1, 1), date(2034, 12, 31)))


def _id_card(rng: random.Random, country: str) -> str:
    if country == "MT":
        return f"{numbers.digits(rng, 7)}{rng.choice('MGAPL')}"
    if country == "CH":
        return f"E{numbers.digits(rng, 7)}"
    return "L" + "".join(rng.choice("0123456789CFGHJKLMNPRTVWXYZ") for _ in range(8))


def _tax(rng: random.Random, investors: list[Investor]) -> Nest:
    makers = {"CH": numbers.iban_ch, "MT": numbers.iban_mt, "DE": numbers.iban_de}
    return Nest(
        "finance",
        (
            Field("tax_residence", "tax_residence", [one.country for one in investors], named=("tax residence",)),
            Field("tin", "tax_id", [numbers.german_tin(rng) if one.country == "DE" else None for one in investors]),
            Field("iban", "iban", [makers[one.country](rng) for one in investors]),
        ),
    )


def _life(rng: random.Random, investors: list[Investor]) -> Nest:
    return Nest(
        "about",
        (
            Field(
                "interests_and_hobbies",
                "interests",
                [", ".join(rng.sample(words.words("eu_hobbies"), rng.randint(1, 3))) for _ in investors],
                named=("interests and hobbies",),
            ),
            Field(
                "education",
                "education",
                [rng.choice(words.words("eu_studies")) for _ in investors],
                named=("educational details",),
            ),
            Field(
                "job_title",
                "job_title",
                [rng.choice(words.words("eu_jobs")) for _ in investors],
                named=("employment details: position",),
            ),
            Field(
                "employer",
                "employer",
                [rng.choice(words.words("eu_firms")) for _ in investors],
                named=("employment details: employer",),
            ),
        ),
    )


def _files(rng: random.Random) -> Nest:
    names = [numbers.token(rng, 8) for _ in range(COUNT)]
    return Nest(
        "files",
        (
            Field("profile_picture", "photo", [f"kyc/{name}/avatar.png" for name in names], named=("profile pictures",)),
            Field("face_photo", "photo", [f"kyc/{name}/face.jpg" for name in names], named=("photographed image of your face",)),
            Field(
                "passport_scan", "scanned_document", [f"kyc/{name}/passport.pdf" for name in names], named=("scanned passport",)
            ),
            Field(
                "id_card_scan",
                "scanned_document",
                [f"kyc/{name}/id_front.tif" for name in names],
                named=("scanned identification card",),
            ),
            Field(
                "driving_licence_scan",
                "scanned_document",
                [f"kyc/{name}/licence.jpg" for name in names],
                named=("scanned driver's license",),
            ),
            Field(
                "utility_bill_scan",
                "scanned_document",
                [f"kyc/{name}/bill.pdf" for name in names],
                named=("scanned utility bill",),
            ),
            Field(
                "bank_statement_scan",
                "scanned_document",
                [f"kyc/{name}/statement.pdf" for name in names],
                named=("scanned bank account statement",),
            ),
        ),
    )


def _visits(investors: list[Investor]) -> Table:
    rng = random.Random("investors visits")
    count = 170
    who = [rng.choice(investors) for _ in range(count)]
    came = ("https://search.example.com/", "newsletter", "https://partner.example.net/invest", "direct")
    paths = ("/ > /rounds > /rounds/7", "/login > /portfolio", "/ > /about > /signup", "/portfolio > /documents")
    return Table(
        "investors/visits.csv",
        (
            Field("visit_no", "none", list(range(330_001, 330_001 + count))),
            Field("ip_address", "ip_address", [numbers.ip(rng) for _ in who], named=("IP address",)),
            Field("latitude", "geo_coord", [f"{rng.uniform(35.8, 47.7):.5f}" for _ in who], named=("geographical location",)),
            Field("longitude", "geo_coord", [f"{rng.uniform(6.1, 14.5):.5f}" for _ in who]),
            Field("browser", "user_agent", [words.agent(rng) for _ in who], named=("browser type and version",)),
            Field(
                "operating_system", "user_agent", [rng.choice(words.words("systems")) for _ in who], named=("operating system",)
            ),
            Field("referral_source", "search_query", [rng.choice(came) for _ in who], named=("referral source",)),
            Field("length_of_visit", "behaviour", [rng.randint(3, 2400) for _ in who], named=("length of visit",)),
            Field("page_views", "behaviour", [rng.randint(1, 40) for _ in who], named=("page views",)),
            Field("navigation_path", "behaviour", [rng.choice(paths) for _ in who], named=("website navigation paths",)),
            Field("PHPSESSID", "cookie_id", [numbers.token(rng, 26) for _ in who], named=("session cookie",)),
            Field(
                "_ga",
                "cookie_id",
                [f"GA1.2.{numbers.digits(rng, 9)}.17{numbers.digits(rng, 8)}" for _ in who],
                named=("Google Analytics cookie",),
            ),
            Field(
                "cookie_early_code",
                "cookie_id",
                [numbers.token(rng, 8) if rng.random() < 0.3 else None for _ in who],
                named=("invitation cookie",),
            ),
            Field("userType", "none", [rng.choice(("investor", "startup", "partner")) for _ in who]),
            Field("isEmailConfirm", "none", [rng.choice(("1", "0")) for _ in who]),
        ),
        delimiter="|",
    )


def _transactions(investors: list[Investor]) -> Table:
    rng = random.Random("investors transactions")
    who = [rng.choice(investors) for _ in range(90)]
    return Table(
        "investors/transactions.csv",
        (
            Field("transfer_no", "none", [f"T{row:06d}" for row in range(900, 990)]),
            Field("contact_email", "email", [one.mail for one in who], named=("transaction data: contact details",)),
            Field("name_on_card", "person_name", [f"{one.first} {one.last}" for one in who], named=("account data: name",)),
            Field(
                "card_number",
                "payment_card",
                [_spaced(rng, numbers.card(rng)) for _ in who],
                named=("transaction data: card details",),
            ),
            Field("valid_thru", "card_expiry", [f"{rng.randint(1, 12):02d}/{rng.randint(26, 31)}" for _ in who]),
            Field(
                "transaction_amount",
                "transaction",
                [f"{rng.randrange(500, 50_000, 100)}.00" for _ in who],
                named=("the transaction details",),
            ),
            Field("currency", "none", [rng.choice(("CHF", "EUR")) for _ in who]),
            Field("share_class", "none", [rng.choice("AB") for _ in who]),
            Field("units", "none", [rng.randint(1, 400) for _ in who]),
            Field("settled_on", "none", [f"{numbers.day(rng, date(2024, 1, 1), date(2025, 6, 30)):%d.%m.%Y}" for _ in who]),
        ),
        encoding="utf-8",
    )


def _spaced(rng: random.Random, number: str) -> str:
    if rng.random() < 0.5:
        return number
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _letters(investors: list[Investor]) -> Table:
    rng = random.Random("investors letters")
    who = [rng.choice(investors) for _ in range(75)]
    return Table(
        "investors/correspondence.csv",
        (
            Field("letter_no", "none", [f"K-{row}" for row in range(2001, 2076)]),
            Field(
                "from_email", "email", [one.mail for one in who], named=("account data: email address", "correspondence metadata")
            ),
            Field("subject", "none", [rng.choice(("Question", "Re: onboarding", "Complaint", "New round")) for _ in who]),
            Field(
                "message",
                "free_text",
                [_letter(rng, one) for one in who],
                named=("communication content", "information contained in any enquiry"),
                also={"phone": (), "iban": (), "email": (), "person_name": ()},
            ),
            Field(
                "newsletter_subscription",
                "preferences",
                [rng.choice(("weekly", "monthly", "off")) for _ in who],
                named=("subscribing to our email notifications and/or newsletters",),
            ),
            Field("sent_from_ip", "ip_address", [numbers.ipv4(rng) for _ in who]),
            Field("attachments", "none", [rng.randint(0, 3) for _ in who]),
            Field("answered_in_hours", "none", [rng.randint(1, 96) for _ in who]),
        ),
        quote_all=True,
    )


def _letter(rng: random.Random, one: Investor) -> str:
    said = [
        f"Could you call me about the new round? My number is {numbers.phone_eu(rng, one.country)}.",
        f"Bitte überweisen Sie die Rückzahlung auf mein neues Konto {numbers.iban_ch(rng)}, danke.",
        "When will the documents of the second round be published on the platform?",
        "I uploaded the utility bill twice and the page still asks for it, what is missing?",
        f"Please write to {one.mail} from now on, the old address is no longer mine.",
        "The review has been pending for two weeks and I would like to know why.",
    ]
    return " ".join(rng.sample(said, rng.randint(1, 2))) + f"\nKind regards\n{one.first} {one.last}"
