"""Trunks that answer no OPTIONS: which were heard before, and what that does to the order of the routes."""

import asyncio

from engine.ari.errors import AriUnreachable
from engine.calls.admission_protocol import Route
from engine.features.trunks.gate import Gate
from engine.features.trunks.options import AnsweredOptions, OptionsWatch
from engine.platform.settings_cache import SettingsCache
from tests.support.counters import CountersInMemory

A, B = Route(endpoint="PJSIP/trunk-a/sip:1@a", trunk="a"), Route(endpoint="PJSIP/trunk-b/sip:1@b", trunk="b")


class States:
    """The states of trunks, as a test sets them; `error` is raised."""

    def __init__(self, **states: bool | None) -> None:
        self.states, self.looks, self.error = states, asyncio.Event(), False

    async def __call__(self) -> dict[str, bool | None]:
        self.looks.set()
        if self.error:
            raise AriUnreachable("GET", "/endpoints", "refused")
        return self.states


async def test_a_trunk_that_answered_options_and_stopped_is_tried_last_until_it_answers_again(
    cache: SettingsCache,
) -> None:
    gate, states = Gate(cache, CountersInMemory()), States(a=True, b=True)
    watch = OptionsWatch(gate.options, states)
    await watch.look()
    assert gate.in_order([A, B]) == (A, B)
    states.states["a"] = False
    await watch.look()
    assert gate.in_order([A, B]) == (B, A) and gate.options.stopped("a")
    states.states["a"] = True
    await watch.look()
    assert gate.in_order([A, B]) == (A, B)


async def test_a_trunk_that_never_answered_options_keeps_its_place(cache: SettingsCache) -> None:
    gate, states = Gate(cache, CountersInMemory()), States(a=None, b=True)
    watch = OptionsWatch(gate.options, states)
    await watch.look()
    assert not gate.options.never("a"), "the first answer may still come"
    states.states["a"] = False
    await watch.look()
    assert gate.in_order([A, B]) == (A, B)
    assert gate.options.never("a") and not gate.options.never("b") and not gate.options.stopped("a")


async def test_a_trunk_that_was_removed_or_is_sent_no_options_any_more_is_forgotten() -> None:
    options, states = AnsweredOptions(), States(a=True)
    watch = OptionsWatch(options, states)
    await watch.look()
    states.states = {"a": False}
    await watch.look()
    states.states = {}
    await watch.look()
    assert not options.stopped("a") and not options.never("a")


async def test_what_was_seen_last_counts_while_asterisk_is_away() -> None:
    options, states = AnsweredOptions(), States(a=False)
    watch = OptionsWatch(options, states)
    await watch.look()
    states.error = True
    states.looks.clear()
    await watch.start()
    try:
        await asyncio.wait_for(states.looks.wait(), 5)
        assert options.never("a")
    finally:
        await watch.stop()
