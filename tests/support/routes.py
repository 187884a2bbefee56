"""Which trunks a call was tried by, as its timeline says."""

from typing import Any

from tests.support.carillon import moment

WITHIN = 3.0  # seconds in which a dead carrier is passed over


def routes_of(timeline: dict[str, Any]) -> list[tuple[str, str]]:
    """Each trunk that was dialled ("dialled"), and each that did not carry the call (its reason), in their order."""
    kinds = {"call_dialing": "dialled", "route_failed": ""}
    return [
        (event["trunk"], event.get("reason") or kinds[event["event"]])
        for event in timeline["events"]
        if event["event"] in kinds
    ]


def seconds_to_the_second(timeline: dict[str, Any]) -> float:
    """The time between the first trunk and the second one."""
    dialling = [moment(one["at"]) for one in timeline["events"] if one["event"] == "call_dialing"]
    return dialling[1] - dialling[0]
