"""Extensions: made whole or not at all, listed, found, changed, removed; and what phones are set up with."""

import re
from pathlib import Path
from typing import Any

import pytest

from api.vendors.ringplan.http.extension_shapes import DATA
from api.vendors.ringplan.ids import instance_of
from engine.features.destinations.choosing import to_destination
from engine.features.destinations.extension_settings import DiversionFields, ExtensionDiversions
from engine.features.destinations.registry import Destinations
from engine.features.endpoints.service import Extensions
from engine.features.guesses.budgets import Answer
from engine.features.voicemail.service import VoicemailService
from engine.platform.audit import SYSTEM
from tests.api.vendors.ringplan.conftest import Served
from tests.clients.ringplan.client import RingPlan
from tests.support.digits import stands_in

FIELDS = {
    "_id", "data", "location_id", "outbound_callerid", "pbx", "phone", "purpose", "reserved", "subscriber", "user",
}  # fmt: skip


@pytest.fixture
def bulks(served: Served) -> str:
    """Where the company's extensions are."""
    return f"/instances/{instance_of(served.id)}/bulks/extensions"


async def added(api: RingPlan, bulks: str, number: int, **more: Any) -> Any:
    """Add an extension."""
    data = {"id": number, "name": f"Phone {number}"} | more.pop("data", {})
    return await api.ok("POST", bulks, {"data": data, **more}, status=201)


async def contact(api: RingPlan, email: str, first_name: str = "Ann") -> str:
    """Add a contact; returns its id."""
    wanted = {"contacts": {"email": email}, "first_name": first_name}
    return str((await api.ok("POST", "/company/contacts", wanted, status=201))["id"])


async def test_the_document_s_sample_is_a_phone_that_can_register(served: Served, bulks: str) -> None:
    (location,) = await served.acme.ok("GET", "/company/locations")
    nothing = {"description": None, "outboundcid": None}
    data = {"id": 1123, "name": "Test", "voicemail_email": "voice@example.com", **nothing}
    body = {"data": data, "location_id": location["id"], "purpose": "mobile-app"}
    made = await served.acme.ok("POST", bulks, body, status=201)
    assert set(made) >= FIELDS and set(made["data"]) >= set(DATA) | {"id", "name", "secret", "max_contacts"}
    assert (made["purpose"], made["location_id"], made["pbx"]) == (
        "mobile-app", location["id"], instance_of(served.id),
    )  # fmt: skip
    assert (made["data"]["id"], made["data"]["extension"], made["data"]["name"]) == (1123, 1123, "Test")
    assert (made["data"]["voicemail_email"], made["data"]["voicemail_enable"]) == ("voice@example.com", "yes")
    user, secret = made["data"]["user"], made["data"]["secret"]
    assert served.asterisk.objects["auth", user]["password"] == secret and len(secret) >= 8
    (register,) = made["phone"][0]["data"]["reg"]
    assert (register["userid"], register["password"], register["server"]) == (
        user, secret, [{"address": "192.0.2.5:5060"}],
    )  # fmt: skip
    assert await served.acme.ok("GET", f"{bulks}/{made['_id']}") == made
    assert await served.acme.ok("GET", bulks) == [made]


def test_every_documented_field_of_the_data_is_there() -> None:
    names = Path(__file__).with_name("extension_fields.txt").read_text().split()
    of_platform = """
        id extension user name callerid callwaiting_enable cid_masquerade dial findmefollow_grplist mailbox max_contacts
        ringtimer secret voicemail voicemail_email voicemail_enable description dtmfmode allow outboundcid
        recording_in_external recording_in_internal recording_out_external recording_out_internal
    """
    known = {*DATA, *of_platform.split()}
    assert len(names) == 96 and set(names) <= known, set(names) - known


