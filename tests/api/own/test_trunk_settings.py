"""A trunk's groups of settings by the administrator's API: given in part, shown whole, without secrets."""

import socket
from typing import Any

import pytest

from engine.features.endpoints.push import Endpoints
from engine.features.trunks.certificates import self_signed
from engine.features.trunks.costs import TrunkCosts
from engine.features.trunks.service import Trunks
from tests.api.own.installation import Installation
from tests.support.features import TLS_PORT

TRUNK = {"name": "itsp", "host": "192.0.2.10", "user": "me", "password": "s3cret", "register": True}
CERTIFICATE, KEY = self_signed("client.example")
TLS = {"name": "secure", "host": "192.0.2.20", "signalling": {"transport": "tls"}}


async def test_settings_are_given_in_part_and_the_others_stay(installation: Installation) -> None:
    status, added = await installation.admin(
        "POST", "/trunks", TRUNK | {"signalling": {"from_user": "acct-7"}, "numbering": {"number_format": "e164-plus"}}
    )
    assert status == 201 and added["signalling"]["options_seconds"] == 15
    change = {"signalling": {"options_seconds": 0}, "numbering": {"strip_digits": 0}}
    status, changed = await installation.admin("PATCH", "/trunks/itsp", change)
    assert (status, changed["signalling"]["from_user"], changed["state"]) == (200, "acct-7", "unwatched")
    assert changed["numbering"]["number_format"] == "e164-plus"
    assert installation.asterisk.objects["aor", "trunk-itsp"]["qualify_frequency"] == "0"
    await installation.services.cache.load()
    assert installation.services.cache.trunk("itsp").signalling.from_user == "acct-7", "it is in the store"


async def test_one_trunk_is_shown_with_its_defaults_and_with_what_asterisk_has(installation: Installation) -> None:
    await installation.admin("POST", "/trunks", TRUNK | {"numbering": {"tech_prefix": "99"}})
    status, shown = await installation.admin("GET", "/trunks/itsp")
    assert status == 200 and "s3cret" not in str(shown)
    assert "numbering.identity" in shown["defaults"] and "numbering.tech_prefix" not in shown["defaults"]
    assert shown["asterisk"]["registration"]["client_uri"] == "sip:me@192.0.2.10"
    assert (await installation.admin("GET", "/trunks/nobody"))[0] == 404


async def test_a_key_is_never_shown_and_its_certificate_is(installation: Installation) -> None:
    signalling = {"transport": "tls", "certificate": CERTIFICATE, "key": KEY}
    status, added = await installation.admin("POST", "/trunks", TLS | {"signalling": signalling})
    assert (status, added["signalling"]["certificate"], added["signalling"]["has_key"]) == (201, CERTIFICATE, True)
    answers = [added] + [await installation.admin("GET", path) for path in ("/trunks", "/trunks/secure", "/audit")]
    assert not [answer for answer in answers if "PRIVATE KEY" in str(answer)]


async def test_trunks_of_tls_share_a_transport_unless_they_bring_certificates(installation: Installation) -> None:
    objects = installation.asterisk.objects
    await installation.admin("POST", "/trunks", TLS)
    await installation.admin("POST", "/trunks", TLS | {"name": "second", "host": "192.0.2.21"})
    assert [name for kind, name in objects if kind == "transport"] == ["transport-tls"]
    assert {objects["endpoint", f"trunk-{name}"]["transport"] for name in ("secure", "second")} == {"transport-tls"}
    assert objects["aor", "trunk-secure"]["contact"] == "sip:192.0.2.20:5061;transport=tls"
    own = {"transport": "tls", "ca": CERTIFICATE}
    await installation.admin("POST", "/trunks", TLS | {"name": "third", "host": "192.0.2.22", "signalling": own})
    named = objects["endpoint", "trunk-third"]["transport"]
    assert named.startswith("transport-tls-") and objects["transport", named]["ca_list_file"].endswith(".ca")
    assert objects["transport", named]["bind"] != objects["transport", "transport-tls"]["bind"]


async def test_transports_of_tls_are_there_again_after_asterisk_lost_everything(installation: Installation) -> None:
    await installation.admin("POST", "/trunks", TLS)
    expected = dict(installation.asterisk.objects)
    installation.asterisk.objects.clear()
    await installation.services.features[Endpoints].push_all()
    assert installation.asterisk.objects["transport", "transport-tls"] == expected["transport", "transport-tls"]


