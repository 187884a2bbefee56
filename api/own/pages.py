"""Pages that are served as they are but for a few texts."""

import html
import re
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

_NAMED = re.compile(r"\{\{(\w+)\}\}")


def page(file: Path, status: int = 200, *, headers: Mapping[str, str], **texts: str) -> web.Response:
    """Return the page of a file, each `{{name}}` in it replaced by the text of that name, as HTML has it."""
    text = _NAMED.sub(lambda found: html.escape(texts[found[1]]), file.read_text())
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)
