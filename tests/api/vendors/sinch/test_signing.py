"""What the dialect signs with: the secret of the application whose call it is about."""

import msgspec

from api.vendors.sinch import Sinch
from engine.features.applications.service import ApplicationService
from engine.store.deliveries import DeliveryRow
from tests.api.vendors.sinch.served import Served, a_call


async def test_a_delivery_is_signed_with_the_secret_of_its_calls_application(served: Served) -> None:
    await served.store(a_call("call-1"), a_call("call-2", application=None))
    row = DeliveryRow(
        id="delivery-1", event="event-1", part=0, position=1, account="account-ann", root="call-1", subject="call-1",
        dialect="sinch", host="h:80", url="http://h/dice?x=1", body="{}", content_type="application/json",
        state="pending", due=0.0, created=0.0,
    )  # fmt: skip
    vendor = Sinch(served.features[ApplicationService], served.accounts, {}, None, clock=lambda: 1_400_000_000.0)  # type: ignore[arg-type]
    wanted = served.shop.signed("POST", "/dice", b"{}", time="2014-05-13T16:53:20Z")
    wanted["Authorization"] = wanted["Authorization"].replace("Application", "application")  # as an event is signed
    assert await vendor.sign(row, 1) == wanted
    nobodys = msgspec.structs.replace(row, root="call-2", subject="call-2")
    assert await vendor.sign(nobodys, 1) == {}
