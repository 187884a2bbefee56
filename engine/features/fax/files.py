"""Where the pages of faxes are: kept in a folder of ours, and beside Asterisk's recordings while they are exchanged."""

from pathlib import Path

from engine.platform.folder import Folder


class FaxFiles:
    """`kept` has the TIFFs of faxes; `exchanged` is the folder into which Asterisk records."""

    def __init__(self, kept: Folder, exchanged: Path) -> None:
        self.kept, self.exchanged = kept, Folder(exchanged)


def sent_name(call: str) -> str:
    """Return the name of the pages that are sent in a call."""
    return f"fax-{call}.tif"


def received_name(fax: str) -> str:
    """Return the name of the pages that are received as a fax."""
    return f"{fax}.tif"


def fax_of(received: str) -> str:
    """Return the fax that pages are received as."""
    return received.removesuffix(".tif")
