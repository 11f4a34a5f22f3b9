"""Forms of head office: a business rule that says no becomes a sentence beside the field it is about."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any

from flask import abort, make_response, render_template
from werkzeug.wrappers import Response

from crm.errors import BusinessError
from sync.ids import NATURAL_ID_BYTES, OP_ID_BYTES
from ui.forms import Reading
from ui.preferences import language
from ui.translate import translate_error

FIELD_OF_CODE = {
    "bad_branch_code": "code",
    "branch_code_taken": "code",
    "bad_product_code": "code",
    "product_code_taken": "code",
    "bad_price": "price",
    "bad_phone": "phones",
    "bad_birth_date": "birth_date",
    "bad_customer_number": "number",
    "customer_number_taken": "number",
    "bad_username": "username",
    "username_taken": "username",
    "bad_password": "password",
    "bad_pin": "pin",
}
FIELD_OF_NAME = {  # bad_text and bad_choice say the field's name as a message id
    "Name": "name",
    "Kind": "kind",
    "Time zone": "zone",
    "Address": "address",
    "Phone": "phone",
    "Street": "street",
    "City": "city",
    "Caution": "caution",
    "Note": "text",
    "Role": "role",
    "Category": "category",
    "Type": "type",
    "Barcode": "barcode",
    "Unit": "unit",
    "Description": "description",
}


class Beside:
    """Inside ``with Beside(form)`` a business error about a field is written beside it; any other error goes on."""

    def __init__(self, form: Reading) -> None:
        self._form = form

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> bool:
        """True, which ends the error here, when it is about a field."""
        if not isinstance(error, BusinessError):
            return False
        name = FIELD_OF_CODE.get(error.code) or FIELD_OF_NAME.get(error.params.get("what", ""))
        if name:
            self._form.errors[name] = " ".join(translate_error(error, language()))
        return name is not None


def form_page(template: str, form: Reading, values: Mapping[str, Any], **more: Any) -> Response:
    """The page with its form: as typed when something was sent, else *values*; 422 when a field is wrong."""
    shown = form.values or values
    status = 422 if form.errors else 200
    return make_response(render_template(template, values=shown, errors=form.errors, **more), status)


def row_id(text: str) -> bytes:
    """The id in an address; 404 when it cannot be one."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        abort(404)
    if len(found) not in (OP_ID_BYTES, NATURAL_ID_BYTES):
        abort(404)
    return found
