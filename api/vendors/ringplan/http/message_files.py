"""The files of a message: an array of ids and URLs, each as it stands or in an object, as `id` or `url`."""

from typing import Any

from api.vendors.ringplan.errors import Invalid
from api.vendors.ringplan.fields import Fields
from engine.features.files.fetching import SCHEMES

_LONGEST = 4096


def wanted(fields: Fields) -> tuple[str, ...]:
    """Return the ids and URLs of a message's files (engine.features.messaging.model.NewMessage); raises Invalid."""
    given = fields.get("files")
    if given is None:
        return ()
    if not isinstance(given, list):
        raise Invalid("files must be an array of files.")
    return tuple(_file(each) for each in given)


def _file(given: Any) -> str:
    name = "url" if isinstance(given, dict) and not given.get("id") else "id"
    found = given.get(name) if isinstance(given, dict) else given
    if not isinstance(found, str) or not found or len(found) > _LONGEST or "\0" in found:
        raise Invalid('files must have the id of a file, {"id": ID}, or {"url": URL} as each of its entries.')
    if name == "url" and not found.lower().startswith(SCHEMES):
        raise Invalid(f"The url of a file must begin with http:// or https:// (got {found[:80]!r}).")
    return found
