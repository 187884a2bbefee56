"""Makes faxes of what is wanted: checks it, converts the document, and keeps its pages."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from engine.features.errors import InvalidSetting
from engine.features.fax.boxes import emails_of
from engine.features.fax.files import FaxFiles
from engine.features.fax.model import LONGEST, LONGEST_AHEAD, LONGEST_COVER, Fax, NewFax, State, Way
from engine.features.fax.pages.converting import Pages
from engine.features.fax.pages.covers import MOST_LINES, wrapped
from engine.features.fax.pages.model import COLUMNS, Cover
from engine.features.files.service import FileService
from engine.features.numbers.phone_numbers import normalise
from engine.ids import new_id
from engine.platform.platform import Platform
from engine.store.accounts import Account

MOST_RETRIES = 20
LEAST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 86_400.0
Check = Callable[[str, str, str | None], None]
_BLANKS = {0xA0: " ", 0x202F: " "}
"""Blanks that do not break, such as before a French colon."""


class Making:
    """Makes them; `check` refuses numbers that an account may not call, or not show."""

    def __init__(self, platform: Platform, check: Check, files: FileService, pages: Pages, kept: FaxFiles) -> None:
        self._clock, self._cache = platform.clock, platform.cache
        self._check, self._files, self._pages, self._kept = check, files, pages, kept

    def checked(self, account: Account, wanted: NewFax, id: str) -> Fax:
        """Return what is wanted as a fax without pages.

        Raises InvalidSetting, InvalidNumber, and what a call is refused for (NumberRefused, CallerRefused).
        """
        now = self._clock()
        _check_times(wanted, now)
        to = normalise(wanted.to, account.country)
        own = next(iter(self._cache.rules(account.id).owned), "")
        sender = normalise(wanted.sender, account.country) if wanted.sender else own
        self._check(account.id, to, sender or None)
        return Fax(
            id=id, account=account.id, way=Way.OUT, state=State.QUEUED, number=to, own=sender, created=now,
            at=now if wanted.at is None else wanted.at, file=wanted.file,
            from_name=_line(wanted.from_name, "from_name"), to_name=_line(wanted.to_name, "to_name"),
            subject=_line(wanted.subject, "subject"), cover=_cover(wanted.cover), emails=emails_of(wanted.emails),
            header=wanted.header, retries=wanted.retries, wait_seconds=wanted.wait_seconds, read=True,
        )  # fmt: skip

    def changed(self, account: Account, before: Fax, fields: Mapping[str, Any]) -> Fax:
        """Return a fax with other fields (those of NewFax), and the pages that it had; raises what `checked` raises."""
        wanted = msgspec.structs.replace(_wanted(before), **{"at": None, **fields})
        after = self.checked(account, wanted, before.id)
        at = after.at if "at" in fields else before.at
        return msgspec.structs.replace(
            after, at=at, state=before.state, pages=before.pages, kept=before.kept, bytes=before.bytes
        )

    async def paged(self, account: Account, fax: Fax) -> Fax:
        """Convert a fax's document, and keep its pages under a name of their own; returns the fax with them.

        Raises NotThere for the file, DocumentRefused, LimitReached, EngineUnavailable.
        """
        made = await self._pages.tiff(account.id, lambda: self._files.content(account.id, fax.file), cover_of(fax))
        kept = f"{new_id('pages')}.tif"
        await self._kept.kept.write(kept, made.content)
        return msgspec.structs.replace(fax, pages=made.pages, kept=kept, bytes=len(made.content))


def cover_of(fax: Fax) -> Cover | None:
    """Return what stands on a fax's cover page; None: it has none."""
    if not fax.cover:
        return None
    return Cover(
        at=fax.at, text=fax.cover, from_name=fax.from_name, from_number=f"+{fax.own}" if fax.own else "",
        to_name=fax.to_name, to_number=f"+{fax.number}", subject=fax.subject,
    )  # fmt: skip


def _wanted(fax: Fax) -> NewFax:
    return NewFax(
        to=f"+{fax.number}", file=fax.file, sender=f"+{fax.own}" if fax.own else None, from_name=fax.from_name,
        to_name=fax.to_name, subject=fax.subject, cover=fax.cover, emails=fax.emails, at=fax.at, retries=fax.retries,
        wait_seconds=fax.wait_seconds, header=fax.header,
    )  # fmt: skip


def _check_times(wanted: NewFax, now: float) -> None:
    if wanted.at is not None and not now - 60 < wanted.at <= now + LONGEST_AHEAD:
        raise InvalidSetting(f"at must be a time to come, within {LONGEST_AHEAD / 86400:g} days.")
    if not 0 <= wanted.retries <= MOST_RETRIES:
        raise InvalidSetting(f"retries must be 0 to {MOST_RETRIES} (got {wanted.retries}).")
    wait = wanted.wait_seconds
    if wait is not None and not LEAST_WAIT_SECONDS <= wait <= LONGEST_WAIT_SECONDS:
        raise InvalidSetting(f"wait_seconds must be {LEAST_WAIT_SECONDS:g} to {LONGEST_WAIT_SECONDS:g} (got {wait:g}).")


def _line(text: str, what: str) -> str:
    line = " ".join(text.split())
    if len(line) > LONGEST or not line.isprintable():
        raise InvalidSetting(f"{what} must be at most {LONGEST} printable characters.")
    return line


def _cover(text: str) -> str:
    """Return a cover page's text as it is kept; raises InvalidSetting."""
    text = text.replace("\r\n", "\n").translate(_BLANKS).strip("\n").rstrip()
    if len(text) > LONGEST_COVER:
        raise InvalidSetting(f"cover must be at most {LONGEST_COVER:,} characters (got {len(text):,}).")
    wrong = next((each for each in text if each != "\n" and not each.isprintable()), None)
    if wrong is not None:
        raise InvalidSetting(f"cover must be printable characters and newlines (got {wrong!r}).")
    if (lines := len(wrapped(text))) > MOST_LINES:
        raise InvalidSetting(f"cover must be at most {MOST_LINES} lines of {COLUMNS} characters (got {lines} lines).")
    return text
