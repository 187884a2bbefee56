"""The roles that a user may have, and what each permits; api/permissions.py asks for it."""

from enum import StrEnum


class Role(StrEnum):
    """What a user may do in the account: a member reads, an admin changes, an owner changes owners too."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"

    @property
    def may_change(self) -> bool:
        """Whether the role lets a user change what the account has, and place calls."""
        return self is not Role.MEMBER
