"""Send a fax to this call's party, or receive one from it."""

from typing import ClassVar, Protocol

from engine.tasks.interfaces import Subject
from engine.tasks.results import Faxed
from engine.tasks.task import Recovery, Requires, Task


class Fax(Task, frozen=True, kw_only=True):
    """What both ways have in common.

    `file` is the name of a TIFF in the folder that Asterisk records into. `station` is what this side says that it is
    (the TSI or CSI of T.30: 20 digits and spaces at most). `header` is written at the top of each page that is sent,
    behind date and time. `ecm`: pages are checked and sent again where they were damaged (T.30 annex A). `rate` is
    bits a second, at most. `purpose` is what a feature faxes for, its own to read.
    """

    requires: ClassVar[Requires] = Requires.ANSWERED
    recovery: ClassVar[Recovery] = Recovery.ADOPT
    graceful: ClassVar[bool] = True
    offered: ClassVar[bool] = False

    file: str
    station: str = ""
    header: str = ""
    ecm: bool = True
    rate: int = 14_400
    purpose: str = ""

    async def run(self, on: "Faxing") -> Faxed:
        """Send or receive; what went wrong is a result too, with what was transferred before."""
        return await on.faxer.fax(self, on)


class SendFax(Fax, frozen=True, kw_only=True, tag="send_fax"):
    """Send the pages of `file`."""


class ReceiveFax(Fax, frozen=True, kw_only=True, tag="receive_fax"):
    """Receive pages into `file`."""


class Faxer(Protocol):
    """Sends and receives faxes."""

    async def fax(self, task: Fax, on: Subject) -> Faxed:
        """Do what a task says; returns when the two machines are done, or the call has ended."""


class Faxing(Subject, Protocol):
    """What these tasks need."""

    @property
    def faxer(self) -> Faxer:
        """Sends and receives."""
