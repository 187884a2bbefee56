"""TingTing's one-time codes: sent by a text or a call. Their senders compare them themselves."""

from aiohttp import web

from api.vendors.tingting.errors import Invalid
from api.vendors.tingting.fields import Fields
from api.vendors.tingting.http import requests, resources
from api.vendors.tingting.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tingting.http.voices import LOCALE, VOICES, voice
from engine.features.passcodes.model import CODE, LONGEST, SHORTEST, WantedPasscode, Way
from engine.features.passcodes.service import PasscodeService
from engine.tasks.secret import Secret

WAYS: dict[str, Way] = {"text": "text", "sms": "text", "voice": "voice"}
OWN, MADE = "personnel", "generated"
LENGTH = 6


class PasscodeOperations:
    """send/otp."""

    def __init__(self, passcodes: PasscodeService) -> None:
        self._passcodes = passcodes

    def operations(self) -> dict[str, Handler]:
        """Return it by its method and path."""
        return {"POST /api/system/send/otp": self.send}

    async def send(self, request: AuthenticatedRequest) -> web.Response:
        """Send a code; the answer has it, and the message as it is said, with blanks between the digits."""
        fields, account = request.fields, request.account
        number = requests.contact_number(fields, account.country)
        if number is None:
            raise Invalid("number is missing.")
        message, way, options = _message(fields), _way(fields), _options(fields)
        wanted = WantedPasscode(
            number=number,
            way=WAYS[way],
            code=_own_code(fields) if options == OWN else None,
            length=_length(fields),
            message=message,
            locale=LOCALE,
            voice=(voice(fields) or VOICES[0]).ours,
            verified_elsewhere=True,
        )
        sent = await self._passcodes.send(account, wanted)
        details = {
            "number": number,
            "otp_options": options,
            "message": sent.spaced.value,
            "otp": sent.code.value,
            "sms_send_options": way,
        }
        return resources.envelope({"details": details}, "OTP Sent Successfully.")


def _message(fields: Fields) -> str:
    message = fields.text("message")
    if CODE not in message:
        raise Invalid(f"message must have {CODE} where the code is to be.")
    return message


def _way(fields: Fields) -> str:
    way = fields.text("sms_send_options", "sms_send_option").lower()
    if way not in WAYS:
        raise Invalid(f"sms_send_options must be voice or text (got {way[:40]!r}).")
    return way


def _options(fields: Fields) -> str:
    """Return whose code it is; where nothing is said, one that comes with the request is the sender's own."""
    options = (fields.text_or_none("otp_options") or (OWN if fields.has("otp") else MADE)).lower()
    if options not in (OWN, MADE):
        raise Invalid(f"otp_options must be {OWN} or {MADE} (got {options[:40]!r}).")
    return options


def _own_code(fields: Fields) -> Secret:
    code = fields.text("otp", most=40)
    if not (code.isascii() and code.isdigit() and SHORTEST <= len(code) <= LONGEST):
        raise Invalid(f"otp must be {SHORTEST} to {LONGEST} digits.")
    return Secret(code)


def _length(fields: Fields) -> int:
    length = fields.whole("otp_length")
    if length is not None and not SHORTEST <= length <= LONGEST:
        raise Invalid(f"otp_length must be {SHORTEST} to {LONGEST} (got {length}).")
    return LENGTH if length is None else length
