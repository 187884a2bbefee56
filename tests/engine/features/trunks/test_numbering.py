"""How numbers are written to a carrier."""

from typing import Any

import msgspec
import pytest

from engine.features.errors import InvalidSetting
from engine.features.trunks import numbering
from engine.features.trunks import trunk as trunks
from engine.features.trunks.model import made
from engine.features.trunks.numbering import CallerWriter
from engine.features.trunks.outbound_routing import dial_string
from engine.store.trunks import Trunk


def trunk(country: str = "", host: str = "192.0.2.1", **fields: Any) -> Trunk:
    return trunks.checked(made({"name": "itsp", "host": host, "country": country, "numbering": fields}))


@pytest.mark.parametrize(
    ("fields", "country", "digits", "written"),
    [
        ({}, "", "12015550123", "12015550123"),
        ({"number_format": "e164-plus"}, "", "12015550123", "+12015550123"),
        ({"number_format": "e164-plus"}, "", "500", "500"),
        ({"number_format": "national"}, "US", "12015550123", "2015550123"),
        ({"number_format": "national"}, "US", "442070313000", "011442070313000"),
        ({"number_format": "national"}, "GB", "442070313000", "02070313000"),
        ({"number_format": "national"}, "DE", "442070313000", "00442070313000"),
        ({"number_format": "national"}, "GB", "7777", "7777"),
        ({"number_format": "as-dialled"}, "US", "12015550123", "12015550123"),
        ({"strip_digits": 1}, "", "12015550123", "2015550123"),
        ({"strip_digits": 2, "tech_prefix": "0"}, "", "4915112345678", "015112345678"),
        ({"strip_digits": 3}, "", "50", "50"),
        ({"tech_prefix": "9911#"}, "", "12015550123", "9911#12015550123"),
        ({"tech_prefix": "9911", "number_format": "e164-plus"}, "", "12015550123", "9911+12015550123"),
    ],
)  # fmt: skip
def test_a_called_number_is_written_as_the_carrier_wants_it(
    fields: dict[str, Any], country: str, digits: str, written: str
) -> None:
    assert numbering.called(trunk(country, **fields), digits) == written
    user = written.replace("#", "%23")  # RFC 3261 section 25.1
    assert dial_string(trunk(country, **fields), digits) == f"PJSIP/trunk-itsp/sip:{user}@192.0.2.1:5060"


@pytest.mark.parametrize(
    ("fields", "digits", "written"),
    [
        ({}, "14155550123", "14155550123"),
        ({"number_format": "e164-plus"}, "14155550123", "+14155550123"),
        ({"number_format": "e164-plus", "caller_format": "e164"}, "14155550123", "14155550123"),
        ({"caller_format": "national"}, "442070313000", "02070313000"),
        ({"strip_digits": 2, "tech_prefix": "99"}, "442070313000", "442070313000"),
        ({"default_caller": "+442070313000"}, "", "442070313000"),
        ({"default_caller": "442070313000", "caller_format": "e164-plus"}, "", "+442070313000"),
        ({"identity": "none"}, "442070313000", ""),
        ({}, "", ""),
    ],
)  # fmt: skip
def test_the_caller_is_written_in_a_format_of_its_own(fields: dict[str, Any], digits: str, written: str) -> None:
    assert CallerWriter(trunk("GB", **fields))(digits) == written


def test_a_fictitious_number_of_the_lab_is_shown_to_no_other_network() -> None:
    assert numbering.caller(trunk(), "12015552000") == ""
    assert numbering.caller(trunk(default_caller="14155550123"), "12015552000") == "14155550123"
    assert numbering.caller(trunk(host="127.0.0.2"), "12015552000") == "12015552000"


@pytest.mark.parametrize(
    ("identity", "pai", "rpid"),
    [("pai", "yes", "no"), ("rpid", "no", "yes"), ("from", "no", "no"), ("none", "no", "no")],
)
def test_the_identity_is_shown_by_the_header_that_was_chosen(identity: str, pai: str, rpid: str) -> None:
    found = numbering.fields(trunk(identity=identity))
    assert (found["send_pai"], found["send_rpid"]) == (pai, rpid)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"number_format": "plus"}, "number_format must be e164, e164-plus, national or as-dialled (got 'plus')"),
        ({"number_format": "national"}, "number_format national needs the trunk's country"),
        ({"caller_format": "national"}, "caller_format national needs the trunk's country"),
        ({"number_format": "e164-plus", "strip_digits": 1}, "strip_digits cannot go with number_format e164-plus"),
        ({"strip_digits": 15}, "strip_digits must be 0 to 14 (got 15)"),
        ({"strip_digits": -1}, "strip_digits must be 0 to 14 (got -1)"),
        ({"tech_prefix": "9@1"}, "tech_prefix must be at most 16 of 0-9, * and # (got '9@1')"),
        ({"identity": "p-asserted"}, "identity must be pai, rpid, from or none"),
        ({"default_caller": "anonymous"}, "default_caller must be a number in digits"),
        ({"called_in": "X Called"}, "called_in must be uri, to or the name of a header"),
        ({"verstat_in": ""}, "verstat_in must be pai, from, none or the name of a header, such as X-Verstat (got '')"),
        ({"verstat_in": "X,1)"}, "verstat_in must be pai, from, none or the name of a header"),
        ({"attestation_in": "A B"}, "attestation_in must be the name of a header"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_field_s_name(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        trunk(**fields)
    assert named in str(refused.value)


def test_writers_of_equal_trunks_are_equal() -> None:
    assert CallerWriter(trunk()) == CallerWriter(trunk())
    assert CallerWriter(trunk()) != CallerWriter(msgspec.structs.replace(trunk(), name="other"))
