"""Stored texts of requests and answers contain no secret, and everything else as it was written."""

import json
import time

import pytest

from api.callbacks.masking import MASK, MOST_KEPT, beginning, kept, masked
from api.callbacks.replay import Replay
from engine.events import DigitPressed
from engine.features.subscriptions.model import NewSubscription
from engine.platform.audit import ADMIN
from engine.store import deliveries, events
from tests.api.callbacks.test_subscriptions import ANN, subscribe
from tests.api.conftest import Stack
from tests.fakes.mail_box import MailBox
from tests.fakes.sink import Sink


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("https://ann:hunter2@host/path", "https://ann:***@host/path"),
        ("https://host/a?token=abc&call=7", "https://host/a?token=***&call=7"),
        ("https://host/a?x=1;access_token=abc#top", "https://host/a?x=1;access_token=***#top"),
        ("https://host/a?sig=a%2Fb%3D&api_key=1&pin=1234", "https://host/a?sig=***&api_key=***&pin=***"),
        ('{"credentials": "AKIA:wJal\\"r", "format": "mp3"}', '{"credentials": "***", "format": "mp3"}'),
        ('{"credentials":{"id":"a","value":"b"},"z":1}', '{"credentials":"***","z":1}'),
        ('{"tokens":["a","b"],"z":1}', '{"tokens":"***","z":1}'),
        ('{"userPin": 1234, "PIN":"12"}', '{"userPin": "***", "PIN":"***"}'),
        ('{"name":"setCookie","key":"pin","value":"1234"}', '{"name":"setCookie","key":"pin","value":"***"}'),
        ('{"ids":["http://a:b@h/x.wav?token=c"]}', '{"ids":["http://a:***@h/x.wav?token=***"]}'),
        ("user=ann&password=abc&x=1", "user=ann&password=***&x=1"),
        ("secret=abc", "secret=***"),
        ('{"secret":"cut in the midd', '{"secret":"***"'),
    ],
)
def test_values_with_secret_names_are_masked(written: str, shown: str) -> None:
    assert masked(written) == shown
    assert masked(shown) == shown, "and masking it again changes nothing"


@pytest.mark.parametrize(
    "text",
    [
        "https://host/a@b?opinion=7&spin=2&max=3",
        "https://ann@host/",
        '{"name":"setCookie","key":"shop","value":"7"}',
        '{"applicationKey":"669E367E","spinning":"x","shipping":"y","event":"ice"}',
        "<!doctype html><html><body>Log in, please</body></html>",
        "a token of thanks",
        "",
    ],
)
def test_all_other_text_is_unchanged(text: str) -> None:
    assert masked(text) == text


def test_a_long_body_is_cut_and_a_secret_at_the_cut_is_not_shown_in_part() -> None:
    body = b'{"a":"' + b"x" * (MOST_KEPT - 30) + b'","password":"hunter2hunter2hunter2","b":1}'
    assert len(kept(body)) <= MOST_KEPT and "hunter" not in kept(body)
    url = b"x" * (MOST_KEPT - 20) + b" https://ann:hunter2hunter2hunter2@host/"
    assert "hunter" not in kept(url)


def test_bytes_that_are_not_text_are_stored_as_text() -> None:
    assert kept(b"a\x00\xffb") == "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}b"


def test_a_beginning_is_one_line() -> None:
    assert beginning(b"<html>\n  <body>\x07" + b"x" * 200, 20) == "<html> <body>\N{REPLACEMENT CHARACTER}xxxxx…"


@pytest.mark.parametrize(
    "body", ['"' * 10_000, '{"a' * 4000, "password" * 1300, "?pin=" * 2000, "://a:" * 2000, '"key":"' * 1500,
             "a-._" * 2500 + "=", '"' + "pin_" * 2500, "\\" * 10_000],
)  # fmt: skip
def test_every_body_is_masked_fast(body: str) -> None:
    begun = time.thread_time()
    kept(body.encode())
    assert time.thread_time() - begun < 0.5


async def test_a_digit_that_turns_out_to_be_secret_is_masked_in_what_was_sent_of_it(
    stack: Stack, sink: Sink, mail_box: MailBox
) -> None:
    await subscribe(stack, sink.url("/x"), "digit.pressed")
    await stack.subscriptions.add(ADMIN, ANN, NewSubscription(events=("digit.pressed",), email="ann@example.com"))
    call = await stack.ok("Call", callee="12015550100")
    await stack.engine.tell(DigitPressed, call, digit="#", kept=True)
    await stack.settle()
    rows = await stack.db.read(lambda conn: deliveries.of_subject(conn, call))
    await stack.writer.write(lambda conn: events.mask_digit(conn, rows[0].event, MASK))
    masked_rows = await stack.db.read(lambda conn: deliveries.of_subject(conn, call))
    assert len(masked_rows) == 2 and all("#" in row.body for row in rows)
    assert all(row.body == before.body.replace("#", MASK) for row, before in zip(masked_rows, rows, strict=True))
    assert await stack.delivery.replay(ADMIN, Replay(call=call)) == 2
    await stack.settle()
    assert [json.loads(post.body)["data"]["digit"] for post in sink.posts] == ["#", MASK]
