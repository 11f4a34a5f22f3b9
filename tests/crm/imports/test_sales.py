"""Importing a sales file: every quirk, said and done; twice; stopped halfway; wrong lines."""

import pytest

from crm import reports, stock
from crm.errors import BadChoice, BranchNotReady
from crm.imports.errors import BranchOnly, InvoiceTooLarge, UnclearMoney, WrongLine
from sync import limits
from sync.handover_lines import TO_KNOW

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
GOOD = "800001,10001A,GELAS,6,2010-12-01 08:26:00,2.55,17850.0,ID\n"
NEVER_IN = {22}  # the line of an invoice that sells nothing
STATE = {  # what stands in the tables after an import, without ids that differ from run to run
    "sale": "SELECT external, kind, number, total, at FROM sale ORDER BY external",
    "sale_line": (
        "SELECT s.external, l.line, lower(hex(l.product)), l.quantity, l.price, l.goods FROM sale_line l"
        " JOIN sale s ON s.id = l.sale ORDER BY 1, 2"
    ),
    "payment": "SELECT s.external, p.method, p.amount FROM payment p JOIN sale s ON s.id = p.sale ORDER BY 1",
    "stock_document": (
        "SELECT d.external, d.kind, d.at, l.quantity, l.note FROM stock_document d JOIN stock_document_line l"
        " ON l.stock_document = d.id ORDER BY 1"
    ),
    "provisional_product": "SELECT code, name, kind, price FROM provisional_product ORDER BY code",
    "customer": "SELECT number, name FROM customer ORDER BY number",
    "on_hand": "SELECT lower(hex(product)), quantity FROM on_hand ORDER BY 1",
}


def state(shop):
    """Everything an import may touch."""
    return {table: shop.rows(sql) for table, sql in STATE.items()}


def odd_lines(result):
    """Line numbers by kind of oddity."""
    found: dict[str, list[int]] = {}
    for one in result["odd"]:
        found.setdefault(one["kind"], []).append(one["line"])
    return found


def test_every_quirk_is_reported_with_its_line(shop, quirks) -> None:
    """Goal: nothing is dropped, merged or rounded unsaid. Method: the lines named for each kind of oddity."""
    result = shop.take("sales", quirks)
    expected = {
        "spelling": [4],
        "other_price": [4, 20],
        "no_customer": [3, 9, 10, 11, 13, 14, 15, 16, 17, 18, 22, 23, 24, 27],
        "return": [6, 7, 8],
        "charge": [7, 14, 15, 16, 17, 18, 24],
        "sold_on_return": [8],
        "write_off": [9, 10, 11],
        "no_price": [9, 10, 11, 21, 27],
        "other_name": [9, 11, 20, 22, 23],
        "no_name": [10, 27],
        "same_line": [13],
        "rounded": [19, 20],
        "other_time": [20],
        "other_customer": [20],
        "nothing": [22],
        "below_zero": [23],
        "price_below_zero": [24],
        "cleaned": [26],
    }
    assert expected == odd_lines(result)
    assert {kind: len(lines) for kind, lines in expected.items()} == {
        kind["kind"]: kind["count"] for kind in result["oddities"]
    }
    assert all(kind["what"] and kind["done"] for kind in result["oddities"])


def test_the_report_counts_what_was_made(shop, quirks) -> None:
    """Goal: the numbers of the report are right, the rate is told. Method: compare with the file, read by eye."""
    result = shop.take("sales", quirks)
    expected = {
        "rows": 25,
        "invoices": 12,
        "made": 11,
        "sales": 8,
        "returns": 1,
        "write_offs": 3,
        "products": 13,
        "customers": 3,
        "rupiah_per_pound": 20_000,
        "ignored": ["Country"],
        "currency": "pounds",
        "days": ["2010-12-01", "2012-02-29"],
    }
    assert expected == {name: result[name] for name in expected}


