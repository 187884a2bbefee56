"""Fields of an extension's data that say how digits and audio travel, what its calls show and which are recorded."""

from typing import Any

import pytest

from api.vendors.ringplan.ids import instance_of
from engine.features.endpoints.model import Dtmf, Records
from engine.features.endpoints.service import Extensions
from engine.store import accounts
from tests.api.vendors.ringplan.conftest import Served

CALLER = "12015550100"
RECORDING = [f"recording_{way}_{where}" for where in ("external", "internal") for way in ("in", "out")]


@pytest.fixture
async def bulks(served: Served) -> str:
    """Where the extensions are of a company that may show a number."""
    await served.platform.writer.write(lambda conn: accounts.add_caller_id(conn, served.id, CALLER))
    await served.platform.refresh()
    return f"/instances/{instance_of(served.id)}/bulks/extensions"


async def added(served: Served, bulks: str, **data: Any) -> Any:
    """Add the extension 101."""
    return await served.acme.ok("POST", bulks, {"data": {"id": 101, **data}}, status=201)


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        ("rfc2833", Dtmf.RFC4733), ("rfc4733", Dtmf.RFC4733), ("info", Dtmf.INFO), ("inband", Dtmf.INBAND),
        ("auto", Dtmf.AUTO), ("auto_info", Dtmf.AUTO_INFO), (None, Dtmf.AUTO),
    ],
)  # fmt: skip
async def test_digits_travel_as_dtmfmode_says(served: Served, bulks: str, given: str | None, mode: Dtmf) -> None:
    made = await added(served, bulks, dtmfmode=given)
    assert made["data"]["dtmfmode"] == mode.value
    assert served.asterisk.objects["endpoint", made["data"]["user"]]["dtmf_mode"] == mode.value


@pytest.mark.parametrize(
    ("given", "codecs", "shown"),
    [
        ({"allow": "ulaw&alaw&g722"}, "ulaw,alaw,g722", "ulaw&alaw&g722"),
        ({"allow": "g722, ulaw"}, "g722,ulaw", "g722&ulaw"),
        ({"allow": "ulaw|alaw", "disallow": "all"}, "ulaw,alaw", "ulaw&alaw"),
        ({"allow": "ulaw&alaw", "disallow": "ulaw"}, "alaw", "alaw"),
        ({"allow": "all", "disallow": "g729"}, "", ""),
        ({"allow": ""}, "", ""),
    ],
)
async def test_codecs_are_those_of_allow_but_for_those_of_disallow(
    served: Served, bulks: str, given: dict[str, str], codecs: str, shown: str
) -> None:
    made = await added(served, bulks, **given)
    row = served.features[Extensions].by_id(served.id, made["_id"])
    assert (row.codecs, made["data"]["allow"], made["data"]["disallow"]) == (codecs, shown, given.get("disallow", ""))
    allowed = served.asterisk.objects["endpoint", row.sip_user]["allow"]
    assert allowed == (codecs or "ulaw,alaw,g722")


@pytest.mark.parametrize("given", ['"MyCorp J. Smith" <2015550100>', "+1 201 555 0100", "12015550100"])
async def test_outboundcid_is_the_number_that_calls_outside_show(served: Served, bulks: str, given: str) -> None:
    made = await added(served, bulks, outboundcid=given)
    extensions, one = served.features[Extensions], f"{bulks}/{made['_id']}"
    assert extensions.by_id(served.id, made["_id"]).outbound_caller == CALLER
    assert made["data"]["outboundcid"] == made["outbound_callerid"]["value"] == given
    none = await served.acme.ok("PUT", one, {"data": {"outboundcid": None}})
    assert extensions.by_id(served.id, made["_id"]).outbound_caller == ""
    assert (none["data"]["outboundcid"], none["outbound_callerid"]["value"]) == (None, None)


