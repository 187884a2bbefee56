"""carillon setup, carillon demo"""

import asyncio

import msgspec

from api.cli.client import CommandFailed
from api.cli.connection import Api
from api.cli.context import Cli
from api.cli.demo import PROMPT, DemoFailed, demonstrate
from api.cli.setup import WELCOME, Demo, first_dialect, setup
from engine.addresses import at_port


class Demonstration:
    """The two commands of `make run`."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def setup(self) -> None:
        """Create what is missing for a first try: an account, two extensions, and the number 500."""
        made = self._set_up()
        if self._cli.output.json:
            self._cli.output.data(msgspec.to_builtins(made))
        else:
            self._hint(made)

    def demo(self) -> None:
        """Place one call through the trunk by REST, and verify its recording."""
        made = self._set_up()
        prompt = self._cli.admin.raw("GET", "/speech", query={"text": PROMPT})
        settings, output = self._cli.settings, self._cli.output
        shown = demonstrate(
            api=settings.api,
            apikey=made.apikey,
            token=made.token,
            prompt=prompt,
            folder=settings.folder / "recordings",
            say=output.say,
        )
        try:
            brought = asyncio.run(shown)
        except DemoFailed as error:
            raise CommandFailed(str(error)) from error
        if output.json:
            output.data(msgspec.to_builtins(brought, enc_hook=str))
            return
        output.say(f"To see all of it: carillon calls show {brought.call}")
        output.say()
        self._hint(made)

    def _set_up(self) -> Demo:
        return asyncio.run(setup(Api(self._cli.admin)))

    def _hint(self, made: Demo) -> None:
        settings, say = self._cli.settings, self._cli.output.say
        say(f"Dial in with a softphone (SIP over UDP) at {at_port(settings.bind.first, settings.sip_port)}:")
        for phone in made.phones:
            say(f"  user {phone.user}  password {phone.password}")
        first = made.phones[0].number
        say(f"  then call {WELCOME}, which asks for a digit and repeats it, or 12015550115, an echo.")
        dialect = asyncio.run(first_dialect(Api(self._cli.admin)))
        if dialect is not None:
            path = dialect["first_call"].format(key=made.apikey, number=first)
            say(f"The API is at {settings.api}. To ring that softphone:")
            say(f"  curl '{settings.api}{path}'")
