"""The numbers of the verdict, in nats of log-likelihood, in one place so that they can be read and fitted."""

from __future__ import annotations

from collections.abc import Mapping

from pii_scan.model import Band

PRIOR = -3.5
"""A column of which nothing is known holds a given kind: about 1 in 33."""

HEADER_WHOLE = 5.2
"""The name of the column is a phrase of the kind."""
HEADER_END = 4.6
"""The phrase ends the name, or what follows says nothing (`billing_city`, `phone_number`)."""
HEADER_BEGIN = 3.2
"""The phrase begins or stands within the name (`email_campaign`)."""
HEADER_MODIFIED = -2.5
"""The rest of the name turns it into something about the kind (`phone_verified_at`, `city_id`)."""
HINT_WHOLE = 2.4
HINT_END = 1.8
HINT_BEGIN = 0.8
LONGER = 0.3
"""For each further word of the phrase that matched."""

TABLE = 1.0
"""The table's name suits the kind."""
THINGS = -1.2
"""The table is one of things (`products`), and the kind is one of people's."""
NEIGHBOURS = 1.2
"""Two or more other columns of the table name direct identifiers, or describe a person."""
NOBODYS = -6.5
"""A place, a date, a trait in a table of things, or places in a table that knows nobody: the kind is right, but whose is it?"""
ADDRESS_OF_THINGS = -10.0
"""The address of a thing, in a table that knows no person: values leave no doubt that it is one, but whose is it?"""
NAME_OF_THINGS = -3.5
"""A bare `name` or `title` in a table of things, and what would be sensitive of a person; its values can outweigh it."""
NAME_OF_PEOPLE = 1.0
"""A bare `name` in a table of people."""
PART_OF_CARD = 2.5
"""Month and year of expiry beside a card number."""
PART_OF_ADDRESS = 1.0
"""An ambiguous name of a place (`state`) beside others of an address."""
WITNESSES = 2
"""Other columns that must speak of a person before they count."""
REFERENCE = 0.94
"""The most that a column can be sure of by what it refers to."""

FORM_OF_THINGS = 1.0
"""The most that the form of a thing (a URL, a UUID) says against a kind that the header names."""
CONTRADICTED = -5.0
"""The values cannot be of the kind that the header names."""
DOUBTED = -2.0
"""Few of the values have a shape of the kind that the header names."""
SUITS = 0.8
"""Nearly all values have a shape of the kind, which proves little."""

STRONG_SHAPES: Mapping[str, float] = {
    "EMAIL_ADDRESS": 9.0,
    "IBAN_CODE": 9.0,
    "IP_ADDRESS": 8.0,
    "MAC_ADDRESS": 8.0,
    "USER_AGENT": 9.0,
    "PASSWORD_HASH": 6.5,
    "SECRET": 9.0,
    "MRZ": 9.0,
    "IMAGE": 7.0,
    "IMAGE_FILE": 2.6,
    "DOCUMENT_FILE": 2.0,
    "COOKIE_ID": 6.0,
    "GEO_COORD": 3.0,
    "PHONE_NUMBER": 4.2,
    "STREET_ADDRESS": 6.0,
    "POSTAL_CODE_OF_LETTERS": 4.8,
    "URL_PROFILE": 6.0,
    "HEALTH_CONDITION": 6.0,
    "ICD10_CODE": 4.5,
    "GENETIC": 6.0,
    "CRIMINAL_RECORD": 5.0,
    "RELIGION": 5.5,
    "POLITICAL_OPINION": 5.0,
    "TRADE_UNION": 5.0,
    "SEXUAL_ORIENTATION": 5.5,
    "SEX_LIFE": 5.0,
    "ETHNICITY": 4.5,
    "BIOMETRIC": 7.5,
    "PHILOSOPHICAL_BELIEF": 4.5,
    "BLOOD_GROUP": 5.5,
    "UUID": 6.0,
    "URL": 6.0,
    "HEX_HASH": 6.0,
    "THING_NUMBER": 5.0,
    "NAMED_ID": 2.5,
}
"""Entities whose form or words alone are telling: what a column full of them adds."""
FULL_COLUMN: Mapping[str, float] = {"PHONE_NUMBER": 7.0, "STREET_ADDRESS": 7.5, "GEO_COORD": 6.0, "ETHNICITY": 6.0}
"""The same, where the form of one cell, which counts among others and in sentences, says less than that of a whole column."""
LONG_FORMS = frozenset({"STREET_ADDRESS", "USER_AGENT"})
"""Forms of many words: a column of cells that are one each holds no sentences."""
FEW_FORMS = 0.75
"""What few distinct values of a telling form count at least: a form is one whether it is seen twice or a hundred times."""
BEARERS: Mapping[str, str] = {"POSTAL_CODE": "POSTAL_CODE_OF_LETTERS"}
"""Plain forms, and the telling ones of which some suffice to say what the whole column is: codes of many countries."""
LENT: Mapping[str, frozenset[str]] = {
    "tax_residence": frozenset({"country"}),
    "birthplace": frozenset({"city", "region", "country"}),
    "nationality": frozenset({"country"}),
}
"""Kinds whose values are those of others: where the name says `tax_residence`, a list of countries bears it out."""
BEARERS_LEAST, BEARERS_SHARE, BORNE = 3, 0.05, 4.8
"""How many of them, in what share of the cells, and what the column then adds."""

