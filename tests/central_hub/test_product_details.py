"""Barcodes, labels and prices over HTTP: several for one product, each mistake beside its field, both papers."""

import pytest

EAN = "8991234567891"
GOOD = {"code": "DUS", "name": "Oli dus", "price": "500000", "unit": "dus", "kind": "goods"}


def test_barcodes_of_a_product_and_its_labels(office, admin, cashier) -> None:
    """Goal: piece and carton lead to one product, and labels can be printed. Method: the form, pages, both papers."""
    address = admin.done("/products/new", **GOOD, barcode=EAN, barcodes="DUS-12\r\n\r\n0012")
    assert f"{EAN} · 0012 · DUS-12" in cashier.get(address)
    assert "0012\nDUS-12" in admin.get(f"{address}/edit")
    assert "Oli dus" in admin.get("/products", q="dus-1")
    for paper in ("58", "a4"):
        page = cashier.get("/products/labels", product=address.rpartition("/")[2], copies="3", paper=paper)
        assert (3, True) == (page.count('class="bars"'), f"labels-{paper}" in page and "Rp500.000" in page)
    admin.done(f"{address}/edit", **GOOD, barcode=EAN, barcodes="")
    assert "DUS-12" not in admin.get(address)


def test_labels_of_a_category(admin) -> None:
    """Goal: a whole shelf at once; nothing chosen is said. Method: a category, none, a wrong number of copies."""
    admin.done("/products/new", **{**GOOD, "code": "RAK-1", "category": "Rak"})
    admin.done("/products/new", **{**GOOD, "code": "RÄK-2", "category": "Rak"})
    chosen = admin.get("/products/labels").partition(">Rak</option>")[0].rpartition('value="')[2].partition('"')[0]
    page = admin.get("/products/labels", category=chosen, copies="2")
    assert (2, True) == (page.count('class="bars"'), "RÄK-2" in page)
    assert "Belum ada label" in admin.get("/products/labels")
    assert "field-error" in admin.get("/products/labels", category=chosen, copies="0")


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"barcode": "8991234567890"}, "tidak bisa menjadi kode batang"),
        ({"barcodes": "A\n8991234567890"}, "tidak bisa menjadi kode batang"),
        ({"barcode": "899001"}, "Oli mesin (OLI-1)"),
        ({"barcodes": "B\n899001"}, "Oli mesin (OLI-1)"),
    ],
    ids=repr,
)
def test_wrong_barcodes(office, admin, wrong, words) -> None:
    """Goal: the mistake stands beside its field and names who has the barcode. Method: each in each field."""
    before = office.count("product"), office.count("further_barcode")
    page = admin.refused("/products/new", **{**GOOD, "code": "SALAH", **wrong})
    assert words in page.partition(f'id="e-{next(iter(wrong))}"')[2]
    assert before == (office.count("product"), office.count("further_barcode"))


@pytest.mark.row("G-38")
def test_prices_for_members_and_companies(office, admin) -> None:
    """Goal: head office sets what known customers pay; above the price it is refused. Method: the form, twice."""
    form = {**GOOD, "code": "HRG-1", "member_price": "450.000"}
    address = admin.done("/products/new", **form, corporate_price="400000")
    assert all(words in admin.get(address) for words in ("Rp450.000", "Rp400.000"))
    admin.done(f"{address}/edit", **form, corporate_price="")
    assert "Rp400.000" not in admin.get(address)
    page = admin.refused(f"{address}/edit", **form, corporate_price="500001")
    assert "lebih tinggi" in page.partition('id="e-corporate_price"')[2]
    admin.refused(f"{address}/edit", **form, corporate_price="0")


def test_the_catalogue_as_a_file(admin) -> None:
    """Goal: what stands in the catalogue can be kept and changed elsewhere. Method: the file's line of one product."""
    admin.done("/products/new", **{**GOOD, "code": "0007"}, barcode="00899", barcodes="001", member_price="1000")
    text = admin.get("/products/all.csv")
    assert text.startswith("code,name,price,barcode,barcodes,")
    assert "0007,Oli dus,500000,00899,001,,goods,dus,,0,,1000," in text
