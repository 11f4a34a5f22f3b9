"""A business rule that says no becomes a sentence beside the field it is about."""

from collections.abc import Callable
from types import TracebackType

from crm.errors import BusinessError
from ui.explain import said
from ui.forms import Reading

FIELD_OF_CODE = {
    "bad_branch_code": "code",
    "branch_code_taken": "code",
    "bad_product_code": "code",
    "product_code_taken": "code",
    "bad_price": "price",
    "bad_barcode": "barcode",
    "barcode_taken": "barcode",
    "bad_phone": "phones",
    "bad_birth_date": "birth_date",
    "bad_customer_number": "number",
    "customer_number_taken": "number",
    "bad_username": "username",
    "username_taken": "username",
    "bad_password": "password",
    "category_taken": "name",
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


def field_of(error: BusinessError) -> str:
    """The field *error* is about; empty when it is about none."""
    return FIELD_OF_CODE.get(error.code) or FIELD_OF_NAME.get(error.params.get("what", ""), "")


class Beside:
    """Inside ``with Beside(form)`` a business error is written beside the field that *place* names.

    Any other error goes on, and one that *place* has no field for.
    """

    def __init__(self, form: Reading, place: Callable[[BusinessError], str] = field_of) -> None:
        self._form, self._place = form, place

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> bool:
        """True, which ends the error here, when it has a field."""
        name = self._place(error) if isinstance(error, BusinessError) else ""
        if isinstance(error, BusinessError) and name:
            self._form.errors[name] = said(error)
        return bool(name)
