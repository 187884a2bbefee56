"""Fields of TingTing's requests, sent as JSON, as a form or as multipart/form-data; unknown ones are ignored.

The document's samples are JSON. Files come as multipart, the published client sends forms, and its lists are repeated
fields. So a list may be one, or repeated, or a text with commas; a number may be a text and a text a number.
"""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from aiohttp import BodyPartReader, MultipartReader, web

from api import bodies
from api.callbacks.masking import beginning
from api.forms import BadForm, NotAForm, read_pairs
from api.vendors.tingting.errors import Invalid, TooLarge

MOST_BYTES = 8 * 1024 * 1024
"""Of a body, its files included."""
SECONDS_FOR_FILES = 60.0
MOST_PARTS = 200
LONGEST = 4096
MOST_ITEMS = 10_000
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
JSON, MULTIPART = "application/json", "multipart/form-data"


class UploadedFile(NamedTuple):
    """A file of a request: its name, and its bytes."""

    name: str
    content: bytes


class Fields:
    """A request's fields by name. Every method raises Invalid with a sentence that names the field."""

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, UploadedFile] | None = None) -> None:
        self._values, self._files = values, files or {}

    def raw(self, *names: str) -> Any:
        """Return the value of the first of these names that has one, as it came; None for none, an empty text too."""
        found = (self._values.get(name) for name in names)
        return next((value for value in found if value is not None and value != ""), None)

    def has(self, *names: str) -> bool:
        """Whether one of these fields, or a file of such a name, has a value."""
        return self.raw(*names) is not None or self.file(*names) is not None

    def file(self, *names: str) -> UploadedFile | None:
        """Return the file of one of these names."""
        return next((self._files[name] for name in names if name in self._files), None)

    def text(self, *names: str, most: int = LONGEST) -> str:
        """Return a required text that is not blank."""
        value = self.text_or_none(*names, most=most)
        if value is None:
            raise Invalid(f"{names[0]} is missing.")
        return value

    def text_or_none(self, *names: str, most: int = LONGEST) -> str | None:
        """Return an optional text, trimmed, a blank one being absent; a number is taken for its digits."""
        value = self.raw(*names)
        return None if value is None else (_text(names[0], value, most) or None)

    def decimal(self, *names: str) -> float | None:
        """Return an optional number, written as one or as a text."""
        text = self.text_or_none(*names, most=40)
        if text is None:
            return None
        try:
            number = float(text)
        except ValueError:
            raise Invalid(f"{names[0]} must be a number, such as 1.4 (got '{beginning(text.encode())}').") from None
        if not abs(number) < 1e12:
            raise Invalid(f"{names[0]} must be a number, such as 1.4 (got '{beginning(text.encode())}').")
        return number

    def whole(self, *names: str) -> int | None:
        """Return an optional whole number, written as one or as a text."""
        number = self.decimal(*names)
        if number is not None and not number.is_integer():
            raise Invalid(f"{names[0]} must be a whole number (got {number:g}).")
        return None if number is None else int(number)

    def items(self, *names: str) -> tuple[str, ...]:
        """Return an optional list of texts: a list, repeated fields, or one text, each split at its commas."""
        value = self.raw(*names)
        found = _list(value) if value is not None else []
        if len(found) > MOST_ITEMS:
            raise Invalid(f"{names[0]} must have at most {MOST_ITEMS} entries (got {len(found)}).")
        texts = [_text(f"{names[0]}[{index}]", each, LONGEST) for index, each in enumerate(found)]
        if (count := sum(text.count(",") + 1 for text in texts)) > MOST_ITEMS:
            raise Invalid(f"{names[0]} must have at most {MOST_ITEMS} entries (got {count}).")
        return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())

    def mapping(self, *names: str) -> Mapping[str, Any] | None:
        """Return an optional object, or a text that is one as JSON."""
        value = self.raw(*names)
        if isinstance(value, str):
            value = _json_or_none(value)
            if not isinstance(value, dict):
                raise Invalid(f"{names[0]} must be a JSON object.")
        if value is not None and not isinstance(value, dict):
            raise Invalid(f"{names[0]} must be an object.")
        return value