async def test_what_means_something_is_obeyed_and_all_else_is_kept(served: Served, bulks: str) -> None:
    api, features = served.acme, served.features
    await added(api, bulks, 102)
    data = {
        "secret": "s3cret-of-101", "max_contacts": "30", "ringtimer": "15", "callwaiting_enable": "",
        "do_not_disturb": True, "voicemail_enable": "yes", "voicemail_vmpwd": "8261", "avpf": "yes",
        "busy_dest": "from-did-direct,102,1", "mohclass": "jazz", "of_my_own": {"a": [1, None]},
    }  # fmt: skip
    made = await added(api, bulks, 101, data=data, reserved={"config_id": "x", "to": "polycom"})
    row = features[Extensions].by_id(served.id, made["_id"])
    assert (row.password, row.max_contacts, row.ring_seconds, row.webrtc) == ("s3cret-of-101", 10, 15.0, True)
    assert (row.call_waiting, row.do_not_disturb, row.busy) == (False, True, "extension:102")
    assert (row.no_answer, row.unregistered) == ("voicemail:101", "voicemail:101")
    box = features[VoicemailService].box_of_extension(served.id, "101")
    assert box and await features[VoicemailService].check_pin(served.id, box.id, "8261", own=True) == Answer.RIGHT
    shown = made["data"]
    assert (shown["max_contacts"], shown["ringtimer"], shown["callwaiting_enable"]) == ("10", "15", "")
    assert (shown["mohclass"], shown["of_my_own"]) == ("jazz", {"a": [1, None]})
    assert made["reserved"] == {"config_id": "x", "to": "polycom"} and shown["voicemail_vmpwd"] == ""
    assert not stands_in("8261", await api.ok("GET", bulks))


async def test_a_change_merges_and_acts_on_the_phone(served: Served, bulks: str) -> None:
    api = served.acme
    made = await added(api, bulks, 101, data={"mohclass": "jazz", "voicemail_enable": "yes"})
    one = f"{bulks}/{made['_id']}"
    for verb, secret in (("PUT", "another-secret"), ("PATCH", "and-one-more")):
        changed = await api.ok(verb, one, {"data": {"id": 101, "name": "Ann", "secret": secret}})
        assert (changed["data"]["name"], changed["data"]["mohclass"]) == ("Ann", "jazz")
        assert served.asterisk.objects["auth", changed["data"]["user"]]["password"] == secret
        assert "Ann" in served.asterisk.objects["endpoint", changed["data"]["user"]]["callerid"]
    off = await api.ok("PUT", one, {"data": {"voicemail_enable": "no"}})
    row = served.features[Extensions].by_id(served.id, made["_id"])
    assert (off["data"]["voicemail_enable"], row.no_answer, row.busy) == ("no", "", "")
    assert "cannot change" in await api.failed("PUT", one, 400, {"data": {"id": 102}})


@pytest.mark.parametrize("acts", ["owner", "contact"])
@pytest.mark.parametrize(
    "more",
    [
        {"data": {"voicemail_enable": "yes", "ringtimer": "15", "mohclass": "jazz"}},
        {"data": {"busy_dest": "forward:+12015550100"}, "purpose": "ip-phone"},
        {"purpose": "softphone"},
        {"data": {"avpf": "yes", "do_not_disturb": True}},
    ],
)
async def test_an_object_that_is_sent_back_as_it_was_answered_changes_nothing(
    served: Served, bulks: str, more: dict[str, Any], acts: str
) -> None:
    api, extensions = served.acme, served.features[Extensions]
    ann = await contact(api, "ann@example.com")
    made = await added(api, bulks, 101, user={"id": ann}, **more)
    one, row = f"{bulks}/{made['_id']}", extensions.by_id(served.id, made["_id"])
    acting = api if acts == "owner" else api.acting(ann)
    for body in (made, {"data": made["data"]}):
        assert await acting.ok("PUT", one, body) == made
        assert extensions.by_id(served.id, made["_id"]) == row


