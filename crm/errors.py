"""What can be wrong with what a person entered, and what to do about it.

Each is raised before anything is logged; ``code`` is stable, the sentences are message ids (see ``sync.errors``).
"""

from sync.errors import N_, CabangError


class BusinessError(CabangError):
    """Base of the errors of the business rules; nothing was saved."""

    code = "business_rule"


# --- people and texts ------------------------------------------------------------------------------------------


class BadText(BusinessError):
    code = "bad_text"
    happened = N_("%(what)s is empty, too long (more than %(limit)s characters) or holds unreadable characters.")
    todo = N_("Type it again, shorter and with ordinary letters.")


class BadChoice(BusinessError):
    code = "bad_choice"
    happened = N_("“%(value)s” is not one of the choices for %(what)s.")
    todo = N_("Choose one of: %(choices)s.")


class BadPhone(BusinessError):
    code = "bad_phone"
    happened = N_("“%(text)s” is not a mobile phone number.")
    todo = N_("Type it like 0812-3456-7890, or with + and the country code for a foreign number.")


class BadBirthDate(BusinessError):
    code = "bad_birth_date"
    happened = N_("“%(text)s” is not a date of birth.")
    todo = N_("Give year, month and day, like 1990-05-31.")


class BadCustomerNumber(BusinessError):
    code = "bad_customer_number"
    happened = N_("“%(number)s” cannot be a customer number.")
    todo = N_("Use up to 32 letters, digits, dots, dashes and slashes.")


class CustomerNumberTaken(BusinessError):
    code = "customer_number_taken"
    happened = N_("There is already a customer with the number %(number)s.")
    todo = N_("Open that customer, or leave the number empty to get the next free one.")


class UnknownCustomer(BusinessError):
    code = "unknown_customer"
    happened = N_("This customer is not known here.")
    todo = N_("Search for the customer again.")


class BadUsername(BusinessError):
    code = "bad_username"
    happened = N_("“%(username)s” cannot be a user name.")
    todo = N_("Use 2 to 32 small letters, digits, dots, dashes and underscores.")


class UsernameTaken(BusinessError):
    code = "username_taken"
    happened = N_("There is already a user called %(username)s.")
    todo = N_("Choose another user name.")


class UnknownUser(BusinessError):
    code = "unknown_user"
    happened = N_("This user is not known here.")
    todo = N_("Choose a user from the list.")


class BadPassword(BusinessError):
    code = "bad_password"
    happened = N_("This password cannot be used.")
    todo = N_("Use at least 8 and at most 200 characters.")


class BadPin(BusinessError):
    code = "bad_pin"
    happened = N_("This PIN cannot be used.")
    todo = N_("Use 4 to 6 digits.")


# --- branches and catalogue ------------------------------------------------------------------------------------


class NoKeyToWithdraw(BusinessError):
    code = "no_key_to_withdraw"
    happened = N_("No computer of branch %(code)s has a key that could be withdrawn.")
    todo = N_("Check the code; a key that was withdrawn stays withdrawn.")


class BadBranchCode(BusinessError):
    code = "bad_branch_code"
    happened = N_("“%(text)s” cannot be a branch code.")
    todo = N_("Use 2 to 6 letters A to Z and digits, like PTK.")


class BranchCodeTaken(BusinessError):
    code = "branch_code_taken"
    happened = N_("There is already a branch with the code %(text)s.")
    todo = N_("Choose another code.")


class BadReceiptLine(BusinessError):
    code = "bad_receipt_line"
    happened = N_("Line %(line)s has more than %(limit)s characters, or unreadable ones.")
    todo = N_("Make it shorter, or go on in the next line.")


class TooManyReceiptLines(BusinessError):
    code = "too_many_receipt_lines"
    happened = N_("These are %(count)s lines; there is room for %(limit)s.")
    todo = N_("Leave some out.")


class BadLockMinutes(BusinessError):
    code = "bad_lock_minutes"
    happened = N_("“%(text)s” is not a whole number from %(least)s to %(most)s.")
    todo = N_("Type minutes, like 10.")


class BadProductCode(BusinessError):
    code = "bad_product_code"
    happened = N_("“%(text)s” cannot be a product code.")
    todo = N_("Use up to 64 letters, digits and signs on one line.")


class ProductCodeTaken(BusinessError):
    code = "product_code_taken"
    happened = N_("There is already a product with the code %(text)s.")
    todo = N_("Change that product, or choose another code.")


class UnknownProduct(BusinessError):
    code = "unknown_product"
    happened = N_("This product is not known here.")
    todo = N_("Scan or search again.")


class BadPrice(BusinessError):
    code = "bad_price"
    happened = N_("The price %(price)s is not allowed.")
    todo = N_("Give whole rupiah, not below zero and not above %(limit)s.")


