"""A column is read in its company: the table's name, the record around it, its neighbours, and what it refers to."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pytest

from pii_scan import weights as w
from pii_scan.classify import classify, cleared
from pii_scan.distinct import registers
from pii_scan.model import Catalogue, Column, ColumnEvidence, Evidence, Finding, TableFacts, Tally, Texture
from pii_scan.naming import Namer
from pii_scan.references import References
from pii_scan.settings import at_least
from pii_scan.stores import placed
from pii_scan.subject import Subjects, parts, singular

EMPTY = ColumnEvidence("string", 10, 10, 10)


def evidence(tables: Mapping[str, str], keys: Mapping[str, tuple[tuple[str, str], ...]] | None = None) -> Evidence:
    """Empty columns of some tables: names alone."""
    return Evidence(
        {Column("s", table, name): EMPTY for table, names in tables.items() for name in names.split()},
        {("s", table): TableFacts(10, (keys or {}).get(table, ())) for table in tables},
    )


def references(tables: Mapping[str, str], keys: Mapping[str, tuple[tuple[str, str], ...]]) -> References:
    seen = evidence(tables, keys)
    return References(seen.columns, {address: facts.foreign_keys for address, facts in seen.tables.items()})


def likely(known: Catalogue, table: str, names: str) -> dict[str, str]:
    found = classify(evidence({table: names}), known)
    return {finding.column.column: finding.kind for finding in found if at_least(finding.band, "likely")}


@pytest.mark.parametrize(
    ("table", "subject"),
    [
        ("customers", "people"),
        ("tbl_person", "people"),
        ("dim_customer", "people"),
        ("customer_profiles", "people"),
        ("raw_users.csv", "people"),
        ("Mitarbeiter", "people"),
        ("airports", "things"),
        ("store_products", "things"),
        ("covid_totals", "things"),
        ("customer_feedback", ""),
        ("customer_totals", ""),
        ("hotel_bookings", ""),
        ("logins", ""),
        ("t7", ""),
        ("test", ""),
    ],
)
def test_a_table_is_of_people_of_things_or_of_neither(known: Catalogue, table: str, subject: str) -> None:
    assert Subjects(known).of(table) == subject


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("city", ((), "city")),
        ("address.city", (("address",), "city")),
        ("passengers.[].name", (("passengers",), "name")),
        ("payload.account.user.email", (("account", "user"), "email")),
        ("tags.*", ((), "tags")),
    ],
)
def test_a_nested_name_is_taken_apart(name: str, expected: tuple[tuple[str, ...], str]) -> None:
    assert parts(name) == expected


@pytest.mark.parametrize(("name", "one"), [("phone_numbers", "phone number"), ("companies", "company"), ("address", "address")])
def test_a_table_is_named_after_many(name: str, one: str) -> None:
    assert singular(name) == one


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("customers", "id", "person_id"),
        ("users", "uuid", "person_id"),
        ("cardiologist_list", "id", "person_id"),  # first and last name beside it
        ("users", "name", "person_name"),
        ("contacts", "company", "employer"),
        ("employees", "address.line1", "street_address"),
        ("t", "name.first", "first_name"),
        ("t", "card.last4", "payment_card"),
        ("orders", "passenger_information.full_name", "person_name"),
        ("address", "state", "region"),
        ("comments", "text", "free_text"),
    ],
)
def test_the_company_completes_a_name(known: Catalogue, table: str, column: str, kind: str) -> None:
    assert likely(known, table, f"{column} first_name last_name city")[column] == kind


@pytest.mark.parametrize(
    ("table", "column", "beside"),
    [
        ("products", "name", "price sku"),
        ("shippers", "CompanyName", "ShipperID Phone"),
        ("airports", "city", "iata runways elevation"),
        ("gdp", "country", "year growth rank gdp_usd"),
        ("users", "tags.name", "first_name last_name email"),
        ("users", "teams.id", "first_name last_name email"),
        ("users", "_id", "first_name last_name email"),
        ("invoices", "id", "customer_name customer_email total"),
        ("invoices", "number", "first_name last_name email"),
        ("cattle", "birth_date", "ear_tag breed barn"),
        ("charges", "card.country", "amount currency status"),
    ],
)
def test_the_company_takes_a_name_back(known: Catalogue, table: str, column: str, beside: str) -> None:
    assert column not in likely(known, table, f"{column} {beside}")


def test_a_shop_that_names_somebody_is_no_table_of_things_alone(known: Catalogue) -> None:
    assert "city" not in likely(known, "suppliers", "city phone homepage")
    assert likely(known, "suppliers", "city phone contact_name")["city"] == "city"


def test_a_declared_key_is_what_it_refers_to(known: Catalogue) -> None:
    found = classify(
        evidence(
            {"visits": "cardio room", "staff_of_ward": "nr first_name last_name email", "customers": "id email first_name"},
            {"visits": (("cardio", "customers.id"),)},
        ),
        known,
    )
    (finding,) = [finding for finding in found if finding.column.column == "cardio"]
    assert (finding.kind, finding.band) == ("person_id", "likely")
    assert finding.reasons == ("refers to customers.id",)


def test_a_key_that_is_named_after_a_table_refers_to_it(known: Catalogue) -> None:
    tables = {"cardiologists": "id first_name last_name", "visits": "cardiologist_id room_id", "rooms": "id floor"}
    found = {str(finding.column): finding for finding in classify(evidence(tables), known)}
    assert found["visits.cardiologist_id"].kind == "person_id"
    assert "visits.room_id" not in found


def numbers(rows: int, digits: int, distinct: int | None = None) -> ColumnEvidence:
    """Whole numbers of so many digits, all different unless told otherwise."""
    texts = [str(10 ** (digits - 1) + row % (distinct or rows)) for row in range(rows)]
    count = len(set(texts))
    return ColumnEvidence(
        "string", rows, 0, rows, registers(pa.array(texts)), Texture(count, count, digits * count, numeric=count)
    )


def judged(known: Catalogue, tables: Mapping[str, Mapping[str, ColumnEvidence]]) -> dict[str, Finding]:
    columns = {Column("s", table, name): seen for table, held in tables.items() for name, seen in held.items()}
    found = classify(Evidence(columns, {("s", table): TableFacts(500) for table in tables}), known)
    return {f"{finding.column.table}.{finding.column.column}": finding for finding in reversed(found)}


PERSON = {"first_name": EMPTY, "last_name": EMPTY, "email": EMPTY}


@pytest.mark.parametrize(("table", "name"), [("customers", "id"), ("customers", "customer_id"), ("tbl_members", "member_id")])
def test_the_running_number_of_people_is_a_pseudonym_and_possible_at_most(known: Catalogue, table: str, name: str) -> None:
    finding = judged(known, {table: {name: numbers(500, 3), **PERSON}})[f"{table}.{name}"]
    assert (finding.kind, finding.band) == ("person_id", "possible")
    assert "a running number of the records" in finding.reasons[-1]


@pytest.mark.parametrize(
    ("table", "name", "seen"),
    [
        ("customers", "id", numbers(500, 9)),  # too long to count five hundred people
        ("customers", "id", EMPTY),  # nothing is known of it but its name
        ("patients", "patient_no", numbers(500, 3)),  # told to people, not given by the store
        ("employees", "employee_number", numbers(500, 3)),
        ("orders", "customer_id", numbers(500, 3, distinct=40)),  # says whose
        ("orders", "user_id", numbers(500, 3)),
    ],
)
def test_other_numbers_of_people_stay_what_they_are(known: Catalogue, table: str, name: str, seen: ColumnEvidence) -> None:
    finding = judged(known, {table: {name: seen, **PERSON}})[f"{table}.{name}"]
    assert finding.kind == "person_id"
    assert at_least(finding.band, "likely")


def test_what_refers_to_a_running_number_is_no_surer_than_it_unless_its_own_name_is(known: Catalogue) -> None:
    found = judged(
        known,
        {
            "customers": {"id": numbers(500, 3), **PERSON},
            "cardiologists": {"id": numbers(500, 3), **PERSON},
            "visits": {"cardiologist_id": numbers(500, 3, 40), "customer_id": numbers(500, 3, 40), "room_id": numbers(500, 2, 9)},
        },
    )
    follower = found["visits.cardiologist_id"]
    assert (follower.kind, follower.band, follower.reasons) == ("person_id", "possible", ("refers to cardiologists.id",))
    assert found["visits.customer_id"].band in {"likely", "certain"}
    assert "visits.room_id" not in found or found["visits.room_id"].kind != "person_id"


def test_values_that_show_a_person_speak_for_what_stands_beside_them(known: Catalogue) -> None:
    mails = ColumnEvidence("string", 50, 0, 50, b"", Texture(50), {"EMAIL_ADDRESS": Tally(50, 50, 50, 50, 50, 50)})
    names = ColumnEvidence("string", 50, 0, 50, b"", Texture(50), {"PERSON": Tally(50, 50, 50, 50, 50, 50)})
    towns = ColumnEvidence("string", 50, 0, 50, b"", Texture(50), {"CITY": Tally(50, 50, 50, 50, 50, 50)})
    alone = judged(known, {"t": {"c1": towns, "c2": EMPTY, "c3": EMPTY, "c4": EMPTY}})
    beside = judged(known, {"t": {"c1": towns, "c2": mails, "c3": names, "c4": EMPTY}})
    assert "t.c1" not in alone
    assert (beside["t.c1"].kind, beside["t.c1"].band) in {("city", "likely"), ("city", "certain")}


def test_references_are_followed_from_their_end_and_a_cycle_does_not_hang() -> None:
    tables = {"a": "id", "b": "a_id", "c": "b_ref"}
    keys = {"c": (("b_ref", "b.a_id"),), "a": (("id", "c.b_ref"),)}
    followed = list(references(tables, keys).in_order())
    assert len(followed) == 3
    straight = references(tables, {"c": (("b_ref", "b.a_id"),)}).in_order()
    assert [str(column) for (column,), _ in straight] == ["b.a_id", "c.b_ref"]


@pytest.mark.parametrize(
    ("source", "table", "expected"),
    [
        ("exports/customers.csv", "customers", ("exports", "customers")),
        ("lake/customers/part-0.parquet", "part-0", ("lake", "customers")),
        ("lake/customers/day=1/hour=2/part-00000-3f2a9c10-77de.c000.snappy.parquet", "part-00000-3f2a9c10-77de.c000.snappy",
         ("lake", "customers")),
        ("lake/orders/000000_0", "000000_0", ("lake", "orders")),
        ("lake/orders/20260101.csv", "20260101", ("lake", "orders")),
        ("lake/orders/data.csv", "data", ("lake/orders", "data")),
        ("lake/participants.csv", "participants", ("lake", "participants")),
        ("lake/facade.csv", "facade", ("lake", "facade")),
        ("postgresql://there/db", "part-0", ("postgresql://there/db", "part-0")),
        ("part-0.csv", "part-0", (".", "part-0")),
    ],
)  # fmt: skip
def test_a_table_stands_in_a_store_and_a_slice_is_called_after_its_folder(
    source: str, table: str, expected: tuple[str, str]
) -> None:
    assert placed(source, table) == expected


def followed(*files: tuple[str, str, str]) -> set[tuple[str, str]]:
    """Which columns refer to which, by the sources, tables and columns there are."""
    columns = [Column(source, table, name) for source, table, names in files for name in names.split()]
    pairs = References(columns, {}).in_order()
    return {
        (f"{here.source}:{here.column}", f"{there.source}:{there.column}")
        for one, other in pairs
        for here in one
        for there in other
    }


def test_keys_are_followed_from_file_to_file_of_a_folder_and_no_further() -> None:
    customers, orders = ("in/customers.csv", "customers", "id email"), ("in/orders.csv", "orders", "id customer_id")
    assert followed(customers, orders) == {("in/orders.csv:customer_id", "in/customers.csv:id")}
    assert followed(("elsewhere/customers.csv", "customers", "id email"), orders) == set()
    assert followed(("db://a", "customers", "id"), ("db://b", "orders", "customer_id")) == set()


def test_a_table_in_several_files_is_one_and_two_tables_of_one_name_are_no_target() -> None:
    slices = [(f"in/customers/part-{n}.csv", f"part-{n}", "id") for n in range(2)]
    orders = ("in/orders/part-0.csv", "part-0", "customer_id")
    assert followed(*slices, orders) == {("in/orders/part-0.csv:customer_id", f"in/customers/part-{n}.csv:id") for n in range(2)}
    twice = [("in/customers.csv", "customers", "id"), ("in/customer.csv", "customer", "id")]
    assert followed(*twice, ("in/orders.csv", "orders", "customer_id")) == set()


def test_a_key_of_the_very_name_is_meant_before_the_id() -> None:
    customers, orders = (
        ("in/customers.csv", "customers", "id customer_no"),
        ("in/orders.csv", "orders", "customer_no customer_id"),
    )
    assert followed(customers, orders) == {
        ("in/orders.csv:customer_no", "in/customers.csv:customer_no"),
        ("in/orders.csv:customer_id", "in/customers.csv:id"),
    }
    products, lines = ("in/products.csv", "products", "id code"), ("in/lines.csv", "lines", "product_no")
    assert followed(products, lines) == {("in/lines.csv:product_no", "in/products.csv:id")}


def test_a_column_is_what_it_refers_to_in_another_file(known: Catalogue) -> None:
    def found(names: str) -> dict[str, str]:
        files = {"in/cardiologists.csv": ("cardiologists", names), "in/visits.csv": ("visits", "id cardiologist_id room")}
        columns = {Column(source, table, name): EMPTY for source, (table, named) in files.items() for name in named.split()}
        tables = {(source, table): TableFacts(10) for source, (table, _) in files.items()}
        return {str(one.column): one.kind for one in classify(Evidence(columns, tables), known) if at_least(one.band, "likely")}

    assert found("id first_name last_name email")["visits.cardiologist_id"] == "person_id"
    assert "visits.room" not in found("id first_name last_name email")
    assert "visits.cardiologist_id" not in found("id floor price")


def test_a_column_of_things_is_cleared_with_its_reason(known: Catalogue) -> None:
    books = ColumnEvidence("string", 50, 0, 50, b"", Texture(50, 50, 650), {"ISBN": Tally(50, 50, 50, 50, 50, 50)})
    columns = {"c5": books, "order_date": EMPTY, "email": EMPTY}
    seen = Evidence({Column("s", "t", name): what for name, what in columns.items()}, {("s", "t"): TableFacts(50)})
    clear = {one.column.column: one for one in cleared(seen, known)}
    assert clear.keys() == {"c5", "order_date"}
    assert clear["c5"].entity == "ISBN"
    assert "ISBN" in clear["c5"].reasons[0]
    assert clear["order_date"].reasons == ("the column name says “order date”",)


def test_check_digits_of_things_explain_those_of_people_away(known: Catalogue) -> None:
    hits = Tally(50, 50, 50, 50, 50, 50)
    seen = ColumnEvidence("string", 50, 0, 50, b"", Texture(50, 50, 450), {"CUSIP": hits, "GN_NIFP": hits})
    found: tuple[Finding, ...] = classify(Evidence({Column("s", "t", "cusip"): seen}, {("s", "t"): TableFacts(50)}), known)
    assert not [finding for finding in found if at_least(finding.band, "likely")]


@pytest.mark.parametrize(
    ("table", "names", "flagged"),
    [
        ("stores", "id address floor_area", False),
        ("restaurants", "id address cuisine", False),
        ("stores", "id address manager_first_name manager_last_name", True),
        ("shipments", "id address weight", True),
        ("orders", "id address total", True),
        ("customers", "id address", True),
    ],
)
def test_the_address_of_a_thing_is_nobodys_unless_its_table_knows_somebody(
    known: Catalogue, table: str, names: str, flagged: bool
) -> None:
    streets = ColumnEvidence("string", 50, 0, 50, b"", Texture(50), {"STREET_ADDRESS": Tally(50, 50, 50, 50, 50, 50, 50, 50, 50)})
    found = judged(known, {table: {name: streets if name == "address" else EMPTY for name in names.split()}})
    assert (f"{table}.address" in found and at_least(found[f"{table}.address"].band, "likely")) is flagged


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ข้อความจากลูกค้า", "free_text"),
        ("เบอร์โทรศัพท์ลูกค้า", "phone"),
        ("วันเกิดพนักงาน", "date_of_birth"),
        ("客户电话", "phone"),
        ("고객이름", "person_name"),
        ("fuehrerscheinnummer", "driving_licence"),
    ],
)
def test_whose_it_is_may_be_glued_to_a_name_in_any_script(known: Catalogue, name: str, kind: str) -> None:
    assert max(Namer(known).read(name).items(), key=lambda pair: pair[1].weight)[0] == kind


@pytest.mark.parametrize("name", ["ชื่อสินค้า", "产品名称", "商品编号", "상품번호"])
def test_what_is_glued_to_a_thing_names_nobody(known: Catalogue, name: str) -> None:
    found = Namer(known).read(name)
    assert all(named.weight < w.HEADER_BEGIN for kind, named in found.items() if kind != "none")


def test_a_list_of_countries_bears_out_a_tax_residence(known: Catalogue) -> None:
    lands = ColumnEvidence(
        "string", 50, 0, 50, b"", Texture(50), {"COUNTRY": Tally(50, 20, 20, 20, 50), "LANGUAGE": Tally(40, 20, 16, 16, 40)}
    )
    found = judged(known, {"t": {"tax_residency": lands, "email": EMPTY}})
    assert (found["t.tax_residency"].kind, found["t.tax_residency"].band) == ("tax_residence", "certain")


def test_cells_that_are_addresses_as_a_whole_are_no_sentences(known: Catalogue) -> None:
    prose = Texture(50, 400, 2000, 50)
    tally = Tally(50, 50, 50, 50, 50, 50, 50, 50, 50)
    found = judged(
        known, {"t": {"ที่อยู่": ColumnEvidence("string", 50, 0, 50, b"", prose, {"STREET_ADDRESS": tally}), "email": EMPTY}}
    )
    assert (found["t.ที่อยู่"].kind, found["t.ที่อยู่"].band) == ("street_address", "certain")
