"""Whose a text is, where it leads, what it replies to."""

import pytest

from engine.features.messaging.model import NewMessage
from engine.features.messaging.receiving.lost import LOG_SECONDS
from engine.features.messaging.receiving.store import KEPT
from engine.model.call_data import CallData
from engine.store import accounts, numbers
from engine.store.numbers import Number
from tests.engine.features.messaging.receiving.bay import SHORT, Bay
from tests.engine.features.messaging.sending.exchange import OWN, UK, US

MINE = CallData(dialect="plain", address="http://callback", values={"order": "7"})


async def test_a_text_is_stored_with_its_event_and_its_applications_data(bay: Bay) -> None:
    await bay.receive("Hello.")
    (row,), (event,) = await bay.received(), await bay.heard()
    assert (row.account, row.sender, row.recipient, row.text, row.carrier) == (bay.account, US, OWN, "Hello.", "one")
    assert (event.subject, event.root, event.sender, event.recipient) == (row.id, row.id, US, OWN)
    assert event.application == row.application == bay.shop and event.reply_to == row.reply_to == ""
    assert event.data == row.data == CallData(dialect="plain", address="http://app-shop")


async def test_a_reply_carries_what_was_stored_with_the_text_that_it_replies_to(bay: Bay) -> None:
    first = await bay.exchange.send(data=MINE)
    await bay.exchange.send(sender="12015550101", data=CallData(dialect="plain", address="http://other"))
    await bay.receive("Yes, at nine.", sender=f"+{US}")
    (event,) = await bay.heard()
    assert (event.reply_to, event.data, event.application) == (first.id, MINE, bay.shop)
    assert (await bay.received())[0].reply_to == first.id


async def test_a_reply_to_a_text_without_data_carries_the_applications(bay: Bay) -> None:
    first = await bay.exchange.send()
    await bay.receive("ok")
    (event,) = await bay.heard()
    assert event.reply_to == first.id and event.data and event.data.address == "http://app-shop"


async def test_after_a_month_a_text_is_no_reply_any_more(bay: Bay) -> None:
    await bay.exchange.send(data=MINE)
    bay.exchange.set_clock(30 * 86_400 + 60)
    await bay.receive("What was that?")
    (event,) = await bay.heard()
    assert event.reply_to == "" and event.data != MINE


async def test_a_text_to_another_number_or_from_another_one_is_no_reply(bay: Bay) -> None:
    await bay.exchange.send(data=MINE)
    await bay.receive("Hi", sender=UK)
    await bay.receive("Hi", to="12015550101")
    assert [event.reply_to for event in await bay.heard()] == ["", ""]


async def test_a_number_that_leads_nowhere_still_has_its_texts(bay: Bay) -> None:
    await bay.lead(OWN)
    await bay.exchange.reload()
    await bay.receive("Hello.")
    (event,) = await bay.heard()
    assert (event.account, event.application, event.data) == (bay.account, None, None)


@pytest.mark.parametrize(
    ("written", "country"),
    [
        (OWN, ""), (f"+{OWN}", ""), (f"00{OWN}", ""), (f"011{OWN}", "US"), ("2015550100", "US"),
        ("(201) 555-0100", "US"), (f" +{OWN} ", ""), (f"+{OWN};npdi", ""),
    ],
)  # fmt: skip
async def test_our_number_is_found_as_carriers_write_it(bay: Bay, written: str, country: str) -> None:
    await bay.set_country(country)
    await bay.receive("Hello.", to=written)
    assert [row.recipient for row in await bay.received()] == [OWN] and await bay.unmatched() == []


@pytest.mark.parametrize(
    ("written", "country", "read"),
    [
        ("+442079460000", "", UK), ("00442079460000", "", UK), ("442079460000", "", UK), ("442079460000", "US", UK),
        ("02079460000", "GB", UK), ("442079460000", "GB", UK), ("2015550114", "US", US), ("12015550114", "US", US),
        ("011442079460000", "US", UK), ("40404", "US", "40404"), ("800", "", "800"), ("BANK", "US", "BANK"),
        ("My Bank", "", "My Bank"), ("41234567", "NO", "4741234567"), ("41234567", "", "41234567"), ("", "", ""),
        ("O'Neill & Co", "", "O'Neill & Co"), ("020 7946 0000", "GB", UK),
    ],
)  # fmt: skip
async def test_senders_are_read_as_carriers_write_them(bay: Bay, written: str, country: str, read: str) -> None:
    await bay.set_country(country)
    await bay.receive("Hello.", sender=written)
    assert [row.sender for row in await bay.received()] == [read]


