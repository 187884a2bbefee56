"""Ready-made settings for the ways of common carriers, described by what they do."""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.features.errors import InvalidSetting
from engine.features.trunks.model import GROUPS
from engine.features.trunks.settings import listed


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """`settings` are a trunk's fields; those that are given beside the profile replace them, field by field.

    `needs` are fields that have no value that would do for every trunk.
    """

    name: str
    description: str
    settings: Mapping[str, Any]
    needs: tuple[str, ...] = ()


_REGISTERS = ("user", "password")
PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            name="ip-auth",
            description="knows us by our address; numbers in E.164 digits without a plus",
            settings={},
        ),
        Profile(
            name="ip-auth-plus",
            description="knows us by our address; numbers in E.164 with a plus, also the caller's",
            settings={"numbering": {"number_format": "e164-plus"}},
        ),
        Profile(
            name="ip-auth-prefix",
            description="knows us by our address and a technical prefix before each number, and answers no OPTIONS",
            settings={"signalling": {"options_seconds": 0}},
            needs=("numbering.tech_prefix",),
        ),
        Profile(
            name="register",
            description="wants a registration; From has its domain; numbers in E.164 digits without a plus",
            settings={"register": True},
            needs=_REGISTERS,
        ),
        Profile(
            name="register-plus",
            description="wants a registration; numbers in E.164 with a plus, also the caller's",
            settings={"register": True, "numbering": {"number_format": "e164-plus"}},
            needs=_REGISTERS,
        ),
        Profile(
            name="register-national",
            description="wants a registration; numbers as one dials them in the trunk's country",
            settings={"register": True, "numbering": {"number_format": "national"}},
            needs=(*_REGISTERS, "country"),
        ),
        Profile(
            name="register-account-in-from",
            description="wants a registration, and the account's user in From; the caller is in PAI, with a plus",
            settings={"register": True, "numbering": {"number_format": "e164-plus", "identity": "pai"}},
            needs=(*_REGISTERS, "signalling.from_user"),
        ),
        Profile(
            name="register-number-in-to",
            description="wants a registration, calls its contact, and names the called number in To",
            settings={"register": True, "numbering": {"called_in": "to"}},
            needs=_REGISTERS,
        ),
        Profile(
            name="tls-srtp",
            description="takes TLS and encrypted audio only; knows us by our address; numbers with a plus",
            settings={
                "signalling": {"transport": "tls"},
                "numbering": {"number_format": "e164-plus"},
                "media": {"srtp": "required"},
            },
        ),
        Profile(
            name="tls-srtp-register",
            description="takes TLS and encrypted audio only; wants a registration; numbers with a plus",
            settings={
                "register": True,
                "signalling": {"transport": "tls"},
                "numbering": {"number_format": "e164-plus"},
                "media": {"srtp": "required"},
            },
            needs=_REGISTERS,
        ),
        Profile(
            name="pbx",
            description="a PBX or gateway of one's own by TCP; the caller's number in From alone",
            settings={"signalling": {"transport": "tcp"}, "numbering": {"identity": "from"}},
        ),
    )
}


def applied(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a trunk's fields by a profile, with those that are given besides.

    Raises InvalidSetting: there is no such profile, or a field that it needs is missing.
    """
    profile = PROFILES.get(name)
    if profile is None:
        raise InvalidSetting(f"profile must be {listed(PROFILES)} (got {name!r}).")
    fields = {**profile.settings, **given}
    for group in GROUPS.keys() & profile.settings.keys():
        fields[group] = {**profile.settings[group], **given.get(group, {})}
    for need in profile.needs:
        group, _, field = need.rpartition(".")
        place = fields.get(group, {}) if group else fields
        if not place.get("username" if field == "user" else field):
            raise InvalidSetting(f"{field} is missing: the profile {name} needs it.")
    return fields
