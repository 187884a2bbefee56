"""Prompts that accounts upload: replaced and deleted with their files, each change kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.features.errors import NotThere
from engine.features.uploads.service import UploadService
from engine.media import PromptError
from engine.platform.audit import Actor
from engine.platform.feature import Features
from engine.store.accounts import Account
from tests.engine.features.conftest import History
from tests.engine.media.trouble import tone


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    for name in ("prompts", "uploads"):
        (tmp_path / name).mkdir()


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content


def files(folder: Path) -> int:
    return sum(path.is_file() for path in (folder / "uploads").rglob("*"))


async def test_a_prompt_is_added_replaced_and_deleted_with_its_file(
    services: Features, account: Account, history: History, tmp_path: Path
) -> None:
    by = Actor("account", account.id, account.name)
    first, new = await services[UploadService].put(by, account.id, "hello", chunks(tone(440, 0.2)))
    assert new and files(tmp_path) == 1
    second, new = await services[UploadService].put(by, account.id, "hello", chunks(tone(660, 0.3)))
    assert not new and files(tmp_path) == 1 and second.digest != first.digest
    await services[UploadService].delete(by, account.id, "hello")
    assert files(tmp_path) == 0
    deleted, replaced, added = await history(account.id)
    assert [entry.what for entry in (added, replaced, deleted)] == [
        "prompt.added", "prompt.replaced", "prompt.deleted",
    ]  # fmt: skip
    assert added.before is None and added.after == replaced.before
    assert deleted.before == replaced.after and deleted.after is None
    assert deleted.subject == "hello" and deleted.actor == account.id


async def test_what_is_refused_leaves_no_trace(
    services: Features, account: Account, history: History, tmp_path: Path
) -> None:
    by = Actor("account", account.id, account.name)
    for name, content in (("../hello", tone(440, 0.2)), ("hello", b"not audio")):
        with pytest.raises(PromptError):
            await services[UploadService].put(by, account.id, name, chunks(content))
    with pytest.raises(NotThere):
        await services[UploadService].delete(by, account.id, "hello")
    assert files(tmp_path) == 0 and await history(account.id) == []


async def test_two_accounts_with_a_prompt_of_the_same_name_never_meet(services: Features, account: Account) -> None:
    by = Actor("account", account.id, account.name)
    await services[UploadService].put(by, account.id, "hello", chunks(tone(440, 0.2)))
    with pytest.raises(NotThere):
        await services[UploadService].get("another", "hello")
    with pytest.raises(NotThere):
        await services[UploadService].delete(by, "another", "hello")
    assert [row.name for row in await services[UploadService].list(account.id)] == ["hello"]