async def test_a_port_of_tls_that_is_taken_is_named_with_its_setting(installation: Installation) -> None:
    del installation.asterisk.objects["transport", "transport-tls"]  # phones have it from the start
    installation.services.features[Trunks].transports.forget()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", TLS_PORT))
        status, answer = await installation.admin("POST", "/trunks", TLS)
    assert status == 502 and "CARILLON_SIP_TLS_PORT" in answer["error"]
    assert (await installation.admin("POST", "/trunks", TLS))[0] == 201


async def test_a_trunk_that_cannot_be_provisioned_stops_no_other_and_is_not_added(installation: Installation) -> None:
    await installation.admin("POST", "/trunks", TRUNK)
    await installation.admin("POST", "/trunks", TLS)
    expected = installation.asterisk.objects["endpoint", "trunk-itsp"]
    installation.asterisk.objects.clear()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", TLS_PORT))
        await installation.services.features[Endpoints].push_all()
        second = TLS | {"name": "second", "host": "192.0.2.21"}
        assert (await installation.admin("POST", "/trunks", second))[0] == 502
    assert installation.asterisk.objects["endpoint", "trunk-itsp"] == expected
    assert ("endpoint", "trunk-secure") not in installation.asterisk.objects
    assert (await installation.admin("GET", "/trunks/second"))[0] == 404


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"profile": "best"}, "profile must be ip-auth,"),
        ({"profile": "register"}, "user is missing: the profile register needs it"),
        ({"profile": "ip-auth-prefix"}, "tech_prefix is missing: the profile ip-auth-prefix needs it"),
        ({"codecs": "ulaw,g729"}, "g729 needs its module codec_g729"),
        ({"media": {"srtp": "maybe"}}, "srtp must be off, offered or required (got 'maybe')"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_field_s_name(
    installation: Installation, given: dict[str, Any], field: str
) -> None:
    status, answer = await installation.admin("POST", "/trunks", {"name": "itsp", "host": "192.0.2.10"} | given)
    assert status == 400 and field in answer["error"]


async def test_a_profile_sets_what_is_not_given(installation: Installation) -> None:
    listed = (await installation.admin("GET", "/trunk-profiles"))[1]["profiles"]
    (national,) = [one for one in listed if one["name"] == "register-national"]
    assert national["needs"] == ["user", "password", "country"]
    given = {"name": "itsp", "host": "192.0.2.10", "user": "me", "password": "x", "country": "GB"}
    wanted = given | {"profile": "register-national", "numbering": {"caller_format": "e164"}}
    status, added = await installation.admin("POST", "/trunks", wanted)
    assert (status, added["register"]) == (201, True)
    assert (added["numbering"]["number_format"], added["numbering"]["caller_format"]) == ("national", "e164")


async def test_a_new_trunk_is_checked_before_it_is_offline(installation: Installation) -> None:
    installation.asterisk.states["trunk-itsp"] = "offline"
    assert (await installation.admin("POST", "/trunks", TRUNK))[1]["state"] == "checking"
    installation.asterisk.states["trunk-itsp"] = "online"
    assert (await installation.admin("GET", "/trunks"))[1]["trunks"][0]["state"] == "online"


async def test_what_may_be_a_mistake_is_said(installation: Installation) -> None:
    assert (await installation.admin("POST", "/trunks", TRUNK))[1]["warnings"] == []
    twin = {"name": "twin", "host": TRUNK["host"], "media": {"srtp": "required"}}
    said = (await installation.admin("POST", "/trunks", twin))[1]["warnings"]
    same, clear = said
    assert same.startswith("itsp has the host 192.0.2.10 too:") and clear.startswith("The keys of srtp are sent in")


async def test_costs_are_loaded_listed_and_removed_also_with_their_trunk(installation: Installation) -> None:
    costs = installation.services.features[TrunkCosts]
    await installation.admin("POST", "/trunks", TRUNK)
    loaded = await installation.admin("PUT", "/trunks/itsp/costs", data="44,0.012,USD\n1,0.004,USD\n")
    assert loaded == (200, {"loaded": 2})
    listed = (await installation.admin("GET", "/trunks/itsp/costs"))[1]["costs"]
    assert [(cost["prefix"], cost["price"]) for cost in listed] == [("1", "0.004"), ("44", "0.012")]
    assert costs.of("itsp", "442071838750") == 12_000
    assert (await installation.admin("DELETE", "/trunks/itsp/costs")) == (200, {"removed": 2})
    await installation.admin("PUT", "/trunks/itsp/costs", data="44,0.012,USD\n")
    await installation.admin("DELETE", "/trunks/itsp")
    await installation.admin("POST", "/trunks", TRUNK)
    assert (await installation.admin("GET", "/trunks/itsp/costs"))[1]["costs"] == []
    assert costs.of("itsp", "442071838750") is None
    assert (await installation.admin("GET", "/trunks/nobody/costs"))[0] == 404
