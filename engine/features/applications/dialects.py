"""What a dialect is to the accounts that use it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """A dialect as accounts see it: what it calls its key and its secret, and which values its settings may have.

    `url_setting` names the setting with the address that is notified or asked of an application's inbound calls,
    `fallback_setting` the one with the address that is tried after it.
    `issue`: each of its applications has a key and a secret of its
    own, made by this function; an account gets a first one with a number. None: the account has the key.
    `asks`: its applications are asked what a call shall do. `signs`: its callbacks and questions are signed, so that
    their URLs have no place for a user and a password.
    `more`: what an account is shown beside its own key and secret, made of the two; `of_account`: made of its id;
    `of_user`: what it is shown of each of its users, made of its secret and the user's id. `number_leads_to` is the
    destination of a number that an account gets for the dialect, `number_name` what the dialect calls that; None: it
    gets none.
    `first_call`: the path of a GET that calls an extension, with `{key}` and `{number}`; "" where it takes more.
    """

    name: str
    key: str = "key"
    secret: str = "secret"
    settings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    url_setting: str | None = None
    fallback_setting: str | None = None
    issue: Callable[[], tuple[str, str]] | None = None
    asks: bool = False
    signs: bool = False
    more: Callable[[str, str], Mapping[str, str]] | None = None
    of_account: Callable[[str], Mapping[str, str]] | None = None
    of_user: Callable[[str, str], Mapping[str, str]] | None = None
    number_leads_to: str | None = None
    number_name: str = "number"
    first_call: str = ""


OWN = Dialect(name="carillon")  # our own API's
