"""One turn at the telephone: where the caller is in the menu of a box, and what is spoken and heard there."""

from engine.calls.talk import Talk
from engine.features.voicemail.listening.phrases import Phrases
from engine.features.voicemail.listening.place import Place
from engine.model.call import Call
from engine.queues.roles import SteeringSubject
from engine.tasks.next_digit import Keys


class Turn(Talk):
    """Speaks the sentences of a box's language."""

    def __init__(
        self, call: Call, place: Place, on: SteeringSubject, keys: Keys, phrases: Phrases, locale: str
    ) -> None:
        super().__init__(
            on, keys, locale, unplayable=phrases.unplayable, wrong_key=phrases.wrong_key, ended=place.ended
        )
        self.call, self.place, self.phrases = call, place, phrases

    def sentence(self, name: str, **words: str) -> str:
        """One of the sentences of the box's language."""
        text: str = getattr(self.phrases, name)
        return text.format(**words)
