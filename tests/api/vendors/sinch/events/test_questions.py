"""What a customer is asked: from the call in memory where it is up, from the store where it is not."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from api.vendors.sinch import call_data
from api.vendors.sinch.events.questions import Questions
from api.vendors.vendor import Question, Said
from engine.events import QuestionAsked
from engine.model.call import Call, Direction
from engine.model.call_data import CallData, patched
from engine.store import applications, extensions
from engine.store.extensions import Extension
from engine.tasks.ask import Ask
from engine.tasks.dial import Dial
from engine.tasks.results import Completed, MenuEnded
from tests.api.vendors.sinch.served import SHOP, Served, a_call

EVENT = QuestionAsked(
    id="event-1", account="account-ann", subject="call-1", root="call-1", at=1_400_000_000.0, task="task-1",
    question="offered", deadline=1_400_000_012.0,
)  # fmt: skip
DATA = CallData(dialect="sinch")
INBOUND = a_call(direction=Direction.INBOUND, caller="46730170102", callee="14155550101")


def nobody(call: str) -> Call | None:
    return None


def asker(served: Served, live: Callable[[str], Call | None]) -> Questions:
    return Questions(served.features, served.accounts, served.parties, live)


async def leads_to(served: Served, url: str) -> None:
    await served.writer.write(lambda conn: applications.update(conn, "app-shop", settings={"primary": url}))


async def asked(questions: Questions) -> tuple[str, dict[str, Any]]:
    question = await questions.question(EVENT, DATA)
    assert isinstance(question, Question)
    return question.url, msgspec.json.decode(question.body)


@pytest.mark.parametrize("place", ["memory", "store"])
async def test_a_call_is_asked_about_wherever_it_is_known(served: Served, place: str) -> None:
    await leads_to(served, "http://shop/one")
    if place == "store":
        await served.store(INBOUND)
    url, body = await asked(asker(served, {"call-1": INBOUND}.get if place == "memory" else nobody))
    assert (url, body["cli"], body["to"]["endpoint"]) == ("http://shop/one", "+46730170102", "+14155550101")
    assert body["applicationKey"] == SHOP


# «domain shows where the call is supposed to be terminated», originationType where it comes from
@pytest.mark.parametrize(
    ("caller", "callee", "domain", "origin"),
    [
        ("46730170102", "14155550101", "pstn", "PSTN"),
        ("100", "46730170102", "pstn", "MXP"),
        ("100", "100", "mxp", "MXP"),
    ],
)
async def test_a_call_is_told_by_where_it_goes_and_where_it_comes_from(
    served: Served, caller: str, callee: str, domain: str, origin: str
) -> None:
    await leads_to(served, "http://shop/one")
    call = a_call(direction=Direction.INBOUND, caller=caller, callee=callee, trunk=None if caller == "100" else "lab")
    _, body = await asked(asker(served, {"call-1": call}.get))
    assert (body["domain"], body["originationType"]) == (domain, origin)
    assert body.get("user") == ("anna" if origin == "MXP" else None)


async def test_a_changed_address_is_asked_as_soon_as_the_change_counts(served: Served) -> None:
    questions = asker(served, {"call-1": INBOUND}.get)
    await leads_to(served, "http://shop/one")
    assert (await asked(questions))[0] == "http://shop/one"
    await leads_to(served, "http://shop/two")
    await served.refresh()
    assert (await asked(questions))[0] == "http://shop/two"


async def test_a_call_that_nobody_knows_is_not_asked_about(served: Served) -> None:
    said = await asker(served, nobody).question(EVENT, DATA)
    assert isinstance(said, Said) and said.silent


async def test_an_application_without_a_key_is_not_asked(served: Served) -> None:
    await leads_to(served, "http://shop/one")
    await served.writer.write(lambda conn: applications.drop_key(conn, "app-shop"))
    said = await asker(served, {"call-1": INBOUND}.get).question(EVENT, DATA)
    assert isinstance(said, Said) and said.silent


async def test_an_answer_goes_on_from_the_call_in_memory(served: Served) -> None:
    script = b'{"action":{"name":"connectpstn"}}'
    said = await asker(served, {"call-1": INBOUND}.get).said(EVENT, DATA, script)
    assert [getattr(task, "to", "") for task in said.tasks] == [INBOUND.callee]


@pytest.mark.parametrize(
    ("caller", "application", "asked_about"),
    [("100", "app-shop", False), ("100", None, True), ("46730170102", None, True)],
)
async def test_only_a_data_client_s_call_has_no_ace(
    served: Served, caller: str, application: str | None, asked_about: bool
) -> None:
    """A data client is an extension of an application that decides its calls; a plain one calls as anybody."""

    def extension(conn: Connection) -> None:
        extensions.remove(conn, "account-ann", "100")
        anna = Extension(
            number="100", sip_user="100", account="account-ann", name="anna", password="secret", application=application
        )
        extensions.add(conn, anna)

    await served.writer.write(extension)
    await served.refresh()
    trunk = None if caller == "100" else "lab"
    call = a_call(direction=Direction.INBOUND, caller=caller, callee="14155550101", trunk=trunk)
    pie = msgspec.structs.replace(EVENT, question="menu_ended")
    script = b'{"action":{"name":"connectpstn","number":"+46730170101"}}'
    said = await asker(served, {"call-1": call}.get).said(pie, DATA, script)
    (dial,) = [task for task in said.tasks if isinstance(task, Dial)]
    questions = [task.question for task in dial.before_bridge if isinstance(task, Ask)]
    assert questions == (["answered"] if asked_about else [])


async def test_cookies_of_two_answers_at_once_are_merged_into_what_the_call_carries_then(served: Served) -> None:
    questions = asker(served, {"call-1": INBOUND}.get)
    carried = DATA
    answers = [b'{"instructions":[{"name":"setCookie","key":"%s","value":"1"}]}' % key for key in (b"a", b"b")]
    event = msgspec.structs.replace(EVENT, question="answered")
    for said in [await questions.said(event, DATA, answer) for answer in answers]:
        assert said.patch
        carried = patched(carried, said.patch) or carried
    assert call_data.cookies_of(carried) == (("a", "1"), ("b", "1"))


# «If no URL is configured, the callback will not be invoked.» «If there is no response …, the call is connected.»
@pytest.mark.parametrize(
    ("question", "silent"), [("offered", True), ("answered", False), ("menu_ended", True)],
)  # fmt: skip
async def test_an_answered_call_goes_on_where_nobody_is_to_be_asked_or_nothing_is_said(
    served: Served, question: str, silent: bool
) -> None:
    questions = asker(served, {"call-1": INBOUND}.get)
    event = msgspec.structs.replace(EVENT, question=question)
    nobody_asked = await questions.question(event, DATA)
    assert isinstance(nobody_asked, Said) and nobody_asked.silent is silent and not nobody_asked.replace
    assert (await questions.said(event, DATA, b" ")).silent is silent
    assert (await questions.said(event, DATA, None)).silent


@pytest.mark.parametrize(
    ("question", "word"), [("offered", "ICE was empty; it must be SVAML"), ("answered", "ACE was empty, so the call")]
)  # fmt: skip
async def test_an_empty_answer_leaves_a_remark(served: Served, question: str, word: str) -> None:
    questions = asker(served, {"call-1": INBOUND}.get)
    event = msgspec.structs.replace(EVENT, question=question)
    (remark,) = (await questions.said(event, DATA, b"\n")).remarks
    assert word in remark
    assert not (await questions.said(event, DATA, None)).remarks, "no answer has its own sentence"


async def test_a_reply_that_is_not_json_says_where_and_how_it_begins(served: Served) -> None:
    questions = asker(served, {"call-1": INBOUND}.get)
    page = b'<!doctype html>\n<html><a href="http://shop/?token=abc">Log in</a></html>'
    refused = (await questions.said(EVENT, DATA, page)).refused
    assert "line 1, column 1: expecting value" in refused and "begins with '<!doctype html> <html>" in refused
    assert "token=***" in refused and "abc" not in refused
    refused = (await questions.said(EVENT, DATA, b'{"instructions": [],\n "action": hangup}')).refused
    assert "line 2, column 12" in refused


async def test_of_keys_pressed_in_a_menu_only_their_number_is_kept_where_they_are_no_option(served: Served) -> None:
    await leads_to(served, "http://shop/one")
    questions = asker(served, {"call-1": INBOUND}.get)
    for how, value, kept in (("sequence", "1234", "****"), ("invalid_input", "99", "**"), ("return", "yes", "yes")):
        outcome = Completed(result=MenuEnded(menu="main", how=how, value=value))
        event = msgspec.structs.replace(EVENT, question="menu_ended", outcome=outcome)
        question = await questions.question(event, DATA)
        assert isinstance(question, Question) and question.shown is not None and question.name == "pie"
        assert msgspec.json.decode(question.body)["menuResult"]["value"] == value
        assert msgspec.json.decode(question.shown)["menuResult"]["value"] == kept
