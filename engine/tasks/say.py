"""Speak a text."""

from collections.abc import Coroutine
from typing import Any, Self

import msgspec

from engine.media.prompts import Prompt
from engine.tasks.interfaces import Prepare
from engine.tasks.playing import Audible

LAST_DIGIT = "{digit}"


class Say(Audible, frozen=True, kw_only=True, tag="say"):
    """Speak `text` in `locale` (BCP 47). A text that names the last digit, `{digit}`, is synthesised when due.

    `voice` is the name of a voice; None: that of the locale. `length_factor` 1.4: 1.4 times as long as it speaks by
    itself (0.5 to 2).
    `ssml`: the text is SSML, of which engine.media.speech.ssml says what is heard.
    `masked`: no timeline shows the text.
    """

    text: str
    locale: str = "en-US"
    voice: str | None = None
    ssml: bool = False
    length_factor: float = 1.0
    masked: bool = False

    @property
    def prompts(self) -> tuple[Audible, ...]:
        """What is known only when it is due is not prepared before."""
        return () if LAST_DIGIT in self.text else (self,)

    def prepared(self, prepare: Prepare) -> Coroutine[Any, Any, Prompt]:
        """Make it ready to play; raises PromptError."""
        return prepare.text(self.text, self.locale, self.voice or "", ssml=self.ssml, length_factor=self.length_factor)

    def due(self, last: str) -> Self:
        """The prompt as it is now that its time has come; `last` are the digits last collected."""
        return msgspec.structs.replace(self, text=self.text.replace(LAST_DIGIT, last))
