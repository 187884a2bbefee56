"""How a pair is placed: the first party's call, whose queue has the greeting and a Dial to the second one."""

import msgspec

from engine.commands import PlaceCall
from engine.features.pairs.model import Pair, WantedPair
from engine.model.leg_options import LegOptions
from engine.tasks.dial import Dial
from engine.tasks.kinds import AnyTask


def command_of(pair: Pair, wanted: WantedPair, own: str | None) -> PlaceCall:
    """Return the command that calls the first party; `own` is the account's default number, None: it has none."""
    return PlaceCall(
        account=pair.account,
        id=pair.id,
        callee=wanted.first,
        options=LegOptions(caller=wanted.caller, ring_seconds=wanted.ring_seconds),
        data=wanted.data,
        application=wanted.application,
        tasks=(*_greeting(wanted), _dial(wanted, own)),
        reports_tree=True,
    )


def _greeting(wanted: WantedPair) -> tuple[AnyTask, ...]:
    """The prompts; the last one plays beside the Dial, which lets it end before the two are connected."""
    *before, last = wanted.greeting or (None,)
    return () if last is None else (*(one for one in before if one), msgspec.structs.replace(last, wait=False))


def _dial(wanted: WantedPair, own: str | None) -> Dial:
    return Dial(to=wanted.second, leg=_second_leg(wanted, own), max_seconds=wanted.max_seconds)


def _second_leg(wanted: WantedPair, own: str | None) -> LegOptions:
    """Who the second party sees: without a caller here a Dial shows the first party's number (engine.tasks.dial)."""
    caller, hidden = wanted.second_caller, False
    if caller is None and wanted.private:
        caller = wanted.caller or own
        hidden = caller is None
    return LegOptions(
        caller=caller,
        private=hidden,
        ring_seconds=wanted.ring_seconds,
        ringback="" if wanted.music else wanted.ringback,
        music=wanted.music,
    )
