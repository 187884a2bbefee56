"""Parts of texts to submit."""

from engine.features.messaging.carrier import Submission
from engine.features.messaging.encoding import parts_of

OURS = "12015552000"
DELIVERED = "12015550140"


def part(recipient: str = DELIVERED, text: str = "Hello", sender: str = OURS, **more: object) -> Submission:
    """A text that is one part."""
    unicode, (content,) = parts_of(text)
    given = {"id": "p", "sender": sender, "recipient": recipient, "content": content, "unicode": unicode} | more
    return Submission(**given)  # type: ignore[arg-type]


def parts(text: str, recipient: str = DELIVERED, reference: int = 7) -> list[Submission]:
    """The parts of a text."""
    unicode, contents = parts_of(text)
    return [
        Submission(
            id=f"p{number}",
            sender=OURS,
            recipient=recipient,
            content=content,
            unicode=unicode,
            reference=reference,
            number=number,
            total=len(contents),
        )
        for number, content in enumerate(contents, 1)
    ]
