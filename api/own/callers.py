"""The caller that is shown where a request names none."""

from api.own.access import Caller
from api.own.bodies import number_as_read
from api.own.services import OwnServices
from engine.features.caller_ids.service import CallerIds


async def shown_caller(services: OwnServices, caller: Caller, given: str | None) -> str | None:
    """Return the caller that a request gives, read as in its account's country, or the default of the user who asks.

    None: the account's own default is shown. Raises NumberRefused.
    """
    if given is not None:
        return number_as_read(given, caller.account.country)
    if caller.user is None:
        return None
    return await services.features[CallerIds].default_of(caller.account.id, caller.user.id)
