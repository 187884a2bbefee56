"""Confirmation of actions that cannot be undone, or that allow much."""

import sys

from api.cli.client import CommandFailed


def confirm(question: str, *, yes: bool, needed: bool = True) -> None:
    """Ask on the terminal unless --yes was given; raises CommandFailed if the answer is not yes.

    If there is no terminal and no --yes, raises CommandFailed if the confirmation is `needed`, else returns.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        if needed:
            raise CommandFailed(f"{question} There is no terminal to confirm this on: add --yes.")
        return
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandFailed("Nothing was changed.")
