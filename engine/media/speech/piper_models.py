"""The Piper models in a folder: which can be used and for which locale, and why the others cannot.

The file `voices.toml` in the folder gives names to voices: a table for each name, with the file `model` (without .onnx)
and for a model of several speakers the number `speaker`, from 0.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

_CODE = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*", re.IGNORECASE)
_PHONEMES = ("espeak", "text")
"""The other kinds need further packages, or download data at their first use."""


NAMES = "voices.toml"


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a name means: a model's name, and which of its speakers; None: the default one."""

    model: str
    speaker: int | None = None


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A model: its file, its locale (lower case, BCP 47), and a mark that changes with its files."""

    path: Path
    locale: str
    mark: str

    @property
    def name(self) -> str:
        """The file's name without its extension."""
        return self.path.stem


def models(folder: Path) -> tuple[list[Model], list[str]]:
    """Return every usable model, a language's home country first, and a sentence for each that cannot be used.

    A model is a `NAME.onnx` with a `NAME.onnx.json`. A missing folder counts as empty.
    """
    found: list[Model] = []
    faults: list[str] = []
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix == ".onnx")
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [f"The folder of voices {folder} cannot be read: {error.strerror}."]
    for file in files:
        try:
            found.append(_read(file))
        except (OSError, ValueError) as error:
            faults.append(f"{file.name} is not used: {_reason(error, file)}.")
    found.sort(key=lambda model: not _at_home(model.locale))
    return found, faults


def names(folder: Path, found: list[Model]) -> tuple[dict[str, Named], list[str]]:
    """Return what each name of the folder's `voices.toml` means, and a sentence for each that cannot be used."""
    try:
        given = tomllib.loads((folder / NAMES).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError) as error:
        return {}, [f"{NAMES} is not used: {getattr(error, 'strerror', None) or error}."]
    known = {model.name for model in found}
    meant: dict[str, Named] = {}
    faults: list[str] = []
    for name, value in given.items():
        try:
            named = msgspec.convert(value, Named)
        except msgspec.ValidationError as error:
            faults.append(f"The name {name} in {NAMES} is not used: {error}.")
            continue
        if named.model in known:
            meant[name] = named
        else:
            faults.append(f"The name {name} in {NAMES} is not used: there is no usable model {named.model}.onnx.")
    return meant, faults


def locales(model: Model) -> Iterator[str]:
    """Return the locales of a model: its own, and except for English its language's, if no other voice is nearer."""
    yield model.locale
    language = model.locale.partition("-")[0]
    if language not in (model.locale, "en"):
        yield language


def _read(file: Path) -> Model:
    beside = file.with_name(f"{file.name}.json")
    about: Any = json.loads(beside.read_text(encoding="utf-8"))
    if not isinstance(about, dict):
        raise ValueError(f"{beside.name} is not a voice's description")
    kind = about.get("phoneme_type", "espeak")
    if kind not in _PHONEMES:
        raise ValueError(f"its phonemes are of the kind {str(kind)[:16]!r}, which is not supported")
    language, espeak = about.get("language"), about.get("espeak")
    # Models from before 2023 have only this field.
    code = (language.get("code") if isinstance(language, dict) else None) or (
        espeak.get("voice") if isinstance(espeak, dict) else None
    )
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise ValueError(f"{beside.name} names no language.code")
    marks = [f"{state.st_size}.{state.st_mtime_ns}" for state in (file.stat(), beside.stat())]
    return Model(path=file.absolute(), locale=code.lower().replace("_", "-"), mark="-".join(marks))


def _reason(error: Exception, file: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no {file.name}.json beside it"
    if isinstance(error, OSError):
        return f"it cannot be read: {error.strerror}"
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return f"{file.name}.json is not JSON"
    return str(error)


def _at_home(locale: str) -> bool:
    language, _, country = locale.partition("-")
    return language == country
