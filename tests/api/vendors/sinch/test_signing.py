"""What the dialect signs with: the secret of the application whose call it is about."""

import msgspec

from api.recordings import Recordings
from api.vendors.sinch.events.notifications import Notifications
from engine.features.recordings.service import RecordingService
from engine.media import Links
from engine.store.deliveries import DeliveryRow
from tests.api.vendors.sinch.served import Served, a_call


async def test_a_delivery_is_signed_with_the_secret_of_its_calls_application(served: Served) -> None:
    await served.store(a_call("call-1"), a_call("call-2", application=None))
    row = DeliveryRow(
        id="delivery-1", event="event-1", part=0, position=1, account="account-ann", root="call-1", subject="call-1",
        dialect="sinch", host="h:80", url="http://h/dice?x=1", body="{}", content_type="application/json",
        state="pending", due=0.0, created=0.0,
    )  # fmt: skip
    recordings = Recordings(served.features[RecordingService], Links("a secret of the tests"), "http://api")
    told = Notifications(served.features, served.parties, recordings, clock=lambda: 1_400_000_000.0)
    wanted = served.shop.signed("POST", "/dice", b"{}", time="2014-05-13T16:53:20Z")
    wanted["Authorization"] = wanted["Authorization"].replace("Application", "application")  # as an event is signed
    assert await told.sign(row) == wanted
    nobodys = msgspec.structs.replace(row, root="call-2", subject="call-2")
    assert await told.sign(nobodys) == {}
