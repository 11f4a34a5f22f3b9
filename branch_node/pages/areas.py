"""The blueprints of the branch's rooms; the page files hang their routes on them."""

from flask import Blueprint

home_area = Blueprint("home", __name__)
till_area = Blueprint("till", __name__)
customers_area = Blueprint("customers", __name__)
stock_area = Blueprint("stock", __name__)
sales_area = Blueprint("sales", __name__)
shifts_area = Blueprint("shifts", __name__)
vouchers_area = Blueprint("vouchers", __name__)
products_area = Blueprint("products", __name__)
status_area = Blueprint("status", __name__)
settings_area = Blueprint("settings", __name__)
sms_area = Blueprint("sms", __name__)
