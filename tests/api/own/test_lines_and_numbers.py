"""Trunks, extensions, numbers and rates: the store, Asterisk and the book in memory say the same."""

import asyncio

import msgspec
import pytest

from engine.commands import HangUpCall
from engine.features.billing.call_rates import CallRates
from engine.features.endpoints.push import Endpoints
from engine.features.trunks.addresses import TrunkAddresses
from engine.features.trunks.names import Answer
from engine.features.trunks.refused_requests import RefusedKind, RefusedRequests
from engine.features.trunks.service import Trunks
from engine.model.call import Call, CallState, Direction
from engine.store import calls, unmatched_calls
from engine.store.unmatched_calls import UnmatchedCall
from tests.api.own.installation import Installation
from tests.support.known_names import KnownNames

TRUNK = {"name": "itsp", "host": "192.0.2.10", "user": "me", "password": "s3cret", "register": True, "prefix": "+44"}
TASKS = [{"kind": "say", "text": "Hello"}, {"kind": "hang_up"}]


async def test_a_trunk_is_in_asterisk_and_in_the_book_at_once_and_its_password_is_not_shown(
    installation: Installation,
) -> None:
    installation.asterisk.states["trunk-itsp"] = "online"
    status, added = await installation.admin("POST", "/trunks", TRUNK)
    assert (status, added["state"], added["prefix"], added["user"]) == (201, "online", "44", "me")
    assert "s3cret" not in str(added)
    objects = installation.asterisk.objects
    kinds = {kind for kind, name in objects if name == "trunk-itsp"}
    assert kinds == {"auth", "aor", "endpoint", "identify", "registration"}
    endpoint = objects["endpoint", "trunk-itsp"]
    assert (endpoint["context"], endpoint["allow"], endpoint["rtp_timeout"]) == ("from-trunk", "ulaw,alaw", "30")
    assert endpoint["message_context"] == "im-trunk"
    assert {trunk.name for trunk in installation.services.cache.trunks} == {"lab", "itsp"}
    assert (await installation.admin("POST", "/trunks", TRUNK))[0] == 409
    assert (await installation.admin("DELETE", "/trunks/itsp"))[0] == 204
    assert not [name for _, name in objects if name == "trunk-itsp"]
    assert (await installation.admin("DELETE", "/trunks/itsp"))[0] == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "UPPER"}, {"name": "a/b"}, {"host": "1.2.3.4;x"}, {"host": "sip:x"}, {"port": 0}, {"codecs": "mp3"},
        {"dtmf": "shout"}, {"prefix": "a"}, {"user": " a"}, {"user": None}, {"password": "a\nb"}, {"unknown": 1},
    ],
)  # fmt: skip
async def test_what_would_steer_asterisk_is_refused(installation: Installation, wrong: dict[str, object]) -> None:
    before = dict(installation.asterisk.objects)
    status, answer = await installation.admin("POST", "/trunks", TRUNK | wrong)
    assert status == 400 and answer["error"]
    assert installation.asterisk.objects == before
    assert [trunk.name for trunk in installation.services.cache.trunks] == ["lab"]


async def test_a_trunk_is_changed_in_asterisk_and_in_the_book_and_what_is_not_given_stays(
    installation: Installation,
) -> None:
    await installation.admin("POST", "/trunks", TRUNK)
    wanted = {"from": ["203.0.113.9/28", "198.51.100.7:5062"], "country": "GB"}
    status, changed = await installation.admin("PATCH", "/trunks/itsp", wanted)
    assert (status, changed["from"]) == (200, ["203.0.113.0/28", "198.51.100.7:5062"])
    assert (changed["country"], changed["host"], changed["user"]) == ("GB", "192.0.2.10", "me")
    objects = installation.asterisk.objects
    assert objects["identify", "trunk-itsp"]["match"] == "203.0.113.0/28,198.51.100.7:5062,192.0.2.10"
    assert objects["auth", "trunk-itsp"]["password"] == "s3cret"
    assert {trunk.name: trunk.country for trunk in installation.services.cache.trunks} == {"lab": "", "itsp": "GB"}
    status, changed = await installation.admin("PATCH", "/trunks/itsp", {"from": [], "register": False})
    assert objects["identify", "trunk-itsp"]["match"] == "192.0.2.10"
    assert ("registration", "trunk-itsp") not in objects
    shown = (await installation.admin("GET", "/trunks"))[1]["trunks"]
    assert [(trunk["name"], trunk["from"], trunk["unmatched"]) for trunk in shown] == [("itsp", [], 0), ("lab", [], 0)]


