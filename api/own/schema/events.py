"""Events, as they are listed."""

from typing import Annotated, Any

from api.own.schema.fields import Moment, Shown, says


class LoggedEvent(Shown, frozen=True, kw_only=True):
    """An event, as a webhook has it."""

    type: Annotated[str, says("Its name, such as call.ended.")]
    id: Annotated[str, says("Its id: the same in each webhook, and in each repetition of one.")]
    timestamp: Moment
    data: Annotated[dict[str, Any], says("Its fields, by its type.")]


class Events(Shown, frozen=True, kw_only=True):
    """A page of an account's events."""

    events: Annotated[tuple[LoggedEvent, ...], says("The events, in the order in which they happened.")]
    last: Annotated[
        str | None, says("The id of the last event that was looked at, `after` of the next page; null: there is none.")
    ]
    more: Annotated[bool, says("Whether there may be more now.")]
