"""The parameters of queries."""

from typing import Annotated

from api.own.operations import Parameter
from api.own.schema.fields import says

LIMIT = Parameter(
    name="limit",
    kind=Annotated[int, says("How many entries are listed at most, 1 to 1000.", minimum=1, maximum=1000)],
)
BEFORE = Parameter(name="before", kind=Annotated[str, says("The id of an entry; those before it are listed.")])
LIVE = Parameter(name="live", kind=Annotated[bool, says("Only calls that are up (true) or have ended (false).")])
SINCE = Parameter(
    name="since",
    kind=Annotated[
        str,
        says(
            "Only calls from this time on: a date such as 2030-01-31, a time as RFC 3339 (without a zone: UTC), or "
            "Unix seconds."
        ),
    ],
)
ACCOUNT = Parameter(name="account", kind=Annotated[str, says("The name or id of an account.")])
CLOSED = Parameter(name="closed", kind=Annotated[bool, says("Whether removed accounts are listed, and no others.")])
PURGE = Parameter(name="purge", kind=Annotated[bool, says("Whether the account's books are removed too.")])
LOCALE = Parameter(name="locale", kind=Annotated[str, says("The language, as BCP 47, such as en-US.")])
TEXT = Parameter(name="text", kind=Annotated[str, says("The text, 1 to 600 characters.")], required=True)
SINCE_DELIVERY = Parameter(
    name="since", kind=Annotated[str, says("Only callbacks from this time on; written as in the list of calls.")]
)
EVENT = Parameter(name="event", kind=Annotated[str, says("The id of an event, as in a callback's headers.")])
CALL = Parameter(name="call", kind=Annotated[str, says("The id of a call.")])
SUBSCRIPTION = Parameter(name="subscription", kind=Annotated[str, says("The id of a subscription.")])
EVENTS = Parameter(
    name="events",
    kind=Annotated[str, says("Names of events and patterns such as call.*, with commas between; without it all.")],
)
AFTER_EVENT = Parameter(
    name="after",
    kind=Annotated[
        str,
        says(
            "The id of an event; those behind it follow. `latest`: the newest one. Without it a list begins with the "
            "oldest that is kept."
        ),
    ],
)
PAGE = (LIMIT, BEFORE)
