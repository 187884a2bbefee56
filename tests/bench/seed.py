"""Run by the controller's own Python in its container: the account, trunk, applications and numbers of the bench."""

import asyncio
import sys
import time

import msgspec
from sqlalchemy import Connection

from engine.store import accounts, applications, numbers, trunks
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.numbers import Number
from engine.store.trunks import Trunk
from engine.tasks.kinds import AnyTask


def main() -> None:
    """Take a JSON of {"database", "trunk", "numbers": {number: [task, …]}} as the argument and store it."""
    given = msgspec.json.decode(sys.argv[1])

    def unit(conn: Connection) -> None:
        account = Account(id="bench", name="bench", created=time.time(), max_calls=10**6, calls_per_second=10**6)
        accounts.create(conn, account)
        trunks.add(conn, Trunk(name="bench", host=given["trunk"], codecs="ulaw", prefix="999"))
        for number, tasks in given["numbers"].items():
            application = Application(
                id=f"bench-{number}", account="bench", name=number, tasks=msgspec.convert(tasks, list[AnyTask])
            )
            applications.create(conn, application)
            numbers.assign(conn, Number(number=number, account="bench", application=application.id))

    asyncio.run(Database(given["database"]).transact(unit))


main()
