"""Invitations of the users of an account."""

import time

from aiohttp import web

from api.own.access import CallerOf
from api.own.features.invitations import schema
from api.own.operations import operation
from api.own.render import Shape, moment
from api.own.services import OwnServices
from engine.features.users.invitation import Invitation
from engine.features.users.invitations import Invitations


class InvitationRoutes:
    """The handlers; `caller_of` says whose users a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of, self._invitations = caller_of, services.features[Invitations]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        one = prefix + "/users/{user}/invitation"
        return [web.get(one, self.show), web.post(one, self.send)]

    @operation("getInvitation", {200: schema.Invitation})
    async def show(self, request: web.Request) -> web.Response:
        """Show a user's last invitation, without its link."""
        caller = await self._caller_of(request)
        found = await self._invitations.get(caller.account.id, request.match_info["user"])
        return web.json_response(_shape(found))

    @operation("inviteUser", {201: schema.Invitation}, errors=(409,))
    async def send(self, request: web.Request) -> web.Response:
        """Send a user an invitation by e-mail, to choose a password; a link that was sent before is not valid any
        more.
        """
        caller = await self._caller_of(request)
        made = await self._invitations.send_again(caller.by, caller.account.id, request.match_info["user"])
        return web.json_response(_shape(made), status=201)


def _shape(invitation: Invitation) -> Shape:
    return {
        "user": invitation.user,
        "email": invitation.email,
        "state": invitation.state(time.time()),
        "invited_by": invitation.inviter,
        "issued": moment(invitation.issued),
        "expires": moment(invitation.expires),
        "sent": moment(invitation.sent),
        "accepted": moment(invitation.accepted),
        "error": invitation.error,
    }


ROUTES = InvitationRoutes
