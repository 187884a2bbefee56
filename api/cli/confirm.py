"""Asking before what cannot be taken back, or opens much."""

import sys

from api.cli.client import CommandFailed


def confirm(question: str, *, yes: bool, needed: bool = True) -> None:
    """Ask on a terminal, unless --yes was given; raises CommandFailed where the answer is not yes.

    Without a terminal what is `needed` is refused without --yes, and the rest is done.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        if needed:
            raise CommandFailed(f"{question} There is no terminal to answer: add --yes.")
        return
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandFailed("Nothing was changed.")
