"""Users: the people of accounts."""

from engine.features.applications.dialects import OWN
from engine.features.users.destination import UserKind
from engine.features.users.passwords import Passwords
from engine.features.users.service import UserService
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.store import tables


class UsersFeature(Feature):
    """Users, the destination of that name, and their tokens, which are shown to our own API.

    `passwords`: how they are hashed; None: as usual.
    """

    name = "users"
    tables = (tables.users,)

    def __init__(self, platform: Platform, passwords: Passwords | None = None) -> None:
        cache = platform.cache
        self.users = UserService(
            platform.database,
            platform.writer,
            OWN.name,
            platform.forget,
            passwords,
            reload=cache.reload,
            leaving=platform.owned.person_leaving,
        )
        self.services = (self.users,)
        self.destinations = (UserKind(cache),)
