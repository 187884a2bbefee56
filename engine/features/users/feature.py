"""Users: the people of accounts."""

from engine.features.applications.dialects import OWN
from engine.features.users import invitations
from engine.features.users.destination import UserKind
from engine.features.users.invitations import Invitations
from engine.features.users.passwords import Passwords
from engine.features.users.service import UserService
from engine.features.users.tables import invitations as invitations_table
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.platform.post import Post
from engine.platform.scheduler import Timer
from engine.store import tables


class UsersFeature(Feature):
    """Users, the destination of that name, their tokens, which are shown to our own API, and their invitations.

    `passwords`: how they are hashed; None: as usual. `page` is the address that the links of invitations begin with;
    without `post` none are sent.
    """

    name = "users"
    tables = (tables.users, invitations_table)

    def __init__(
        self, platform: Platform, passwords: Passwords | None = None, *, page: str = "", post: Post | None = None
    ) -> None:
        cache, passwords = platform.cache, passwords or Passwords()
        inviting = Invitations(platform, passwords, page, post)
        self.users = UserService(
            platform.database,
            platform.writer,
            OWN.name,
            platform.forget,
            passwords,
            reload=cache.reload,
            leaving=platform.owned.person_leaving,
            invitations=inviting,
        )
        self.services = (self.users, inviting)
        self.timers = {invitations.KIND: Timer(inviting.send, at_once=invitations.AT_ONCE)} if post else {}
        self.destinations = (UserKind(cache),)
