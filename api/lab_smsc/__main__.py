"""The process of the lab's SMSC."""

import asyncio
import os
import signal
import sys

import uvloop
from aiohttp import web

from api.lab_smsc.http import application
from api.lab_smsc.smsc import LabSmsc
from api.log import configure, masked

_LOOPBACK = "127.0.0.1"


async def _serve(password: str, port: int, http_port: int) -> None:
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    smsc = LabSmsc(password, _LOOPBACK, port)
    runner = web.AppRunner(application(smsc, password), access_log=None)
    await smsc.start()
    await runner.setup()
    try:
        await web.TCPSite(runner, _LOOPBACK, http_port).start()
        await stopping.wait()
    finally:
        await runner.cleanup()
        await smsc.stop()


def main() -> int:
    """Serve until a signal comes; return the exit status."""
    configure()
    password = os.environ.get("CARILLON_LAB_SMSC_PASSWORD", "")
    ports = [os.environ.get(name) or default for name, default in _PORTS.items()]
    if not password:
        print("carillon: CARILLON_LAB_SMSC_PASSWORD is not set in .env", file=sys.stderr)
        return 2
    if not all(port.isdigit() and int(port) < 65536 for port in ports):
        print(f"carillon: {' and '.join(_PORTS)} must be ports (got {', '.join(ports)})", file=sys.stderr)
        return 2
    masked.learn([password])
    try:
        uvloop.run(_serve(password, *map(int, ports)))
    except OSError as error:
        print(f"carillon: the lab's SMSC could not start: {error}", file=sys.stderr)
        return 1
    return 0


_PORTS = {"CARILLON_LAB_SMSC_PORT": "2775", "CARILLON_LAB_SMSC_HTTP_PORT": "2776"}

if __name__ == "__main__":
    sys.exit(main())
