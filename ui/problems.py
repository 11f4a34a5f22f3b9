"""What an error page says, for every status: what happened, what to do, what is safe.  English message ids."""

from typing import NamedTuple

from sync.errors import N_, CabangError


class Problem(NamedTuple):
    """``title`` is a few words; the three sentences are complete."""

    status: int
    title: str
    happened: str
    todo: str
    safe: str


NOTHING_SAVED = N_("This step was not saved; everything before it is safe.")
ALL_SAFE = N_("Nothing was changed or lost.")
REPEAT_SAFE = N_("This step was not saved; you can safely do it again.")

PROBLEMS = {
    400: Problem(
        400,
        N_("Not understood"),
        N_("What this page sent cannot be read."),
        N_("Go back, load the page again and repeat the step."),
        NOTHING_SAVED,
    ),
    403: Problem(
        403,
        N_("Not for your role"),
        N_("Your role may not do this."),
        N_("Ask a supervisor, or change to a person who may."),
        ALL_SAFE,
    ),
    404: Problem(
        404,
        N_("Not found"),
        N_("There is nothing at this address."),
        N_("Check the address, or start again from the menu."),
        ALL_SAFE,
    ),
    405: Problem(
        405,
        N_("Not this way"),
        N_("This address cannot be opened like this."),
        N_("Go back and use the button on the page."),
        ALL_SAFE,
    ),
    413: Problem(
        413,
        N_("Too large"),
        N_("What you sent is larger than Cabang takes at once."),
        N_("Send a smaller file, or split it."),
        NOTHING_SAVED,
    ),
    422: Problem(
        422,
        N_("Not possible"),
        N_("Something in this form cannot be used."),
        N_("Go back, correct it and send it again."),
        NOTHING_SAVED,
    ),
    429: Problem(
        429,
        N_("Too many tries"),
        N_("There were too many wrong tries."),
        N_("Wait a few minutes, then try again."),
        ALL_SAFE,
    ),
    500: Problem(
        500,
        N_("Our mistake"),
        N_("Cabang made a mistake it did not expect."),
        N_("Try again; if it happens again, give head office the number below."),
        NOTHING_SAVED,
    ),
}
EXPIRED = Problem(
    400,
    N_("Page too old"),
    N_("This page was opened in an earlier session."),
    N_("Load the page again and repeat the step."),
    NOTHING_SAVED,
)
UNREADABLE = Problem(
    503,
    N_("Not possible now"),
    N_("The disk of this computer cannot be read."),
    N_("Wait a moment and load the page again; if it stays so, check the disk and its cable, and call head office."),
    N_("What was saved stands; look whether your last step is there before you repeat it."),
)
STATUS_BY_CODE = {
    "too_large": 413,
    "not_allowed_here": 403,
    "no_such_row": 404,
    "unknown_customer": 404,
    "unknown_user": 404,
    "unknown_product": 404,
    "unknown_category": 404,
    "unknown_sale": 404,
    "unknown_transfer": 404,
    "unknown_shift": 404,
    "unknown_voucher": 404,
    "unknown_branch": 404,
    "writer_busy": 503,
    "lock_held": 503,
    "hub_unreachable": 503,
    "sync_incomplete": 503,
    "disk_full": 507,
    "invariant_broken": 500,
    "log_damaged": 500,
    "guards_missing": 500,
}


def problem_of_status(status: int) -> Problem:
    """The texts for an HTTP status; one without its own gets those of 400 or 500."""
    nearest = PROBLEMS.get(status) or PROBLEMS[400 if status < 500 else 500]
    return nearest._replace(status=status)


def problem_of_error(error: CabangError) -> Problem:
    """Status, title and safety for *error*; its own two sentences stand for themselves (``translate_error``)."""
    status = STATUS_BY_CODE.get(error.code, 422)
    base = PROBLEMS.get(status) or PROBLEMS[422 if status < 500 else 500]
    title = N_("Not possible now") if status in (503, 507) else base.title
    safe = REPEAT_SAFE if error.retry_safe else base.safe
    return Problem(status, title, error.happened, error.todo, safe)
