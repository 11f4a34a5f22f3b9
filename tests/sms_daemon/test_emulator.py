"""The emulator under real python-gammu: what gammu is told, what it hears, and what aired by our own decoder."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gammu_child import GammuChild, GammuError
from modem import Modem, deliver, gsm7
from modem.pdu import decode_submit

TO = "+628123456789"
CENTRE = {"Number": "+6281100000", "Validity": "6H"}
EMPTY, UNKNOWN, WRITE_FAILED, SECURITY = 22, 27, 11, 23
INIT_S = 15
TEXTS = 200
AT_MS = 1_795_000_000_000


class Phone:
    """A modem and the gammu that has it open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modem = Modem(folder, sim="pin", pin="4711")
        self.opened: list[Any] = []
        self.open()
        self.opened += [self._security(), self._enter("0000"), self._enter("4711"), self._security()]
        self.modem.set(sim="ready")
        self.listen()

    def open(self, deadline_s: float = INIT_S) -> None:
        """A new gammu, as after a kill."""
        self.child = GammuChild(self.modem.link, self.folder)
        self.call("Init", deadline_s=deadline_s)

    def listen(self) -> None:
        """Reports and announcements are wanted."""
        self.call("SetIncomingSMS", True)
        self.call("SetIncomingUSSD", True)

    def call(self, name: str, *args: Any, deadline_s: float = 5, **named: Any) -> Any:
        """One call of gammu's."""
        return self.child.call(name, *args, deadline_s=deadline_s, **named)

    def _security(self) -> Any:
        return self.call("GetSecurityStatus")

    def _enter(self, pin: str) -> Any:
        try:
            return self.call("EnterSecurityCode", "PIN", pin)
        except GammuError as error:
            return error.code

    def send(self, text: str, **more: Any) -> int:
        """Sends one part; its reference."""
        message = {"SMSC": CENTRE, "Number": TO, "Text": text, "Coding": "Default_No_Compression", **more}
        return int(self.call("SendSMS", message))

    def heard(self, kind: str) -> dict[str, Any]:
        """The next thing of a *kind* that gammu's callback is given."""
        for _ in range(5):
            found = [said["what"] for said in self.child.heard if said["kind"] == kind]
            if found:
                self.child.heard.clear()
                return dict(found[0])
            self.call("ReadDevice", True)
        raise AssertionError(f"no {kind}")

    def listing(self) -> list[dict[str, Any]]:
        """Everything on the SIM."""
        found: list[dict[str, Any]] = []
        try:
            while True:
                after = {"Location": found[-1]["Location"]} if found else {"Start": True}
                found += self.call("GetNextSMS", Folder=0, **after)
        except GammuError as error:
            assert EMPTY == error.code
        return found


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Iterator[Phone]:
    """One modem for the whole file: gammu takes four seconds to open it."""
    phone = Phone(tmp_path_factory.mktemp("phone"))
    yield phone
    phone.child.kill()
    phone.modem.stop()


@pytest.fixture
def phone(opened) -> Iterator[Phone]:
    """The modem with nothing on its SIM and nothing wrong."""
    yield opened
    opened.modem.clear_faults()
    for place in opened.modem.sim():
        opened.call("DeleteSMS", Folder=0, Location=place)
    opened.child.heard.clear()


def test_the_pin(phone) -> None:
    """Goal: gammu sees the PIN asked, refused and taken. Method: what the fixture was told when it opened the SIM."""
    assert ["PIN", SECURITY, None, None] == phone.opened


def test_gsm7_with_a_report(phone) -> None:
    """Goal: a text of every kind of GSM-7 character airs as written and its report comes. Method: one message."""
    text = "Halo {Sari} [1] ~ ^ | \\ €5 @£ÄΔ"
    reference = phone.send(text, Type="Status_Report")
    part = phone.modem.aired()[-1]
    assert (TO, text, "gsm7", True, 360) == (part.number, part.text, part.coding, part.report, part.validity_minutes)
    assert reference == part.reference
    phone.modem.report(reference, 0)
    report = phone.heard("SMS")
    assert ("Status_Report", reference, TO, 0) == (
        *(report["Type"], report["MessageReference"], report["Number"], report["DeliveryStatus"]),
    )


def test_ucs2_in_two_parts(phone) -> None:
    """Goal: a long text with emoji airs whole. Method: 70 units in two parts with a header each."""
    text = "Terima kasih 🌸 sampai jumpa 👋 " * 3
    references = phone.call("send_long", text, True, TO)
    message = phone.modem.messages()[-1]
    assert (text, True, 1440) == (message.text, message.complete, message.parts[0].validity_minutes)
    assert references == [part.reference for part in message.parts]
    assert [(2, 1), (2, 2)] == [(part.udh.total, part.udh.part) for part in message.parts if part.udh]


def test_a_refusal(phone) -> None:
    """Goal: a refused message is an error to gammu and never airs. Method: +CMS ERROR: 38 for one part."""
    before = len(phone.modem.aired())
    phone.modem.fault("cms", 38, times=1)
    with pytest.raises(GammuError) as refused:
        phone.send("Halo")
    assert [UNKNOWN, before] == [refused.value.code, len(phone.modem.aired())]


