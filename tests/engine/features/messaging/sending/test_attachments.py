"""Texts with files: a line with a link for each, which costs what the text's parts cost, and is good for its days."""

from typing import Any

import pytest

from engine.features.errors import NotThere
from engine.features.files.model import NewFile, StoredFile
from engine.features.messaging.attachments import LINK_DAYS, MOST_FILES
from engine.features.messaging.commands import TextRefused
from engine.media import LinkExpired, LinkInvalid
from tests.engine.features.messaging.sending.exchange import LINKS, OWN, Exchange
from tests.support.clock import settled

DAY = 86_400.0


async def kept(exchange: Exchange, name: str = "cat.jpg", account: str = "") -> StoredFile:
    """A file of an account."""
    wanted = NewFile(uploaded_name=name, media_type="image/jpeg")
    return await exchange.files.put(account or exchange.account.id, wanted, name.encode())


def links(text: str) -> list[str]:
    """The last parts of the links in a text."""
    found = [line.removesuffix(f" ({LINK_DAYS} days)") for line in text.splitlines() if line.startswith(LINKS)]
    assert all(" " not in each for each in found), text
    return [each.removeprefix(f"{LINKS}/") for each in found]


async def test_a_text_goes_out_with_a_link_for_each_of_its_files(exchange: Exchange) -> None:
    first, second = await kept(exchange), await kept(exchange, "dog.jpg")
    sent = await exchange.send(text="Look!", files=(first.id, second.id, first.id))
    await settled()
    assert sent.text.splitlines()[0] == "Look!" and len(sent.text.splitlines()) == 3
    assert sent.files == (first.id, second.id) and (await exchange.get(sent)).files == sent.files
    assert len(exchange.one.submitted) == sent.parts == 2
    for token, file in zip(links(sent.text), (first, second), strict=True):
        found = await exchange.files.linked(token)
        assert (found.file, found.path.read_bytes()) == (file, file.name.encode())


async def test_a_text_may_have_files_and_no_words(exchange: Exchange) -> None:
    file = await kept(exchange)
    sent = await exchange.send(text=" ", files=(file.id,))
    assert len(sent.text.splitlines()) == len(links(sent.text)) == 1
    with pytest.raises(TextRefused, match="text must not be empty"):
        await exchange.send(text=" ")


async def test_links_cost_what_the_parts_of_the_text_cost(exchange: Exchange) -> None:
    await exchange.add_rate("", 4000)
    await exchange.set_balance(100_000)
    await exchange.reload()
    file = await kept(exchange)
    sent = await exchange.send(text="x" * 160, files=(file.id,))
    await settled()
    assert sent.parts == 2, "without the link it is one"
    assert await exchange.charged() == 8000


async def test_a_link_is_good_for_its_days_from_when_the_text_arrives_at_the_latest(exchange: Exchange) -> None:
    file = await kept(exchange)
    sent = await exchange.send(files=(file.id,), at=exchange.clock() + 40 * DAY, valid_seconds=3600.0)
    (token,) = links(sent.text)
    exchange.set_clock((40 + LINK_DAYS) * DAY + 3500)
    assert (await exchange.files.linked(token)).file == file
    exchange.set_clock(200)
    with pytest.raises(LinkExpired):
        await exchange.files.linked(token)


async def test_a_link_cannot_be_made_up_and_leads_nowhere_once_its_file_is_deleted(exchange: Exchange) -> None:
    file, other = await kept(exchange), await kept(exchange, "dog.jpg")
    sent = await exchange.send(files=(file.id, other.id))
    token, others = links(sent.text)
    for wrong in (token[:-1], f"{others.partition('.')[0]}.{token.partition('.')[2]}", file.id, "é"):
        with pytest.raises(LinkInvalid):
            await exchange.files.linked(wrong)
    await exchange.files.remove(exchange.account.id, file.id)
    with pytest.raises(NotThere, match="deleted"):
        await exchange.files.linked(token)
    assert set(await exchange.files.several(exchange.account.id, sent.files)) == {other.id}


@pytest.mark.parametrize(
    ("files", "named"),
    [
        (("file-none",), "files must be ids of files of the account, or http or https URLs (got 'file-none')"),
        (tuple(f"file-{number}" for number in range(MOST_FILES + 1)), "at most 10 files (got 11)"),
        (("ftp://example.com/a",), "got 'ftp://example.com/a'"),
    ],
)
async def test_files_that_cannot_be_sent_are_refused(exchange: Exchange, files: Any, named: str) -> None:
    with pytest.raises(TextRefused) as refused:
        await exchange.send(files=files)
    assert named in str(refused.value)
    assert await exchange.messages.page(exchange.account.id) == []


async def test_another_account_s_file_reads_as_one_that_is_not_there(exchange: Exchange) -> None:
    file = await kept(exchange, account=(await exchange.add_account("other", "12015550199")).id)
    with pytest.raises(TextRefused, match="files of the account"):
        await exchange.send(files=(file.id,))


async def test_a_time_that_is_not_possible_is_refused_before_a_link_is_made(exchange: Exchange) -> None:
    file = await kept(exchange)
    for at in (float("inf"), float("nan"), 1e300):
        with pytest.raises(TextRefused, match="at must be"):
            await exchange.send(files=(file.id,), at=at)


async def test_a_text_to_a_phone_has_links_too(exchange: Exchange) -> None:
    await exchange.add_extension("101", "101-x")
    await exchange.reload()
    file = await kept(exchange)
    sent = await exchange.send("101", text="Look!", files=(file.id,), sender=OWN)
    assert sent.inside and sent.parts == 1 and len(links(sent.text)) == 1