class PriceAboveRetail(BusinessError):
    code = "price_above_retail"
    happened = N_("A price for members or companies of %(price)s is above the price for everybody, %(retail)s.")
    todo = N_("Give a lower one, or none.")


class BadBarcode(BusinessError):
    code = "bad_barcode"
    happened = N_("“%(barcode)s” cannot be a barcode.")
    todo = N_("Scan it again: up to 64 plain letters, digits and signs; of 13 digits the last one must fit the others.")


class BarcodeTaken(BusinessError):
    code = "barcode_taken"
    happened = N_("%(name)s (%(code)s) has the barcode %(barcode)s already.")
    todo = N_("A scanner must find one product: take the barcode off that one first, or choose another.")


class CategoryTaken(BusinessError):
    code = "category_taken"
    happened = N_("There is already a category of this name, or one that was called so before: %(name)s.")
    todo = N_("Use that one, or choose another name.")


class UnknownCategory(BusinessError):
    code = "unknown_category"
    happened = N_("This category is not known here.")
    todo = N_("Choose one of the list.")


# --- sales and stock -------------------------------------------------------------------------------------------


class NoLines(BusinessError):
    code = "no_lines"
    happened = N_("There is nothing in the list.")
    todo = N_("Add at least one line.")


class TooManyLines(BusinessError):
    code = "too_many_lines"
    happened = N_("There are %(count)s lines, the limit is %(limit)s.")
    todo = N_("Split them into smaller parts.")


class BadQuantity(BusinessError):
    code = "bad_quantity"
    happened = N_("The quantity %(quantity)s is not allowed in line %(line)s.")
    todo = N_("Give a whole number, not zero; goods that come back are a return.")


class BadDiscount(BusinessError):
    code = "bad_discount"
    happened = N_("The discount %(discount)s is more than line %(line)s is worth.")
    todo = N_("Give a discount between zero and the amount of the line.")


class BadTotalDiscount(BusinessError):
    code = "bad_total_discount"
    happened = N_("A discount of %(discount)s on a sale of %(total)s is not allowed.")
    todo = N_("Give a discount between zero and the total.")


class DiscountBeyondLimit(BusinessError):
    code = "discount_beyond_limit"
    happened = N_("This discount is %(percent)s %%; your role may give up to %(limit)s %%.")
    todo = N_("Give less, or ask somebody who may give more for their PIN.")


class DiscountBeyondApproval(BusinessError):
    code = "discount_beyond_approval"
    happened = N_("This discount is %(percent)s %%; whoever approved it may give up to %(limit)s %%.")
    todo = N_("Give less, or ask somebody who may give more for their PIN.")


class BadPercent(BusinessError):
    code = "bad_percent"
    happened = N_("“%(text)s” is no percentage.")
    todo = N_("Give a whole number from 0 to 100.")


class BadTotal(BusinessError):
    code = "bad_total"
    happened = N_("The total %(total)s is not allowed.")
    todo = N_("Check prices and quantities; goods that come back are a return.")


class BadPayment(BusinessError):
    code = "bad_payment"
    happened = N_("The payment of %(amount)s (%(method)s) is not allowed.")
    todo = N_("Give whole rupiah; only cash may be more than what is to be paid.")


class Underpaid(BusinessError):
    code = "underpaid"
    happened = N_("%(missing)s rupiah of the total are not paid.")
    todo = N_("Take the rest in cash or another way.")


class Overpaid(BusinessError):
    code = "overpaid"
    happened = N_("The payments are %(excess)s rupiah more than the total.")
    todo = N_("Lower the amount; only cash gives change.")


class UnknownSale(BusinessError):
    code = "unknown_sale"
    happened = N_("This sale is not known here.")
    todo = N_("Look for it in the list of sales.")


class BadPeriod(BusinessError):
    code = "bad_period"
    happened = N_("“%(text)s” is not a day, or the last day lies before the first.")
    todo = N_("Give days as year, month and day, like 2026-05-31.")


class BranchNotReady(BusinessError):
    code = "branch_not_ready"
    happened = N_("This branch has not heard from head office yet.")
    todo = N_("Connect it to the hub once ('cabang sync'), then do it again.")


class NotToBeSentAgain(BusinessError):
    code = "not_to_be_sent_again"
    happened = N_("This message is not one to send again: it waits, is on its way, or has gone out.")
    todo = N_("Look at its state in the list; write a new message if the customer needs one.")


class TooLateToCancel(BusinessError):
    code = "too_late_to_cancel"
    happened = N_("This message cannot be taken back any more: it is on its way or done.")
    todo = N_("Look at its state in the list.")