def test_sales_returns_and_write_offs_become_what_they_are(shop, quirks) -> None:
    """Goal: kinds, totals and times are right. Method: the stored sales and documents, worked out by hand."""
    shop.take("sales", quirks)
    at = {external: (kind, total, at) for external, kind, _, total, at in state(shop)["sale"]}
    day = 1_291_136_400_000  # 1 December 2010, 00.00 in Jakarta
    assert ("sale", 6 * 51_000 + 2 * 42_000 + 11_000, day + (8 * 60 + 26) * 60_000) == at["700001"]
    assert ("return", -2 * 51_000 - 550_000 + 11_000, day + (9 * 60 + 5) * 60_000) == at["C700003"]
    assert ("sale", 2_470 + 3 * 2_469, day + (23 * 60 + 59) * 60_000) == at["700007"]
    assert ("sale", -221_241_200) == at["A700010"][:2]
    assert "700004" not in at and "700008" not in at
    documents = [
        (external, kind, quantity, note) for external, kind, _, quantity, note in state(shop)["stock_document"]
    ]
    assert [
        ("700004", "write_off", -3, "?"),
        ("700005", "write_off", -20, None),
        ("700006", "write_off", -1, "rusak"),
    ] == documents


def test_unknown_codes_become_provisional_products(shop, quirks) -> None:
    """Goal: one product for each code, charges apart. Method: code, first name, kind and first price above zero."""
    shop.take("sales", quirks)
    found = {code: rest for code, *rest in state(shop)["provisional_product"]}
    assert ["GELAS KERTAS MERAH", "goods", 51_000] == found["10001A"]
    assert ["SENDOK KAYU", "goods", 17_000] == found["007"]
    assert ["PAYUNG BIRU", "goods", 75_000] == found["30003"]
    assert ["TAS BELANJA BESAR", "goods", 20_000] == found["50005"]
    assert ["Penyesuaian piutang", "charge", 0] == found["B"]
    charges = {code for code, (_, kind, _) in found.items() if kind == "charge"}
    assert {"POST", "DOT", "C2", "BANK CHARGES", "M", "D", "B"} == charges


def test_customers_are_made_by_their_number(shop, quirks) -> None:
    """Goal: 17850.0 is 17850, leading zeros stay. Method: the numbers of the cards."""
    shop.take("sales", quirks)
    assert [("00123", None), ("12583", None), ("17850", None)] == state(shop)["customer"]


def test_reports_and_stock_follow(shop, quirks) -> None:
    """Goal: totals and stock agree with the file. Method: report by day and stock on hand, worked out by hand."""
    shop.take("sales", quirks)
    days = {day: (quantity, lines) for day, quantity, _, lines in reports.sales("day")}
    assert {"2010-12-01": (48, 17), "2010-12-02": (0, 2), "2012-02-29": (5, 2)} == days
    on_hand = {row.code: row.quantity for row in stock.on_hand()}
    assert {"10001A": -9, "007": -24, "20002": -1, "30003": -23, "40004": -10, "50005": -5} == on_hand


def test_a_known_product_is_used_as_it_is(shop, write) -> None:
    """Goal: head office's product is not made again. Method: sell a known service and a known article."""
    result = shop.take(
        "sales", write(f"{HEAD}1,pijat,x,1,2010-12-01 08:00:00,4.5,,\n1,OLI-1,y,2,2010-12-01 08:00:00,2,,\n")
    )
    assert "products" not in result
    assert {"OLI-1": -2} == {row.code: row.quantity for row in stock.on_hand()}


def test_a_second_run_makes_nothing(shop, quirks) -> None:
    """Goal: a file may be imported twice. Method: again; the log does not grow, everything is "repeated"."""
    shop.take("sales", quirks)
    before = (shop.journal.seq, state(shop))
    result = shop.take("sales", quirks)
    assert (11, NEVER_IN) == (result["repeated"], {one["line"] for one in result["odd"]})
    assert "made" not in result
    assert before == (shop.journal.seq, state(shop))


def test_a_run_that_was_stopped_is_run_again(another, quirks) -> None:
    """Goal: stopping loses nothing. Method: break off after each number of units, run again, compare with one run."""
    states = []
    for stop in (0, 1, 5, 10):
        node = another(stop)
        begin = node.journal.seq
        node.journal.on_commit.append(lambda node=node, last=begin + stop: _stop_at(node, last))
        if stop:
            with pytest.raises(KeyboardInterrupt):
                node.take("sales", quirks)
            assert stop == node.journal.seq - begin
        node.journal.on_commit.clear()
        node.take("sales", quirks)
        assert 11 == node.journal.seq - begin
        states.append(state(node))
    assert [states[0]] * 4 == states


