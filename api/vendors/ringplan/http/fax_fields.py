"""The fields of RingPlan's fax messages and destinations, as requests give them."""

from typing import Any

from api.vendors.ringplan.errors import Invalid
from api.vendors.ringplan.fields import Fields, inner, text, text_or_none
from engine.features.fax.model import NewFax

_LONGEST = 200


def wanted(fields: Fields, at: float | None = None) -> NewFax:
    """Return the fax that is to be sent, at once or at a time (Unix seconds); raises Invalid."""
    return NewFax(
        to=text(fields, "to", 40),
        file=file(fields),
        sender=text_or_none(fields, "from", 40) or None,
        emails=emails(fields),
        at=at,
        **noted(fields),
        **cover(fields),
    )


def noted(fields: Fields) -> dict[str, Any]:
    """Return the texts that are kept with a fax, of those that are given."""
    names = ("from_name", "to_name", "subject")
    return {name: text_or_none(fields, name, _LONGEST) or "" for name in names if name in fields}


def cover(fields: Fields) -> dict[str, Any]:
    """Return the text of a cover page if it is given, a field of ours; raises Invalid."""
    return {"cover": text_or_none(fields, "cover") or ""} if "cover" in fields else {}


def file(fields: Fields) -> str:
    """Return the id of a fax's file: `{"id": …}`, or the id itself; raises Invalid."""
    given = fields.get("file")
    within, name = (fields, "file") if isinstance(given, str) else (inner(fields, "file"), "id")
    found = text_or_none(within, name, 80)
    if not found:
        raise Invalid('file is missing: {"id": ID}, of a file that was sent to POST /files.')
    return found


def emails(fields: Fields) -> tuple[str, ...]:
    """Return addresses: a list, or a text with commas between them; raises Invalid."""
    given = fields.get("emails")
    if given is None:
        return ()
    texts = given.replace(";", ",").split(",") if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        raise Invalid("emails must be an array of e-mail addresses, or one.")
    return tuple(each.strip() for each in texts if each.strip())
