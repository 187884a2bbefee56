"""Telephones of several kinds, steered in the same way."""

from dataclasses import dataclass
from typing import Any, Protocol

from tests.e2e.calls.test_inbound import heard_by
from tests.support.browser_phone import BrowserPhone
from tests.support.far_end import Sound
from tests.support.linphone import Linphone
from tests.support.phone import Phone
from tests.support.scenario import until

SETTLES_SECONDS = 1.0
"""Until audio is to be heard again after a change."""
HEARD_SECONDS = 1.5


class Telephone(Protocol):
    """What a test does with one. `phone` is the softphone that it steers."""

    phone: Any

    @property
    def number(self) -> str:
        """Its extension."""

    async def ring(self, number: str) -> None:
        """Call a number; does not wait for the answer."""

    async def rings(self) -> None:
        """Wait until it rings."""

    async def pick_up(self) -> None:
        """Wait until it rings, and answer."""

    async def established(self) -> None:
        """Wait until its call was answered."""

    async def hold(self) -> None:
        """Hold the call."""

    async def resume(self) -> None:
        """Take the call back."""

    async def press(self, digits: str) -> None:
        """Press keys."""

    async def digit(self) -> str:
        """Wait until the other one presses a key."""

    async def transfer(self, number: str) -> None:
        """Ask to transfer the call to a number."""

    async def decline(self) -> None:
        """Decline a call that rings: busy (486)."""

    async def hang_up(self) -> None:
        """Hang up."""

    async def ended(self) -> None:
        """Wait until the call is over."""

    async def begin(self) -> float:
        """Return how many seconds it has heard so far."""

    async def listen(self, since: float) -> Sound | None:
        """Return what it hears from SETTLES_SECONDS after that on; None: it hears, and does not say what."""


@dataclass
class BaresipTelephone:
    """baresip."""

    phone: Phone
    has_held: bool = False

    @property
    def number(self) -> str:
        return self.phone.number

    async def ring(self, number: str) -> None:
        await self.phone.ring(number)

    async def rings(self) -> None:
        await self.phone.until("CALL_INCOMING")

    async def pick_up(self) -> None:
        await self.phone.pick_up()

    async def established(self) -> None:
        await self.phone.until("CALL_ESTABLISHED")

    async def hold(self) -> None:
        await self.phone.answered_anew("hold")

    async def resume(self) -> None:
        await self.phone.answered_anew("resume")
        self.has_held = True

    async def press(self, digits: str) -> None:
        await self.phone.press(digits)

    async def digit(self) -> str:
        return await self.phone.digits(1)

    async def transfer(self, number: str) -> None:
        await self.phone.command("hold")
        await self.phone.command("transfer", f"sip:{number}@{self.phone.registrar}")

    async def decline(self) -> None:
        await self.phone.hang_up()

    async def hang_up(self) -> None:
        await self.phone.hang_up()

    async def ended(self) -> None:
        await self.phone.closed(within=8)

    async def begin(self) -> float:
        return self.phone.heard_in_all()

    async def listen(self, since: float) -> Sound | None:
        if self.has_held:
            await until(self.phone.receives, bool, what=f"{self.number} receives RTP")
            return None
        enough = since + SETTLES_SECONDS + HEARD_SECONDS
        await until(self._heard, lambda got: got >= enough, what=f"{self.number} hears {enough} s")
        heard = heard_by(self.phone)
        return heard.part(max(0.0, heard.seconds - HEARD_SECONDS))

    async def _heard(self) -> float:
        return self.phone.heard_in_all()


@dataclass
class BrowserTelephone:
    """JsSIP."""

    phone: BrowserPhone

    @property
    def number(self) -> str:
        return self.phone.number

    async def ring(self, number: str) -> None:
        await self.phone.ring(number)

    async def rings(self) -> None:
        await self.phone.until("incoming")

    async def pick_up(self) -> None:
        await self.phone.pick_up()

    async def established(self) -> None:
        await self.phone.until("established")

    async def hold(self) -> None:
        await self.phone.hold()

    async def resume(self) -> None:
        await self.phone.resume()

    async def press(self, digits: str) -> None:
        await self.phone.press(digits)

    async def digit(self) -> str:
        return await self.phone.until("digit")

    async def transfer(self, number: str) -> None:
        await self.phone.transfer(number)

    async def decline(self) -> None:
        await self.phone.decline()

    async def hang_up(self) -> None:
        await self.phone.hang_up()

    async def ended(self) -> None:
        await self.phone.until("ended", within=8)

    async def begin(self) -> float:
        await self.phone.forget()
        return 0.0

    async def listen(self, since: float) -> Sound:
        await self.phone.audible(SETTLES_SECONDS + HEARD_SECONDS)
        return (await self.phone.heard()).part(SETTLES_SECONDS)


@dataclass
class LinphoneTelephone:
    """Linphone."""

    phone: Linphone

    @property
    def number(self) -> str:
        return self.phone.number

    async def ring(self, number: str) -> None:
        await self.phone.ring(number)

    async def rings(self) -> None:
        await self.phone.until("incoming")

    async def pick_up(self) -> None:
        await self.phone.pick_up()

    async def established(self) -> None:
        await self.phone.until("established")

    async def hold(self) -> None:
        await self.phone.hold()

    async def resume(self) -> None:
        await self.phone.resume()

    async def press(self, digits: str) -> None:
        await self.phone.type(digits)

    async def digit(self) -> str:
        return await self.phone.until("digit")

    async def transfer(self, number: str) -> None:
        await self.phone.type(f"transfer sip:{number}@{self.phone.registrar}")

    async def decline(self) -> None:
        await self.phone.hang_up()

    async def hang_up(self) -> None:
        await self.phone.hang_up()

    async def ended(self) -> None:
        await self.phone.until("ended", within=8)

    async def begin(self) -> float:
        return await self._heard()

    async def listen(self, since: float) -> Sound | None:
        enough = since + SETTLES_SECONDS + HEARD_SECONDS
        await until(self._heard, lambda got: got >= enough, what=f"{self.number} hears {enough} s")
        heard = self.phone.heard()
        return heard.part(max(0.0, heard.seconds - HEARD_SECONDS))

    async def _heard(self) -> float:
        return self.phone.heard().seconds
