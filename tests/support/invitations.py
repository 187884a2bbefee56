"""Invitations in tests: their mails, sent as the scheduler sends them, and the links in them."""

import re
from email.message import EmailMessage

from sqlalchemy import Connection

from engine.features.users import store
from engine.features.users.invitations import Invitations
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform

LINK = re.compile(r"^https?://\S+/invitations/(\S+)\s*$", re.MULTILINE)


def token_in(mail: EmailMessage) -> str:
    """Return the token of the one link in a mail."""
    (token,) = LINK.findall(mail.get_content())
    return str(token)


def link_in(mail: EmailMessage) -> str:
    """Return the one link in a mail."""
    found = LINK.search(mail.get_content())
    assert found, mail.get_content()
    return found[0].strip()


async def waits(platform: Platform, user: str) -> bool:
    """Whether the invitation of a user (its id) is still to be sent."""
    return await work_of(platform, user) is not None


async def work_of(platform: Platform, user: str) -> DueWork | None:
    """The work that sends the invitation of a user (its id)."""

    def read(conn: Connection) -> DueWork | None:
        invitation = store.invitation(conn, user)
        return due_work.get(conn, invitation.work) if invitation else None

    return await platform.database.read(read)


async def send(platform: Platform, invitations: Invitations, user: str) -> None:
    """Do the work that sends a user's invitation; raises what that raises."""
    work = await work_of(platform, user)
    assert work is not None, "no invitation waits"
    await invitations.send(work, lambda conn: due_work.remove(conn, work.id))
