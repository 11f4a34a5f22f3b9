"""The story: the line is cut, both branches sell and change the same card, the line is back, everything meets."""

import time
from collections.abc import Callable
from contextlib import suppress
from itertools import chain, repeat
from typing import Any, NamedTuple

from crm.phones import half_masked
from crm.sample import goods
from crm.sample.people import CUSTOMERS_PER_BRANCH, LOGINS, Login
from ui.console.language import LANGUAGE, _
from ui.formats import rupiah
from ui.story.browser import Browser, Sold
from ui.story.company import HEAD_OFFICE, Company
from ui.story.errors import CommandRefused, NodeEnded
from ui.story.modems import is_dummy
from ui.story.processes import cabang, facts
from ui.story.sms import Tally, tally

OUTLET, SPA = "PTK", "SGW"
BASKETS = {  # codes of what is sold while the line is cut
    OUTLET: (("OLI-01", "REM-02"), ("BAN-03", "BAN-05"), ("LIS-03",)),
    SPA: (("PBY-01", "BAY-01"), ("IBU-02",)),
}
LOOK_S = 0.5
SMS_S_MAX = 60  # a modem that starts, and a slow network
DUMMY_S_MAX = 10
Tell = Callable[[str], None]


class Address(NamedTuple):
    """What one branch wrote on the card."""

    street: str
    city: str