async def test_a_reply_is_found_however_the_carrier_writes_its_sender(bay: Bay) -> None:
    first = await bay.exchange.send(UK)
    await bay.set_country("GB")
    await bay.receive("ok", sender="02079460000")
    assert (await bay.received())[0].reply_to == first.id


async def test_short_codes_are_found_as_they_stand(bay: Bay) -> None:
    await bay.lead(SHORT, application=bay.shop)
    await bay.receive("VOTE 1", to=SHORT)
    await bay.receive("VOTE 1", to=f"+{SHORT}")
    await bay.receive("VOTE 1", to=f"1{SHORT}")
    assert [row.recipient for row in await bay.received()] == [SHORT, SHORT]
    assert [to for to, _, _ in await bay.unmatched()] == [f"1{SHORT}"]


async def test_a_keyword_leads_to_another_account(bay: Bay) -> None:
    other = await bay.exchange.add_account("other")
    await bay.add_application("app-pizza", other.id)
    await bay.exchange.reload()
    await bay.add_keyword("PIZZA", other.id, "application:app-pizza")
    for text in ("pizza", "Pizza!\nwith cheese", "*PIZZA*, please", "\n pizza"):
        await bay.receive(text)
    await bay.receive("pizzas")
    await bay.receive("a pizza")
    assert await bay.texts(other.id) == ["pizza", "Pizza!\nwith cheese", "*PIZZA*, please", "\n pizza"]
    assert await bay.texts(bay.account) == ["pizzas", "a pizza"]
    assert {event.application for event in await bay.heard() if event.account == other.id} == {"app-pizza"}


async def test_a_keyword_of_an_account_that_had_the_number_before_does_not_count(bay: Bay) -> None:
    other = await bay.exchange.add_account("other")
    await bay.add_keyword("PIZZA", bay.account, "application:app-shop")
    await bay.exchange.reload()
    await bay.write(lambda conn: numbers.release(conn, OWN))
    await bay.lead(OWN, other.id)
    await bay.exchange.reload()
    await bay.receive("pizza")
    assert await bay.texts(other.id) == ["pizza"] and await bay.texts(bay.account) == []


async def test_a_text_to_no_number_of_ours_is_kept_for_the_operator(bay: Bay) -> None:
    await bay.receive("Who is this?", to="12015559999", sender="BANK\0")
    assert await bay.received() == [] and await bay.heard() == []
    assert await bay.unmatched() == [("12015559999", "Who is this?", "no_number")]


async def test_only_the_newest_of_them_are_kept(bay: Bay, monkeypatch: pytest.MonkeyPatch) -> None:
    assert KEPT == 1000
    for number in range(3):
        await bay.receive(str(number), to="999")
        bay.exchange.set_clock(1)
    assert [text for _, text, _ in await bay.unmatched()] == ["2", "1", "0"]