async def test_where_calls_go_is_shown_as_it_is_wherever_it_was_set(served: Served, bulks: str) -> None:
    made = await added(served.acme, bulks, 101, data={"voicemail_enable": "yes"})
    assert made["data"]["noanswer_dest"] == made["data"]["busy_dest"] == "ext-local,vmu101,1"
    await added(served.acme, bulks, 102)
    leads = to_destination(served.features[Destinations], "extension:102")
    elsewhere = DiversionFields(busy=leads)
    await served.features[ExtensionDiversions].change(SYSTEM, served.id, "101", elsewhere)
    shown = await served.acme.ok("GET", f"{bulks}/{made['_id']}")
    assert shown["data"]["busy_dest"] == "from-did-direct,102,1"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"voicemail_email": "b@example.com", "busy_dest": "from-did-direct,199,1"}, 400),
        ({"secret": "short", "ringtimer": "20", "mohclass": "jazz"}, 400),
        ({"name": "New", "ringtimer": "20", "mohclass": "jazz", "voicemail_enable": "no", "avpf": "yes"}, 502),
    ],
)
async def test_a_change_that_is_refused_leaves_the_extension_as_it_was(
    served: Served, bulks: str, data: dict[str, Any], status: int
) -> None:
    api, mail = served.acme, {"voicemail_enable": "yes", "voicemail_email": "a@example.com"}
    made = await added(api, bulks, 101, data=mail)
    one, row = f"{bulks}/{made['_id']}", served.features[Extensions].by_id(served.id, made["_id"])
    served.asterisk.refused |= {"endpoint"} if status == 502 else set()
    await api.failed("PUT", one, status, {"data": data})
    served.asterisk.refused.clear()
    assert await api.ok("GET", one) == made and served.features[Extensions].by_id(served.id, made["_id"]) == row


async def test_a_number_that_begins_with_0_is_a_text(served: Served, bulks: str) -> None:
    made = await served.acme.ok("POST", bulks, {"data": {"id": "010"}}, status=201)
    assert made["data"]["id"] == made["data"]["extension"] == "010"
    assert await served.acme.ok("PUT", f"{bulks}/{made['_id']}", made) == made


async def test_a_removed_one_is_gone_with_its_voicemail_and_its_id_is_not_given_again(
    served: Served, bulks: str
) -> None:
    api = served.acme
    made = await added(api, bulks, 101, data={"voicemail_enable": "yes", "mohclass": "jazz"})
    await api.ok("DELETE", f"{bulks}/{made['_id']}", status=204)
    assert ("auth", made["data"]["user"]) not in served.asterisk.objects
    assert served.features[VoicemailService].box_of_extension(served.id, "101") is None
    await api.failed("GET", f"{bulks}/{made['_id']}", 404)
    again = await added(api, bulks, 101)
    assert again["_id"] != made["_id"] and again["data"]["mohclass"] == "default"


async def test_an_extension_whose_voicemail_others_lead_to_stays_whole(served: Served, bulks: str) -> None:
    api = served.acme
    made = await added(api, bulks, 101, data={"voicemail_enable": "yes"})
    other = await added(api, bulks, 102, data={"noanswer_dest": "ext-local,vmu101,1"})
    assert "voicemail box 101" in await api.failed("DELETE", f"{bulks}/{made['_id']}", 400)
    row = served.features[Extensions].by_id(served.id, made["_id"])
    assert (row.no_answer, row.busy, row.unregistered) == ("voicemail:101",) * 3
    await api.ok("DELETE", f"{bulks}/{other['_id']}", status=204)
    await api.ok("DELETE", f"{bulks}/{made['_id']}", status=204)


