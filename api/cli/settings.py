"""The addresses and the token of the running system, from the environment or an env file."""

import os
from pathlib import Path

import msgspec

from api.cli.client import CommandFailed
from engine.addresses import Addresses, BadAddresses, at_port, reached

_PROJECT = Path(__file__).resolve().parents[2]


class CliSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the command line; `bind` is where SIP and the API are reached, `folder` that of the env file."""

    api: str
    admin: str
    admin_token: str
    bind: Addresses
    sip_port: int
    ari_port: int
    redis_port: int
    api_port: int
    admin_port: int
    lab_address: str
    folder: Path


def read() -> CliSettings:
    """Read the settings; the environment takes precedence over the file. Raises CommandFailed."""
    file = _env_file()
    values = {**(_lines(file) if file else {}), **{name: text for name, text in os.environ.items() if text}}

    def value(name: str, default: str) -> str:
        return values.get(f"CARILLON_{name}") or default

    def port(name: str, default: str) -> int:
        text = value(name, default)
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
            raise CommandFailed(f"CARILLON_{name} is {text!r}; it must be a port, 1 to 65535.")
        return int(text)

    try:
        bind = Addresses.read(value("BIND", "127.0.0.1"), names=True)
    except BadAddresses as error:
        raise CommandFailed(f"CARILLON_BIND {error}.") from error
    places = Addresses(*map(reached, bind))
    api_port, admin_port = port("API_PORT", "8080"), port("ADMIN_PORT", "8081")
    token = value("ADMIN_TOKEN", "")
    if not token:
        where = f"{file} has none" if file else "there is no .env here; CARILLON_ENV_FILE may name one"
        raise CommandFailed(f"CARILLON_ADMIN_TOKEN is not set: {where}. `make run` makes one.")
    return CliSettings(
        api=f"http://{at_port(places.first, api_port)}",
        admin=f"http://127.0.0.1:{admin_port}",
        admin_token=token,
        bind=places,
        sip_port=port("SIP_PORT", "5060"),
        ari_port=port("ARI_PORT", "8088"),
        redis_port=port("REDIS_PORT", "6390"),
        api_port=api_port,
        admin_port=admin_port,
        lab_address=value("LAB_ADDRESS", "127.0.0.2"),
        folder=(file.parent if file else Path.cwd()) / "var",
    )


def _env_file() -> Path | None:
    named = os.environ.get("CARILLON_ENV_FILE")
    if named and not Path(named).is_file():
        raise CommandFailed(f"CARILLON_ENV_FILE names {named}, which is not there.")
    candidates = [Path(named)] if named else [Path(".env"), _PROJECT / ".env"]
    return next((file.resolve() for file in candidates if file.is_file()), None)


def _lines(file: Path) -> dict[str, str]:
    try:
        text = file.read_text()
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}.") from error
    pairs = (line.partition("=") for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, equals, value in pairs if equals}