@pytest.mark.parametrize(
    ("name", "wrong", "status"),
    [
        ("itsp", {"from": ["0.0.0.0/0"]}, 400), ("itsp", {"from": ["nowhere.invalid"]}, 400),
        ("itsp", {"from": ["203.0.113.7,203.0.113.8"]}, 400), ("itsp", {"country": "Germany"}, 400),
        ("itsp", {"name": "other"}, 400), ("itsp", {"user": None}, 400), ("nobody", {"port": 5061}, 404),
        ("lab", {"port": 5061}, 400),
    ],
)  # fmt: skip
async def test_a_change_of_a_trunk_that_cannot_be_changes_nothing(
    installation: Installation, name: str, wrong: dict[str, object], status: int
) -> None:
    await installation.admin("POST", "/trunks", TRUNK)
    before = {key: dict(fields) for key, fields in installation.asterisk.objects.items()}
    answered, said = await installation.admin("PATCH", f"/trunks/{name}", wrong)
    assert (answered, bool(said["error"])) == (status, True)
    assert installation.asterisk.objects == before
    assert installation.services.cache.trunk("itsp").country == ""


async def test_of_two_changes_of_a_trunk_at_once_neither_is_lost(installation: Installation) -> None:
    await installation.admin("POST", "/trunks", TRUNK)
    changes: list[dict[str, object]] = [{"country": "GB"}, {"from": ["203.0.113.7"]}, {"priority": 7}]
    await asyncio.gather(*(installation.admin("PATCH", "/trunks/itsp", change) for change in changes))
    (itsp,) = [one for one in installation.services.cache.trunks if one.name == "itsp"]
    assert (itsp.country, itsp.sources, itsp.priority) == ("GB", "203.0.113.7", 7)


async def test_a_change_that_asterisk_refuses_is_taken_back(installation: Installation) -> None:
    await installation.admin("POST", "/trunks", TRUNK)
    installation.asterisk.refused.add("identify")
    status, _ = await installation.admin("PATCH", "/trunks/itsp", {"from": ["203.0.113.7"]})
    assert status == 502
    installation.asterisk.refused.clear()
    await installation.services.features[Endpoints].push_all()
    assert installation.asterisk.objects["identify", "trunk-itsp"]["match"] == "192.0.2.10"
    assert (await installation.admin("GET", "/trunks"))[1]["trunks"][0]["from"] == []


async def test_a_trunk_whose_hosts_addresses_changed_is_known_by_the_new_ones(installation: Installation) -> None:
    names, clock = KnownNames({"sip.example.com": Answer(("192.0.2.1",), seconds=60)}), [0.0]
    trunks, asterisk = installation.services.features[Trunks], installation.asterisk
    trunks.addresses = TrunkAddresses(names=names, clock=lambda: clock[0])
    await installation.admin("POST", "/trunks", TRUNK | {"host": "sip.example.com"})
    asterisk.changes.clear()
    await trunks.refresh_addresses()
    assert asterisk.changes == []
    names.answers["sip.example.com"] = Answer(("192.0.2.1", "192.0.2.2"), seconds=60)
    clock[0] = 61
    await trunks.refresh_addresses()
    assert asterisk.objects["identify", "trunk-itsp"]["match"] == "192.0.2.1,192.0.2.2"
    assert asterisk.changes == [("DELETE", "identify", "trunk-itsp"), ("PUT", "identify", "trunk-itsp")]


async def test_a_trunk_whose_host_has_an_ipv6_address_too_from_now_on_takes_rtp_of_both_families(
    installation: Installation,
) -> None:
    names, clock = KnownNames({"sip.example.com": Answer(("192.0.2.1",), seconds=60)}), [0.0]
    trunks, asterisk = installation.services.features[Trunks], installation.asterisk
    trunks.addresses = TrunkAddresses(names=names, clock=lambda: clock[0])
    trunks.transports.families = frozenset({4, 6})
    await installation.admin("POST", "/trunks", TRUNK | {"host": "sip.example.com"})
    assert asterisk.objects["endpoint", "trunk-itsp"]["transport"] == "transport-udp"
    names.answers["sip.example.com"] = Answer(("192.0.2.1", "2001:db8::1"), seconds=60)
    clock[0] = 61
    await trunks.refresh_addresses()
    assert "transport" not in asterisk.objects["endpoint", "trunk-itsp"]
    assert asterisk.objects["identify", "trunk-itsp"]["match"] == "192.0.2.1,2001:db8::1"


