"""An emulated GSM modem for tests, with a true account of what aired.  Standard library alone, nothing of Cabang.

PDU mode only, as gammu uses it; no text mode, no phone book, no calls, and no vendor's own commands.
"""

from .control import Modem
from .faults import KINDS, Part
from .journal import Aired, Message, aired, messages
from .pdu import Udh
from .state import USSD_FAILED, USSD_SILENT

__all__ = ["KINDS", "USSD_FAILED", "USSD_SILENT", "Aired", "Message", "Modem", "Part", "Udh", "aired", "messages"]
