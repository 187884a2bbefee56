"""Whether a call that comes in asks that its caller is not shown, by what its INVITE says.

The dialplan hands these headers over behind the dialled number, as `name=value` with the value percent-encoded:
Asterisk itself sees only a Privacy that is "id" and nothing else, and not who calls anonymously by From (22.10.1,
res_pjsip.c `set_id_from_pai`).
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote

WITHHOLDING = frozenset({"id", "user", "header"})
"""The priv-values that ask for it: RFC 3323 §4.2, RFC 3325 §9.3. `session` and `critical` say nothing of who calls."""
ANONYMOUS = frozenset({"anonymous", "restricted", "private", "withheld"})
"""Who calls, where a network writes that instead of a number: RFC 3323 §4.1.1.3, and what carriers write."""
_ANONYMOUS_HOST = "anonymous.invalid"  # RFC 3323 §4.1.1.3
_ADDRESS = re.compile(r"sips?:(?:([^@<>;?]*)@)?([^<>;?:]*)", re.IGNORECASE)
_RPID_PRIVACY = re.compile(r';\s*privacy\s*=\s*"?(?:full|uri)\b', re.IGNORECASE)


def withholds(said: Iterable[str], number: str) -> bool:
    """Whether the caller is not to be shown.

    `said` are the dialplan's `from=`, `privacy=` (once a header field) and `rpid=` (Remote-Party-ID, which carriers
    still send: draft-ietf-sip-privacy-04 §5.2); `number` is what Asterisk made of them.
    """
    if number.strip().lower() in ANONYMOUS:
        return True
    return any(_says(name, unquote(value)) for name, _, value in (one.partition("=") for one in said))


def _says(name: str, value: str) -> bool:
    match name:
        case "privacy":
            return not WITHHOLDING.isdisjoint(part.strip().lower() for part in re.split("[;,]", value))
        case "from":
            return _is_anonymous(value)
        case "rpid":
            return _RPID_PRIVACY.search(value) is not None
    return False


def _is_anonymous(value: str) -> bool:
    found = _ADDRESS.search(value.rpartition("<")[2])
    if found is None:
        return False
    user, host = (found[1] or "").lower(), found[2].strip().lower()
    return user in ANONYMOUS or host == _ANONYMOUS_HOST
