"""What files call our columns: one table of English and Indonesian headings for all kinds of files."""

from functools import lru_cache

RUPIAH_HEADINGS = ("harga", "harga satuan", "harga jual", "harga rp", "harga satuan rp", "harga jual rp")
HEADINGS = {  # our column: what else it is called; case, spaces, dots and other signs do not matter
    # products and stock
    "code": ("kode", "kode barang", "kode produk", "sku"),
    "name": ("nama", "nama barang", "nama produk", "nama pelanggan"),
    "price": RUPIAH_HEADINGS,
    "barcode": ("barkode", "kode batang"),
    "barcodes": ("barkode lain", "kode batang lain"),
    "member_price": ("harga anggota", "harga member"),
    "corporate_price": ("harga perusahaan",),
    "category": ("kategori", "golongan"),
    "kind": ("jenis",),
    "unit": ("satuan",),
    "type": ("tipe",),
    "tax": ("pajak", "ppn"),
    "description": ("deskripsi", "keterangan"),
    "quantity": ("jumlah", "qty", "kuantitas", "fisik", "jumlah fisik"),
    "note": ("catatan", "keterangan"),
    # customers
    "number": ("nomor", "kode", "kode pelanggan", "nomor pelanggan", "no pelanggan", "id pelanggan"),
    "phone": ("telepon", "no telepon", "nomor telepon", "hp", "no hp", "nomor hp", "telp", "no telp", "whatsapp", "wa"),
    "street": ("alamat", "jalan"),
    "city": ("kota",),
    "birth_date": ("tanggal lahir", "tgl lahir"),
    "caution": ("perhatian", "peringatan"),
    # sales
    "InvoiceNo": ("invoice", "faktur", "no faktur", "nomor faktur", "nota", "no nota", "nomor nota", "no struk"),
    "StockCode": ("kode", "kode barang", "kode produk", "sku"),
    "Description": ("nama", "nama barang", "nama produk"),
    "Quantity": ("jumlah", "qty", "kuantitas"),
    "InvoiceDate": ("tanggal", "tgl", "waktu", "tanggal faktur", "tanggal nota"),
    "UnitPrice": ("price", *RUPIAH_HEADINGS),
    "CustomerID": ("pelanggan", "kode pelanggan", "nomor pelanggan", "no pelanggan", "id pelanggan"),
}
_PRODUCT_KINDS = {"barang": "goods", "jasa": "service", "biaya": "charge"}
_CUSTOMER_KINDS = {"orang": "individual", "perorangan": "individual", "perusahaan": "corporate"}
_KINDS = _PRODUCT_KINDS | _CUSTOMER_KINDS


def plain(text: str) -> str:
    """A heading without what does not matter: "No. Faktur" is "nofaktur"."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


@lru_cache
def known(columns: tuple[str, ...]) -> dict[str, str]:
    """Our column by each plain heading a file may have for one of *columns*."""
    others = {plain(text): name for name in columns for text in HEADINGS.get(name, ())}
    return {**others, **{plain(name): name for name in columns}}


def in_both(column: str) -> str:
    """*column* with its first Indonesian heading, for people: "price/harga"."""
    others = [text for text in HEADINGS.get(column, ()) if text not in ("invoice", "price")]
    return "/".join([column, *others[:1]])


def is_rupiah(heading: str) -> bool:
    """Does this heading of a price say, by its language, that the money is rupiah?"""
    return plain(heading) in map(plain, RUPIAH_HEADINGS)


def kind(text: str) -> str:
    """A kind of product or customer as we call it: "Barang" is "goods"; any other text as it is."""
    return _KINDS.get(text.casefold(), text)
