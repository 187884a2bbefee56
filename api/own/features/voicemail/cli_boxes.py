"""carillon voicemail boxes"""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from api.cli.client import CommandFailed, part
from api.cli.context import Cli, destination_of, present
from api.cli.files import audio_file, save

_COLUMNS = ("number", "name", "extension", "new", "old", "enabled", "language", "email")
_SPARE = ("email", "language", "enabled")
_Set = Annotated[list[str] | None, Parameter(name="--set", negative="")]
_OTHERS = (
    "says_name", "max_seconds", "silence_seconds", "least_seconds", "star", "format", "skip_pin_from_own_extension",
    "attach", "delete_after_email", "most_messages", "most_seconds", "most_bytes", "retention_days", "user",
    "timezone",
)  # fmt: skip
Kind = Literal["all", "busy", "away"]


def boxes(cli: Cli) -> App:
    """Return the commands of boxes."""
    noun = BoxCommands(cli)
    app = App(name="boxes", help="Voicemail boxes, and their greetings.")
    app.command(noun.list_all, name="list")
    app.command(noun.add)
    app.command(noun.set)
    app.command(noun.show)
    app.command(noun.remove)
    app.command(noun.greeting)
    return app


class BoxCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def list_all(self, *, account: str | None = None) -> None:
        """List an account's boxes, and how many new and old messages are in them."""
        found = self._cli.admin.get(self._path(account))["boxes"]
        nothing = "There are no boxes: carillon voicemail boxes add NUMBER"
        self._cli.output.table(found, found, _COLUMNS, nothing, spare=_SPARE)

    def add(
        self,
        number: str,
        *,
        account: str | None = None,
        name: str | None = None,
        extension: str | None = None,
        language: str | None = None,
        email: str | None = None,
        zero: str | None = None,
        pin: str | None = None,
        set_: _Set = None,
    ) -> None:
        """Add a voicemail box; its PIN is printed here alone.

        Parameters
        ----------
        number
            2 to 10 digits; calls are led to voicemail:NUMBER.
        name
            Whose box it is, as the greeting says it.
        extension
            The extension whose box it is.
        language
            Of what is spoken: de, en, es, fr, it, nl, pl, pt or sv, with or without a country such as en-GB.
        email
            The address that each message is mailed to.
        zero
            Where 0 leads during the greeting, such as extension:100.
        pin
            4 to 10 digits; by default a random one of six.
        set_
            Another setting as NAME=VALUE, such as max_seconds=60, silence_seconds=5, least_seconds=2, format=wav,
            most_messages=100, retention_days=90, timezone=Europe/Berlin, star= (nothing); repeat it for each.
        """
        body = {"number": number} | present(pin=pin, zero=destination_of(zero))
        body |= present(name=name, extension=extension, language=language, email=email) | _settings(set_)
        made = self._cli.admin.post(self._path(account), body)
        sentence = f"The box {number} was added: lead calls to voicemail:{number}. Its PIN is {made['pin']}."
        self._cli.output.done(made, sentence)

    def set(
        self,
        number: str,
        *,
        account: str | None = None,
        name: str | None = None,
        extension: str | None = None,
        language: str | None = None,
        email: str | None = None,
        zero: str | None = None,
        enabled: bool | None = None,
        set_: _Set = None,
    ) -> None:
        """Change a voicemail box. Options left out stay as they are; "" takes one away.

        Parameters
        ----------
        zero
            Where 0 leads during the greeting, such as extension:100.
        enabled
            Take messages; --no-enabled takes none.
        set_
            Another setting as NAME=VALUE (see `carillon voicemail boxes add --help`).
        """
        body = present(name=name, extension=extension, language=language, email=email, enabled=enabled)
        body |= present(zero=destination_of(zero)) | _settings(set_)
        if not body:
            raise CommandFailed("Nothing to change: give an option, such as --name Anna.")
        changed = self._cli.admin.ask("PATCH", self._path(account, number), body=body)
        self._cli.output.done(changed, f"The box {number} was changed.")

    def show(self, number: str, *, account: str | None = None) -> None:
        """Show a voicemail box with all its settings."""
        found = self._cli.admin.get(self._path(account, number))
        shown = found if self._cli.output.json else found | {"zero": found["zero"] and found["zero"]["text"]}
        self._cli.output.fields(shown)

    def remove(self, number: str, *, account: str | None = None) -> None:
        """Remove a voicemail box with its messages; nothing may lead to it."""
        self._cli.admin.delete(self._path(account, number))
        self._cli.output.done({"removed": number}, f"The box {number} was removed.")

    def greeting(
        self,
        number: str,
        *,
        kind: Kind = "all",
        upload: Path | None = None,
        fetch: Path | None = None,
        reset: Annotated[bool, Parameter(negative="")] = False,
        account: str | None = None,
    ) -> None:
        """List a box's greetings; or upload, save or reset one.

        Parameters
        ----------
        kind
            all, busy, or away (nobody answers, or no phone is registered).
        upload
            A WAV, MP3, FLAC or OGG file, which replaces the greeting.
        fetch
            Save the greeting to this path or folder.
        reset
            Let a voice speak it again.
        """
        path, output = f"{self._path(account, number)}/greetings", self._cli.output
        if sum((upload is not None, fetch is not None, reset)) > 1:
            raise CommandFailed("Give one of --upload, --fetch and --reset.")
        if upload is not None:
            try:
                data = upload.read_bytes()
            except OSError as error:
                raise CommandFailed(f"{upload} cannot be read: {error.strerror}.") from error
            kept = self._cli.admin.ask_raw("PUT", f"{path}/{kind}", data)
            output.done(kept, f"The greeting lasts {kept['seconds']:g} s.")
        elif fetch is not None:
            data, content_type = self._cli.admin.file(f"{path}/{kind}")
            file = audio_file(fetch, content_type, f"greeting-{number}-{kind}")
            save(file, data)
            output.done({"file": str(file), "bytes": len(data)}, f"{file} has {len(data)} bytes.")
        elif reset:
            self._cli.admin.delete(f"{path}/{kind}")
            output.done({"reset": kind}, "A voice speaks the greeting again.")
        else:
            found = self._cli.admin.get(path)["greetings"]
            output.table(found, found, ("kind", "seconds", "bytes", "created"), "A voice speaks every greeting.")

    def _path(self, account: str | None, number: str = "") -> str:
        path = f"/accounts/{part(self._cli.account(account))}/voicemail-boxes"
        return f"{path}/{part(number)}" if number else path


def _settings(given: list[str] | None) -> dict[str, Any]:
    """Read settings as NAME=VALUE; raises CommandFailed."""
    settings: dict[str, Any] = {}
    for each in given or ():
        name, equals, text = each.partition("=")
        if not equals or name not in _OTHERS:
            raise CommandFailed(f"--set must be NAME=VALUE with a name of {', '.join(_OTHERS)} (got {each!r}).")
        settings[name] = text if name in ("star", "format", "user") else _value(name, text)
    return settings


def _value(name: str, text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, int | float):
        raise CommandFailed(f"{name} must be a number, or true or false (got {text!r}).")
    return value
