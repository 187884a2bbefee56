"""Run by the controller's own Python in its container: the account, trunk, applications and numbers of the bench."""

import asyncio
import sys
import time

import msgspec
from sqlalchemy import Connection

from api.vendors.sinch.ids import issue
from engine.store import accounts, applications, numbers, trunks
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.numbers import Number
from engine.store.trunks import Trunk
from engine.tasks.kinds import AnyTask


def main() -> None:
    """Take a JSON of {"database", "trunk", "numbers": {number: [task, …]}, "asked": {number: URL}} and store it.

    Each number that is asked about has an account of its own.
    """
    given = msgspec.json.decode(sys.argv[1])

    def unit(conn: Connection) -> None:
        accounts.create(conn, _account("bench"))
        trunks.add(conn, Trunk(name="bench", host=given["trunk"], codecs="ulaw", prefix="999"))
        for number, tasks in given["numbers"].items():
            application = Application(
                id=f"bench-{number}", account="bench", name=number, tasks=msgspec.convert(tasks, list[AnyTask])
            )
            applications.create(conn, application)
            numbers.assign(conn, Number(number=number, account="bench", application=application.id))
        for number, url in given["asked"].items():
            id = f"bench-{number}"
            accounts.create(conn, _account(id))
            application = Application(id=id, account=id, name=id, dialect="sinch", settings={"primary": url}, asks=True)
            applications.create(conn, application)
            applications.set_key(conn, application, *issue())
            numbers.assign(conn, Number(number=number, account=id, application=id))

    asyncio.run(Database(given["database"]).transact(unit))


def _account(id: str) -> Account:
    return Account(id=id, name=id, created=time.time(), max_calls=10**6, calls_per_second=10**6, allow_private=True)


main()
