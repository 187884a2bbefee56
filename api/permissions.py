"""What a signed-in user may do: asked by every dialect whose requests are signed by users."""

from engine.features.users.model import User

_READING = frozenset({"GET", "HEAD"})


def refusal(user: User | None, method: str, *, is_own: bool = False) -> str | None:
    """Return why a user may not send a request of this method; None if it may, or if the account itself asks (None).

    `is_own`: the request changes what is the user's own, such as its status.
    """
    if user is None or method in _READING or user.role.may_change or is_own:
        return None
    return "A member of the account may only read, and set what is its own: ask an admin or an owner of it."
