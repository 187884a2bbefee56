"""Play an audio file."""

from collections.abc import Coroutine
from typing import Any

from engine.media.prompts import Prompt
from engine.tasks.interfaces import Prepare
from engine.tasks.playing import Audible


class Play(Audible, frozen=True, kw_only=True, tag="play"):
    """Play `source`: http, https, a file below the media root, or `upload:<name>`, which the account uploaded."""

    source: str

    def prepared(self, prepare: Prepare) -> Coroutine[Any, Any, Prompt]:
        """Make it ready to play; raises PromptError."""
        return prepare.source(self.source)
