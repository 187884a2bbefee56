"""SSML becomes texts and pauses that every engine speaks; what is not SSML is refused."""

from collections.abc import Sequence

import numpy as np
import pytest

from engine.media import PromptError, Voices
from engine.media.speech.flite import Flite
from engine.media.speech.speech_engine import Speech, Voice
from engine.media.speech.ssml import parts
from tests.support.audio import read, sine, words


class Tone:
    """A speech engine that speaks every text as half a second of a tone."""

    engine = "tone"

    def __init__(self) -> None:
        self.said: list[str] = []

    def voices(self) -> Sequence[Voice]:
        return [Voice(engine="tone", name="a", locale="en-us")]

    async def synthesise(self, text: str, voice: Voice) -> Speech:
        self.said.append(text)
        return Speech(samples=sine(440, 0.5, 16_000), rate=16_000)

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("ssml", "expected"),
    [
        ("Hello", ["Hello"]),
        ("<speak>Hello</speak>", ["Hello"]),
        ('<?xml version="1.0"?><speak>Hi &amp; bye</speak>', ["Hi & bye"]),
        ('<speak xmlns="http://www.w3.org/2001/10/synthesis"><s>A</s></speak>', ["A", 0.4]),
        ('A<break time="500ms"/>B', ["A", 0.5, "B"]),
        ('A<break time="1.5s"/>B', ["A", 1.5, "B"]),
        ('A<break time="99s"/>B', ["A", 10.0, "B"]),
        ('A<break strength="strong"/>B', ["A", 0.7, "B"]),
        ("A<break/>B", ["A", 0.4, "B"]),
        ('A<break strength="none"/>B', ["AB"]),
        ("<p><s>A</s><s>B</s></p>C", ["A", 0.4, "B", 0.7, "C"]),
        ('<sub alias="World Wide Web">WWW</sub>', ["World Wide Web"]),
        ('<say-as interpret-as="digits">120</say-as>', [" 1, 2, 0 "]),
        ('<say-as interpret-as="date">1/2</say-as>', ["1/2"]),
        ('<prosody rate="slow">A <emphasis>B</emphasis></prosody> C', ["A B C"]),
        ("<audio src='http://x/y.wav'>not this</audio>but this", ["but this"]),
    ],
)
def test_what_is_heard(ssml: str, expected: list[str | float]) -> None:
    assert parts(ssml, 600) == expected


@pytest.mark.parametrize(
    ("ssml", "reason"),
    [
        ("<speak>open", "bad_ssml"),
        ("<speak>a</speak>b", "bad_ssml"),
        ("a < b", "bad_ssml"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><speak>&a;</speak>', "bad_ssml"),
        ("<speak><![CDATA[x]]></speak>", "bad_ssml"),
        ("<speak>&unknown;</speak>", "bad_ssml"),
        ("<speak></speak>", "empty"),
        ("<break/>", "empty"),
        ("x" * 601, "text_too_long"),
        ("<b/>" * 2000, "text_too_long"),
    ],
)
def test_what_is_refused(ssml: str, reason: str) -> None:
    with pytest.raises(PromptError) as refused:
        parts(ssml, 600)
    assert refused.value.reason == reason


async def test_pauses_are_heard_between_the_words(make) -> None:
    speaker = Tone()
    prompt = await (await make(voices=Voices([speaker]))).say('One<break time="800ms"/>two.', ssml=True)
    assert speaker.said == ["One", "two."]
    assert prompt.seconds == pytest.approx(1.8, abs=0.02)
    samples, rate = read(prompt.path + ".sln16")
    middle = samples[int(0.6 * rate) : int(1.2 * rate)]
    assert float(np.abs(middle).max()) < 0.01


async def test_the_same_text_as_ssml_and_plain_is_not_the_same_prompt(make) -> None:
    prompts = await make(voices=Voices([Tone()]))
    plain = await prompts.say('One <break time="1s"/> two')
    marked = await prompts.say('One <break time="1s"/> two', ssml=True)
    assert plain is not marked and await prompts.say('One <break time="1s"/> two', ssml=True) is marked


@pytest.mark.parametrize(
    ("ssml", "reason"), [("<s>.</s>", "empty"), ('A<break time="10s"/>B<s/>' * 70, "too_long")]
)
async def test_ssml_without_words_or_too_long(make, ssml: str, reason: str) -> None:
    with pytest.raises(PromptError) as refused:
        await (await make(voices=Voices([Tone()]))).say(ssml, ssml=True)
    assert refused.value.reason == reason


async def test_ssml_is_understood(make) -> None:
    prompts = await make(voices=Voices([Flite()]))
    prompt = await prompts.say('<speak>Hello.<break time="300ms"/><s>You pressed five.</s></speak>', ssml=True)
    assert words(prompt.path + ".ulaw", "you pressed five") and not words(prompt.path + ".ulaw", "my name is")
