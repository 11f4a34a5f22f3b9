"""Categories: the groups goods are sorted into.  Head office keeps them; branches read them."""

from typing import Any, NamedTuple

from crm.catalogue.models import Category
from crm.errors import CategoryTaken, UnknownCategory
from crm.reading import dicts
from crm.texts import NAME_MAX, one_line
from sync.errors import N_
from sync.model import natural_id
from sync.unit import Unit

_LISTED = (
    "SELECT c.id, c.name, c.archived, count(p.id) AS products FROM category c"
    " LEFT JOIN product p ON p.category = c.id AND NOT p.archived GROUP BY c.id"
)
_NAMES = "SELECT id, name, archived FROM category"
_UNITS = "SELECT DISTINCT unit FROM product WHERE NOT archived ORDER BY unit COLLATE NOCASE LIMIT 50"


class Listed(NamedTuple):
    """A category as the list shows it; ``products`` in use that are sorted into it."""

    id: bytes
    name: str
    archived: bool
    products: int


def make_category(unit: Unit, name: str) -> bytes:
    """The id of the category called *name*, made if there is none; an archived one is in use again.

    A former name of a category means that one: old price lists stay good.  Head office only; raises BadText.
    """
    cleaned = clean_category(name)
    known = _called(unit, cleaned)
    category = known[0] if known else natural_id("category", cleaned)
    if unit.get(Category, category) is None:
        return unit.insert(Category, {"name": cleaned}, key=(cleaned,))
    unit.set(Category, category, {"archived": False})
    return category


def add_category(unit: Unit, name: str) -> bytes:
    """Makes a category.  Head office only; raises BadText, CategoryTaken for a name that is or was one's."""
    cleaned = clean_category(name)
    if taken := _called(unit, cleaned) or _was(unit, cleaned):
        raise CategoryTaken(name=taken[1])
    return unit.insert(Category, {"name": cleaned}, key=(cleaned,))


def rename_category(unit: Unit, category: bytes, name: str) -> bool:
    """Gives a category another name; its products stay in it.  Raises UnknownCategory, BadText, CategoryTaken."""
    cleaned = clean_category(name)
    _known(unit, category)
    for other in (_called(unit, cleaned), _was(unit, cleaned)):
        if other and other[0] != category:
            raise CategoryTaken(name=other[1])
    return unit.set(Category, category, {"name": cleaned})


def archive_category(unit: Unit, category: bytes, archived: bool = True) -> bool:
    """Takes a category off the lists, or puts it back; its products keep it.  Raises UnknownCategory."""
    _known(unit, category)
    return unit.set(Category, category, {"archived": archived})


def listed() -> list[Listed]:
    """Every category by name, archived ones last."""
    rows = [Listed(**{**row, "archived": bool(row["archived"])}) for row in dicts(_LISTED)]
    return sorted(rows, key=lambda one: (one.archived, one.name.casefold()))


def categories() -> list[Category]:
    """The categories in use, by name."""
    return list(Category.select().where(~Category.archived).order_by(Category.name))


def category_name(category: bytes | None) -> str:
    """What a category is called; empty for none."""
    row = Category.get_or_none(Category.id == category) if category else None
    return str(row.name) if row else ""


def units() -> list[str]:
    """The units of measure that products in use are sold by."""
    return [row["unit"] for row in dicts(_UNITS)]


def clean_category(name: str) -> str:
    """A category's name in its normal form; raises BadText."""
    return one_line(name, N_("Category"), NAME_MAX)


def _called(unit: Unit, name: str) -> tuple[bytes, str] | None:
    """The category that bears *name* today, in use rather than archived."""
    key = _key(name)
    found = sorted((bool(archived), row, text) for row, text, archived in unit.query(_NAMES) if _key(text) == key)
    return found[0][1:] if found else None


def _was(unit: Unit, name: str) -> tuple[bytes, str] | None:
    """The category that was made under *name*, whatever it is called today."""
    row = unit.get(Category, natural_id("category", name))
    return (row["id"], row["name"]) if row else None


def _key(name: str) -> str:
    return Category.Sync.natural(name)


def _known(unit: Unit, category: bytes) -> dict[str, Any]:
    row = unit.get(Category, category)
    if row is None:
        raise UnknownCategory
    return row