def _stop_at(node, last):
    if node.journal.seq == last:
        raise KeyboardInterrupt


def test_an_invoice_that_changed_since_is_told(shop, write) -> None:
    """Goal: a second file with other lines for one invoice is not passed over in silence. Method: one more line."""
    shop.take("sales", write(HEAD + GOOD))
    result = shop.take("sales", write(HEAD + GOOD + GOOD.replace("10001A", "20002")))
    assert [{"line": 2, "kind": "changed", "value": "800001"}] == result["odd"]
    assert 1 == shop.rows("SELECT count(*) FROM sale_line")[0][0]


def test_the_order_of_lines_does_not_matter(shop, quirks, write) -> None:
    """Goal: lines of one invoice may lie anywhere. Method: the same file upside down, all repeated, none changed."""
    shop.take("sales", quirks)
    head, *lines = quirks.read_text("utf-8").replace("BELANJA\n", "BELANJA ").splitlines()
    result = shop.take("sales", write("\n".join([head, *reversed(lines)])))
    assert (11, "changed" in odd_lines(result)) == (result["repeated"], False)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_old_encodings_are_read_with_a_note(shop, write, encoding) -> None:
    """Goal: a spreadsheet's file is read. Method: signs beyond ASCII in UTF-8 with a mark, and in Windows-1252."""
    text = HEAD + GOOD + GOOD.replace("10001A,GELAS", "2,CAFÉ £5")
    result = shop.take("sales", write(text.encode(encoding)))
    assert [("CAFÉ £5",)] == shop.rows("SELECT name FROM provisional_product WHERE code = '2'")
    assert ([3] if encoding == "cp1252" else []) == odd_lines(result).get("windows", [])


WRONG = [
    ("x,10001A,GELAS,abc,2010-12-01 08:26:00,2.55,,", "Quantity", "abc"),
    ("x,10001A,GELAS,1.5,2010-12-01 08:26:00,2.55,,", "Quantity", "1.5"),
    ("x,10001A,GELAS,1.000,2010-12-01 08:26:00,2.55,,", "Quantity", "1.000"),
    ("x,10001A,GELAS,,2010-12-01 08:26:00,2.55,,", "Quantity", ""),
    (f"x,10001A,GELAS,{limits.QUANTITY_MAX + 1},2010-12-01 08:26:00,1,,", "Quantity", str(limits.QUANTITY_MAX + 1)),
    ("x,10001A,GELAS,1,12/31/2010 08:26,2.55,,", "InvoiceDate", "12/31/2010 08:26"),
    ("x,10001A,GELAS,1,2010-02-30 08:26:00,2.55,,", "InvoiceDate", "2010-02-30 08:26:00"),
    ("x,10001A,GELAS,1,0010-12-01 08:26:00,2.55,,", "InvoiceDate", "0010-12-01 08:26:00"),
    ('x,10001A,GELAS,1,2010-12-01 08:26:00,"2,55",,', "UnitPrice", "2,55"),
    ("x,10001A,GELAS,1,2010-12-01 08:26:00,NaN,,", "UnitPrice", "NaN"),
    ("x,10001A,GELAS,1,2010-12-01 08:26:00,1e3,,", "UnitPrice", "1e3"),
    ("x,10001A,GELAS,999999999,2010-12-01 08:26:00,999999999,,", "UnitPrice", "999999999"),
    ("x,,GELAS,1,2010-12-01 08:26:00,2.55,,", "StockCode", ""),
    (f"x,{'9' * 65},GELAS,1,2010-12-01 08:26:00,2.55,,", "StockCode", "9" * 65),
    (",10001A,GELAS,1,2010-12-01 08:26:00,2.55,,", "InvoiceNo", ""),
    ("x,10001A,GELAS,1,2010-12-01 08:26:00,2.55,Bu Sari,", "CustomerID", "Bu Sari"),
    ("x,10001A,GELAS", "Quantity", ""),
    ("x,10001A,GELAS, BIRU,1,2010-12-01 08:26:00,2.55,,", "Quantity", "BIRU"),
    ("x,10001A,GELAS,1,2010-12-01 08:26:00,2.55,,,9", "9", "9"),
]


