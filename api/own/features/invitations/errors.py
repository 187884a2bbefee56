"""What can be wrong with invitations."""

from engine.features.users.invitation import NoMailServer

ERRORS = {NoMailServer: (409, "not_set_up")}