async def read(request: web.Request) -> Fields:
    """Return a request's fields, those of its URL too; raises Invalid, TooLarge."""
    query = _joined(list(request.query.items()))
    if not request.can_read_body:
        return Fields(query)
    if request.content_type == MULTIPART:
        values, files = await _multipart(request)
        return Fields({**query, **values}, files)
    if request.content_type.endswith("json") or request.content_type in ("application/octet-stream", "text/plain"):
        return Fields({**query, **_object(await _body(request))})
    try:
        return Fields(_joined(await read_pairs(request)))
    except NotAForm:
        raise Invalid(f"Send the fields as {JSON}, as a form, or as {MULTIPART}.") from None
    except BadForm as error:
        raise Invalid(str(error)) from None


def _joined(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return fields by name; one that is repeated has a list."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        had = found.get(name)
        found[name] = value if had is None else [*had, value] if isinstance(had, list) else [had, value]
    return found


async def _body(request: web.Request) -> bytes:
    try:
        return await bodies.read(request, MOST_BYTES)
    except bodies.BodyTooLarge as error:
        raise TooLarge(str(error)) from None
    except bodies.BodyError as error:
        raise Invalid(str(error)) from None


def _object(body: bytes) -> dict[str, Any]:
    text = body.removeprefix(b"\xef\xbb\xbf")
    if not text.strip():
        return {}
    try:
        value = msgspec.json.decode(text)
    except (RecursionError, msgspec.MsgspecError, ValueError):
        raise Invalid(f"The body is not JSON in UTF-8 (it begins with '{beginning(text)}').") from None
    if not isinstance(value, dict):
        raise Invalid(f"The body must be a JSON object (it begins with '{beginning(text)}').")
    return value


async def _multipart(request: web.Request) -> tuple[dict[str, Any], dict[str, UploadedFile]]:
    """Read the parts, all together at most MOST_BYTES."""
    pairs: list[tuple[str, str]] = []
    files: dict[str, UploadedFile] = {}
    left, count = MOST_BYTES, 0
    try:
        async with asyncio.timeout(SECONDS_FOR_FILES):
            reader = await request.multipart()
            while (part := await reader.next()) is not None:
                count += 1
                if isinstance(part, MultipartReader) or not part.name or count > MOST_PARTS:
                    raise Invalid(f"The body must be {MULTIPART} of at most {MOST_PARTS} named parts.")
                content = await _content(part, left)
                left -= len(content)
                if part.filename is None:
                    pairs.append((part.name, _decoded(part.name, content)))
                else:
                    files[part.name] = UploadedFile(part.filename, content)
    except TimeoutError:
        raise Invalid(f"The body did not arrive within {SECONDS_FOR_FILES:g} s.") from None
    except (ValueError, AssertionError):
        raise Invalid(f"The body cannot be read as {MULTIPART}.") from None
    return _joined(pairs), files


async def _content(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > most:
            raise TooLarge(f"The body must have at most {MOST_BYTES} bytes.")
    return bytes(content)


def _decoded(name: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Invalid(f"{beginning(name.encode())} must be UTF-8.") from None


def _list(value: Any) -> list[Any]:
    """Return a list as it is, or the one that a text is as JSON; else a list of one."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _json_or_none(value) or [value]
    return value if isinstance(value, list) else [value]


def _json_or_none(text: str) -> Any:
    try:
        return json.loads(text)
    except (RecursionError, ValueError):
        return None


def _text(name: str, value: Any, most: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Invalid(f"{name} must be a string.")
    text = (f"{value:.15g}" if isinstance(value, float) else str(value)).strip()
    if len(text) > most:
        raise Invalid(f"{name} must have at most {most} characters (got {len(text)}).")
    if _NO_TEXT.search(text):
        raise Invalid(f"{name} has a character that is not a text's (NUL, or half of a surrogate pair).")
    return text