async def test_a_trunk_without_a_port_is_looked_up_and_an_address_is_called_at_5060(installation: Installation) -> None:
    answer = Answer((), ("192.0.2.11",), (("a.example.com", 5070),), 60)
    trunks, asterisk = installation.services.features[Trunks], installation.asterisk
    trunks.addresses = TrunkAddresses(names=KnownNames({"sip.example.com": answer}))
    status, added = await installation.admin("POST", "/trunks", {"name": "srv", "host": "sip.example.com"})
    assert (status, added["port"]) == (201, None)
    assert asterisk.objects["aor", "trunk-srv"]["contact"] == "sip:sip.example.com"
    assert asterisk.objects["identify", "trunk-srv"]["match"] == "192.0.2.11"
    status, refused = await installation.admin("PATCH", "/trunks/srv", {"port": 5060})
    assert status == 400 and refused["error"].startswith("port must be left out: sip.example.com has no address")
    _, added = await installation.admin("POST", "/trunks", {"name": "plain", "host": "192.0.2.20"})
    assert (added["port"], asterisk.objects["aor", "trunk-plain"]["contact"]) == (5060, "sip:192.0.2.20:5060")
    status, changed = await installation.admin("PATCH", "/trunks/plain", {"host": "sip.example.com", "port": None})
    assert (status, changed["port"]) == (200, None)


async def test_calls_that_reached_no_number_stand_among_the_calls_for_the_administrator(
    installation: Installation,
) -> None:
    owner = await installation.account("acme")
    lost = [
        UnmatchedCall(id=f"call-x{at}", at=float(at), trunk="lab", caller="1", callee="2", reason="no_number")
        for at in (10, 20, 30)
    ]
    await installation.writer.write(lambda conn: unmatched_calls.note(conn, lost[:1]))
    for number, one in enumerate(lost[1:]):
        other = msgspec.structs.replace(one, callee=str(number))
        await installation.writer.write(lambda conn, other=other: unmatched_calls.note(conn, [other]))
    for at in (15, 25):
        own = Call(
            id=f"call-{at}", root=f"call-{at}", account=owner["account"], direction=Direction.INBOUND, caller="1",
            callee="2", state=CallState.ENDED, created=float(at), ended=float(at),
        )  # fmt: skip
        await installation.writer.write(lambda conn, own=own: calls.insert(conn, own))

    async def listed(query: str = "") -> list[str]:
        return [call["id"] for call in (await installation.admin("GET", f"/calls{query}"))[1]["calls"]]

    assert await listed() == ["call-x30", "call-25", "call-x20", "call-15", "call-x10"]
    assert await listed("?limit=2") == ["call-x30", "call-25"]
    assert await listed("?limit=2&before=call-25") == ["call-x20", "call-15"]
    assert await listed("?before=call-x20") == ["call-15", "call-x10"]
    assert await listed("?account=acme") == ["call-25", "call-15"]
    assert await listed("?live=true") == []
    _, shown = await installation.admin("GET", "/calls/call-x30")
    assert (shown["call"]["account"], shown["call"]["trunk"], shown["call"]["sip_status"]) == ("-", "lab", 404)
    assert (await installation.admin("GET", "/trunks"))[1]["trunks"][0]["unmatched"] == 3


