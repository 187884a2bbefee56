"""An extension's digits and codecs, the number that its calls show, and which are recorded, in FreePBX's words."""

import re
from collections.abc import Mapping

from api.vendors.ringplan import fields
from api.vendors.ringplan.errors import Invalid
from api.vendors.ringplan.fields import Fields
from engine.features.endpoints.extension import CODECS
from engine.features.endpoints.model import Dtmf, Extension, Records

READ_ANEW = ("dtmfmode", "allow")
"""Fields of the data that are shown as the platform has them, and not kept as they were given."""
_DTMF: Mapping[str, Dtmf] = {mode.value: mode for mode in Dtmf} | {"rfc2833": Dtmf.RFC4733}
_ON, _OFF = ("force", "yes"), ("dontcare", "no", "never")
_EXTERNAL = ("recording_in_external", "recording_out_external")
_INTERNAL = ("recording_in_internal", "recording_out_internal")
_RECORDS: Mapping[tuple[bool, bool], Records] = {
    (False, False): Records.NEVER,
    (True, False): Records.IN,
    (False, True): Records.OUT,
    (True, True): Records.BOTH,
}
_FEWEST_DIGITS = 7  # of a number that may be written without its country's code


def dtmf(data: Fields) -> Dtmf | None:
    """Return how digits travel; raises Invalid."""
    text = fields.text_or_none(data, "dtmfmode", 40)
    if text is None:
        return None
    if text.lower() not in _DTMF:
        raise Invalid(f"data.dtmfmode must be one of {', '.join(_DTMF)} (got {text!r}).")
    return _DTMF[text.lower()]


def codecs(data: Fields, had: Fields) -> str | None:
    """Return the codecs that are allowed and not disallowed, in their order; "": the usual ones. Raises Invalid.

    `had`: the data as it is shown now.
    """
    if data.get("allow") is None and data.get("disallow") is None:
        return None
    allowed, refused = (_names(had | data, name) for name in ("allow", "disallow"))
    if allowed == ["all"]:
        allowed = []
    if unknown := next((name for name in allowed if name not in CODECS), None):
        raise Invalid(f"data.allow must be of {', '.join(CODECS)} (got {unknown[:40]!r}).")
    left = [name for name in allowed if name not in refused]
    if not left and set(refused) & set(allowed or CODECS):
        raise Invalid("data.allow must have the codecs that remain where data.disallow names some, such as ulaw&alaw.")
    return ",".join(left)


def _names(data: Fields, name: str) -> list[str]:
    text = fields.text_or_none(data, name, 200) or ""
    return [part.strip().lower() for part in re.split("[&,|]", text) if part.strip()]


def outbound_caller(data: Fields) -> str | None:
    """Return the number of `"Name" <number>`, or a number alone; "" for none, None where nothing is said."""
    if "outboundcid" not in data:
        return None
    return _number(fields.text_or_none(data, "outboundcid", 120) or "")


def records_external(data: Fields, had: Fields) -> Records | None:
    """Return which calls with numbers outside are recorded; raises Invalid. `had`: the data as it is shown now."""
    return _records(data, had, _EXTERNAL)


def records_internal(data: Fields, had: Fields) -> Records | None:
    """Return which calls with other extensions are recorded; raises Invalid. `had`: the data as it is shown now."""
    return _records(data, had, _INTERNAL)


def _records(data: Fields, had: Fields, names: tuple[str, str]) -> Records | None:
    if all(data.get(name) is None for name in names):
        return None
    incoming, outgoing = (_is_on(had | data, name) for name in names)
    return _RECORDS[incoming, outgoing]


def _is_on(data: Fields, name: str) -> bool:
    text = (fields.text_or_none(data, name, 40) or _OFF[0]).lower()
    if text not in (*_ON, *_OFF):
        raise Invalid(f"data.{name} must be one of {', '.join((*_ON, *_OFF))} (got {text!r}).")
    return text in _ON


def shown(row: Extension, kept: Fields) -> Fields:
    """Return the fields of an extension's data; as they were given, where the platform has the same."""
    external, internal = row.record_external, row.record_internal
    recorded = {
        **dict(zip(_EXTERNAL, (external.incoming, external.outgoing), strict=True)),
        **dict(zip(_INTERNAL, (internal.incoming, internal.outgoing), strict=True)),
    }
    return {
        "dtmfmode": row.dtmf.value,
        "allow": row.codecs.replace(",", "&"),
        "outboundcid": _caller(row, kept.get("outboundcid")),
        **{name: _switch(on, kept.get(name)) for name, on in recorded.items()},
    }


def _switch(on: bool, given: object) -> object:
    values = _ON if on else _OFF
    return given if isinstance(given, str) and given.lower() in values else values[1 if on else 0]


def _caller(row: Extension, given: object) -> object:
    if not row.outbound_caller:
        return None
    digits = re.sub("[^0-9]", "", _number(str(given or ""))).removeprefix("00")
    is_same = len(digits) >= _FEWEST_DIGITS and row.outbound_caller.endswith(digits.removeprefix("0"))
    return given if is_same else row.outbound_caller


def _number(text: str) -> str:
    return (text.partition("<")[2].partition(">")[0] or text).strip()
