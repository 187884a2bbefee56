"""Pages that are served as they are but for a few texts."""

import html
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web


def page(file: Path, status: int = 200, *, headers: Mapping[str, str], **texts: str) -> web.Response:
    """Return the page of a file, each `{{name}}` in it replaced by the text of that name, as HTML has it."""
    text = file.read_text()
    for name, value in texts.items():
        text = text.replace(f"{{{{{name}}}}}", html.escape(value))
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)