@pytest.mark.parametrize(
    ("data", "more", "named"),
    [
        ({"id": None}, {}, "data.id is missing"),
        ({"id": 1}, {}, "2 to 6 digits"),
        ({"id": "1; drop"}, {}, "2 to 6 digits"),
        ({"id": 101}, {}, "already"),
        ({"id": 911}, {}, "emergency"),
        ({"secret": "short"}, {}, "8 to 64"),
        ({"name": 'a"b'}, {}, "name"),
        ({"name": ["x"]}, {}, "name must be a string"),
        ({"ringtimer": "x"}, {}, "data.ringtimer must be 0 to 300"),
        ({"max_contacts": "0"}, {}, "data.max_contacts"),
        ({"callwaiting_enable": "maybe"}, {}, "data.callwaiting_enable"),
        ({"busy_dest": "app-blackhole,hangup,1"}, {}, "data.busy_dest must be an extension such as"),
        ({"busy_dest": "from-did-direct,199,1"}, {}, "199"),
        ({"noanswer_dest": "extension:201"}, {}, "201"),
        ({"voicemail_enable": "yes", "voicemail_vmpwd": "1234"}, {}, "pin must not be"),
        ({"voicemail_enable": "yes", "voicemail_vmpwd": "201"}, {}, "pin must be 4 to 10 digits"),
        ({"voicemail_email": "nobody"}, {}, "nobody"),
        ({}, {"location_id": "60190fb650fe88ed1a544a85"}, "location_id must be one of the company's"),
        ({}, {"user": {"id": "nobody"}}, "user must be one of the company's contacts"),
        ({}, {"user": 5}, "user must be a contact"),
        ({}, {"data": []}, "data must be an object"),
    ],
)
async def test_what_cannot_be_is_refused_and_leaves_nothing(
    served: Served, bulks: str, data: dict[str, Any], more: dict[str, Any], named: str
) -> None:
    await added(served.acme, bulks, 101)
    before, changes = await served.acme.ok("GET", bulks), len(served.asterisk.objects)
    body = {"data": {"id": 201, "name": "Ann"} | data} | more
    assert named in await served.acme.failed("POST", bulks, 400, body)
    assert await served.acme.ok("GET", bulks) == before and len(served.asterisk.objects) == changes
    assert served.features[VoicemailService].box_of_extension(served.id, "201") is None


async def test_what_asterisk_refuses_is_502_and_leaves_nothing(served: Served, bulks: str) -> None:
    made = await added(served.acme, bulks, 101)
    wanted = {"data": {"id": 201, "voicemail_enable": "yes"}}
    served.asterisk.refused.add("endpoint")
    await served.acme.failed("POST", bulks, 502, wanted)
    served.asterisk.refused.clear()
    served.asterisk.down = True
    await served.acme.failed("POST", bulks, 502, wanted)
    served.asterisk.down = False
    assert [one["_id"] for one in await served.acme.ok("GET", bulks)] == [made["_id"]]
    assert served.features[VoicemailService].box_of_extension(served.id, "201") is None
    await served.acme.ok("POST", bulks, wanted, status=201)


async def test_extensions_are_filtered_sorted_found_and_paged(served: Served, bulks: str) -> None:
    api = served.acme
    ann, ben = await contact(api, "ann@example.com"), await contact(api, "ben@example.com", "Ben")
    await added(api, bulks, 101, user={"id": ben})
    await added(api, bulks, 102)
    await added(api, bulks, 103, user={"contacts": {"email": "ann@example.com"}}, purpose="ip-phone")
    await added(api, bulks, 104, user=ben, purpose="softphone")

    async def numbers(path: str = bulks, **query: Any) -> list[int]:
        return [one["data"]["id"] for one in await api.ok("GET", path, **query)]

    assert await numbers() == [101, 102, 103, 104]
    assert await numbers(filter_by="unassigned") == [102]
    assert await numbers(filter_by="softphone") == [104]
    assert await numbers(by_user="on") == [103, 101, 104, 102]
    assert await numbers(search="phone 102") == [102]
    assert await numbers(search="BEN@example") == [101, 104]
    assert await numbers(f"/instances/{instance_of(served.id)}/extensions", search="10", page=2, page_size=3) == [104]
    headers = api.headers or {}
    assert (headers["X-Pagination-Total-Count"], headers["X-Pagination-Page-Count"]) == ("4", "2")
    assert await numbers(f"/account/{ben}/extensions", purpose="softphone") == [104]
    assert await numbers(f"/account/{ann}/extensions", purpose="softphone") == []
    assert await numbers(f"/account/{ann}/extensions") == [103]
    await api.failed("GET", "/account/nobody/extensions", 404)
    assert "filter_by must be" in await api.failed("GET", bulks, 400, filter_by="all")
    shown = await api.ok("GET", f"/company/contacts/{ann}")
    assert (shown["extension"]["number"], shown["extension"]["name"]) == (103, "Phone 103")