@pytest.mark.row("H-62")
@pytest.mark.parametrize(("line", "column", "value"), WRONG)
def test_a_wrong_line_refuses_the_file_before_anything_is_written(shop, write, line, column, value) -> None:
    """Goal: line and column are named, nothing half-written. Method: a good line, then one that is wrong."""
    seq = shop.journal.seq
    with pytest.raises(WrongLine) as caught:
        shop.take("sales", write(f"{HEAD}{GOOD}{line}\n{GOOD}"))
    assert (3, column, value) == tuple(caught.value.params[name] for name in ("line", "column", "value"))
    assert (seq, 0) == (shop.journal.seq, shop.rows("SELECT count(*) FROM sale")[0][0])


def test_all_wrong_lines_are_told_at_once(shop, write) -> None:
    """Goal: one look at the file is enough. Method: three wrong lines of different kinds."""
    bad = ["x,1,a,b,2010-12-01 08:26:00,1,,", "x,1,a", "x,1,a,1,2010-12-01 08:26:00,1,,,more"]
    with pytest.raises(WrongLine) as caught:
        shop.take("sales", write(HEAD + GOOD + "\n".join(bad) + "\n" + GOOD))
    assert 3 == caught.value.params["count"]
    assert [3, 4, 5] == [told["line"] for told in caught.value.params["wrong"]]


def test_an_invoice_with_too_many_lines_is_refused_first(shop, write) -> None:
    """Goal: a limit is met before writing. Method: a good invoice, then one beyond the limit."""
    long = GOOD.replace("800001", "800002") * (limits.OP_ROWS_MAX + 1)
    with pytest.raises(InvoiceTooLarge) as caught:
        shop.take("sales", write(HEAD + GOOD + long))
    assert ("800002", 3) == (caught.value.params["invoice"], caught.value.params["line"])
    assert 0 == shop.rows("SELECT count(*) FROM sale")[0][0]


def test_an_invoice_too_large_for_one_step_is_named(shop, write) -> None:
    """Goal: the other limit is named too. Method: many lines of many new products; the invoice before it stays in."""
    long = "".join(f"800002,KODE-{n},{'x' * 150} {n},1,2010-12-01 08:26:00,1,,\n" for n in range(1_500))
    with pytest.raises(InvoiceTooLarge):
        shop.take("sales", write(HEAD + GOOD + long))
    assert [("800001",)] == shop.rows("SELECT external FROM sale")
    assert 1 == shop.rows("SELECT count(*) FROM provisional_product")[0][0]


def test_sales_are_imported_at_a_branch_that_is_ready(shop, office, quirks) -> None:
    """Goal: sales get a branch and a time zone. Method: at head office, and at a branch without its first page."""
    with pytest.raises(BranchOnly):
        office.take("sales", quirks)
    shop.branch_id = None
    with pytest.raises(BranchNotReady):
        shop.take("sales", quirks)


def test_times_are_those_of_the_branch(shop, write) -> None:
    """Goal: local times of the branch. Method: eight in the morning in Jayapura is 23.00 UTC the day before."""
    shop.zone = "WIT"
    shop.take("sales", write(f"{HEAD}1,2,x,1,2010-12-01 08:00:00,1,,\n"))
    assert [(1_291_158_000_000,)] == shop.rows("SELECT at FROM sale")


def test_progress_is_told(shop, quirks) -> None:
    """Goal: a bar can be shown. Method: what was told ends with everything done."""
    told = []
    shop.take("sales", quirks, lambda *words: told.append(words))
    read = told.index(("Reading the file", quirks.stat().st_size, quirks.stat().st_size))
    assert ("Prices are taken as pounds, at 20,000 rupiah each", 0, TO_KNOW) == told[read + 1]
    assert {"Writing invoices"} == {text for text, _, _ in told[read + 2 :]}
    assert ("Writing invoices", 12, 12) == told[-1]


