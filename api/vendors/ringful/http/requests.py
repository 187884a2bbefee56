"""Ringful's parameters, read as its document means them."""

from urllib.parse import urlsplit

from api.callbacks.callback import BadAddress, address
from api.forms import NumberedParameters, Pairs
from api.vendors.ringful.errors import Invalid
from engine.features.accounts import Account
from engine.media.upload_files import SCHEME, is_name

TONES = frozenset("0123456789*#ABCD")  # RFC 4733 §3.2


class Parameters(NumberedParameters):
    """A request's parameters by name (see NumberedParameters).

    Every method raises Invalid with a sentence that names the parameter.
    """

    invalid = Invalid

    def __init__(self, pairs: Pairs, account: Account) -> None:
        super().__init__(pairs, account.country)

    def flag(self, *names: str, default: bool = True) -> bool:
        """Return true or false, written in any case."""
        name, value = self.found(names)
        if value is None:
            return default
        if value.lower() not in ("true", "false"):
            raise Invalid(f"The parameter {name} must be true or false.")
        return value.lower() == "true"

    def callback_url(self, name: str = "callbackUrl") -> str:
        """Return an optional callback URL, "" for none. A sloppy one passes; one that can never work does not.

        A user and a password may be in it: callbacks are not signed.
        """
        value = self.text_or_none(name)
        if value is None:
            return ""
        try:
            address(value, credentials=True)
        except BadAddress as error:
            raise Invalid(f"The parameter {name} cannot be used. {error}") from None
        return value

    def audio(self, name: str) -> str | None:
        """Return an optional address of an audio file; `upload:NAME` is one that the account uploaded."""
        value = self.text_or_none(name)
        if value is None:
            return None
        if value.startswith(SCHEME):
            if not is_name(value.removeprefix(SCHEME)):
                raise Invalid(f"The parameter {name} must name an uploaded file as `carillon prompts list` shows it.")
            return value
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = urlsplit("")
        if not (parts.scheme in ("http", "https") and parts.hostname) and not (parts.scheme == "file" and parts.path):
            raise Invalid(f"The parameter {name} must be an http://, https:// or file:/// URL, or upload:NAME.")
        return value

    def tones(self, name: str) -> tuple[str, ...]:
        """Return an optional comma separated list of touch tones; empty for none."""
        value = self.text_or_none(name)
        if value is None:
            return ()
        tones = tuple(part.strip().upper() for part in value.split(","))
        if not all(tone in TONES for tone in tones):
            raise Invalid(f"The parameter {name} must list single keys: 0-9, *, #, A-D.")
        return tones
