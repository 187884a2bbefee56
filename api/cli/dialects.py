"""carillon dialects, and options that are named after a dialect"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from api.cli.context import Cli

_URL_OPTION = re.compile(r"--(?P<dialect>[a-z0-9]+)-url(?:=(?P<url>.*))?", re.DOTALL)
_COLUMNS = ("name", "keys_of", "key", "secret", "url", "asks", "signs", "settings")


class DialectsCommand:
    """The command `carillon dialects`."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def show(self) -> None:
        """List the APIs that this system serves: what has a key, what the settings are, whether a server is asked."""
        found = self._cli.admin.get("/dialects")["dialects"]
        self._cli.output.table(found, [_row(each) for each in found], _COLUMNS, "No vendor's API is served.")


def spelled_out(words: Iterable[str]) -> Iterator[str]:
    """Return a command's words, each `--NAME-url URL` as `--dialect NAME --url URL`, which it is short for."""
    for word in words:
        if named := _URL_OPTION.fullmatch(word):
            yield from ("--dialect", named["dialect"], "--url")
            if named["url"] is not None:
                yield named["url"]
        else:
            yield word


def _row(dialect: dict[str, Any]) -> dict[str, Any]:
    settings = (f"{name}={'|'.join(values)}" for name, values in dialect["settings"].items())
    return dialect | {"settings": " ".join(settings)}
