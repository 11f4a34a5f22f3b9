"""The blueprints of head office's rooms; the page files hang their routes on them."""

from flask import Blueprint

home_area = Blueprint("home", __name__)
branches_area = Blueprint("branches", __name__, url_prefix="/branches")
sales_area = Blueprint("sales", __name__, url_prefix="/sales")
shifts_area = Blueprint("shifts", __name__, url_prefix="/shifts")
products_area = Blueprint("products", __name__, url_prefix="/products")
vouchers_area = Blueprint("vouchers", __name__, url_prefix="/vouchers")
customers_area = Blueprint("customers", __name__, url_prefix="/customers")
stock_area = Blueprint("stock", __name__, url_prefix="/stock")
users_area = Blueprint("users", __name__, url_prefix="/users")
settings_area = Blueprint("settings", __name__, url_prefix="/settings")