LISTS: Mapping[str, float] = {
    "FIRST_NAME": 4.6,
    "LAST_NAME": 4.8,
    "PERSON": 7.0,
    "CITY": 4.2,
    "COUNTRY": 5.2,
    "REGION": 4.4,
    "GENDER": 5.0,
    "NATIONALITY": 4.2,
    "LANGUAGE": 4.9,
    "LOCALE": 4.5,
    "MARITAL_STATUS": 5.0,
    "EDUCATION": 4.0,
    "JOB_TITLE": 6.8,
    "NAME_AFFIX": 5.0,
}
"""Word lists: what a column whose every distinct value is on the list adds."""

OF_A_FORM = frozenset({"PERSON"})
"""Lists against which only values of a certain form are held: two words, as of a name."""
LIST_SHARES: Mapping[str, tuple[float, float]] = {
    "PERSON": (0.25, 0.65),
    "LAST_NAME": (0.45, 0.8),
    "COUNTRY": (0.5, 0.95),
    "REGION": (0.5, 0.95),
}
"""Shares of the distinct values at which a list begins to speak and says all, where they are not `LIST_SHARE`."""
LIST_SHARE = (0.3, 0.8)
"""A list of common words holds some values of any column: below the first it says nothing, at the second all."""

CLOSED = frozenset({"GENDER", "MARITAL_STATUS", "NAME_AFFIX", "LANGUAGE", "NATIONALITY"})
"""Lists of few words, of which two different ones fill a column; of an open one, such as names, more must be on it."""
CLOSED_FULL = 2
OPEN_FULL = 8
"""Distinct values on a closed and on an open list from which it says all it can."""

CHECKED_MOST = 9.0
"""The most that check digits add."""
NARROWER, NARROWER_MOST = 1.3, 3.0
"""By how much more chance lets through the laxer of two checks that both hold for a whole column, to count against it, and the
most that it costs: were the numbers of the laxer sort, few would keep the stricter rule."""
SOME = 3.0
"""Nats beyond chance from which an entity has its part in a mixed column."""
FULL = 0.9
"""Share of the cells from which a column counts as full of an entity."""
COMPLETED = 0.4
"""Share of the cells with a telling form from which plainer forms of its kind (a number without a sign) complete it."""
PROVEN = 1.0
"""Nats, the prior taken off, from which values under a name that says nothing are as good a witness as a name."""
TOLD = 0.5
"""Share of the cells that must hold a number before the column is said to tell what the number tells (a birth date)."""
NEEDLE = 6.0
"""Nats beyond chance that a minority entity needs to be reported."""
ALONE = 4.6
"""What it adds that nothing else in a large column has the form of a needle: an odd cell is the likelier to be one."""
ALONE_AMONG = 500
"""Cells of a column from which that can be said."""
ALONE_SHARE = 0.001
"""Share of the cells that may have the form."""
NEEDLE_AT = 6.5
"""Nats at which a minority entity is as likely as not: the price of asking hundreds of recognizers at once."""
ATTRIBUTED = 0.94
"""How sure it is that values are what the attributes beside them say, where they look it."""
ATTRIBUTED_LEAST = 0.4
"""How many of the values must look it, of those that the attributes say it of: no list of names is complete."""
NAMED_IN_TEXT = frozenset({"STREET_ADDRESS"})
"""Forms that sentences take on by accident ("refund of 41 EUR. Returned the docking station"): they need a naming word."""
NAMED_DIGITS = frozenset({"PHONE_NUMBER"})
"""Forms that plain digits in a sentence take on by accident ("ticket 0452251153"): without a sign they need a word."""
SELDOM = 0.001
"""Share of the texts below which the words of a list, found in sentences, may be somebody's name."""
IN_TEXT = frozenset({"PERSON", "NAMED_ID"})
"""What the model and the readers find inside sentences that makes a column personal; a place alone does not."""

