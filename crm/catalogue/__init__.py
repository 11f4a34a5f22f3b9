"""The catalogue: what head office sells, and what branches met that it does not know yet."""

from crm.catalogue.category_list import categories, category_name, clean_category, make_category, units
from crm.catalogue.edit import archive_product, change_product, create_product, make_provisional
from crm.catalogue.lookup import Item, find, item, search, suggest
from crm.catalogue.models import KINDS, Category, Product, ProvisionalProduct, product_key

__all__ = [
    "KINDS",
    "Category",
    "Item",
    "Product",
    "ProvisionalProduct",
    "archive_product",
    "categories",
    "category_name",
    "change_product",
    "clean_category",
    "create_product",
    "find",
    "item",
    "make_category",
    "make_provisional",
    "product_key",
    "search",
    "suggest",
    "units",
]
