"""STOP and START: who gets no texts of an account any more, and the text that confirms it."""

from collections.abc import Iterator

from sqlalchemy import Connection

from engine.features.messaging.configuration import store as settings
from engine.features.messaging.configuration.model import OptOut
from engine.features.messaging.model import Message
from engine.features.messaging.receiving.confirming import Confirmations
from engine.features.messaging.receiving.wording import Wish, first_word, wish_of

STOPPED = "You have been unsubscribed and get no more texts from this number. Reply START to get them again."
STARTED = "You have been subscribed again and get texts from this number. Reply STOP to end them."


def follow(conn: Connection, confirmations: Confirmations, received: Message) -> Iterator[Message]:
    """Do what a STOP or START asks for, if the account has them count; yields the confirmation.

    A confirmation is sent in spite of the STOP. It is one a day at most, so that two systems that answer each other do
    not go on for ever.
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
    yield from confirmations.confirm(conn, received, STOPPED if wish is Wish.STOP else STARTED)
