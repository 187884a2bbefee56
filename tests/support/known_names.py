"""A name server's answers, as a test wants them."""

from collections.abc import Iterable

from engine.features.trunks.names import Answer


class KnownNames:
    """Knows these names and no other; `asked` are the names that were looked up, in order."""

    def __init__(self, answers: dict[str, Answer] | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[str] = []

    async def look_up(self, hosts: Iterable[str]) -> dict[str, Answer]:
        """Return what is known of each host."""
        names = list(dict.fromkeys(hosts))
        self.asked += names
        return {name: self.answers.get(name, Answer()) for name in names}