async def test_requests_that_asterisk_refused_are_shown(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = RefusedKind(
        kind="unknown", count=2, at=0.0, source="192.0.2.7:5060", detail="INVITE", addresses=("192.0.2.7",)
    )
    monkeypatch.setattr(installation.services.features[RefusedRequests], "seen", lambda: [last])
    (shown,) = (await installation.admin("GET", "/trunks"))[1]["refused"]
    assert shown["sentence"].startswith("2 requests from an address of no trunk and of no phone")
    assert "--from 192.0.2.7;" in shown["sentence"]
    checks = (await installation.admin("GET", "/doctor"))[1]["checks"]
    assert [(one["ok"], one["detail"]) for one in checks if one["name"] == "sip refused"] == [(True, shown["sentence"])]


async def test_a_trunk_that_asterisk_refuses_is_not_kept(installation: Installation) -> None:
    installation.asterisk.refused.add("registration")
    status, answer = await installation.admin("POST", "/trunks", TRUNK)
    assert status == 502 and "registration" in answer["error"]
    assert not [name for _, name in installation.asterisk.objects if name == "trunk-itsp"]
    assert [trunk["name"] for trunk in (await installation.admin("GET", "/trunks"))[1]["trunks"]] == ["lab"]


async def test_an_asterisk_that_lost_everything_gets_it_back_and_loses_what_is_not_ours(
    installation: Installation,
) -> None:
    await installation.account("acme")
    await installation.admin("POST", "/extensions", {"number": "100", "account": "acme", "name": "Ann"})
    await installation.admin("POST", "/trunks", TRUNK)
    objects = installation.asterisk.objects
    expected = dict(objects)
    objects.clear()
    objects["endpoint", "999"] = {"allow": "ulaw"}
    objects["endpoint", "somebody-else"] = {"allow": "ulaw"}
    assert (await installation.admin("POST", "/lines/push"))[0] == 204
    assert objects == expected | {("endpoint", "somebody-else"): {"allow": "ulaw"}}


async def test_an_extension_gets_a_password_that_can_be_shown_again(installation: Installation) -> None:
    await installation.account("acme")
    body = {"number": "100", "account": "acme", "name": "Ann O'Neil"}
    status, added = await installation.admin("POST", "/extensions", body)
    assert status == 201 and len(added["password"]) >= 16 and added["server"] == "127.0.0.1:5060"
    assert (await installation.admin("GET", "/extensions/100/credentials"))[1] == added
    assert installation.asterisk.objects["auth", "100"]["password"] == added["password"]
    assert installation.asterisk.objects["endpoint", "100"]["callerid"] == '"Ann O\'Neil" <100>'
    listed = (await installation.admin("GET", "/extensions"))[1]["extensions"]
    anns = {"number": "100", "name": "Ann O'Neil", "account": "acme", "user": "100", "application": None}
    anns["state"] = "offline"
    anns |= dict.fromkeys(("always", "no_answer", "busy", "unregistered", "ring_seconds", "owner"))
    anns |= {"do_not_disturb": False, "call_waiting": True, "max_contacts": 5, "webrtc": False, "srtp": "optional"}
    anns |= {"dtmf": "auto", "codecs": None, "outbound_caller": None}
    anns |= {"record_external": "never", "record_internal": "never"}
    assert listed == [anns]
    assert (await installation.admin("POST", "/extensions", body))[0] == 409
    assert (await installation.admin("DELETE", "/extensions/100"))[0] == 204
    assert not [name for _, name in installation.asterisk.objects if name == "100"]
    assert (await installation.admin("GET", "/extensions/100/credentials"))[0] == 404


@pytest.mark.parametrize(
    "wrong",
    [{"number": "911"}, {"number": "1"}, {"number": "1234567"}, {"number": "1a"}, {"name": 'x" <911>'},
     {"password": "short"}, {"password": " blank-first"}, {"password": "line\nbreak"},
     {"max_contacts": 0}, {"max_contacts": 11}],
)  # fmt: skip
async def test_an_extension_that_is_not_well_formed_is_refused(
    installation: Installation, wrong: dict[str, object]
) -> None:
    await installation.account("acme")
    assert (await installation.admin("POST", "/extensions", {"number": "100", "account": "acme"} | wrong))[0] == 400
    assert not installation.services.cache.extensions()


async def test_a_number_leads_to_a_fixed_list_or_to_a_url(installation: Installation) -> None:
    account = (await installation.account("acme"))["account"]
    _, fixed = await installation.admin("POST", "/numbers", {"number": "500", "account": "acme", "tasks": TASKS})
    assert [task["kind"] for task in fixed["application"]["tasks"]] == ["say", "hang_up"]
    url = {"dialect": "ringful", "url": "http://host/in.php"}
    _, asked = await installation.admin("POST", "/numbers", {"number": "+1 415 555 0199", "account": "acme"} | url)
    assert asked["number"] == "14155550199"
    assert asked["application"]["settings"] == {"inboundUrl": "http://host/in.php"}
    found = installation.services.cache.application_of("500")
    assert found is not None and found.account == account
    again = {"number": "500", "account": "acme", "replace": True} | url
    assert (await installation.admin("POST", "/numbers", again))[1]["application"]["tasks"] is None
    assert len((await installation.admin("GET", "/applications"))[1]["applications"]) == 3
    assert (await installation.admin("DELETE", "/numbers/500"))[0] == 204
    assert installation.services.cache.application_of("500") is None
    assert len((await installation.admin("GET", "/applications"))[1]["applications"]) == 2


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"number": "911", "tasks": TASKS}, 400),
        ({"number": "500&501", "tasks": TASKS}, 400),
        ({"number": "500"}, 400),
        ({"number": "500", "tasks": TASKS, "application": "x"}, 400),
        ({"number": "500", "application": "x"}, 404),
        ({"number": "500", "tasks": [{"kind": "explode"}]}, 400),
        ({"number": "500", "tasks": [{"kind": "say"}]}, 400),
        ({"number": "500", "dialect": "ringful", "url": "file:///etc/passwd"}, 400),
        ({"number": "500", "dialect": "nobody", "url": "http://host/"}, 400),
        ({"number": "100", "tasks": TASKS}, 409),
        ({"number": "500", "tasks": TASKS, "account": "nobody"}, 404),
        ({"number": "500", "tasks": TASKS, "unassigned": True}, 400),
        ({"number": "500", "unassigned": True, "capability": "fax"}, 400),
        ({"number": "500", "tasks": TASKS, "url": "http://host/"}, 400),
    ],
)
async def test_a_number_that_cannot_be_is_refused(
    installation: Installation, wrong: dict[str, object], status: int
) -> None:
    await installation.account("acme")
    await installation.admin("POST", "/extensions", {"number": "100", "account": "acme"})
    answered, answer = await installation.admin("POST", "/numbers", {"account": "acme"} | wrong)
    assert answered == status and answer["error"]
    listed = (await installation.admin("GET", "/numbers"))[1]["numbers"]
    assert [each["number"] for each in listed] == ["12015552000"]


