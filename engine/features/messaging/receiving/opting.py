"""STOP and START: who gets no texts of an account any more, and the text that confirms it."""

from collections.abc import Iterator

import structlog
from sqlalchemy import Connection

from engine.commands import CommandRefused
from engine.features.messaging.configuration import store as settings
from engine.features.messaging.configuration.model import OptOut
from engine.features.messaging.model import Message, NewMessage
from engine.features.messaging.receiving import store
from engine.features.messaging.receiving.numbers import FEWEST
from engine.features.messaging.receiving.outgoing import CONFIRMATION, Outgoing
from engine.features.messaging.receiving.wording import Wish, first_word, wish_of

log = structlog.get_logger(__name__)
STOPPED = "You have been unsubscribed and get no more texts from this number. Reply START to get them again."
STARTED = "You have been subscribed again and get texts from this number. Reply STOP to end them."
CONFIRMED_SECONDS = 86_400.0
"""For how long no other confirmation is sent."""


def follow(conn: Connection, outgoing: Outgoing, received: Message) -> Iterator[Message]:
    """Do what a STOP or START asks for, if the account has them count; yields the confirmation.

    A confirmation is sent in spite of the STOP, once a day at most, so that two systems that answer each other do not
    go on for ever.
    """
    wish = wish_of(received.text)
    if wish is None or not settings.rules(conn, received.account).stop_words:
        return
    stopped = settings.opt_out(conn, received.account, received.sender) is not None
    if wish is Wish.STOP and not stopped:
        word = first_word(received.text)[:20]
        settings.put_opt_out(
            conn, OptOut(account=received.account, number=received.sender, since=received.created, word=word)
        )
    elif wish is not Wish.STOP and stopped:
        settings.remove_opt_out(conn, received.account, received.sender)
    else:
        return
    yield from _confirmed(conn, outgoing, received, STOPPED if wish is Wish.STOP else STARTED)


def _confirmed(conn: Connection, outgoing: Outgoing, received: Message, text: str) -> Iterator[Message]:
    here, there, since = received.recipient, received.sender, received.created - CONFIRMED_SECONDS
    may_answer = there.isdigit() and len(there) >= FEWEST
    if not may_answer or store.was_confirmed(conn, received.account, here, there, since):
        return
    try:
        wanted = NewMessage(to=there, text=text, sender=here)
        yield outgoing.accept(conn, received.account, wanted, origin=CONFIRMATION, trusted=True)
    except CommandRefused as refused:
        log.warning("A STOP or START was not confirmed.", account=received.account, reason=str(refused))
