"""Which texts are taken, from which number, by which carrier; the others are refused with a sentence."""

from typing import Any

import pytest

from engine.commands import CallerRefused, CommandRefused, CreditSpent, EngineUnavailable, LimitReached, NumberRefused
from engine.features.messaging import backlog
from engine.features.messaging.accepting import LONGEST_SECONDS, LONGEST_TEXT
from engine.features.messaging.commands import SendMessage, TextRefused, TextsRefused
from engine.features.messaging.model import NewMessage
from engine.store.accounts import disallow
from tests.engine.features.messaging.sending.exchange import NOW, OWN, UK, US, Exchange
from tests.support.clock import settled

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("wanted", "kind", "says"),
    [
        ({"text": "  \n"}, TextRefused, "must not be empty"),
        ({"text": "a" * (LONGEST_TEXT + 1)}, TextRefused, "at most 255 parts"),
        ({"text": "\u20ac\u4e2d" * 10_000}, TextRefused, "at most 255 parts"),
        ({"valid_seconds": 0}, TextRefused, "valid_seconds must be more than 0"),
        ({"valid_seconds": LONGEST_SECONDS + 1}, TextRefused, "at most 259200"),
        ({"at": NOW + 400 * 86_400}, TextRefused, "within 366 days"),
        ({"at": float("nan")}, TextRefused, "within 366 days"),
        ({"to": "911"}, NumberRefused, "Emergency"),
        ({"to": "112"}, NumberRefused, "Emergency"),
        ({"to": "12345"}, NumberRefused, "7 to 15 digits"),
        ({"to": "not a number"}, NumberRefused, "only digits"),
        ({"to": "8821234567"}, NumberRefused, "may not text that number: +882"),
        ({"sender": "12015550177"}, CallerRefused, "must be one of this account's numbers for texts"),
        ({"sender": "101"}, CallerRefused, "must be one of this account's numbers for texts"),
    ],
)
async def test_what_cannot_be_sent_is_refused(
    exchange: Exchange, wanted: dict[str, Any], kind: type[CommandRefused], says: str
) -> None:
    await exchange.add_extension("101", "101")
    await exchange.reload()
    with pytest.raises(kind, match=says.replace("+", r"\+")):
        await exchange.send(**wanted)
    assert await exchange.messages.page() == [] and exchange.messages.queued(exchange.account.id) == 0


async def test_a_number_that_no_allowed_prefix_matches_is_refused(exchange: Exchange) -> None:
    await exchange.database.transact(lambda conn: disallow(conn, exchange.account.id, ""))
    await exchange.reload()
    with pytest.raises(NumberRefused, match="may not text that number: no allowed prefix"):
        await exchange.send(UK)


async def test_a_disabled_account_sends_nothing(exchange: Exchange) -> None:
    await exchange.disable()
    with pytest.raises(NumberRefused, match="disabled"):
        await exchange.send()


async def test_of_several_texts_all_are_taken_or_none(exchange: Exchange) -> None:
    async def send(*to: str) -> list[str]:
        wanted = tuple(NewMessage(to=each, text="Hello.") for each in to)
        return [message.recipient for message in await exchange.messages.send_all(exchange.account.id, wanted)]

    await exchange.opt_out(US)
    exchange.one.up(up=False)
    for refused, *named in (((UK, "911", "12"), "911: ", "12: "), ((UK, US), f"{US}: ")):
        with pytest.raises(TextsRefused) as refusal:
            await send(*refused)
        assert all(each in str(refusal.value) for each in named) and f"{UK}: " not in str(refusal.value)
    await exchange.add_rate("44", 10_000)
    await exchange.set_balance(25_000)
    await exchange.reload()
    with pytest.raises(CreditSpent):
        await send(UK, "447700900001", "447700900002")
    assert await exchange.messages.page() == [] and await exchange.held() == 0
    assert await send(UK, "447700900001") == [UK, "447700900001"]
    assert exchange.messages.queued(exchange.account.id) == 2


async def test_who_sent_stop_gets_no_text_of_that_account(exchange: Exchange) -> None:
    await exchange.opt_out(US)
    with pytest.raises(NumberRefused, match=f"{US} sent STOP to this account"):
        await exchange.send()
    assert exchange.messages.queued(exchange.account.id) == 0
    await exchange.send(UK)


