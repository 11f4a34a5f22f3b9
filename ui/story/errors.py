"""What can go wrong with the demo."""

from sync.errors import N_, CabangError


class FolderOfOthers(CabangError):
    code = "folder_of_others"
    happened = N_("The folder %(folder)s holds something else, or a demo that was never finished.")
    todo = N_("Name an empty folder, as in 'cabang demo FOLDER', or delete this one.")


class DemoRunsAlready(CabangError):
    code = "demo_runs_already"
    happened = N_("The demo in %(folder)s needs port %(port)s, which another program uses: probably this same demo.")
    todo = N_("Stop the other one, or name another folder, as in 'cabang demo FOLDER'.")


class NodeDidNotStart(CabangError):
    code = "node_did_not_start"
    happened = N_("A node of the demo did not start; its last words are in %(log)s.")
    todo = N_("Read them; 'cabang doctor' on its folder may say more.")


class NodeEnded(CabangError):
    code = "node_ended"
    happened = N_("A process of the demo ended by itself; its last words are in %(log)s.")
    todo = N_("Start the demo again: it goes on with what is there.")


class CommandRefused(CabangError):
    code = "command_refused"
    happened = N_("'cabang %(command)s' failed: %(why)s")
    todo = N_("Report the words above; the demo's folder stays as it is.")


class PageRefused(CabangError):
    code = "page_refused"
    happened = N_("The page %(address)s did not answer as it should (%(why)s).")
    todo = N_("Report the words above; the demo's folder stays as it is.")


class ClaimFailed(CabangError):
    code = "claim_failed"
    happened = N_("The story did not hold: %(claims)s.")
    todo = N_("Report it, with the line of figures above.")
