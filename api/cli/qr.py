"""QR codes of what phones are set up with."""

from pathlib import Path

import segno

from api.cli.client import CommandFailed

KINDS = (".png", ".svg")


def print_qr(text: str) -> None:
    """Print a text as a QR code on the terminal."""
    segno.make(text, micro=False).terminal(compact=True)


def save_qr(text: str, file: Path) -> None:
    """Write a text as a QR code into a file, which only its owner reads. Raises CommandFailed."""
    if file.suffix.lower() not in KINDS:
        raise CommandFailed(f"A QR code is written into a file whose name ends with .png or .svg (got {file}).")
    try:
        file.touch(mode=0o600)
        segno.make(text, micro=False).save(str(file), kind=file.suffix[1:].lower(), scale=8)
    except OSError as error:
        raise CommandFailed(f"The QR code could not be written: {error}.") from error
