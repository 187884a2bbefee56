"""Receipts in the forms that SMSCs send."""

import pytest

from engine.features.messaging.carrier import Receipt, ReceiptState
from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.receipts import accepted_id, receipt_id, receipt_of
from engine.features.messaging.smpp.settings import SmscSettings

SETTINGS = SmscSettings(name="one", host="h", port=1, system_id="us")
FULL = "id:0000012345 sub:001 dlvrd:001 submit date:2611291200 done date:2611291201 stat:{} err:{} text:Hello"


def receipt(text: str, esm_class: int = 4, coding: int = 0, **options: bytes) -> Receipt | None:
    tags = {"id": pdu.RECEIPTED_MESSAGE_ID, "state": pdu.MESSAGE_STATE, "error": pdu.NETWORK_ERROR_CODE}
    content = text.encode("utf-16-be") if coding == 8 else text.encode("latin-1")
    message = pdu.Message(
        source="49151",
        dest="12015552000",
        esm_class=esm_class,
        coding=coding,
        content=content,
        options={tags[name]: value for name, value in options.items()},
    )
    return receipt_of(message, SETTINGS)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("DELIVRD", "delivered"), ("DELIVERED", "delivered"), ("delivrd", "delivered"), ("EXPIRED", "expired"),
        ("UNDELIV", "failed"), ("UNDELIVERABLE", "failed"), ("REJECTD", "failed"), ("REJECTED", "failed"),
        ("DELETED", "failed"), ("FAILED", "failed"), ("ACCEPTD", "under way"), ("ENROUTE", "under way"),
        ("BUFFERED", "under way"), ("UNKNOWN", "unknown"), ("?", "unknown"),
    ],
)  # fmt: skip
def test_each_word(word: str, state: str) -> None:
    assert receipt(FULL.format(word, "000")) == Receipt(id="0000012345", state=ReceiptState(state))


@pytest.mark.parametrize(
    ("value", "state"),
    [(1, "under way"), (2, "delivered"), (3, "expired"), (4, "failed"), (5, "failed"), (6, "under way"), (7, "unknown"),
     (8, "failed")],
)  # fmt: skip
def test_each_message_state_before_the_word(value: int, state: str) -> None:
    found = receipt(FULL.format("ACCEPTD", "000"), id=b"abc\0", state=bytes([value]))
    assert found == Receipt(id="abc", state=ReceiptState(state))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ID:9F STAT:delivrd ERR:000", ("9F", "delivered", "")),
        ("stat:UNDELIV err:A1 id:77", ("77", "failed", "A1")),
        ("id: 77 stat: REJECTD err: 045", ("77", "failed", "045")),
        ("id: stat:DELIVRD", ("", "delivered", "")),
        ("id:a-b_c:d stat:EXPIRED", ("a-b_c:d", "expired", "")),
        ("id:77 stat:DELIVRD err:0", ("77", "delivered", "")),
        ("id:77 stat:UNDELIV err:001 text:id:88 stat:DELIVRD err:002", ("77", "failed", "001")),
        ("id:77\r\nstat:DELIVRD\r\n", ("77", "delivered", "")),
        ("", ("", "unknown", "")),
        ("garbage", ("", "unknown", "")),
    ],
)
def test_odd_order_case_and_spaces(text: str, expected: tuple[str, str, str]) -> None:
    found = receipt(text)
    assert found is not None
    assert (found.id, found.state, found.error) == expected


def test_options_alone() -> None:
    found = receipt("", id=b"0a-77\0", state=b"\5", error=b"\3\0\x2d")
    assert found == Receipt(id="0a-77", state=ReceiptState.FAILED, error="045")


def test_an_id_without_its_null() -> None:
    assert receipt("", id=b"77", state=b"\2") == Receipt(id="77", state=ReceiptState.DELIVERED)


def test_a_text_in_ucs2() -> None:
    assert receipt(FULL.format("DELIVRD", "000"), coding=8) == Receipt(id="0000012345", state=ReceiptState.DELIVERED)


@pytest.mark.parametrize("content", ["id:a_1@x stat:DELIVRD", "id:a\x111@x stat:DELIVRD"])
def test_an_id_with_characters_that_gsm7_has_elsewhere(content: str) -> None:
    assert receipt(content) == Receipt(id="a_1@x", state=ReceiptState.DELIVERED)


def test_an_intermediate_notification_is_not_final() -> None:
    found = receipt(FULL.format("UNDELIV", "013"), esm_class=0x20)
    assert found == Receipt(id="0000012345", state=ReceiptState.UNDER_WAY, error="013")


@pytest.mark.parametrize("esm_class", [0, 3, 4, 0x44, 0x84])
def test_a_receipt_by_its_form_or_by_its_class(esm_class: int) -> None:
    assert receipt("id:77 sub:001 dlvrd:001 stat:DELIVRD err:000", esm_class) is not None


@pytest.mark.parametrize("text", ["my id:77 has no stat", "stat:fine", "Hello", "", "the id:7 stat:DELIVRD"])
def test_a_text_is_not_a_receipt(text: str) -> None:
    assert receipt(text, esm_class=0) is None


@pytest.mark.parametrize(
    ("ids", "answered", "receipted"),
    [
        ("same", "00B8BE19", "00B8BE19"),
        ("hex_to_decimal", "972660181", "39f99dd5"),
        ("hex_to_decimal", "0972660181", "39F99DD5"),
        ("decimal_to_hex", "39f99dd5", "0972660181"),
        ("decimal_to_hex", "0E999F21", "244948769"),
        ("decimal_to_hex", "0e999f21-81ef", "0e999f21-81ef"),
        ("hex_to_decimal", "1101C1-C9D03D", "1101C1-C9D03D"),
    ],
)
def test_ids_meet_whichever_number_they_are(ids: str, answered: str, receipted: str) -> None:
    assert accepted_id(answered, ids) == receipt_id(receipted, ids)  # type: ignore[arg-type]


@pytest.mark.parametrize("ids", ["same", "hex_to_decimal", "decimal_to_hex"])
@pytest.mark.parametrize("id_", ["", "-", "ÿ", "\u0661", "9" * 65, "f" * 65])
def test_odd_ids_do_no_harm(ids: str, id_: str) -> None:
    accepted_id(id_, ids)  # type: ignore[arg-type]
    receipt_id(id_, ids)  # type: ignore[arg-type]


def test_an_id_and_an_error_without_end_are_cut_in_receipts_and_answers_alike() -> None:
    endless = "7" * 60_000
    for found in (receipt(f"id:{endless} stat:UNDELIV err:{endless}"), receipt("", id=endless.encode() + b"\0")):
        assert found is not None and len(found.id) == 255 and len(found.error) <= 255
        assert found.id == accepted_id(endless, "same") == receipt_id(endless, "same")
