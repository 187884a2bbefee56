"""A second process, which runs no calls, steers a call of the running system."""

from engine.commands import Command, Enqueue, HangUpCall, wire
from engine.tasks.play import Play
from tests.clients.ringful.client import Ringful
from tests.support import people
from tests.support.carillon import Account, Own
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars, call_ended, until
from tests.support.sink import Sink
from tests.support.system import System

PROGRAM = """
import asyncio, os, sys
from api.settings import read
from engine.commands import CommandRefused, wire
from engine.redis.client import connect
from engine.remote.engine import RemoteEngine
from engine.store.database import Database
from engine.store.writer import Writer
from engine.tasks.secret import Seal

async def main():
    settings = read(os.environ)
    seal = Seal(settings.secret)
    database, redis = Database(settings.database_url, seal), connect(settings.redis_url)
    writer = Writer(database)
    engine = RemoteEngine(database, writer, redis, settings.ari_application, seal=seal)
    await engine.start()
    for line in sys.argv[1:]:
        try:
            print(wire.encode_result(await engine.submit(wire.decode(line))))
        except CommandRefused as refusal:
            print(type(refusal).__name__)
    await engine.stop()
    await writer.stop()
    await redis.aclose()
    await database.close()

asyncio.run(main())
"""


async def submitted(system: System, *commands: Command[object]) -> list[str]:
    """What a process beside the controller, which shares its store and its Redis, gets for commands."""
    lines = [wire.encode(command) for command in commands]
    printed = await system.docker("exec", system.container("carillon"), "python", "-c", PROGRAM, *lines)
    return printed.splitlines()[-len(commands) :]


async def test_another_process_plays_to_a_call_and_hangs_it_up(
    ringful: Ringful, sink: Sink, own: Own, account: Account, system: System, lab: LabEars
) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await sink.until("CallEstablished", callId=call)
    owner = (await own.ask("GET", "account"))[1]["account"]
    tone = Play(source=sink.tone(620, 1.0))
    (played,) = await submitted(system, Enqueue(account=owner, owner=call, tasks=(tone,)))
    assert played.startswith('["task-')
    await until(lambda: own.queue(call), lambda queue: queue[0]["state"] == "completed")
    stranger = HangUpCall(account="account-of-another", call=call)
    assert await submitted(system, stranger, HangUpCall(account=owner, call=call)) == ["NoSuchCall", "null"]
    story = await call_ended(own, call)
    assert_melody((await lab.of(call)).heard, 620)
    ended = story["events"][-1]
    assert (ended["cause"], ended["hung_up_by"]) == ("normal", "us")
