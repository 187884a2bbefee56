"""carillon calls show --sip and carillon calls pcap"""

import io
from pathlib import Path

import dpkt
import pytest

from api.cli.output import Output
from api.cli.sip_flow import show_sip
from tests.api.cli.running import Run
from tests.api.own.installation import Installation
from tests.api.own.test_sip_traces import FAR, US, keep
from tests.support.hep import answer, invite, request

FLOW = """\
{call}, Call-ID first@b
  127.0.0.1:5060 <-> 127.0.0.2:5070, UDP
  08:00:00.500  -->  INVITE (SDP) sip:12015550101@127.0.0.2:5070   1 INVITE
  08:00:01.500  -->  INVITE (SDP) sip:12015550101@127.0.0.2…  1 INVITE, repeated
  08:00:02.500  <--  503 Service Unavailable                       1 INVITE
  (3 more messages were not kept: the call had too many)

{call}, Call-ID second@b
  127.0.0.1:5060 <-> 198.51.100.7:5060, UDP
  08:00:00.500  -->  INVITE (SDP) sip:12015550101@127.0.0.2:5070   1 INVITE
  127.0.0.1:5060 <-> 198.51.100.8:5062, UDP
  08:00:01.500  <--  BYE sip:12015550101@127.0.0.2:5070            2 BYE
                     Reason: Q.850;cause=16
  (3 more messages were not kept: the call had too many)
"""


async def placed(carillon: Run, installation: Installation) -> str:
    """A call with two attempts."""
    await carillon("accounts", "create", "acme")
    call = str((await carillon("calls", "place", "+1 201 555 0114", "--json")).json["id"])
    first, refused = (US, FAR, invite("first@b")), (FAR, US, answer("first@b", "503 Service Unavailable"))
    await keep(installation, call, "first@b", first, first, refused)
    second = (US, "198.51.100.7:5060", invite("second@b"))
    await keep(installation, call, "second@b", second, ("198.51.100.8:5062", US, request("second@b", "BYE")))
    return call


async def test_the_flow_of_each_attempt_fits_a_terminal_of_80_columns(
    carillon: Run, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await placed(carillon, installation)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("api.cli.output._is_terminal", lambda: True)
    shown = await carillon("calls", "show", call, "--sip")
    assert shown.output == FLOW.format(call=call)
    assert max(map(len, shown.output.splitlines())) <= 80


async def test_a_program_that_reads_it_gets_everything(carillon: Run, installation: Installation) -> None:
    call = await placed(carillon, installation)
    assert "INVITE (SDP) sip:12015550101@127.0.0.2:5070" in (await carillon("calls", "show", call, "--sip")).output
    trace = (await carillon("calls", "show", call, "--sip", "--json")).json
    assert [one["sip_call_id"] for one in trace["dialogs"]] == ["first@b", "second@b"]
    assert trace["dialogs"][0]["messages"][0]["text"] == invite("first@b").decode()


async def test_a_capture_file_is_saved_with_the_call_ids_of_the_call(
    carillon: Run, installation: Installation, tmp_path: Path
) -> None:
    call = await placed(carillon, installation)
    file = tmp_path / "call.pcap"
    saved = await carillon("calls", "pcap", call, str(file))
    assert saved.output == f"{file} was written: {file.stat().st_size} bytes.\n"
    packets = [dpkt.ip.IP(octets).data.data for _, octets in dpkt.pcap.Reader(io.BytesIO(file.read_bytes()))]
    invites = {dpkt.sip.Request(one).headers["call-id"] for one in packets if one.startswith(b"INVITE")}
    assert invites == {"first@b", "second@b"}


async def test_what_is_not_kept_is_said_with_the_setting(
    carillon: Run, installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await carillon("accounts", "create", "acme")
    call = str((await carillon("calls", "place", "+1 201 555 0114", "--json")).json["id"])
    shown = await carillon("calls", "show", call, "--sip")
    assert shown.output == f"No SIP message of {call} is kept; they are kept for 24 hours.\n"
    refused = await carillon("calls", "pcap", call, str(tmp_path / "call.pcap"))
    assert (refused.status, refused.errors) == (1, "carillon: No SIP message of this call is kept.\n")
    assert not (tmp_path / "call.pcap").exists()
    both = await carillon("calls", "show", call, "--sip", "--follow")
    assert both.errors == "carillon: SIP messages are not followed: leave out --follow or --sip.\n"
    show_sip(Output(), {"kept_hours": 0.0, "dialogs": []}, call)
    assert capsys.readouterr().out == "SIP messages are not kept (CARILLON_SIP_TRACE_HOURS is 0).\n"
