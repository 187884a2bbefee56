"""Transfers of calls."""

from typing import Annotated

from api.own.schema.fields import Given, Shown, says
from api.own.schema.tasks import SECONDS, Play, Say


class NewTransfer(Given, frozen=True, kw_only=True):
    """Where the party of a call is moved."""

    to: Annotated[
        str,
        says(
            "An extension, a number as written in the account's country, or a destination as kind:target, such as "
            "group:sales, room:lobby or application:shop."
        ),
    ] = ""
    to_call: Annotated[
        str,
        says(
            "Another call of the account, instead of `to` (attended transfer): the parties of both calls are "
            "connected, and the calls of the transferor end."
        ),
    ] = ""
    announcement: Annotated[
        tuple[Play | Say, ...],
        says("What the person who answers hears before the two are connected, at most 10 tasks.", maxItems=10),
    ] = ()
    accept: Annotated[
        str, says("The key that the person who answers must press after the announcement; empty: none.", maxLength=1)
    ] = ""
    music: Annotated[
        str, says("The class of music that the party hears meanwhile; empty: the ringing tone or silence.")
    ] = "default"
    ring_seconds: Annotated[
        float | None,
        says("How long it rings at most, 1 to 600 seconds; null: as long as other calls there.", **SECONDS),
    ] = None


class StartedTransfer(Shown, frozen=True, kw_only=True):
    """A transfer that has begun; call.transferred or call.transfer_failed says how it ended."""

    task: Annotated[str, says("The id of its task in the call's queue.")]