async def test_rates_are_replaced_whole_or_not_at_all(installation: Installation) -> None:
    good = "prefix,price,first,next,currency\n1201,0.0125,60,6,USD\n"
    assert (await installation.admin("PUT", "/rates", data=good))[1] == {"loaded": 1}
    status, answer = await installation.admin("PUT", "/rates", data="44,x,1,1,USD\n")
    assert status == 400 and "line 1" in answer["error"]
    assert (await installation.admin("PUT", "/rates", data=b"\xff\xfe"))[0] == 400
    listed = (await installation.admin("GET", "/rates"))[1]["rates"]
    assert listed == [{"account": None, "prefix": "1201", "price": "0.0125", "first": 60, "next": 6, "currency": "USD"}]
    assert installation.services.features[CallRates].table.match("12015550114", "USD") is not None


async def test_rates_are_an_account_s_own_or_count_for_all_and_can_be_removed(installation: Installation) -> None:
    account = (await installation.account("acme"))["account"]
    await installation.admin("PUT", "/rates", data="1201,0.02,60,60,USD\n44,0.03,60,60,EUR\n")
    assert (await installation.admin("PUT", "/rates?account=acme", data="1,0.01,1,1,USD\n"))[1] == {"loaded": 1}
    status, answer = await installation.admin("PUT", "/rates?account=acme", data="1,0.01,1,1,EUR\n")
    assert status == 400 and "the currency must be the account's, USD (got 'EUR')" in answer["error"]
    assert (await installation.admin("PUT", "/rates?account=none", data="1,0.01,1,1,USD\n"))[0] == 404
    assert (await installation.admin("PUT", "/rates", data="1,0.01,1,1,BTC\n"))[0] == 400
    listed = (await installation.admin("GET", "/rates"))[1]["rates"]
    assert [(each["account"], each["prefix"]) for each in listed] == [(None, "44"), (None, "1201"), ("acme", "1")]
    own = (await installation.admin("GET", "/rates?account=acme"))[1]["rates"]
    assert [(each["account"], each["price"]) for each in own] == [("acme", "0.01")]

    def matched() -> int | None:
        table = installation.services.features[CallRates].table
        rate = table.match("12015550114", "USD", account)
        return rate.per_minute if rate else None

    assert matched() == 10_000
    assert (await installation.admin("DELETE", "/rates?account=acme"))[1] == {"removed": 1}
    assert matched() == 20_000
    assert (await installation.admin("DELETE", "/rates"))[1] == {"removed": 2}
    assert matched() is None


async def test_the_administrator_places_and_ends_calls_for_an_account(installation: Installation) -> None:
    await installation.account("acme")
    status, call = await installation.admin(
        "POST", "/accounts/acme/calls", {"callee": "(201) 555-0114", "tasks": TASKS}
    )
    assert (status, call["callee"], call["account"]) == (201, "12015550114", "acme")
    assert (await installation.admin("DELETE", f"/calls/{call['id']}"))[0] == 204
    assert isinstance(installation.engine.commands[-1], HangUpCall)
    assert (await installation.admin("GET", f"/calls/{call['id']}"))[1]["call"]["cause"] == "normal"
    assert (await installation.admin("GET", "/calls/call-none"))[0] == 404
    assert (await installation.admin("GET", "/lab/mapped"))[0] == 400
    status, answer = await installation.admin("POST", "/lab/dial", {"number": "500", "trunk": "other"})
    assert status == 400 and answer["error"].startswith("trunk must be carillon, registered, plus, ")
