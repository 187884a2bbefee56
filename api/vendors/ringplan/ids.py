"""RingPlan's names and ids: a company is an account, a contact is a user, an instance is this installation."""

from collections.abc import Mapping
from uuid import NAMESPACE_URL, uuid5

DIALECT = "ringplan"
"""The dialect's name in the store and on the command line."""
PRIMARY = "primary"
"""The id by which a request names the company's owner."""


def instance_of(account: str) -> str:
    """Return the UUID of a company's instance: always the same one."""
    return str(uuid5(NAMESPACE_URL, f"{DIALECT}:{account}"))


def shown_with_keys(key: str, secret: str) -> Mapping[str, str]:
    """Return what an account is shown of its key: the token of its requests."""
    return {"token": f"{key}.{secret}"}


def shown_of_account(account: str) -> Mapping[str, str]:
    """Return what an account is shown of itself: its ids in this dialect."""
    return {"company": account, "instance": instance_of(account)}