# --- which money ---------------------------------------------------------------------------------------------------

INDONESIAN = "No. Faktur;Kode;Nama Barang;Jumlah;Tanggal;Harga Satuan;Kode Pelanggan\n"
PRICES = "SELECT price FROM sale_line ORDER BY price"


def priced(*prices):
    """A file with one line for each price under the heading UnitPrice."""
    return HEAD + "".join(f'{n},KODE,x,1,2010-12-01 08:00:00,"{price}",,\n' for n, price in enumerate(prices))


@pytest.mark.row("H-62")
def test_an_indonesian_file_is_in_rupiah(shop, write) -> None:
    """Goal: no price grows twenty thousandfold. Method: Indonesian headings, numbers and days, one with an hour."""
    lines = "1;OLI-1;Oli;2;20/11/2026;Rp 72.500;", "2;BAN-2;Ban;1;20-11-2026 14:30;17.500;00123"
    result = shop.take("sales", write("\n".join([INDONESIAN.strip(), *lines])))
    assert [(17_500,), (72_500,)] == shop.rows(PRICES)
    assert [(145_000, 1_795_150_800_000), (17_500, 1_795_159_800_000)] == shop.rows(
        "SELECT total, at FROM sale ORDER BY at"
    )
    assert ("rupiah", ["2026-11-20"] * 2) == (result["currency"], result["days"])
    assert ("rupiah_per_pound" in result, [2]) == (False, odd_lines(result)["untimed"])


@pytest.mark.parametrize(
    "prices", [("17500", "72500"), ("100",), ("17.500", "1.250.000"), ("17500.00", "0"), ("Rp 5000",)]
)
def test_prices_that_look_like_rupiah_are_asked_about(shop, write, prices) -> None:
    """Goal: a guess about money is never made. Method: whole prices from 100 on, in many forms, under UnitPrice."""
    seq, told = shop.journal.seq, []
    with pytest.raises(UnclearMoney) as caught:
        shop.take("sales", write(priced(*prices)), lambda *words: told.append(words))
    assert ("UnitPrice", prices[0], 2) == tuple(caught.value.params[name] for name in ("column", "value", "line"))
    assert (seq, []) == (shop.journal.seq, told)


@pytest.mark.parametrize("prices", [("17500", "2.55"), ("99", "17500"), ("-0.5",), ("0",)])
def test_one_price_can_show_that_they_are_pounds(shop, write, prices) -> None:
    """Goal: the real shop's files need no option. Method: a fraction, a price below 100, nothing but zero."""
    assert "pounds" == shop.take("sales", write(priced(*prices)))["currency"]


@pytest.mark.parametrize(("currency", "rupiah"), [("rupiah", 17_500), ("pounds", 350_000_000)])
def test_who_says_the_money_is_believed(shop, write, currency, rupiah) -> None:
    """Goal: the option decides, whatever the heading. Method: both kinds of money for both headings."""
    for number, head in enumerate((HEAD, HEAD.replace("UnitPrice", "Harga"))):
        file = write(f"{head}{number},KODE,x,1,2010-12-01 08:00:00,17500,,\n")
        assert currency == shop.take("sales", file, currency=currency)["currency"]
    assert [(rupiah,)] * 2 == shop.rows(PRICES)
    with pytest.raises(BadChoice):
        shop.take("sales", file, currency="dollars")


def test_a_wrong_import_can_be_balanced(shop, write) -> None:
    """Goal: what the help says about a wrong import holds. Method: rupiah taken as pounds, then with C and minus."""
    wrong = write(priced("17500"))
    shop.take("sales", wrong, currency="pounds")
    back = write(priced("17500").replace("0,KODE,x,1", "C0,KODE,x,-1"), "kembali.csv")
    shop.take("sales", back, currency="pounds")
    assert [(0, 0)] == [(quantity, rupiah) for _, quantity, rupiah, _ in reports.sales("day")]
    assert {"KODE": 0} == {row.code: row.quantity for row in stock.on_hand()}
