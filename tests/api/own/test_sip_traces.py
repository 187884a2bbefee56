"""The SIP messages of calls, in the administrator's API."""

import msgspec

from engine.features.sip_traces import store
from engine.features.sip_traces.model import SipMessage
from engine.features.sip_traces.store import Chunk
from engine.store import calls, unmatched_calls
from engine.store.unmatched_calls import UnmatchedCall
from tests.api.own.installation import Installation
from tests.support.hep import answer, invite, request

US, FAR = "127.0.0.1:5060", "127.0.0.2:5070"


async def keep(installation: Installation, call: str, sip_call_id: str, *messages: tuple[str, str, bytes]) -> None:
    """Store messages of a call, a second apart."""
    kept = [SipMessage(1_800_000_000.5 + place, *message) for place, message in enumerate(messages)]
    content = store.packed(kept)
    chunk = Chunk(
        call=call, sip_call_id=sip_call_id, at=kept[0].at, size=len(content), left_out=3, gap=False, messages=content
    )
    await installation.writer.write(lambda conn: store.add(conn, [chunk]))


async def placed(installation: Installation) -> str:
    """Place a call; returns its id."""
    await installation.account("acme")
    status, call = await installation.admin("POST", "/accounts/acme/calls", {"callee": "+12015550114"})
    assert status == 201, call
    return str(call["id"])


async def test_a_call_is_shown_with_the_messages_of_all_its_legs(installation: Installation) -> None:
    call = await placed(installation)
    row = await installation.db.read(lambda conn: calls.get(conn, call))
    assert row
    leg = msgspec.structs.replace(row, id="call_other", callee="200")
    await installation.writer.write(lambda conn: calls.insert(conn, leg))
    messages = ((US, FAR, invite("a@b")), (FAR, US, answer("a@b", "200 OK")), (US, FAR, request("a@b", "BYE")))
    await keep(installation, call, "a@b", *messages)
    await keep(installation, "call_other", "c@d", (US, FAR, invite("c@d")))
    await keep(installation, "call_of_others", "e@f", (US, FAR, invite("e@f")))
    status, shown = await installation.admin("GET", f"/calls/{call}/sip")
    assert (status, shown["kept_hours"]) == (200, 24.0)
    assert [(one["call"], one["sip_call_id"], one["left_out"]) for one in shown["dialogs"]] == [
        (call, "a@b", 3),
        ("call_other", "c@d", 3),
    ]
    first, second, third = shown["dialogs"][0]["messages"]
    assert first == {
        "time": "2027-01-15T08:00:00.500Z",
        "sent": True,
        "source": US,
        "target": FAR,
        "transport": "UDP",
        "method": "INVITE",
        "uri": "sip:12015550101@127.0.0.2:5070",
        "status": None,
        "phrase": None,
        "cseq": "1 INVITE",
        "reason": None,
        "sdp": True,
        "repeated": False,
        "gap": False,
        "text": invite("a@b").decode(),
    }
    assert (second["sent"], second["status"], second["phrase"], second["method"]) == (False, 200, "OK", None)
    assert (third["method"], third["reason"]) == ("BYE", "Q.850;cause=16")


async def test_the_capture_file_of_a_call_has_its_messages(installation: Installation) -> None:
    call = await placed(installation)
    path = f"/calls/{call}/pcap"
    assert await installation.admin("GET", path) == (
        404,
        {"error": "No SIP message of this call is kept.", "code": "not_found"},
    )
    await keep(installation, call, "a@b", (US, FAR, invite("a@b")))
    url = installation.admin_server.make_url(path)
    async with installation.session.get(url, headers={"Authorization": "Bearer the-token-of-the-administrator"}) as got:
        assert (got.status, got.content_type) == (200, "application/vnd.tcpdump.pcap")
        assert invite("a@b") in await got.read()


async def test_a_call_that_reached_no_number_has_its_messages_too(installation: Installation) -> None:
    lost = UnmatchedCall(
        id="call_lost", at=1.0, trunk="lab", caller="1", callee="999", reason="no_number", sip_call_id="a@b"
    )
    await installation.writer.write(lambda conn: unmatched_calls.note(conn, [lost]))
    await keep(installation, "", "a@b", (FAR, US, invite("a@b")), (US, FAR, answer("a@b", "404 Not Found")))
    _, shown = await installation.admin("GET", "/calls/call_lost/sip")
    (dialog,) = shown["dialogs"]
    assert dialog["call"] is None
    assert [(one["sent"], one["status"]) for one in dialog["messages"]] == [(False, None), (True, 404)]


async def test_an_unknown_call_is_404_and_an_account_has_no_such_route(installation: Installation) -> None:
    for path in ("/calls/call_none/sip", "/calls/call_none/pcap"):
        assert (await installation.admin("GET", path))[0] == 404
    token = (await installation.account("acme"))["carillon"]["token"]
    _, call = await installation.admin("POST", "/accounts/acme/calls", {"callee": "+12015550114"})
    statuses = {}
    for path in ("", "/sip"):
        url = installation.public_server.make_url(f"/carillon/v1/calls/{call['id']}{path}")
        async with installation.session.get(url, headers={"Authorization": f"Bearer {token}"}) as got:
            statuses[path] = got.status
    assert statuses == {"": 200, "/sip": 404}


async def test_what_is_kept_of_an_account_goes_with_it(installation: Installation) -> None:
    call = await placed(installation)
    await keep(installation, call, "a@b", (US, FAR, invite("a@b")))
    await keep(installation, "call_of_others", "e@f", (US, FAR, invite("e@f")))
    await installation.admin("DELETE", f"/calls/{call}")
    status, said = await installation.admin("DELETE", "/accounts/acme?purge=true")
    assert status == 200, said
    found = await installation.db.read(lambda conn: store.of_calls(conn, [call, "call_of_others"]))
    assert [one.call for one in found] == ["call_of_others"]
