"""What can go wrong between a person at the command line and Cabang."""

from sync.errors import N_, CabangError


class NoTerminal(CabangError):
    code = "no_terminal"
    happened = N_("There is no terminal to ask for the password.")
    todo = N_("Send it on standard input and add --password-stdin.")


class NoPhrase(CabangError):
    code = "no_phrase"
    happened = N_("There is no terminal to ask for the recovery phrase.")
    todo = N_("Send it on standard input and add --phrase-stdin.")


class NothingOnStdin(CabangError):
    code = "nothing_on_stdin"
    happened = N_("Standard input ended before %(what)s was given.")
    todo = N_("Send each on a line of its own: first the password, then the PIN.")


class SystemRefused(CabangError):
    """The operating system would not; its own words are in ``why``."""

    code = "system_refused"
    happened = N_("This computer refused: %(why)s (%(file)s).")
    todo = N_("Check the path, the permissions and the space on the disk, then do it again.")


class DatabaseUnreadable(CabangError):
    code = "database_unreadable"
    happened = N_("The database cannot be read: %(why)s.")
    todo = N_("Run 'cabang doctor' on the folder; if the file is damaged, restore the last backup.")


class HubOnly(CabangError):
    code = "only_at_head_office"
    happened = N_("This is done at head office; %(folder)s belongs to a branch.")
    todo = N_("Give the command with the hub's folder.")


class BranchOnly(CabangError):
    code = "only_at_a_branch"
    happened = N_("This is done at a branch; %(folder)s belongs to head office.")
    todo = N_("Give the command with a branch's folder.")


class NoHubThere(CabangError):
    """HubUnreachable, said to somebody who has no branch yet."""

    code = "no_hub_there"
    happened = N_("No head office answers at %(url)s; the branch was not made.")
    todo = N_(
        "Check the address, and that 'cabang hub run' runs there and lets other computers in. Then give the same "
        "command again."
    )
    retry_safe = True


class BranchHalfFilled(CabangError):
    """The hub went away after it took the branch in."""

    code = "branch_half_filled"
    happened = N_("Branch %(code)s is made in %(folder)s, but head office stopped answering before everything came.")
    todo = N_(
        "Give 'cabang sync' with this folder when head office answers again; then go on with 'cabang add-user'. "
        "'cabang recovery-phrase' prints the branch's recovery phrase."
    )
    retry_safe = True


class NeedsFile(CabangError):
    code = "needs_file"
    happened = N_("%(kind)s is no text for a terminal.")
    todo = N_("Say where to write it: --output FILE.")
