"""The blueprints of the branch's rooms; the page files hang their routes on them."""

from pathlib import Path

from flask import Blueprint

HERE = str(Path(__file__).parent.parent)


def _area(name: str) -> Blueprint:
    return Blueprint(name, "branch_node", root_path=HERE, template_folder="templates")


home_area = _area("home")
till_area = _area("till")
customers_area = _area("customers")
stock_area = _area("stock")
sales_area = _area("sales")
products_area = _area("products")
status_area = _area("status")
settings_area = _area("settings")
sms_area = _area("sms")
