"""What a business rule says stands beside the field it is about."""

import pytest
from flask import Flask

from crm.errors import BadChoice, BadPhone, BadText, BusinessError, UnknownCustomer
from sync.errors import WriterBusy
from ui.beside import Beside
from ui.forms import Reading


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (BadPhone(text="x"), "phones"),
        (BadText(what="Street", limit=200), "street"),
        (BadChoice(value="x", what="Kind", choices="a, b"), "kind"),
    ],
)
def test_the_field_an_error_is_about(app: Flask, error: BusinessError, name: str) -> None:
    """Goal: people see where to correct. Method: an error by its code, and two by the field they name."""
    form = Reading({})
    with app.test_request_context("/", headers={"Cookie": "lang=en"}), Beside(form):
        raise error
    assert [name] == list(form.errors) and len(form.errors[name]) > 20


@pytest.mark.parametrize("error", [UnknownCustomer(), BadText(what="Something", limit=3), WriterBusy(seconds=1)])
def test_other_errors_go_on(app: Flask, error: Exception) -> None:
    """Goal: nothing is swallowed. Method: errors about no field of the form, and one that is no rule."""
    form = Reading({})
    with app.test_request_context("/"), pytest.raises(type(error)), Beside(form):
        raise error
    assert {} == form.errors


def test_a_form_may_place_errors_itself(app: Flask) -> None:
    """Goal: a form whose fields have other names. Method: everything beside one field, save what is no rule."""
    form = Reading({})
    with app.test_request_context("/"):
        with Beside(form, lambda error: "form"):
            raise UnknownCustomer
        with pytest.raises(WriterBusy), Beside(form, lambda error: "form"):
            raise WriterBusy(seconds=1)
    assert ["form"] == list(form.errors)