async def test_the_sender_is_the_accounts_choice_or_else_its_first_number(exchange: Exchange) -> None:
    assert (await exchange.send()).sender == OWN
    await exchange.set_rules(per_second=10, sender="12015550101")
    await exchange.reload()
    assert (await exchange.send()).sender == "12015550101"
    assert (await exchange.send(sender=f"+{OWN}")).sender == OWN


async def test_a_short_code_is_the_default_sender_only_of_an_account_without_another_number(exchange: Exchange) -> None:
    mixed, codes = await exchange.add_account("mixed", "10404", UK), await exchange.add_account("codes", "10405")
    await exchange.reload()
    wanted = NewMessage(to=US, text="Good morning.")
    assert [(await exchange.messages.send(each.id, wanted)).sender for each in (mixed, codes)] == [UK, "10405"]


async def test_an_account_without_a_number_for_texts_is_told_to_get_one(exchange: Exchange) -> None:
    poor = await exchange.add_account("poor")
    await exchange.reload()
    with pytest.raises(CallerRefused, match="assign it one with the capability sms"):
        await exchange.messages.send(poor.id, NewMessage(to=US, text="Hello."))


async def test_an_own_extension_is_reached_by_its_phone_at_no_price(exchange: Exchange) -> None:
    await exchange.add_extension("101", "acme-101")
    await exchange.add_extension("102", "acme-102")
    await exchange.add_rate("", 5000)
    await exchange.opt_out("101")
    await exchange.reload()
    exchange.phones.registrations.add("acme-101")
    text = await exchange.send("101", "Grüße 🙂" * 100, sender="102")
    assert (text.carrier, text.parts, text.sender, text.recipient) == ("sip", 1, "102", "101")
    await settled()
    (part,) = exchange.phones.submitted
    assert (part.recipient, part.content.decode(), part.total) == ("acme-101", "Grüße 🙂" * 100, 1)
    assert await exchange.charged() == 0 and await exchange.held() == 0


async def test_a_text_to_a_phone_may_come_from_the_texting_number(exchange: Exchange) -> None:
    await exchange.add_extension("101", "acme-101")
    await exchange.reload()
    assert (await exchange.send("101")).sender == OWN
    with pytest.raises(TextRefused, match="4096 bytes"):
        await exchange.send("101", "x" * 5000)


async def test_the_longest_prefix_then_the_lowest_priority_choose_the_carrier(exchange: Exchange) -> None:
    for name in ("two", "three", "own"):
        await exchange.add_smsc(name)
    await exchange.add_route("44", "two", priority=20)
    await exchange.add_route("44", "three", priority=5)
    await exchange.reload()
    assert [(await exchange.send(to)).carrier for to in (US, UK)] == ["one", "three"]
    await exchange.change_smsc("three", disabled=True)
    assert (await exchange.send(UK)).carrier == "two", "one that is disabled is not chosen while there is another"
    await exchange.add_route("4", "own", account=exchange.account.id)
    await exchange.reload()
    assert (await exchange.send(UK)).carrier == "own", "the account's own routes come first"


async def test_a_number_without_a_route_is_refused(exchange: Exchange) -> None:
    await exchange.remove_smsc("one")
    with pytest.raises(NumberRefused, match="No route leads texts to that number"):
        await exchange.send()


async def test_an_account_has_only_so_many_queued(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "MOST", 2)
    exchange.one.up(up=False)
    await exchange.send()
    await exchange.send()
    with pytest.raises(LimitReached, match="2 texts queued"):
        await exchange.send()
    exchange.one.up()
    await settled()
    await exchange.send()


async def test_a_text_that_the_balance_does_not_cover_is_refused(exchange: Exchange) -> None:
    await exchange.add_rate("1", 10_000)
    await exchange.set_balance(25_000)
    await exchange.reload()
    exchange.one.up(up=False)
    await exchange.send()
    await exchange.send()
    with pytest.raises(CreditSpent, match="does not cover this message"):
        await exchange.send()
    assert (await exchange.held(), exchange.messages.queued(exchange.account.id)) == (20_000, 2)


async def test_nothing_is_taken_while_the_store_is_away(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(exchange.writer), "out", property(lambda self: True))
    with pytest.raises(EngineUnavailable, match="store cannot be reached"):
        await exchange.messages.carry_out(
            SendMessage(account=exchange.account.id, message=NewMessage(to=US, text="Hello."))
        )


async def test_what_no_database_stores_is_replaced(exchange: Exchange) -> None:
    text = await exchange.send(text="a\0b\ud83dc\ud83d\ude42")
    assert (await exchange.get(text)).text == "a\ufffdb\ufffdc🙂"
