"""The plain types of trunks, and how one is made of fields that somebody gives."""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.store.trunk_groups import Group
from engine.store.trunks import GROUPS, Trunk

__all__ = ["GROUPS", "Group", "Trunk", "made", "replaced"]


def made(fields: Mapping[str, Any]) -> Trunk:
    """Return a trunk of its fields; a group's are a mapping of those that are not as the default says."""
    return replaced(Trunk(name=fields["name"], host=fields["host"]), fields)


def replaced(trunk: Trunk, fields: Mapping[str, Any]) -> Trunk:
    """Return a trunk with other fields; a group's are a mapping of those that change.

    Hours that are cleared take their time zone with them, which says nothing without them.
    """
    groups = {
        name: msgspec.structs.replace(getattr(trunk, name), **fields[name]) for name in GROUPS.keys() & fields.keys()
    }
    routing = fields.get("routing", {})
    if routing.get("hours") == "" and "time_zone" not in routing:
        groups["routing"] = msgspec.structs.replace(groups["routing"], time_zone="")
    return msgspec.structs.replace(trunk, **{**fields, **groups})
