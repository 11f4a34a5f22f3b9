"""The search tables and the balance, made once with the database and kept by SQLite's own triggers.

- ``customer_search``: number and name, word by word; its rowid is ``customer.rowno``.
- ``customer_by_name``: the order of the list of all customers.
- ``customer_phone``: all phone numbers of a customer in one text, in pieces of three; same rowid.
- ``product_search``: code, name and barcodes of products and provisional products; its rowid is
  ``product_rowno.rowno``.
- ``item``: a view, each product once: head office's, or else the provisional one.
- ``on_hand``: the sum of ``stock_movement`` for each location and product.

Inside a transaction with guards SQLite flushes a full-text table at every statement, which costs more than the row
itself.  So customers enter their two tables BATCH at a time, when a rowno divisible by BATCH is made (they are never
deleted, so none is missing); the newest, up to BATCH - 1, are few enough to be looked through one by one.

A table without an INTEGER PRIMARY KEY gets other rowids when a backup is made (``VACUUM INTO``), hence the rownos.
"""

_WORDS = "tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'"

BATCH = 256
# Customers up to this rowno are in the index.
INDEXED = f"(SELECT max(rowno) FROM customer) / {BATCH} * {BATCH}"
CALLED = "coalesce({0}name, {0}number) COLLATE NOCASE"  # what lists are sorted by
_IS_PHONE = "t.kind = 'phone' AND t.value IS NOT NULL AND NOT t.archived"
PHONES = f"(SELECT group_concat(t.value, ' ') FROM contact_point t WHERE t.customer = c.id AND {_IS_PHONE})"


def _phones_again(customer: str) -> str:
    """Writes the phone text of the indexed customers whose id is in *customer* (SQL) anew."""
    chosen = f"FROM customer c WHERE c.id IN ({customer}) AND c.rowno <= {INDEXED}"
    return (
        f" DELETE FROM customer_phone WHERE rowid IN (SELECT c.rowno {chosen});"
        f" INSERT INTO customer_phone (rowid, value) SELECT c.rowno, {PHONES} {chosen} AND {PHONES} IS NOT NULL; "
    )


_CUSTOMERS = (
    (
        "CREATE VIRTUAL TABLE customer_search USING fts5("
        f"number, name, content = 'customer', content_rowid = 'rowno', {_WORDS})"
    ),
    "CREATE VIRTUAL TABLE customer_phone USING fts5(value, tokenize = 'trigram')",
    f"CREATE INDEX customer_by_name ON customer ({CALLED.format('')}) WHERE NOT archived",
    (
        f"CREATE TRIGGER customer_search_batch AFTER INSERT ON customer WHEN NEW.rowno % {BATCH} = 0 BEGIN"
        " INSERT INTO customer_search (rowid, number, name) SELECT c.rowno, c.number, c.name FROM customer c"
        f" WHERE c.rowno > NEW.rowno - {BATCH};"
        " INSERT INTO customer_phone (rowid, value) SELECT c.rowno, group_concat(t.value, ' ') FROM customer c"
        " CROSS JOIN contact_point t ON t.customer = c.id"
        f" WHERE c.rowno > NEW.rowno - {BATCH} AND {_IS_PHONE} GROUP BY c.rowno; END"
    ),
    (
        "CREATE TRIGGER customer_search_update AFTER UPDATE OF number, name ON customer"
        f" WHEN OLD.rowno <= {INDEXED} AND (OLD.number IS NOT NEW.number OR OLD.name IS NOT NEW.name) BEGIN"
        " INSERT INTO customer_search (customer_search, rowid, number, name)"
        " VALUES ('delete', OLD.rowno, OLD.number, OLD.name);"
        " INSERT INTO customer_search (rowid, number, name) VALUES (NEW.rowno, NEW.number, NEW.name); END"
    ),
    (
        "CREATE TRIGGER customer_phone_insert AFTER INSERT ON contact_point WHEN NEW.kind = 'phone'"
        f" AND (SELECT rowno FROM customer WHERE id = NEW.customer) <= {INDEXED} BEGIN"
        f"{_phones_again('NEW.customer')}END"
    ),
    (
        "CREATE TRIGGER customer_phone_update AFTER UPDATE OF customer, kind, value, archived ON contact_point BEGIN"
        f"{_phones_again('OLD.customer, NEW.customer')}END"
    ),
)


