"""How an SMSC is reached, and what it is like."""

from typing import Annotated, Literal

import msgspec

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
_ASCII = r"\A[ -~]*\Z"
TypeOfNumber = tuple[Annotated[int, msgspec.Meta(ge=0, le=255)], Annotated[int, msgspec.Meta(ge=0, le=255)]]
"""Type of number and numbering plan (SMPP 3.4 §5.2.5, §5.2.6), such as (1, 1): international, ISDN."""


class SmscSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One SMSC. Times are seconds.

    `mode`: `trx` is one link that sends and receives (bind_transceiver), `tx+rx` one link for each.
    `tls_verify`: the SMSC's certificate must be of a known authority and name `host`.
    `window`: how many submits may be unanswered at once. `enquire_seconds`: how long a link may be silent before
    enquire_link is sent. `answer_seconds`: how long any answer may take; after that a submit's is Unknown.
    `parts_by`: how parts of longer texts are marked: `udh` (user data header), `sar` (sar_msg_ref_num and others,
    §5.3.2.22), or `payload` (the same, with the content in message_payload, §5.3.2.32).
    `receipt_ids`: receipts have the id of submit_sm_resp as it was, or as the other kind of number.
    `alphabet`: what the SMSC takes data_coding 0 for.
    `source_type`: type and plan of all senders; None: by what the sender is, as GSMA and most SMSCs have it: letters
    are 5/0 (alphanumeric), up to 8 digits 3/0 (network specific: a short code), more digits 1/1 (international).
    """

    name: str
    host: str
    port: Port
    system_id: Annotated[str, msgspec.Meta(max_length=63, pattern=_ASCII)]
    password: Annotated[str, msgspec.Meta(max_length=63, pattern=_ASCII)] = ""
    system_type: Annotated[str, msgspec.Meta(max_length=12, pattern=_ASCII)] = ""
    mode: Literal["trx", "tx+rx"] = "trx"
    tls: bool = False
    tls_verify: bool = True
    window: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10
    enquire_seconds: Annotated[float, msgspec.Meta(gt=0)] = 30.0
    answer_seconds: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    parts_by: Literal["udh", "sar", "payload"] = "udh"
    source_type: TypeOfNumber | None = None
    dest_type: TypeOfNumber = (1, 1)
    receipt_ids: Literal["same", "hex_to_decimal", "decimal_to_hex"] = "same"
    alphabet: Literal["gsm7", "latin1"] = "gsm7"
