"""What an account has set for its passcodes, and whether it may send them."""

import msgspec
from sqlalchemy import Connection

from engine.features.passcodes import rules, store
from engine.features.passcodes.model import PasscodeSettings, Sending
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.platform import Platform


class PasscodeSending:
    """The settings of accounts, and the end of a stop."""

    def __init__(self, platform: Platform) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock

    async def get(self, account: str) -> Sending:
        """Return what an account has set, and whether it was stopped."""
        return await self._db.read(lambda conn: store.sending(conn, account))

    async def set(self, by: Actor, account: str, settings: PasscodeSettings) -> Sending:
        """Change the settings; raises InvalidSetting."""
        rules.checked_settings(settings)

        def unit(conn: Connection) -> Sending:
            had = store.sending(conn, account)
            now = msgspec.structs.replace(had, settings=settings)
            store.set_sending(conn, account, now)
            before, after = audit.changed(msgspec.to_builtins(had.settings), msgspec.to_builtins(settings))
            audit.record(conn, by, account=account, what="passcodes.set", subject=account, before=before, after=after)
            return now

        return await self._writer.write(unit)

    async def resume(self, by: Actor, account: str) -> Sending:
        """Let an account send again that was stopped; what it sent until now does not count for the next stop."""

        def unit(conn: Connection) -> Sending:
            had = store.sending(conn, account)
            if had.stopped is None:
                return had
            now = Sending(settings=had.settings, resumed=self._clock())
            store.set_sending(conn, account, now)
            audit.record(conn, by, account=account, what="passcodes.resumed", subject=account)
            return now

        return await self._writer.write(unit)
