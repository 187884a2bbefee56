"""The lamp of a phone (RFC 3842): lit by a message, dark once it was heard, and shown to nobody else."""

import secrets

from tests.e2e.conftest import MakeExtension, MakePhone, make_account
from tests.e2e.destinations.test_destinations import Leading, leading
from tests.e2e.voicemail.test_leaving import MakeBox, box, left, speaks, talking
from tests.support.carillon import Admin, Own
from tests.support.phone import Phone
from tests.support.scenario import until
from tests.support.system import System
from tests.support.texter import Texter
from tests.support.voicemail import tailed

__all__ = ["box", "leading"]
LIT, DARK = "Messages-Waiting: yes", "Messages-Waiting: no"
PACKAGE = (("Event", "message-summary"), ("Expires", "300"), ("Accept", "application/simple-message-summary"))


async def test_the_lamp_of_a_real_phone_is_lit_by_a_message_and_dark_once_it_was_read(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own, admin: Admin
) -> None:
    number = "7" + str(secrets.randbelow(10**5)).rjust(5, "0")
    await tailed(admin, make_account(admin).name, number)
    anna, ben = await phone(talking()), await phone(number=number, lamp=True)
    ours = await box(name="Ben", extension=number)
    await ben.shows(DARK)
    await speaks(own, anna, await leading(f"voicemail:{ours}"))
    await anna.hang_up()
    (message,) = await left(own, ours)
    await ben.shows(LIT, "Voice-Message: 1/0")
    assert (await own.ask("PATCH", f"voicemails/{message['id']}", json={"read": True}))[0] == 200
    await ben.shows(DARK, "Voice-Message: 0/1")
    assert (await own.ask("PATCH", f"voicemails/{message['id']}", json={"read": False}))[0] == 200
    await ben.shows(LIT, "Voice-Message: 1/0")
    assert (await own.ask("PATCH", f"voicemail-boxes/{ours}", json={"extension": ""}))[0] == 200
    await ben.shows(DARK, "Voice-Message: 0/0")


async def test_a_phone_that_does_not_subscribe_is_told_all_the_same(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own
) -> None:
    anna, ben = await phone(talking()), await phone(trace=True)
    ours = await box(name="Ben", extension=ben.number)
    await speaks(own, anna, await leading(f"voicemail:{ours}"))
    await anna.hang_up()
    await left(own, ours)

    async def traced() -> str:
        return ben.traced()

    told = await until(traced, lambda text: "Voice-Message: 1/0" in text, what="the phone was sent a NOTIFY")
    assert LIT in told and "NOTIFY sip:" in told


async def test_a_user_s_box_lights_the_lamps_of_all_phones_of_the_user(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own, admin: Admin
) -> None:
    name = own.account.name
    email = f"una-{secrets.token_hex(4)}@example.com"
    user = (await admin.ask("POST", f"accounts/{name}/users", {"email": email}))["id"]
    anna, desk, home = await phone(talking()), await phone(trace=True), await phone(trace=True)
    for one in (desk, home):
        await admin.ask("PATCH", f"extensions/{one.number}?account={name}", {"owner": user})
    ours = await box(name="Una", user=user)
    await speaks(own, anna, await leading(f"voicemail:{ours}"))
    await anna.hang_up()
    (message,) = await left(own, ours)

    async def traced() -> tuple[str, str]:
        return desk.traced(), home.traced()

    await until(traced, lambda told: all("Voice-Message: 1/0" in one for one in told), what="both phones were told")
    assert (await own.ask("PATCH", f"voicemails/{message['id']}", json={"read": True}))[0] == 200
    await until(traced, lambda told: all("Voice-Message: 0/1" in one for one in told), what="both lamps are dark")


async def test_a_phone_that_comes_back_is_told_again(
    phone: MakePhone, leading: Leading, box: MakeBox, own: Own, system: System
) -> None:
    anna, ben = await phone(talking()), await phone()
    ours = await box(name="Ben", extension=ben.number)
    await speaks(own, anna, await leading(f"voicemail:{ours}"))
    await anna.hang_up()
    await left(own, ours)
    async with Phone(ben.user, ben.password, system.sip, trace=True) as again:

        async def traced() -> str:
            return again.traced()

        await until(traced, lambda text: "Voice-Message: 1/0" in text, what="the phone was sent a NOTIFY")


async def test_a_phone_learns_nothing_of_the_lamps_of_others_that_have_plain_names(
    extension: MakeExtension, own: Own, admin: Admin
) -> None:
    """Asterisk lets any endpoint subscribe to any AOR that has a mailbox: those whose name can be guessed have none."""
    mine, other = await extension(), await extension(account=make_account(admin).name)
    host, _, port = own.system.sip.partition(":")
    async with Texter(mine.user, mine.password, host, int(port)) as one:
        contact = ("Contact", f"<sip:{one.user}@127.0.0.1:9>")
        for name in (other.user, "nobody"):
            assert await one.ask("SUBSCRIBE", f"sip:{name}@{host}:{port}", headers=(*PACKAGE, contact)) == 404
