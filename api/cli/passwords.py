"""Passwords of command lines: not among the arguments, which every user of the machine can read."""

import getpass
import sys


def from_stdin() -> str:
    """Return the first line of standard input; at a terminal it is asked for and not shown."""
    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