def test_inbound(phone) -> None:
    """Goal: what arrives is announced, listed whole and deleted. Method: short GSM-7, long UCS-2 in the wrong order."""
    long = "Promo “Lebaran” 🌸 " * 5
    phone.modem.receive("+62811222333", "Ya, jam 3")
    phone.modem.receive("TELKOMSEL", long, parts=[2, 1])
    assert 1 == phone.heard("SMS")["Location"]
    found = phone.listing()
    assert [("+62811222333", "Ya, jam 3"), "TELKOMSEL", "TELKOMSEL"] == [
        (found[0]["Number"], found[0]["Text"]),
        *(one["Number"] for one in found[1:]),
    ]
    assert [2, 1] == [one["UDH"]["PartNumber"] for one in found[1:]]
    assert long == found[2]["Text"] + found[1]["Text"]
    phone.call("DeleteSMS", Folder=0, Location=1)
    assert [2, 3] == list(phone.modem.sim())


def test_ussd(phone) -> None:
    """Goal: the balance can be asked, and asking may fail. Method: a code with an answer, one that nobody knows."""
    phone.modem.set(ussd={"*888#": "Sisa pulsa Rp12.345"})
    phone.call("DialService", "*888#")
    heard = phone.heard("USSD")
    assert ("NoActionNeeded", "Sisa pulsa Rp12.345") == (heard["Status"], heard["Text"])
    phone.call("DialService", "*1#")
    assert "NotSupported" == phone.heard("USSD")["Status"]
    assert "+6281100000" == phone.call("GetSMSC")["Number"]


def test_signal_and_network(phone) -> None:
    """Goal: gammu sees signal, registration and operator change. Method: at home, then searching without a signal."""
    assert ("HomeNetwork", "510 10") == (*map(phone.call("GetNetworkInfo").get, ("State", "NetworkCode")),)
    assert 63 == phone.call("GetSignalQuality")["SignalPercent"]
    phone.modem.set(registration="searching", signal=99)
    assert "RequestingNetwork" == phone.call("GetNetworkInfo")["State"]
    assert -1 == phone.call("GetSignalQuality")["SignalPercent"]
    phone.modem.set(registration="home", signal=21)


def test_unplug_and_replug(phone) -> None:
    """Goal: gammu loses the modem; another finds it behind the same link, once it is not dead. Method: just that."""
    phone.modem.unplug()
    with pytest.raises(GammuError) as lost:
        phone.call("GetSignalQuality")
    assert WRITE_FAILED == lost.value.code
    phone.child.kill()
    phone.modem.replug()
    phone.modem.set(dead=True)
    with pytest.raises(TimeoutError):
        phone.open(deadline_s=0.5)
    phone.modem.set(dead=False)
    phone.open()
    phone.listen()
    assert "356938035643809" == phone.call("GetIMEI")


PLAIN = "abc XYZ 0189 {}[]^|\\€@£éÄΔΩ\n"


def drawn(chance: random.Random, unicode: bool) -> str:
    """A text of random length in the characters of GSM-7, or of many scripts and emoji."""
    signs = PLAIN + ("“–✓ꦱกअ中🌸👋🏽" if unicode else "~")
    return "".join(chance.choices(signs, k=chance.choice((1, 70, 153, 160, 161, 300))))


def test_random_texts_to_the_network(phone) -> None:
    """Goal: the decoder agrees with gammu's encoder. Method: 200 texts, all parts decoded and joined, seeded."""
    chance = random.Random(20261122)
    for _ in range(TEXTS):
        unicode = chance.random() < 0.5
        text = drawn(chance, unicode)
        parts = [decode_submit(pdu) for pdu in phone.call("to_pdus", text, unicode, TO)]
        whole = "".join(part.text for part in parts).encode("utf-16-be", "surrogatepass").decode("utf-16-be")
        assert text == whole
        assert {(TO, 1440)} == {(part.number, part.validity_minutes) for part in parts}
        assert [place + 1 for place in range(len(parts))] == [part.udh.part if part.udh else 1 for part in parts]


def test_random_texts_from_the_network(phone) -> None:
    """Goal: gammu's decoder agrees with the encoder. Method: 200 texts, in GSM-7 cut at the NUL that gammu adds."""
    chance = random.Random(20261123)
    for _ in range(TEXTS):
        text = drawn(chance, chance.random() < 0.5)
        pdus = deliver.delivers("+62811222333", text, AT_MS, "+6281100000", reference=7)
        read = phone.call("from_pdus", pdus)
        assert text == "".join(one["Text"].partition("\0")[0] for one in read)
        assert {"+62811222333"} == {one["Number"] for one in read}
        assert gsm7.encodable(text) == (read[0]["Coding"] == "Default_No_Compression")


def test_what_gammu_spoils_is_seen(phone) -> None:
    """Goal: the account tells what left, not what was meant. Method: gammu makes U+0001 of ~ in UCS-2 alone."""
    sent = [("“~”", True), ("“~~”", True), ("~", False)]
    pdus = [phone.call("to_pdus", text, unicode, TO) for text, unicode in sent]
    assert ["“\x01”", "“~”", "~"] == [decode_submit(pdu).text for [pdu] in pdus]