async def test_whether_a_user_could_be_given_an_extension(served: Served, bulks: str) -> None:
    api = served.acme
    await contact(api, "john@example.com")
    check = f"{bulks}/check"
    assert await api.ok("POST", check, {"email": "john@example.com", "id": 1001}) == {"result": True}
    await added(api, bulks, 1001, user={"contacts": {"email": "john@example.com"}})
    assert await api.ok("POST", check, {"email": "John@example.com", "id": 1001}) == {"result": True}
    assert "has the extension 1001" in await api.failed("POST", check, 400, {"email": "john@example.com", "id": 1002})
    assert "another user" in await api.failed("POST", check, 400, {"email": "ann@example.com", "id": 1001})
    for body in (None, {}, {"email": "john@example.com"}, {"id": 1001}):
        assert "email and id are needed" in await api.failed("POST", check, 400, body)


async def test_a_softphone_is_set_up_by_json_or_a_picture(served: Served, bulks: str) -> None:
    api = served.acme
    made = await added(api, bulks, 101, purpose="softphone")
    query = {"extension_id": made["_id"], "instance_uuid": instance_of(served.id)}
    shown = await api.ok("GET", "/phones/qr-config/advanced", **query)
    assert {"displayname", "outbound_server", "password", "server", "user"} <= set(shown)
    assert (shown["user"], shown["password"]) == (made["data"]["user"], made["data"]["secret"])
    assert shown["uri"] == f"sip:{shown['user']}:{shown['password']}@192.0.2.5:5060"
    assert shown["browser"]["user"] == f"web-{shown['user']}" and shown["qr"].startswith("data:image/png;base64,")
    headers = {"Authorization": f"Bearer {api.token}", "X-User-Id": "primary"}
    for wanted, begins in (("image/svg+xml", b"<?xml"), ("image/png", b"\x89PNG"), ("image/*", b"\x89PNG")):
        async with api.session.get(
            f"{api.base}/phones/qr-config/advanced", params=query, headers=headers | {"Accept": wanted}
        ) as answer:
            assert answer.status == 200 and (await answer.read()).startswith(begins), wanted


async def test_passwords_are_for_the_owner_and_whose_the_extension_is(served: Served, bulks: str) -> None:
    api = served.acme
    ann = await contact(api, "ann@example.com")
    own, others = await added(api, bulks, 101, user={"id": ann}), await added(api, bulks, 102)
    acting = api.acting(ann)
    assert [bool(one["data"]["secret"]) for one in await acting.ok("GET", bulks)] == [True, False]
    instance = instance_of(served.id)
    await acting.ok("GET", "/phones/qr-config/advanced", extension_id=own["_id"], instance_uuid=instance)
    await acting.failed("GET", "/phones/qr-config/advanced", 403, extension_id=others["_id"], instance_uuid=instance)
    await acting.ok("PUT", f"{bulks}/{own['_id']}", {"data": {"do_not_disturb": True}})
    await acting.failed("PUT", f"{bulks}/{own['_id']}", 403, {"user": None})
    await acting.failed("PUT", f"{bulks}/{others['_id']}", 403, {"data": {"name": "x"}})
    await acting.failed("POST", bulks, 403, {"data": {"id": 103}})
    await acting.failed("DELETE", f"{bulks}/{own['_id']}", 403)


async def test_another_company_s_are_like_those_that_are_not_there(served: Served, bulks: str) -> None:
    made = await added(served.acme, bulks, 101)
    theirs = f"/instances/{instance_of(served.others_id)}/bulks/extensions"
    await added(served.other, theirs, 101)
    sentences = set()
    for path in (f"{bulks}/{made['_id']}", f"{theirs}/{made['_id']}", f"{theirs}/extension-none"):
        for verb in ("GET", "PUT", "DELETE"):
            sentence = await served.other.failed(verb, path, 404, {} if verb == "PUT" else None)
            sentences.add(re.sub(r"(instance|extension) \S+", r"\1 ID", sentence))
    assert sentences == {"The company has no instance ID", "The company has no extension ID"}
    query = {"extension_id": made["_id"], "instance_uuid": instance_of(served.others_id)}
    await served.other.failed("GET", "/phones/qr-config/advanced", 404, **query)
