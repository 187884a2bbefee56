"""The running lab of a test system: where it is, and what its people really heard and said."""

import asyncio
import os
from pathlib import Path
from typing import NamedTuple, Self

from api.lab import Lab, file_name
from tests.support.sip_caller import CallResult, SipCaller

ROOT = Path(__file__).parents[2]


class Heard(NamedTuple):
    """One call at the lab's end: both directions from the answer on, 8 kHz 16-bit, and the digits it noted."""

    heard: Path
    said: Path
    digits: str


class RunningLab(NamedTuple):
    """Addresses of the lab that the env file describes."""

    address: str
    sip_port: int
    carriers: str
    trunk_address: str
    trunk_password: str
    ari_url: str
    ari_password: str
    folder: Path

    @classmethod
    def of_environment(cls) -> Self:
        """The lab of the system that `make test` started (CARILLON_ENV_FILE), else of the one in .env."""
        path = Path(os.environ.get("CARILLON_ENV_FILE", ROOT / ".env"))
        assert path.is_file(), f"there is no {path}: `make test` makes it and starts the system that it describes"
        lines = (line.partition("=") for line in path.read_text().splitlines() if not line.startswith("#"))
        values = {name.strip(): value.strip() for name, _, value in lines if value.strip()}
        return cls(
            address=values.get("CARILLON_LAB_ADDRESS", "127.0.0.2"),
            sip_port=int(values.get("CARILLON_LAB_SIP_PORT", "5070")),
            carriers=values.get("CARILLON_LAB_CARRIERS", "127.0.60"),
            trunk_address=values.get("CARILLON_LAB_TRUNK_ADDRESS", "127.0.0.3"),
            trunk_password=values["CARILLON_LAB_TRUNK_PASSWORD"],
            ari_url=f"http://127.0.0.1:{values.get('CARILLON_LAB_ARI_PORT', '8089')}",
            ari_password=values["CARILLON_LAB_ARI_PASSWORD"],
            folder=(ROOT / values.get("CARILLON_LAB_HEARD", "./var/lab-heard")).resolve(),
        )

    def client(self) -> Lab:
        """The lab's own client; close it."""
        return Lab(self.ari_url, self.ari_password)

    def caller(self, address: str | None = None) -> SipCaller:
        """A telephone that calls into the lab; `address` chooses the trunk."""
        return SipCaller(address or self.address, self.sip_port)

    async def recorded(self, call: str | CallResult, seconds: float = 10.0) -> Heard:
        """The files of a call, by its SIP Call-ID, as soon as they are complete (shortly after the call ended).

        Fails when they are not there after so many seconds.
        """
        name = file_name(call if isinstance(call, str) else call.call_id)
        heard, said = (self.folder / f"{name}-{way}.wav" for way in ("heard", "said"))
        for _ in range(round(seconds / 0.05)):
            if heard.exists() and said.exists():
                break
            await asyncio.sleep(0.05)  # The files come from another machine's process as it were: nothing tells us.
        assert heard.exists() and said.exists(), f"the lab kept no recording of the call {name} within {seconds:g} s"
        return Heard(heard, said, self.digits(call))

    def digits(self, call: str | CallResult) -> str:
        """The digits that the lab noted in a call so far; it may still be up."""
        name = file_name(call if isinstance(call, str) else call.call_id)
        path = self.folder / f"{name}-digits.txt"
        return path.read_text() if path.exists() else ""
