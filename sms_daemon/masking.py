"""Telephone numbers for logs: enough to tell two apart, too little to call one."""

SHORT = 6  # a short code such as 8888 is nobody's own number
HEAD, TAIL = 6, 3
HIDDEN = 4  # at least so many characters are hidden


def mask(number: str | None) -> str:
    """+6281234567890 → +62812****890.  Short codes stay; of a name only the ends stay; no number is "-"."""
    if not number:
        return "-"
    if len(number) <= SHORT:
        return number
    head = max(0, min(HEAD, len(number) - HIDDEN - TAIL))
    return f"{number[:head]}****{number[-TAIL:]}"
