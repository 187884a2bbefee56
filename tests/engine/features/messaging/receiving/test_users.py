"""Texts that lead to a user: kept in its inbox, and sent to each of its phones."""

from engine.features.messaging.model import Message
from tests.engine.features.messaging.receiving.bay import Bay
from tests.engine.features.messaging.sending.exchange import OWN, UK, US


async def inbox(bay: Bay, user: str) -> list[str]:
    found: list[Message] = await bay.exchange.messages.page(bay.account, user=user)
    return [one.text for one in found[::-1]]


async def phones(bay: Bay) -> list[tuple[str, str]]:
    """Who was sent what, by SIP."""
    await bay.phone()
    return [(part.recipient, part.content.decode()) for part in bay.exchange.phones.submitted]


async def test_a_text_is_in_the_users_inbox_and_reaches_all_its_phones(bay: Bay) -> None:
    ann = await bay.add_user("ann", "101", "102")
    await bay.lead(OWN, destination=f"user:{ann}")
    await bay.exchange.reload()
    await bay.receive("Hello, Ann.")
    assert await inbox(bay, ann) == ["Hello, Ann."] == await bay.texts()
    assert await phones(bay) == [("u101", "Hello, Ann."), ("u102", "Hello, Ann.")]
    assert [event.user for event in await bay.heard()] == [ann]


async def test_a_user_without_a_phone_has_its_texts(bay: Bay) -> None:
    ann, bob = await bay.add_user("ann"), await bay.add_user("bob", "101")
    await bay.lead(OWN, destination=f"user:{ann}")
    await bay.exchange.reload()
    await bay.receive("Hello, Ann.")
    assert await inbox(bay, ann) == ["Hello, Ann."] and await inbox(bay, bob) == []
    assert await phones(bay) == []


async def test_a_keyword_leads_to_a_user(bay: Bay) -> None:
    ann = await bay.add_user("ann", "101")
    await bay.add_keyword("ANN", bay.account, f"user:{ann}")
    await bay.receive("ann, are you there?")
    await bay.receive("Bob, are you there?")
    assert await inbox(bay, ann) == ["ann, are you there?"]
    assert [recipient for recipient, _ in await phones(bay)] == ["u101"]


async def test_a_reply_to_what_a_users_phone_sent_is_in_its_inbox(bay: Bay) -> None:
    ann, bob = await bay.add_user("ann", "101"), await bay.add_user("bob", "102")
    await bay.lead(OWN, destination=f"user:{ann}")
    await bay.exchange.reload()
    await bay.receive("Shall I?", sender="u102", to=f"+{UK}", carrier="sip")
    await bay.receive("Yes.", sender=UK)
    await bay.receive("What?", sender=US)
    assert await inbox(bay, bob) == ["Yes."] and await inbox(bay, ann) == ["What?"]
    assert await phones(bay) == [("u102", "Yes."), ("u101", "What?")]


async def test_a_text_that_leads_to_a_users_extension_is_in_its_inbox(bay: Bay) -> None:
    ann = await bay.add_user("ann", "101", "102")
    await bay.receive("Lunch?", to="12015550101")
    assert await inbox(bay, ann) == ["Lunch?"]
    assert [recipient for recipient, _ in await phones(bay)] == ["u101"]


async def test_a_text_to_a_user_who_is_not_there_any_more_is_the_accounts(bay: Bay) -> None:
    await bay.lead(OWN, destination="user:user-gone")
    await bay.exchange.reload()
    await bay.receive("Hello?")
    assert await bay.texts() == ["Hello?"] and [event.user for event in await bay.heard()] == [None]


async def test_a_phone_that_takes_no_text_keeps_it_from_no_other(bay: Bay) -> None:
    ann = await bay.add_user("ann", "101", "102")
    await bay.lead(OWN, destination=f"user:{ann}")
    await bay.exchange.reload()
    await bay.receive("y" * 4097)
    assert await bay.sent("relay") == [] and len(await inbox(bay, ann)) == 1
    bay.exchange.phones.registrations.registered.discard("u101")
    await bay.receive("Hello.")
    assert await phones(bay) == [("u102", "Hello.")]