WORDED = frozenset(
    "person_name first_name last_name middle_name maiden_name name_affix email street_address city country gender marital_status "
    "nationality language employer job_title religion political_opinion url_profile user_agent locale".split()
)
"""Kinds that a column of plain numbers cannot hold (codes for them may be meant, but then not the words)."""
PROSE = frozenset({"free_text", "search_query", "interests", "preferences", "behaviour", "education", "job_title"})
"""Kinds whose cells may well be sentences."""
BORNE_OUT = 0.15
"""Share of the cells that bears out a name of two senses (`race`, `stroke`)."""
NOT_BORNE_OUT = -4.5
"""A name of two senses over words that no list of its special category holds."""
NOT_BORNE_OUT_BY_CODES = -0.9
"""The same over codes, which neither bear it out nor refute it."""
NOT_BORNE_OUT_BY_ANSWERS = -1.5
"""The same over two or three words (`active`, `failed`), which as often answer something else."""
SIGNS = 4.2
"""What a column full of words adds that only suggest a special category."""
GUESSED = 0.4
"""The most that a sign makes of a special category: `possible`."""
RECORD_KEY = 0.4
"""The most that the running number of a table's own records makes of a person's identifier: `possible`."""
RECORD_KEY_DISTINCT = 0.9
"""Share of the cells that must differ, as those of a key do."""
TELLING_VALUES = 5
"""Distinct values with words of one sense that make a column of a special category."""
LISTED_ONLY = 0.6
"""What a value counts for whose words may mean something else as well."""
LISTS_FULL = 0.75
"""Share of the cells from which a column of a special category counts as full: no list of illnesses is complete."""
EXPECTED: Mapping[str, float] = {
    "email": -6.0,
    "phone": -3.5,
    "iban": -4.0,
    "payment_card": -3.0,
    "ip_address": -3.5,
    "mac_address": -5.0,
    "date_of_birth": -3.0,
    "age": -4.0,
    "user_agent": -1.0,
    "gender": -1.5,
    "national_id": -1.0,
    "passport": -1.5,
    "tax_id": -1.0,
    "social_security": -1.0,
    "geo_coord": -1.0,
}
"""What it costs a kind that the header names when few of the values have a shape it knows."""

BANDS: tuple[tuple[Band, float], ...] = (("certain", 0.95), ("likely", 0.70), ("possible", 0.35), ("undetermined", 0.10))
"""The least probability of each band."""

FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"person_name", "first_name", "last_name", "middle_name", "maiden_name"}),
    frozenset({"city", "region", "country", "street_address", "postal_code", "birthplace"}),
    frozenset({"national_id", "passport", "social_security", "tax_id", "driving_licence", "other_id", "health_insurance_id"}),
    frozenset({"username", "person_id"}),
    frozenset({"nationality", "ethnicity"}),
    frozenset({"household", "person_name", "first_name", "last_name"}),
    frozenset({"iban", "bank_account"}),
)
"""Kinds that share their shapes: the family is sure before its member is."""
