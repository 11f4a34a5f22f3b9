"""States that carry an icon and a word beside their colour."""

from typing import NamedTuple

from sync.errors import N_


class Look(NamedTuple):
    """``kind`` picks the colour, ``icon`` the drawing, ``word`` (a message id) says it."""

    kind: str
    icon: str
    word: str


LINE = {
    "ok": Look("ok", "check-circle-fill", N_("Online")),
    "waiting": Look("quiet", "hourglass-split", N_("Waiting to be sent")),
    "offline": Look("quiet", "cloud-slash-fill", N_("Offline")),
    "amber": Look("warn", "exclamation-triangle-fill", N_("Attention")),
    "red": Look("bad", "exclamation-octagon-fill", N_("Urgent")),
}
NOTICE = {
    "ok": Look("ok", "check-circle-fill", N_("Done")),
    "info": Look("quiet", "info-circle-fill", N_("Note")),
    "warn": Look("warn", "exclamation-triangle-fill", N_("Attention")),
    "bad": Look("bad", "exclamation-octagon-fill", N_("Error")),
}
ROLES = {
    "owner": N_("Owner"),
    "admin": N_("Administrator"),
    "manager": N_("Manager"),
    "supervisor": N_("Supervisor"),
    "cashier": N_("Cashier"),
    "therapist": N_("Therapist"),
}
