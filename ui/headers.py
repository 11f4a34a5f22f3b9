"""Headers every answer carries: what a page may load, who may frame it, what may be kept."""

from flask import Flask, Response, request

CONTENT_SECURITY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}
FOR_EVER = "public, max-age=31536000, immutable"


def dress(response: Response) -> Response:
    """Puts the headers on; an answer that names its own Cache-Control keeps it."""
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.endpoint in ("ui.static", "ui.vendor") and response.status_code == 200 and "v" in request.args:
        response.headers["Cache-Control"] = FOR_EVER
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def install(app: Flask) -> None:
    """Dresses every answer of *app*, errors included."""
    app.after_request(dress)
