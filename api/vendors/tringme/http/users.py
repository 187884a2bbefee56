"""The users of an account, whom cookies name, and the voicemail boxes that each of them has."""

import hmac
from collections.abc import Sequence

from api.vendors.tringme.errors import Invalid
from api.vendors.tringme.ids import cookie_of
from engine.features.accounts import Account
from engine.features.users.model import User
from engine.features.users.service import UserService
from engine.features.voicemail.model import Box
from engine.features.voicemail.service import VoicemailService

FIRST = ""
"""Stands for the account's first user, or for the account itself if it has none."""


class Users:
    """Users by their cookies, and their boxes."""

    def __init__(self, users: UserService, voicemails: VoicemailService) -> None:
        self._users, self._voicemails = users, voicemails

    async def named(self, account: Account, secret: str, cookie: str | None) -> str:
        """Return the id of the user whose cookie it is, FIRST for the first one or without a cookie; raises Invalid.

        A user who is disabled has none.
        """
        if cookie is None or _same(cookie, cookie_of(secret)):
            return FIRST
        users = await self._users.list_all(account.id)
        for user in users:
            if not user.disabled and _same(cookie, cookie_of(secret, user.id)):
                return FIRST if user == _first(users) else user.id
        raise Invalid("The parameter cookie is unknown.")

    async def boxes(self, account: str, user: str) -> list[str]:
        """Return the ids of a user's boxes; where the first one has none, of all boxes that belong to no user."""
        boxes = await self._voicemails.boxes(account)
        if user != FIRST:
            return [box.id for box in boxes if box.user == user]
        return _of_first(boxes, _first(await self._users.list_all(account)))

    async def of_box(self, account: str, box: str) -> str | None:
        """Return the user who sees a box's messages listed: an id, FIRST, or None for nobody."""
        boxes = await self._voicemails.boxes(account)
        first = _first(await self._users.list_all(account))
        if box in _of_first(boxes, first):
            return FIRST
        return next((each.user for each in boxes if each.id == box and each.user), None)


def _first(users: Sequence[User]) -> User | None:
    return min(users, key=lambda user: (user.created, user.id), default=None)


def _of_first(boxes: Sequence[Box], first: User | None) -> list[str]:
    own = [box.id for box in boxes if first and box.user == first.id]
    return own or [box.id for box in boxes if not box.user]


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