async def test_each_field_of_recording_is_obeyed_alone(served: Served, bulks: str) -> None:
    made = await added(served, bulks, recording_in_external="force", recording_out_internal="yes")
    one, extensions = f"{bulks}/{made['_id']}", served.features[Extensions]

    def records() -> tuple[Records, Records]:
        row = extensions.by_id(served.id, made["_id"])
        return row.record_external, row.record_internal

    assert records() == (Records.IN, Records.OUT)
    assert [made["data"][name] for name in RECORDING] == ["force", "dontcare", "dontcare", "yes"]
    changed = await served.acme.ok("PUT", one, {"data": {"recording_out_external": "force"}})
    assert records() == (Records.BOTH, Records.OUT) and changed["data"]["recording_in_external"] == "force"
    off = {"recording_in_external": "never", "recording_out_external": "no", "recording_out_internal": "dontcare"}
    changed = await served.acme.ok("PUT", one, {"data": off})
    assert records() == (Records.NEVER, Records.NEVER)
    assert [changed["data"][name] for name in RECORDING] == ["never", "no", "dontcare", "dontcare"]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"dtmfmode": "tones"}, "data.dtmfmode must be one of auto, auto_info, rfc4733, info, inband, rfc2833"),
        ({"allow": "ulaw&g729"}, "data.allow must be of ulaw, alaw, g722, opus (got 'g729')"),
        ({"disallow": "ulaw"}, "data.allow must have the codecs that remain"),
        ({"outboundcid": '"Bank" <12015550199>'}, "owns or has verified (got '12015550199')"),
        ({"outboundcid": "hidden"}, "The outbound caller cannot be 'hidden'"),
        ({"recording_in_external": "always"}, "data.recording_in_external must be one of force, yes, dontcare"),
    ],
)
async def test_what_cannot_be_is_refused_for_a_new_extension_and_for_one_that_is_there(
    served: Served, bulks: str, data: dict[str, Any], named: str
) -> None:
    made = await added(served, bulks, dtmfmode="info", allow="alaw", outboundcid=CALLER, recording_in_internal="force")
    assert named in await served.acme.failed("POST", bulks, 400, {"data": {"id": 102, **data}})
    wanted = {"data": {"name": "New", "mohclass": "jazz", "ringtimer": "20", "allow": "", **data}}
    assert named in await served.acme.failed("PUT", f"{bulks}/{made['_id']}", 400, wanted)
    assert await served.acme.ok("GET", bulks) == [made]


async def test_a_change_that_asterisk_refuses_leaves_the_media_as_it_was(served: Served, bulks: str) -> None:
    made = await added(served, bulks, dtmfmode="info", allow="alaw", outboundcid=CALLER, recording_in_internal="force")
    row = served.features[Extensions].by_id(served.id, made["_id"])
    served.asterisk.refused.add("endpoint")
    wanted = {"dtmfmode": "inband", "allow": "ulaw", "outboundcid": None, "recording_in_internal": "no"}
    await served.acme.failed("PUT", f"{bulks}/{made['_id']}", 502, {"data": wanted})
    served.asterisk.refused.clear()
    assert served.features[Extensions].by_id(served.id, made["_id"]) == row
    assert await served.acme.ok("GET", f"{bulks}/{made['_id']}") == made


async def test_a_contact_changes_its_media_and_not_what_its_calls_show_and_record(served: Served, bulks: str) -> None:
    api = served.acme
    wanted = {"contacts": {"email": "ann@example.com"}, "first_name": "Ann"}
    ann = (await api.ok("POST", "/company/contacts", wanted, status=201))["id"]
    data = {"id": 101, "recording_in_external": "force"}
    made = await api.ok("POST", bulks, {"data": data, "user": {"id": ann}}, status=201)
    one, acting = f"{bulks}/{made['_id']}", api.acting(ann)
    assert await acting.ok("PUT", one, made) == made
    await acting.ok("PUT", one, {"data": {"dtmfmode": "info", "allow": "alaw"}})
    for refused in ({"recording_in_external": "no"}, {"outboundcid": CALLER}, {"recording_out_internal": "yes"}):
        await acting.failed("PUT", one, 403, {"data": refused})
