"""The sample company's staff and customers: made-up names, and telephone numbers that no operator has given out."""

from typing import Any, NamedTuple

CUSTOMERS_PER_BRANCH = 30

_FIRST = ("Ratna", "Dewi", "Budi", "Agus", "Siti", "Maria", "Hendra", "Lina", "Yusuf", "Kartika", "Rudi", "Mei Ling",
          "Andi", "Fitri", "Stefanus", "Nur", "Anton", "Rina", "Galih", "Wulan")  # fmt: skip
_LAST = ("Wijaya", "Kusuma", "Santoso", "Lestari", "Pratama", "Halim", "Saputra", "Anggraini", "Tanjung", "Hartono",
         "Permata")  # fmt: skip
_STREETS = ("Jl. Contoh Melati", "Jl. Contoh Kenanga", "Gg. Contoh Mawar", "Jl. Contoh Anggrek", "Gg. Contoh Flamboyan")
_CAUTIONS = ("Alergi minyak zaitun", "Kulit sensitif, tanpa lulur", "Habis operasi, tanpa pijat perut")


class Login(NamedTuple):
    """A member of staff who may sign in; ``branch`` is a code, None at head office."""

    username: str
    name: str
    role: str
    branch: str | None
    password: str
    pin: str


LOGINS = (
    Login("pemilik", "Ibu Hartati", "owner", None, "contoh-pemilik", "1111"),
    Login("ani", "Ani Wibowo", "admin", None, "contoh-ani", "2222"),
    Login("sari", "Sari Utami", "cashier", "PTK", "contoh-sari", "3333"),
    Login("joko", "Joko Susilo", "supervisor", "PTK", "contoh-joko", "4444"),
    Login("tuti", "Tuti Marlina", "cashier", "SGW", "contoh-tuti", "5555"),
    Login("bayu", "Bayu Nugroho", "manager", "SGW", "contoh-bayu", "6666"),
)


def customers(branch: str, city: str, first: int) -> list[dict[str, Any]]:
    """The cards of one branch for ``customers.create_customer``; *first* keeps phones and names of branches apart."""
    return [_customer(branch, city, place, first + place) for place in range(1, CUSTOMERS_PER_BRANCH + 1)]


def _customer(branch: str, city: str, place: int, number: int) -> dict[str, Any]:
    return {
        "number": f"{branch}-{place:06}",
        "name": f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]}",
        "phones": [f"0812-0000-{number:04}"],
        "street": f"{_STREETS[place % len(_STREETS)]} No. {place}",
        "city": city,
        "birth_date": f"{1975 + place}-{place % 12 + 1:02}-{place % 28 + 1:02}" if place % 3 == 0 else None,
        "caution": _CAUTIONS[place // 10 % len(_CAUTIONS)] if place % 10 == 0 else None,
    }