async def test_many_texts_to_no_number_of_ours_are_counted_and_logged_now_and_then(
    bay: Bay, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(5):
        await bay.receive("Who is this?", to="12015559999")
    bay.exchange.set_clock(LOG_SECONDS)
    await bay.receive("Who is this?", to="12015559999")
    lines = [line for line in capfd.readouterr().out.splitlines() if "reached no number" in line]
    assert len(lines) == 2 and "others_since_the_last_line=4" in lines[1]
    assert {each.name: each.read() for each in bay.exchange.feature.metrics}["carillon_messages_unmatched"] == 6


async def test_a_number_for_calls_alone_takes_no_texts(bay: Bay) -> None:
    await bay.write(lambda conn: numbers.assign(conn, Number(number="12015550777", account=bay.account)))
    await bay.exchange.reload()
    await bay.receive("Hello.", to="12015550777")
    assert [reason for _, _, reason in await bay.unmatched()] == ["no_number"]


async def test_a_disabled_accounts_texts_are_kept_for_the_operator(bay: Bay) -> None:
    await bay.write(lambda conn: accounts.update(conn, bay.account, disabled=True))
    await bay.exchange.reload()
    await bay.receive("Hello.")
    assert [reason for _, _, reason in await bay.unmatched()] == ["account_disabled"]


async def test_the_same_text_that_comes_twice_by_its_key_is_stored_once(bay: Bay) -> None:
    await bay.receive("Hello.", key="a1")
    await bay.receive("Hello.", key="a1")
    await bay.receive("Hello.", key="a2")
    await bay.receive("Hello.")
    await bay.receive("Hello.")
    assert len(await bay.received()) == 4 == len(await bay.heard())


async def test_what_no_database_takes_is_stored_nevertheless(bay: Bay) -> None:
    await bay.receive("a\0b\ud83d", sender="B\0\ud83d")
    await bay.receive("c", sender="B\0", to="9\0", reference=1, number=1, total=2)
    await bay.receive("d", sender="B\0", to="9\0", reference=1, number=2, total=2)
    assert [(row.sender, row.text) for row in await bay.received()] == [("B\ufffd\ufffd", "a\ufffdb\ufffd")]
    assert await bay.unmatched() == [("9\ufffd", "cd", "no_number")]


async def test_a_text_that_leads_to_an_extension_goes_to_its_phone(bay: Bay) -> None:
    await bay.receive("Lunch?", to="12015550101")
    (sent,) = await bay.sent()
    assert (sent.sender, sent.recipient, sent.carrier, sent.origin) == (US, "101", "sip", "relay")
    assert [(part.sender, part.recipient) for part in bay.exchange.phones.submitted] == [(US, "u101")]
    assert [event.text for event in await bay.heard()] == ["Lunch?"]


async def test_a_sender_from_outside_is_not_shown_to_a_phone_as_an_extension(bay: Bay) -> None:
    for sender in ("102", "+102"):
        await bay.receive("Lunch?", sender=sender, to="12015550101")
    assert [one.sender for one in await bay.received()] == ["102", "102"]
    assert [one.sender for one in await bay.sent()] == ["external 102", "external 102"]
    await bay.receive("external102", sender="u101", to="external102", carrier="sip")
    assert (await bay.sent())[-1].text.startswith("Not sent: "), "an answer does not go to the extension 102"


@pytest.mark.parametrize("sender", ["u101", "101", US])
async def test_a_text_of_a_trunk_is_routed_by_its_number_and_is_never_a_phones(bay: Bay, sender: str) -> None:
    await bay.receive("Hi", sender=sender, to=f"+{OWN}", carrier="sip-trunk")
    await bay.receive("Hi", sender=sender, to=f"+{OWN}", carrier="sip-trunk", key="call-1")
    await bay.receive("Hi", sender=sender, to=f"+{OWN}", carrier="sip-trunk", key="call-1")
    await bay.receive("Hi", sender=sender, to="102", carrier="sip-trunk")
    texts = [(one.carrier, one.sender, one.recipient) for one in await bay.received()]
    assert texts == [("sip-trunk", sender, OWN)] * 2
    assert await bay.unmatched() == [("102", "Hi", "no_number")]
    assert await bay.sent() == []


async def test_a_text_for_a_phone_that_is_not_registered_waits_for_it(bay: Bay) -> None:
    bay.exchange.phones.registrations.registered.clear()
    await bay.receive("Lunch?", to="12015550101")
    assert bay.exchange.phones.submitted == []
    bay.exchange.phones.registrations.add("u101")
    await bay.receive("Now?", to="12015550101")
    assert await bay.phone() == ["Lunch?", "Now?"]


async def test_an_extension_that_is_gone_does_not_hold_up_the_text(bay: Bay) -> None:
    await bay.lead("12015550101", destination="extension:109")
    await bay.exchange.reload()
    await bay.receive("Lunch?", to="12015550101")
    assert await bay.texts() == ["Lunch?"] and await bay.sent() == []


async def test_a_text_is_accepted_once_for_a_command_of_the_account(bay: Bay) -> None:
    sent = await bay.exchange.messages.send(bay.account, NewMessage(to=US, text="Hi"))
    assert sent.origin == ""
