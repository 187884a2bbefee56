"""A socket in another network namespace, for this process. Needs root."""

import ctypes
import os
import socket
import threading
from pathlib import Path

_CLONE_NEWNET = 0x40000000  # setns(2)


def socket_in(namespace: str, family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM) -> socket.socket:
    """Make a socket in a namespace that `ip netns` made; raises OSError.

    A thread of its own enters the namespace and ends: the other threads stay where they are.
    """
    made: list[socket.socket] = []
    failed: list[OSError] = []

    def enter() -> None:
        library = ctypes.CDLL(None, use_errno=True)
        try:
            with Path("/run/netns", namespace).open("rb") as there:
                if library.setns(there.fileno(), _CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), namespace)
            made.append(socket.socket(family, kind))
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=enter, name=f"into {namespace}")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return made[0]