class Story:
    """Plays it once at *company*; *pause_s* between the lines.  ``claims`` and ``figures`` fill as it goes.

    *on_air*: it claims that each SMS of the first branch was submitted once.  *to*: the number (E.164) that gets the
    receipt by SMS; without it the made-up one of the sample.  *hold*: returns when the line may come back.
    """

    def __init__(
        self,
        company: Company,
        tell: Tell,
        pause_s: float,
        *,
        on_air: bool = False,
        to: str | None = None,
        hold: Callable[[], None] | None = None,
    ) -> None:
        self._company, self._tell, self._pause_s, self._to, self._hold = company, tell, pause_s, to, hold
        self._prices = {values["code"]: values for values in goods.products()}
        self.claims = dict.fromkeys(
            ("cut_sales_at_hub", "conflict_listed", "digests_equal", "logs_verify", "receipts_all_at_hub"), False
        )
        self._on_air = on_air
        if on_air:
            self.claims["submissions_equal_messages"] = False
        self.figures: dict[str, Any] = {}

    def play(self) -> None:
        """From the cut to the end."""
        memory = self._company.memory
        number = memory["plays"] + 1
        self._company.remember({**memory, "plays": number})
        customer = f"{OUTLET}-{(number - 1) % CUSTOMERS_PER_BRANCH + 1:06}"  # another one in each play
        self._sign_in()
        self._cut()
        sold = self._sell(customer)
        self._check_sms(customer)
        told = self._move_house(customer, number)
        self._not_known_yet(sold)
        if self._hold:
            self._hold()
            self._sign_in()  # once more: screens lock while nobody touches them
        self._reconnect()
        self._check_sales(sold)
        self._check_conflict(told)
        self._check_books()

    def _say(self, line: str) -> None:
        self._tell(line)
        time.sleep(self._pause_s)

    def _sign_in(self) -> None:
        self._browsers = {name: Browser(node.url) for name, node in self._company.nodes.items()}
        for name, browser in self._browsers.items():
            login = login_at(name)
            browser.log_in(login.username, login.password)

    # --- the line is cut -------------------------------------------------------------------------------------

    def _cut(self) -> None:
        self._before = self._rupiah_at_hub()
        self._company.cable.pull_out()
        self._say(_("1. The line is cut. Neither branch reaches head office."))

    def _sell(self, customer: str) -> list[Sold]:
        """The first sale is to *customer*, who agreed to a receipt by SMS."""
        self._say(_("2. Both go on selling."))
        self._sms_before = self._sms(SMS_S_MAX if self._on_air else 0)
        known = self._browsers[OUTLET].find_customer(customer)
        if self._to:
            self._browsers[OUTLET].change_customer(known, phone1=self._to, shared="1")
            self._say(_("   Customer %(number)s gives the number %(phone)s.", number=customer,
                        phone=half_masked(self._to)))  # fmt: skip
        buyers = chain([known], repeat(""))
        sold = [self._sell_one(branch, codes, next(buyers)) for branch, baskets in BASKETS.items() for codes in baskets]
        self.figures["sold"], self.figures["sold_rupiah"] = len(sold), sum(one.total for one in sold)
        return sold

    def _sell_one(self, branch: str, codes: tuple[str, ...], buyer: str) -> Sold:
        chosen = [self._prices[code] for code in codes]
        total = sum(values["price"] for values in chosen)
        sold = self._browsers[branch].sell([values["barcode"] or values["code"] for values in chosen], total, buyer)
        names = ", ".join(values["name"] for values in chosen)
        amount = rupiah(total, LANGUAGE)
        said = {"who": login_at(branch).name, "branch": branch, "goods": names, "amount": amount}
        self._say(_("   %(who)s (%(branch)s) sells %(goods)s: %(amount)s, receipt %(receipt)s.",
                    **said, receipt=sold.receipt))  # fmt: skip
        return sold

    def _sms(self, most_s: float) -> Tally:
        """The tally of the outlet once nothing waits, or after *most_s*."""
        program, until = self._company.sms[OUTLET], time.monotonic() + most_s
        while (found := tally(self._company.path(OUTLET))).waiting and time.monotonic() < until:
            if not program.alive:
                raise NodeEnded(log=str(program.log))
            time.sleep(LOOK_S)
        return found

    def _check_sms(self, customer: str) -> None:
        """The receipt goes through the branch's own modem, line or no line."""
        sms = self._sms(SMS_S_MAX if self._on_air else DUMMY_S_MAX).since(self._sms_before)
        names = ("messages", "parts", "submitted", "unknown", "waiting")
        self.figures["sms"] = {name: getattr(sms, name) for name in names}
        if self._on_air:
            self.claims["submissions_equal_messages"] = sms.is_exact
        if not sms.is_exact:
            line = _("   The SMS with the receipt for customer %(number)s has not gone: %(modems)s", number=customer,
                     modems=" ".join(sms.modems))  # fmt: skip
        elif is_dummy(self._company.path(OUTLET)):
            line = _("   Customer %(number)s gets the receipt by SMS: handed to gammu; the air is not observed.",
                     number=customer)  # fmt: skip
        else:
            line = _("   Customer %(number)s gets the receipt by SMS: the network took it.", number=customer)
        self._say(line)

    def _move_house(self, customer: str, number: int) -> dict[str, Address]:
        """The customer tells each branch another address."""
        self._say(_("3. Customer %(number)s has moved, and tells each branch another address.", number=customer))
        told = {
            OUTLET: Address(f"Jl. Contoh Khatulistiwa No. {100 + number}", "Pontianak"),
            SPA: Address(f"Jl. Contoh Bambu Runcing No. {200 + number}", "Singkawang"),
        }
        for branch, address in told.items():
            browser = self._browsers[branch]
            self._customer = browser.find_customer(customer)
            browser.change_customer(self._customer, street=address.street, city=address.city)
            self._say(_("   %(branch)s writes: %(address)s.", branch=branch, address=", ".join(address)))
        return told

    def _not_known_yet(self, sold: list[Sold]) -> None:
        known = sum(self._browsers[HEAD_OFFICE].is_there(f"/sales/{one.id}") for one in sold)
        self.figures["at_hub_while_cut"] = known
        self._say(_("   Head office knows %(known)s of these %(sold)s sales.", known=known, sold=len(sold)))

    # --- the line is back ------------------------------------------------------------------------------------

    def _reconnect(self) -> None:
        self._company.cable.plug_in()
        self._say(_("4. The line is back. Everything is exchanged."))
        for branch in (OUTLET, SPA, OUTLET):  # the first one again: it has not heard what the second brought
            cabang("sync", self._company.path(branch))

    def _check_sales(self, sold: list[Sold]) -> None:
        hub = self._browsers[HEAD_OFFICE]
        arrived = [one for one in sold if hub.is_there(f"/sales/{one.id}")]
        printed = [one for one in arrived if hub.shows(f"/sales/{one.id}", one.receipt, rupiah(one.total))]
        more = self._rupiah_at_hub() - self._before
        self.figures |= {"at_hub": len(arrived), "at_hub_rupiah": more, "receipts_at_hub": len(printed)}
        late = self.figures["at_hub_while_cut"] == 0
        self.claims["cut_sales_at_hub"] = late and len(arrived) == len(sold) and more == self.figures["sold_rupiah"]
        self.claims["receipts_all_at_hub"] = len(printed) == len(sold)
        self._say(_("5. Head office has %(known)s of %(sold)s sales now: %(amount)s.", known=len(arrived),
                    sold=len(sold), amount=rupiah(more, LANGUAGE)))  # fmt: skip

    def _rupiah_at_hub(self) -> int:
        rows = facts("report", "sales", self._company.path(HEAD_OFFICE), "--by", "branch")["rows"]
        return sum(row["rupiah"] for row in rows)

    def _check_conflict(self, told: dict[str, Address]) -> None:
        streets = [address.street for address in told.values()]
        listed = [name for name, browser in self._browsers.items() if browser.shows("/conflicts", *streets)]
        card = f"/customers/{self._customer}"
        stands = [one for one in told.values() if self._browsers[OUTLET].shows(card, one.street)]
        self.figures |= {"conflict_listed_at": listed}
        self.claims["conflict_listed"] = HEAD_OFFICE in listed
        self._say(_("6. The two addresses met. The card says: %(address)s. Nothing is lost: both are listed at"
                    " %(url)s", address=", ".join(stands[0]) if stands else "?",
                    url=f"{self._browsers[HEAD_OFFICE].url}/conflicts"))  # fmt: skip

    def _check_books(self) -> None:
        branches = (OUTLET, SPA)
        whole = [name for name in self._company.nodes if self._is_whole(name)]
        equal = sum(self._is_equal(branch) for branch in branches)
        self.figures |= {"digests_compared": len(branches), "digests_equal": equal, "logs_whole": whole}
        self.claims["digests_equal"] = equal == len(branches)
        self.claims["logs_verify"] = len(whole) == len(self._company.nodes)
        self._say(_("7. %(equal)s of 2 branches hold exactly what head office holds of them; %(whole)s of 3 logs are"
                    " whole.", equal=equal, whole=len(whole)))  # fmt: skip

    def _is_equal(self, branch: str) -> bool:
        """Does head office hold what the *branch* does?  What a modem told meanwhile is exchanged first."""
        hub, folder = self._company.path(HEAD_OFFICE), self._company.path(branch)
        if facts("digest", hub, "--for", branch)["digest"] == facts("digest", folder)["digest"]:
            return True
        cabang("sync", folder)
        return bool(facts("digest", hub, "--for", branch)["digest"] == facts("digest", folder)["digest"])

    def _is_whole(self, name: str) -> bool:
        with suppress(CommandRefused):
            return bool(facts("verify", self._company.path(name))["whole"])
        return False


def login_at(name: str) -> Login:
    """Who plays at the hub ("hub") or a branch, by its code."""
    wanted = ("admin", None) if name == HEAD_OFFICE else ("cashier", name)
    return next(login for login in LOGINS if (login.role, login.branch) == wanted)
