"""Spoken text is understood, cached, and never a command to the engine that speaks it."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.media import Prompt, PromptError, Prompts, Voices
from engine.media.speech.command import spoken
from engine.media.speech.espeak import Espeak
from engine.media.speech.flite import Flite
from engine.media.speech.hibari import HibariSpeaker
from engine.media.speech.speech_engine import Speaker, Speech, Voice
from engine.media.speech.text import clean
from tests.support.audio import level, read, said, silence, sine, spots, words

Make = Callable[..., Prompts]
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
PRESSED = [f"you pressed {digit}" for digit in DIGITS]


class Tone:
    """A speech engine that speaks every text as a tone, and counts."""

    engine = "tone"

    def __init__(self, seconds: float = 0.0) -> None:
        self.said: list[str] = []
        self.at_once = self.most_at_once = 0
        self.seconds = seconds

    def voices(self) -> Sequence[Voice]:
        return [Voice(engine="tone", name="a", locale="en-us"), Voice(engine="tone", name="b", locale="de")]

    async def synthesise(self, text: str, voice: Voice) -> Speech:
        self.said.append(text)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        return Speech(samples=sine(440, 0.5, 22_050), rate=22_050)

    async def close(self) -> None:
        pass


@pytest.fixture
async def spoken_by(make: Make) -> Callable[..., object]:
    async def build(*speakers: Speaker, **limits) -> Prompts:
        return await make(voices=Voices(speakers), **limits)

    return build


def understood(prompt: Prompt, phrase: str) -> bool:
    """By the recogniser, on the µ-law a telephone carries; the decoy is checked too."""
    return words(prompt.path + ".ulaw", phrase)


@pytest.mark.parametrize("speaker", [HibariSpeaker, Flite])
@pytest.mark.parametrize(("text", "phrase", "other"), [
    ("Hello. My name is Carillon.", "my name is", "you pressed"),
    ("You pressed 5.", "you pressed five", "my name is"),
    ("Please enter your number.", "please enter your number", "you pressed five"),
])
async def test_english_is_understood(spoken_by, speaker, text: str, phrase: str, other: str) -> None:
    prompt = await (await spoken_by(speaker())).say(text, locale="en-US")
    assert understood(prompt, phrase)
    assert not understood(prompt, other)


@pytest.mark.parametrize("speaker", [HibariSpeaker, Flite])
async def test_every_digit_is_recognised_and_distinguished(spoken_by, speaker) -> None:
    prompts = await spoken_by(speaker())
    heard = []
    for digit in range(10):
        samples, rate = read((await prompts.say(f"You pressed {digit}.")).path + ".ulaw")
        heard.append(said(np.concatenate([silence(0.5), samples, silence(0.5)]), rate, PRESSED))
    assert heard == PRESSED


async def test_british_english_is_understood(spoken_by) -> None:
    prompt = await (await spoken_by(HibariSpeaker())).say("Hello. My name is Carillon.", locale="en-GB")
    assert understood(prompt, "my name is")


OTHERS = [("de-DE", "Guten Tag"), ("fr", "Bonjour"), ("zh-CN", "你好"), ("ru", "Привет"), ("hi-IN", "नमस्ते"),
          ("ar", "مرحبا"), ("pt-BR", "Olá"), ("es-MX", "Hola")]


@pytest.mark.parametrize(("locale", "text"), OTHERS)
async def test_other_languages_sound(spoken_by, locale: str, text: str) -> None:
    prompt = await (await spoken_by(HibariSpeaker(), Espeak())).say(text, locale=locale)
    samples, _ = read(prompt.path + ".ulaw")
    assert 0.3 < prompt.seconds < 4
    assert level(samples) > -32


async def test_engines_are_heard_at_about_the_same_peak(spoken_by) -> None:
    for speaker in (HibariSpeaker(), Flite(), Espeak()):
        prompt = await (await spoken_by(speaker)).say("Good morning.", locale="en")
        assert float(np.abs(read(prompt.path + ".sln16")[0]).max()) == pytest.approx(0.7, abs=0.1)


def test_each_locale_gets_its_voice_and_an_unknown_one_the_default() -> None:
    voices = Voices([HibariSpeaker(), Espeak()])
    asked = ["en-US", "en_GB", "en-AU", "en", "de-AT", "fr-FR", "fr", "pt-BR", "zh-CN", "zh-HK", "xx-YY", "", "-v evil"]
    chosen = {locale: voices.choose(locale) for locale in asked}
    assert {locale: (voice.engine, voice.locale) for locale, voice in chosen.items()} == {
        "en-US": ("hibari", "en-us"), "en_GB": ("hibari", "en-gb"), "en-AU": ("hibari", "en-gb"),
        "en": ("hibari", "en-us"), "de-AT": ("espeak-ng", "de"), "fr-FR": ("espeak-ng", "fr-fr"),
        "fr": ("espeak-ng", "fr"), "pt-BR": ("espeak-ng", "pt-br"), "zh-CN": ("espeak-ng", "zh-cn"),
        "zh-HK": ("espeak-ng", "zh-hk"), "xx-YY": ("hibari", "en-us"), "": ("hibari", "en-us"),
        "-v evil": ("hibari", "en-us"),
    }
    assert voices.choose("fr").name == "fr-fr" and voices.choose("zh-CN").name in ("cmn", "cmn-latn-pinyin")


def test_a_voice_is_chosen_by_name_and_an_unknown_name_is_not_an_option_of_a_program() -> None:
    voices = Voices([HibariSpeaker(), Flite(), Espeak()])
    assert voices.choose("en-US", "SLT").engine == "flite"
    assert voices.choose("en-US", "--help").name == "heart"


def test_english_is_spoken_by_the_first_installed_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Voices.standard().choose("en-US").engine == "hibari"
    monkeypatch.setattr(HibariSpeaker, "voices", lambda self: [])
    assert Voices.standard().choose("en-US").engine == "flite"


def test_a_missing_engine_is_an_error() -> None:
    with pytest.raises(PromptError, match="no speech engine is installed"):
        Voices([]).choose("en-US")


@pytest.mark.parametrize(("text", "plain"), [
    ("Hello", "Hello"),
    ("  Hello \n\t there\x00\x1b[31m ", "Hello there 31m"),
    ("<speak>Hello <break time='1s'/> you &amp; me</speak>", "Hello you & me"),
    ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
    ("[[h@'loU]] there [x](/hi/)", "h@'loU there x"),
    ("You pressed #.", "You pressed pound."),
    ("Press * or # now", "Press star or pound now"),
    ("Press #1 and 2*3", "Press #1 and 2*3"),
    ("a\u202eb\ud800c\U000e0041", "ab c"),
    ("--version", "--version"),
])
def test_only_plain_words_reach_an_engine(text: str, plain: str) -> None:
    assert clean(text, 600) == plain


def test_a_hash_is_called_hash_in_britain_and_left_alone_elsewhere() -> None:
    assert clean("Press #", 600, "en-gb") == "Press hash"
    assert clean("Drücken Sie #", 600, "de") == "Drücken Sie #"


@pytest.mark.parametrize("text", ["", "   ", "\n\x00", "...", "<break/>", "#"])
async def test_a_text_without_words_is_empty(spoken_by, text: str) -> None:
    with pytest.raises(PromptError) as caught:
        await (await spoken_by(Tone())).say(text, locale="de")
    assert caught.value.reason == "empty"


async def test_a_text_the_voice_cannot_speak_is_empty(spoken_by) -> None:
    with pytest.raises(PromptError) as caught:
        await (await spoken_by(HibariSpeaker())).say("你好", locale="en-US")
    assert caught.value.reason == "empty"


async def test_a_text_is_limited(spoken_by) -> None:
    prompts = await spoken_by(Tone())
    await prompts.say("a" * 600)
    with pytest.raises(PromptError) as caught:
        await prompts.say("a" * 601)
    assert caught.value.reason == "text_too_long"


@pytest.mark.parametrize("speaker", [Flite, Espeak])
async def test_a_text_is_never_an_option_or_a_file(spoken_by, speaker, tmp_path: Path) -> None:
    prompts = await spoken_by(speaker())
    for text in ("--version", "-o /tmp/evil.wav", "-f /etc/passwd", "/etc/passwd", "$(touch evil); `id`", "hello"):
        prompt = await prompts.say(text)
        assert 0.2 < prompt.seconds < 8
    samples, rate = read((await prompts.say("-f /etc/passwd")).path + ".ulaw")
    assert len(samples) / rate < 5


async def test_the_same_text_is_synthesised_once(spoken_by) -> None:
    speaker = Tone()
    prompts = await spoken_by(speaker)
    first, second = await asyncio.gather(prompts.say("hello"), prompts.say(" hello "))
    assert first is second is await prompts.say("hello", locale="en-US")
    assert await prompts.say("hello", locale="de") is not first
    assert speaker.said == ["hello", "hello"]


async def test_texts_are_synthesised_one_at_a_time(spoken_by) -> None:
    speaker = Tone(seconds=0.01)
    prompts = await spoken_by(speaker)
    await asyncio.gather(*(prompts.say(f"number {number}") for number in range(5)))
    assert (len(speaker.said), speaker.most_at_once) == (5, 1)


async def test_an_engine_that_hangs_is_an_error_in_time(spoken_by) -> None:
    prompts = await spoken_by(Tone(seconds=60), speech_seconds=0.05)
    with pytest.raises(PromptError) as caught:
        await prompts.say("hello")
    assert caught.value.reason == "speech_failed"


async def test_a_program_is_ended_with_the_call_that_wanted_it(tmp_path: Path) -> None:
    script = tmp_path / "slow"
    script.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
    script.chmod(0o755)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await spoken(str(script), text="hello")
    assert time.monotonic() - began < 5
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize("program", ["/nonexistent/program", "/bin/false", "/bin/true"])
async def test_a_program_that_fails_is_an_error_that_names_it(program: str) -> None:
    with pytest.raises(PromptError, match=program):
        await spoken(program, text="hello")


async def test_the_same_text_sounds_the_same_each_time() -> None:
    speaker = HibariSpeaker()
    voice = speaker.voices()[0]
    first, second = [await speaker.synthesise("Good morning.", voice) for _ in range(2)]
    assert np.array_equal(first.samples, second.samples)
    await speaker.close()


def test_the_recogniser_spots_nothing_in_a_tone_or_in_silence() -> None:
    for sound in (sine(440, 3), np.zeros(24_000, np.float32)):
        assert not spots(sound, 8_000, "my name is")