_BARCODES = (
    "coalesce(i.barcode, '') || ' ' || coalesce((SELECT group_concat(b.barcode, ' ') FROM further_barcode b"
    " WHERE b.product = i.id AND b.listed), '')"
)


def _words_again(ident: str) -> str:
    """Writes the search text of the product with the id *ident* (SQL) anew, from the view that knows which counts."""
    return (
        f" DELETE FROM product_search WHERE rowid = (SELECT rowno FROM product_rowno WHERE id = {ident});"
        " INSERT INTO product_search (rowid, code, name, barcodes)"
        f" SELECT i.rowno, i.code, i.name, {_BARCODES} FROM item i WHERE i.id = {ident}; "
    )


def _product_words_again(ident: str) -> str:
    """The same for a product that may be new."""
    return f" INSERT INTO product_rowno (id) VALUES ({ident}) ON CONFLICT DO NOTHING;{_words_again(ident)}"


_PRODUCT_SEARCH = (
    "CREATE TABLE product_rowno (rowno INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE)",
    (
        "CREATE VIEW item AS SELECT r.rowno, r.id, coalesce(p.code, v.code) AS code,"
        " coalesce(p.name, v.name, v.code) AS name,"
        " CASE WHEN p.id IS NULL THEN v.barcode ELSE p.barcode END AS barcode, p.category, p.type,"
        " coalesce(p.kind, v.kind) AS kind, coalesce(p.unit, 'pcs') AS unit,"
        " coalesce(p.price, v.price) AS price, coalesce(p.tax, 0) AS tax, p.description,"
        " coalesce(p.archived, 0) AS archived, p.id IS NULL AS provisional FROM product_rowno r"
        " LEFT JOIN product p ON p.id = r.id LEFT JOIN provisional_product v ON v.id = r.id"
    ),
    f"CREATE VIRTUAL TABLE product_search USING fts5(code, name, barcodes, {_WORDS})",
    *(
        f"CREATE TRIGGER {table}_search_{verb} AFTER {when} ON {table} BEGIN{_product_words_again('NEW.id')}END"
        for table in ("product", "provisional_product")
        for verb, when in (("insert", "INSERT"), ("update", "UPDATE OF code, name, barcode"))
    ),
    f"CREATE TRIGGER further_barcode_insert AFTER INSERT ON further_barcode BEGIN{_words_again('NEW.product')}END",
    (
        "CREATE TRIGGER further_barcode_update AFTER UPDATE OF product, listed ON further_barcode BEGIN"
        f"{_words_again('OLD.product')}{_words_again('NEW.product')}END"
    ),
)

_BALANCE = (
    (
        "CREATE TABLE IF NOT EXISTS on_hand (location BLOB NOT NULL, product BLOB NOT NULL, quantity INTEGER NOT NULL,"
        " PRIMARY KEY (location, product)) WITHOUT ROWID"
    ),
    (
        "CREATE TRIGGER on_hand_insert AFTER INSERT ON stock_movement BEGIN"
        " INSERT INTO on_hand (location, product, quantity) VALUES (NEW.location, NEW.product, NEW.quantity)"
        " ON CONFLICT (location, product) DO UPDATE SET quantity = quantity + excluded.quantity; END"
    ),
    (
        "CREATE TRIGGER on_hand_delete AFTER DELETE ON stock_movement BEGIN"
        " UPDATE on_hand SET quantity = quantity - OLD.quantity"
        " WHERE location = OLD.location AND product = OLD.product; END"
    ),
)

SEARCH_DDL: list[str] = [*_CUSTOMERS, *_PRODUCT_SEARCH, *_BALANCE]
