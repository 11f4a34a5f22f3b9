"""Reading files from outside: delimiters, headers, encodings, and all that can be wrong with a file."""

import csv
import json

import pytest

from crm.errors import BusinessError
from crm.imports.errors import FileUnreadable, UnknownImport, WrongColumns, WrongLine
from crm.imports.physical import LINE_BYTES_MAX
from crm.imports.table import JSON_BYTES_MAX, Columns, Table, each

COLUMNS = Columns(needed=("code", "name"), optional=("price",))


def rows(path):
    """(line, values) of every row."""
    with Table(path, COLUMNS) as table:
        return list(each(table, lambda row: (row.line, dict(row.values))))


@pytest.mark.parametrize(
    "text",
    [
        "code,name\n007,Sampo\n",
        "code;name\r\n007;Sampo\r\n",
        "code\tname\n007\tSampo\n",
        "\ufeffCODE , Name\n007, Sampo \n",
        "name,KODE\nSampo,007",
        "Kode Barang;NAMA  barang\n007;Sampo\n",
        "code,name,\n007,Sampo,\n",
        '{"code": "007", "name": "Sampo"}\n',
        "code,name\n\n007,Sampo\n\n",
    ],
)
def test_the_same_row_in_many_forms(write, text) -> None:
    """Goal: files of spreadsheets and programs are read; a leading zero stays. Method: one row in every form."""
    assert [{"code": "007", "name": "Sampo"}] == [values for _, values in rows(write(text))]


def test_a_json_list_is_read(write) -> None:
    """Goal: JSON lists too, missing values empty. Method: two objects, lines counted as places."""
    text = '[{"code": "007", "name": null}, {"code": 8,\n "name": "Sabun", "price": 2.55, "extra": []}]'
    assert [(1, {"code": "007", "name": ""}), (2, {"code": "8", "name": "Sabun", "price": "2.55"})] == rows(write(text))


def test_a_json_list_may_be_one_long_line(write) -> None:
    """Goal: JSON as programs write it. Method: a list of many objects without a line break, and a column not read."""
    text = json.dumps([{"code": str(n), "name": "x" * 100, "warna": 1} for n in range(1_000)])
    with Table(write(text), COLUMNS) as table:
        assert 1_000 == len(list(each(table, lambda row: row.line)))
        assert ["warna"] == table.ignored


def test_a_wrong_cell_is_named_as_the_file_names_it(write) -> None:
    """Goal: people find the column in their own file. Method: an Indonesian heading, in CSV and in JSON."""
    for text in ("Kode;Nama;Harga Jual\n1;a;x\n", '{"Kode": "1", "Nama": "a", "Harga Jual": "x"}'):
        with Table(write(text), COLUMNS) as table:
            assert ["Harga Jual"] == list(each(table, lambda row: row.cell("price").column))


def test_lines_are_those_of_the_file(write) -> None:
    """Goal: a line can be found in an editor. Method: an empty line and a text with a line break before it."""
    assert [3, 5, 6] == [line for line, _ in rows(write('code,name\n\n1,a\n2,"b\nb"\n3,c\n'))]


def test_columns_nobody_reads_are_named(write) -> None:
    """Goal: nothing is passed over in silence. Method: a column that means nothing to us."""
    with Table(write("code,warna,name\n1,merah,a\n"), COLUMNS) as table:
        assert ["warna"] == table.ignored


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", "code/kode, name/nama"),
        ("code,nma\n1,a\n", "name/nama"),
        ("1,a\n", "code/kode, name/nama"),
        ("code,name,Kode\n1,a,2\n", "code/kode"),
        ("code|name\n", "code/kode, name/nama"),
        ("{}", None),
    ],
)
def test_a_wrong_header_refuses_the_file(write, text, missing) -> None:
    """Goal: the columns wanted are told. Method: empty, misspelt, missing, doubled, another separator."""
    with pytest.raises((WrongColumns, WrongLine)) as caught:
        rows(write(text))
    if missing:
        assert (missing, "code/kode, name/nama") == (caught.value.params["missing"], caught.value.params["wanted"])


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"code,name\n1,a\n2,\x00b\n", 3),
        (b"code,name\n1,a\n2,\x81\n", 3),
        (b"code,name\n1," + b"a" * LINE_BYTES_MAX, 2),
        ("code,name\n1,a\n".encode("utf-16"), 1),
        (b'code,name\n1,"a\n' + b"b,c\n" * 40_000, None),
        (b'{"code": "1", "name": [1]}\n', 1),
        (b"[1]", 1),
    ],
)
def test_bytes_that_are_no_text_are_refused(write, data, line) -> None:
    """Goal: no rubbish gets in. Method: NUL, unknown bytes, an endless line, UTF-16, an endless quote, other JSON."""
    with pytest.raises(WrongLine) as caught:
        rows(write(data))
    assert line in (None, caught.value.params["line"])


@pytest.mark.parametrize("text", ["[{]", '{"code": 1', "[" * 100_000])
def test_broken_json_is_refused(write, text) -> None:
    """Goal: the same for JSON. Method: three broken texts."""
    with pytest.raises((FileUnreadable, WrongLine)):
        rows(write(text))


def test_a_long_json_list_is_refused(write) -> None:
    """Goal: memory stays bounded. Method: one byte more than a JSON list may have."""
    with pytest.raises(FileUnreadable):
        rows(write(b"[" + b"\n" * JSON_BYTES_MAX))


def test_no_file_no_import(shop, tmp_path) -> None:
    """Goal: a wrong name is told. Method: a missing file, a folder, and a kind that is none."""
    for path in (tmp_path / "tidak-ada.csv", tmp_path):
        with pytest.raises(FileUnreadable):
            shop.take("customers", path)
    with pytest.raises(UnknownImport):
        shop.take("people", tmp_path)


def test_every_error_is_a_business_error() -> None:
    """Goal: the edges know what to do with them. Method: classes and fields of the errors."""
    for kind in (FileUnreadable, WrongColumns, WrongLine, UnknownImport):
        assert issubclass(kind, BusinessError)
        assert kind.happened and kind.todo


def test_the_limit_of_the_csv_reader_is_ours() -> None:
    """Goal: a field cannot outgrow what we expect. Method: the reader's limit is not below a line's."""
    assert csv.field_size_limit() >= LINE_BYTES_MAX
