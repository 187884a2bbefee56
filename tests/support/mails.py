"""The mail server that the running system sends its mails to."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.mail_box import MailBox
from tests.support.system import System
from tests.support.turns import the_only


@pytest.fixture
async def mails(system: System) -> AsyncIterator[MailBox]:
    """The mail server; no test of another process has it meanwhile."""
    with the_only(system.file, "mails"):
        async with MailBox(int(system.setting("SMTP_URL").rpartition(":")[2])) as box:
            yield box
