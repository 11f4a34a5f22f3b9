"""Bugs planted into messages and the right to greet, each with the story or attack that must notice it."""

from collections.abc import Callable
from typing import Any

import cabang_greeting_stories as stories
from cabang_pair import Company
from cabang_planted import Patch, Planted
from cabang_scenes import Scene, Stage, unfit

from crm import greeting_rights, messages
from sync.model import TABLES
from sync.unit import Unit


def _told(story: Callable[[Company], None]) -> Scene:
    """The story as a scene, with the first two of its branches."""

    def play(stage: Stage) -> None:
        story(stage.company)

    return play


def _answers(name: str, result: Any) -> Callable[[Patch], None]:
    """A question about rights is always answered so."""
    return lambda patch: patch.setattr(greeting_rights, name, lambda *args: result)


def _never(name: str) -> Callable[[Patch], None]:
    """A query finds nothing."""
    return lambda patch: patch.setattr(
        greeting_rights, name, f"SELECT * FROM ({getattr(greeting_rights, name)}) LIMIT 0"
    )


def _by_home_alone(patch: Patch) -> None:
    """What a branch greets is decided by its own cards."""
    patch.setattr(greeting_rights, "may_greet", lambda *args: True)


def _given_out_again(patch: Patch) -> None:
    """To whoever looks after a card, whether or not another branch has the right."""
    free = greeting_rights._FREE.replace("r.number = w.number", "r.number = w.number AND r.stream = w.stream")
    patch.setattr(greeting_rights, "_FREE", free)


def _of_any_feed(patch: Patch) -> None:
    for name in ("_HELD", "_FREE", "_UNNEEDED", "_OWNERS"):
        sql = getattr(greeting_rights, name)
        patch.setattr(greeting_rights, name, sql.replace(f"r.feed = {greeting_rights._FEED}", "r.feed NOTNULL"))


def _id_from_the_cause(patch: Patch) -> None:
    """As it was: the id of a message is its kind and cause."""
    usual = Unit.insert

    def insert(unit: Any, model: Any, values: Any, children: Any = None, key: Any = None) -> bytes:
        is_message = model is messages.Message
        return usual(unit, model, values, children, (values["kind"], values["cause"]) if is_message else key)

    patch.setattr(TABLES["message"], "natural", lambda kind, cause: f"{kind}/{cause}")
    patch.setattr(TABLES["message"], "key_fields", ("kind", "cause"))
    patch.setattr(Unit, "insert", insert)


GREETINGS: dict[str, Planted] = {
    "whoever looks after a card greets": Planted(
        _by_home_alone, _told(stories.two_cards_with_one_number_are_greeted_by_one_branch)
    ),
    "a right is given out while another has it": Planted(
        _given_out_again, _told(stories.without_a_release_nothing_moves)
    ),
    "what another greeted is forgotten": Planted(
        _never("_GREETED"), _told(stories.a_card_that_moves_is_not_greeted_again)
    ),
    "nobody gives up": Planted(_never("_UNNEEDED"), _told(stories.a_card_that_moves_is_not_greeted_again)),
    "head office speaks for everybody": Planted(
        _answers("_is_gone", True), _told(stories.without_a_release_nothing_moves)
    ),
    "what a lost computer may have greeted is forgotten": Planted(
        _never("_IN_STEAD"), _told(stories.head_office_speaks_for_a_branch_that_is_gone)
    ),
    "everybody may give up anything": Planted(
        lambda patch: patch.setattr(TABLES["greeting_release"], "writers", None),
        _told(stories.nobody_gives_up_what_is_another_s),
    ),
    "head office lets anybody give up anything": Planted(
        lambda patch: patch.setattr(TABLES["greeting_release"], "writers", None),
        unfit("another branch's right to greet given up"),
    ),
    "branches give rights to themselves": Planted(
        lambda patch: patch.setattr(TABLES["greeting_right"], "writers", None),
        unfit("a right to greet given to oneself"),
    ),
    "a computer that takes over greets at once": Planted(
        _answers("began_ms", 0), _told(stories.a_computer_that_takes_over_leaves_the_day_to_the_former)
    ),
    "rights outlive what head office forgot": Planted(
        _of_any_feed, _told(stories.a_restored_head_office_gives_out_anew)
    ),
    "a restored head office does not wait": Planted(
        _answers("_all_heard", True), _told(stories.a_restored_head_office_gives_out_anew)
    ),
    "two branches make one message": Planted(_id_from_the_cause, _told(stories.two_branches_may_write_of_the_same)),
    "two copies make one message": Planted(_id_from_the_cause, _told(stories.two_copies_may_say_the_same)),
    "one cause makes two messages": Planted(
        lambda patch: patch.setattr(messages, "queued_for", lambda *args: None),
        _told(stories.two_branches_may_write_of_the_same),
    ),
}
