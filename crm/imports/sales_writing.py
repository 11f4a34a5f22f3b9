"""Writing what the invoices of a file become: sale, write-off, and the products and customers nobody knew."""

from collections import Counter

from crm import catalogue, customers, selling, stock
from crm.imports.charges import CHARGES
from crm.imports.errors import InvoiceTooLarge
from crm.imports.sales_plan import Plan
from crm.imports.spool import SoldLine
from sync import limits
from sync.errors import UnitTooLarge
from sync.model import natural_id
from sync.node import Node
from sync.unit import Unit

SOURCE = "sales"
METHOD = "transfer"  # the file does not say; this leaves the cash of no drawer wrong
TILL = 99  # its numbers are those of no receipt printed here
_KIND = "SELECT kind FROM item WHERE id = ?"
_SALE = (
    "SELECT s.total, (SELECT count(*) FROM sale_line l WHERE l.sale = s.id) FROM sale s"
    " WHERE s.external = ? AND s.source = ? AND s.stream = ?"
)
_DOCUMENT = (
    "SELECT count(*), coalesce(sum(l.quantity), 0) FROM stock_document d JOIN stock_document_line l"
    " ON l.stock_document = d.id WHERE d.external = ? AND d.source = ? AND d.stream = ?"
)


class SalesWriter:
    """Writes plans, one unit of work each.  ``made`` counts sales, returns, write-offs, new products and customers."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._products: dict[str, tuple[bytes, bool]] = {}
        self._customers: dict[str, bytes] = {}
        self.made: Counter[str] = Counter()

    # --- what is in already ----------------------------------------------------------------------------------

    def is_in(self, plan: Plan) -> bool:
        """Was the invoice taken before?"""
        return self._sale(plan) is not None or self._written_off(plan) != (0, 0)

    def is_same(self, plan: Plan) -> bool:
        """Has the invoice that is in the lines of *plan*?"""
        sale = (plan.total, len(plan.sold)) if plan.sold else None
        off = (len(plan.written_off), sum(line.quantity for line in plan.written_off))
        return (sale, off) == (self._sale(plan), self._written_off(plan))

    def _sale(self, plan: Plan) -> tuple[int, int] | None:
        found = self._node.store.connection().execute(_SALE, (plan.invoice, SOURCE, self._node.stream)).fetchone()
        return tuple(found) if found else None

    def _written_off(self, plan: Plan) -> tuple[int, int]:
        found = self._node.store.connection().execute(_DOCUMENT, (plan.invoice, SOURCE, self._node.stream)).fetchone()
        return (found[0], found[1])

    # --- one invoice -----------------------------------------------------------------------------------------

    def write(self, plan: Plan) -> None:
        """Writes one invoice; people at the till come first.  Raises InvoiceTooLarge; then nothing of it is in."""
        self._node.store.wait_for_people(limits.PEOPLE_WAIT_S_MAX)
        made: Counter[str] = Counter()
        try:
            with self._node.journal.unit() as unit:
                self._write(unit, plan, made)
        except UnitTooLarge as problem:
            raise InvoiceTooLarge(invoice=plan.invoice, line=plan.first) from problem
        self.made.update(made)

    def _write(self, unit: Unit, plan: Plan, made: Counter[str]) -> None:
        if plan.sold:
            selling.record_sale(
                unit,
                lines=[self._line(unit, line, made) for line in plan.sold],
                payments=[selling.Paid(METHOD, plan.total)] if plan.total else [],
                customer=self._customer(unit, plan.customer, made),
                till=TILL,
                kind=plan.kind,
                at=plan.at,
                source=SOURCE,
                external=plan.invoice,
            )
            made[f"{plan.kind}s"] += 1
        if plan.written_off:
            lines = [self._moved(unit, line, made) for line in plan.written_off]
            stock.record_document(unit, "write_off", lines, at=plan.at, source=SOURCE, external=plan.invoice)
            made["write_offs"] += 1

    def _line(self, unit: Unit, line: SoldLine, made: Counter[str]) -> selling.Line:
        product, goods = self._product(unit, line, made)
        return selling.Line(product, line.quantity, line.price, 0, goods)

    def _moved(self, unit: Unit, line: SoldLine, made: Counter[str]) -> stock.Moved:
        product, _ = self._product(unit, line, made)
        return stock.Moved(product, line.quantity, line.name or None)

    # --- what nobody knew ------------------------------------------------------------------------------------

    def _product(self, unit: Unit, line: SoldLine, made: Counter[str]) -> tuple[bytes, bool]:
        """(id, moves stock) of the line's product, made if nobody knows the code."""
        if line.code not in self._products:
            product = natural_id("product", line.code)
            kind = next((row[0] for row in unit.query(_KIND, (product,))), None) or self._make(unit, line, made)
            self._products[line.code] = (product, kind == "goods")
        return self._products[line.code]

    def _make(self, unit: Unit, line: SoldLine, made: Counter[str]) -> str:
        kind = "charge" if line.code in CHARGES else "goods"
        catalogue.make_provisional(unit, line.code, line.first_name, line.first_price or 0, kind)
        made["products"] += 1
        return kind

    def _customer(self, unit: Unit, number: str | None, made: Counter[str]) -> bytes | None:
        if number is None:
            return None
        if number not in self._customers:
            known = unit.query("SELECT id FROM customer WHERE number = ?", (number,))
            self._customers[number] = customers.customer_numbered(unit, number)
            made["customers"] += not known
        return self._customers[number]
