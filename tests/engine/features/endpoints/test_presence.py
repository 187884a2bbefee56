"""What Asterisk is told of the states of extensions, and in which context an account's phones subscribe."""

import msgspec

from engine.features.endpoints import presence
from engine.features.endpoints.extension import pieces
from engine.features.endpoints.presence import NOWHERE, Presence, context_of, with_context
from engine.platform.settings_cache import SettingsCache
from engine.store import accounts, extensions
from engine.store.accounts import Account
from engine.store.extensions import Extension
from engine.store.writer import Writer


def other(number: int) -> Account:
    return Account(id=f"account-{number}", name=f"other-{number}", created=0.0)


async def test_each_account_has_a_context_of_its_own_from_its_first_extension_on(
    writer: Writer, account: Account
) -> None:
    made = [other(number) for number in range(3)]
    for one in made:
        await writer.write(lambda conn, one=one: accounts.create(conn, one))  # type: ignore[misc]
    first = await writer.write(lambda conn: with_context(conn, account))
    second = await writer.write(lambda conn: with_context(conn, made[0]))
    assert (context_of(first), context_of(second), context_of(made[1])) == ("hints-1", "hints-2", NOWHERE)
    assert await writer.write(lambda conn: with_context(conn, first)) == first
    fields = {piece.kind: piece.fields for piece in pieces(PHONE, hints=context_of(second))}
    assert fields["endpoint"]["subscribe_context"] == "hints-2"


async def test_a_context_is_another_account_s_only_a_day_after_its_account_was_closed(
    writer: Writer, account: Account
) -> None:
    await writer.write(lambda conn: with_context(conn, account))
    late, early = other(1), other(2)
    for one in (late, early):
        await writer.write(lambda conn, one=one: accounts.create(conn, one))  # type: ignore[misc]
    await writer.write(lambda conn: accounts.update(conn, account.id, closed=presence.time.time() - 3600))
    assert context_of(await writer.write(lambda conn: with_context(conn, late))) == "hints-2"
    await writer.write(lambda conn: accounts.update(conn, account.id, closed=presence.time.time() - 90_000))
    assert context_of(await writer.write(lambda conn: with_context(conn, early))) == "hints-1"


PHONE = Extension(account="account-1", number="101", sip_user="101-k7m3qd", password="s3cret-of-101")


class Told:
    """An Asterisk that keeps what it is told."""

    def __init__(self) -> None:
        self.channels = self.device_states = self
        self.hints: list[str] = []
        self.states: dict[str, str] = {}

    async def originate(self, *, variables: dict[str, str], **fields: object) -> None:
        self.hints += variables["__HINTS"].split("|")

    async def update(self, device: str, *, device_state: str) -> None:
        self.states[device] = device_state

    async def list(self) -> tuple[object, ...]:
        return tuple(_State(name, state) for name, state in self.states.items())


class _State(msgspec.Struct):
    name: str
    state: str


async def test_asterisk_is_told_all_endpoints_and_who_is_not_to_be_disturbed_after_its_restart(
    writer: Writer, cache: SettingsCache, account: Account
) -> None:
    def unit(conn: object) -> None:
        with_context(conn, account)  # type: ignore[arg-type]
        for number in ("101", "102"):
            phone = msgspec.structs.replace(PHONE, account=account.id, number=number, sip_user=number, id=number)
            extensions.add(conn, phone)  # type: ignore[arg-type]
            extensions.divert(conn, msgspec.structs.replace(phone, do_not_disturb=number == "102"))  # type: ignore[arg-type]

    await writer.write(unit)
    await cache.load()
    asterisk = Told()
    asterisk.states["Stasis:dnd-101"] = "BUSY"  # of a time when it was not to be disturbed
    await Presence(asterisk, cache).push_all()  # type: ignore[arg-type]
    assert asterisk.hints == ["hints-1/101=PJSIP/101~Stasis:dnd-101", "hints-1/102=PJSIP/102~Stasis:dnd-102"]
    assert asterisk.states == {"Stasis:dnd-101": "INVALID", "Stasis:dnd-102": "BUSY"}


async def test_what_is_told_at_once_is_short_enough_for_the_dialplan() -> None:
    entries = [f"hints-1000/{number}=PJSIP/{number}~Stasis:dnd-{number}" for number in range(500)]
    batches = list(presence._batches(entries))
    assert max(map(len, batches)) <= presence.LONGEST_BATCH and "|".join(batches) == "|".join(entries)
