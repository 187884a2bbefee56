"""The plain types of extensions and endpoints."""

import msgspec

from engine.store.extensions import Dtmf, Extension, Records, Srtp

__all__ = ["Dtmf", "EndpointState", "Extension", "NewExtension", "PhoneFields", "Records", "Srtp"]


class NewExtension(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An extension to add. `account` and `application` are names (`account` may be an id). `owner` is the user whose
    phone it is, by its id or e-mail address.

    `password` None: a random one is made. `outbound_caller` is written as in the account's country.
    """

    number: str
    account: str
    name: str = ""
    password: str | None = None
    application: str | None = None
    owner: str | None = None
    max_contacts: int = 5
    webrtc: bool = False
    srtp: Srtp = Srtp.OPTIONAL
    dtmf: Dtmf = Dtmf.AUTO
    codecs: str = ""
    outbound_caller: str = ""
    record_external: Records = Records.NEVER
    record_internal: Records = Records.NEVER


class PhoneFields(msgspec.Struct, frozen=True, kw_only=True):
    """What changes of an extension's phones (engine.store.extensions.Extension); None stays as it is.

    `codecs` "": the usual ones. `outbound_caller` is written as in the account's country; "": the account's.
    """

    name: str | None = None
    max_contacts: int | None = None
    webrtc: bool | None = None
    srtp: Srtp | None = None
    password: str | None = None
    dtmf: Dtmf | None = None
    codecs: str | None = None
    outbound_caller: str | None = None
    record_external: Records | None = None
    record_internal: Records | None = None


class EndpointState(msgspec.Struct, frozen=True, kw_only=True):
    """How an endpoint is: online, offline or unknown, in Asterisk's words; missing: Asterisk does not have it."""

    name: str
    state: str
