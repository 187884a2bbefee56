"""Recordings and uploaded prompts in answers."""

from typing import Annotated

from api.own.schema.fields import Moment, MomentOrNone, Shown, says


class Recording(Shown, frozen=True, kw_only=True):
    """A recording."""

    id: Annotated[str, says("The recording's id.")]
    account: Annotated[str, says("The account's id.")]
    owner: Annotated[str, says("The id of the call or conference that was recorded.")]
    name: Annotated[str, says("What its link ends in, before its format.")]
    created: Moment
    seconds: Annotated[float, says("Its length, in seconds.")]
    bytes: Annotated[int, says("The size of its file, in bytes.")]
    deleted: MomentOrNone
    format: Annotated[str, says("wav or mp3.")]
    destination: Annotated[str | None, says("The bucket's address; null: it is kept here.")]
    available: MomentOrNone
    error: Annotated[str | None, says("Why it did not reach its destination.")]
    url: Annotated[str | None, says("A link to its file, good for seven days; null if it was deleted.")]


class Recordings(Shown, frozen=True, kw_only=True):
    """A page of recordings."""

    recordings: Annotated[tuple[Recording, ...], says("The recordings, newest first.")]


class Measure(Shown, frozen=True, kw_only=True):
    """What a recording's file holds."""

    seconds: Annotated[float, says("Its length, in seconds.")]
    bytes: Annotated[int, says("Its size, in bytes.")]
    level_dbfs: Annotated[float, says("Its RMS level in dBFS; -120 for digital silence.")]


class Prompt(Shown, frozen=True, kw_only=True):
    """A prompt that the account uploaded."""

    name: Annotated[str, says("Its name.")]
    source: Annotated[str, says("What a task plays it by: upload:NAME.")]
    created: Moment
    seconds: Annotated[float, says("Its length, in seconds.")]
    bytes: Annotated[int, says("The size of its file, in bytes.")]


class Prompts(Shown, frozen=True, kw_only=True):
    """An account's prompts."""

    prompts: Annotated[tuple[Prompt, ...], says("The prompts, by name.")]
