"""Names of customers in different writings: which are one name, and which never are."""

import pytest

from crm.customers import names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sari Dewi", "sari  DEWI "),
        ("Sari Dewi", "Ibu Sari Dewi"),
        ("Sari Dewi", "Bu. Sari Dewi, S.E., M.M."),
        ("Sari Dewi", "Sari Dewi S.Pd."),
        ("Sari Dewi", "Dewi, Sari"),
        ("Sari Dewi", "Dr. Hj. Sari Dewi"),
        ("Ny. Sari Dewi", "Hj.Sari Dewi"),
        ("Nur'aini", "Nur Aini"),
        ("José", "Jose"),
        ("Moh. Ali", "Muhammad Ali"),
        ("Muh Ali", "H. Mochamad Ali"),
        ("Sri Wahyuni", "Sriwahyuni"),
    ],
)
def test_one_name_in_two_writings(one, other) -> None:
    """Goal: the same person is seen through spelling. Method: titles, degrees, order, accents, spaces."""
    assert names.same(names.read(one), names.read(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sari Dewi", "Sari"),
        ("Sari Dewi", "Dewi Sari"),
        ("Pak Wayan", "Bu Wayan"),
        ("Tn. Wayan", "Nn. Wayan"),
        ("Ny. Sari", "By. Ny. Sari"),
        ("Sari", "Anak Sari"),
        ("Dika", "Mama Dika"),
        ("Sari", "Sari 2"),
        ("", ""),
        (None, None),
        ("-", "."),
        ("Sari", None),
    ],
)
def test_two_people(one, other) -> None:
    """Goal: no two people become one. Method: husband and wife, mother and child, order without a comma, no name."""
    assert not names.same(names.read(one), names.read(other))


@pytest.mark.parametrize("title", ["Ibu", "H.", "Dr."])
def test_a_title_alone_is_a_name(title) -> None:
    """Goal: nobody loses the whole name. Method: names of one word that is a title."""
    assert names.read(title).letters
