"""What `carillon doctor` says of texts: whether the SMSCs are bound."""

from collections.abc import AsyncIterator

from api.own import render
from api.own.admin.doctor import Check
from api.own.services import OwnServices
from engine.features.messaging.configuration.smscs import Smscs, SmscView

_MEND = "Compare host, port, user, password and --mode with what the carrier gave: carillon smscs set {name} …"


async def checks(services: OwnServices) -> AsyncIterator[Check]:
    """Check each SMSC that is not disabled."""
    for view in await services.features[Smscs].list():
        if not view.smsc.disabled:
            yield _check(view)


def _check(view: SmscView) -> Check:
    name, live = view.smsc.name, view.live
    since = f" since {render.moment(live.since)}" if live.since else ""
    detail = f"{live.state}{since}{f': {live.error}' if live.error else ''}"
    return Check(name=f"smsc {name}", ok=live.state == "bound", detail=detail, mend=_MEND.format(name=name))
