"""Ask the party to choose by digits: menus that lead to one another."""

import msgspec

from engine.ari.errors import AriError
from engine.tasks.interfaces import Subject
from engine.tasks.menu import Menu, Visit
from engine.tasks.next_digit import Keys
from engine.tasks.playing import Audible, Series
from engine.tasks.results import MenuEnded, TaskFailed
from engine.tasks.task import Task


class RunMenu(Task, frozen=True, kw_only=True, tag="run_menu"):
    """Run menus from `first` on, until a choice has a value, a sequence is complete, or the attempts are used up.

    With `barge_in` a digit stops the prompt at once and counts, also for the menu after it; without it what is pressed
    while prompts play does not count. With `typed_ahead` (and `barge_in`) what was pressed before the menus began, and
    no task took, counts as well. A wrong digit discards what was pressed behind it. A bad prompt ends the menus
    (`how` is error); Stopped says in which menu it was (`where`). After a restart of the controller it begins again
    with `first`. `secret`: the digits are in no timeline, nor is the result's value there.
    A destination (see engine.tasks.go_to.GoTo, also for `hops`) takes the place of what is queued behind the menus; one
    that a digit chose is the first of its chain.
    """

    first: str
    menus: tuple[Menu, ...]
    barge_in: bool = True
    typed_ahead: bool = False
    secret: bool = False
    hops: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if self.typed_ahead and not self.barge_in:
            raise ValueError("typed_ahead needs barge_in: without it only digits pressed after the prompts are used.")
        ids = {menu.id for menu in self.menus}
        if len(ids) < len(self.menus):
            raise ValueError("Two menus have the same id.")
        needed = {self.first, *(choice.menu for menu in self.menus for choice in menu.choices if choice.menu)}
        if missing := sorted(needed - ids):
            raise ValueError(f"There is no menu {missing[0]!r}.")

    @property
    def confidential(self) -> bool:
        """Whether the digits that it takes are shown to nobody."""
        return self.secret

    @property
    def prompts(self) -> tuple[Audible, ...]:
        """What it will play, as far as that is known when it is queued: prepared from then on."""
        every = (prompt for menu in self.menus for prompt in (*menu.main, *menu.repeat))
        return tuple(ready for prompt in every for ready in prompt.prompts)

    async def run(self, on: Subject) -> MenuEnded:
        """Ask until there is an answer; none is a result too."""
        if on.was_accepted:  # it was led on before a restart
            return MenuEnded(menu=self.first, how="return")
        ended = await self._ended(on)
        destination, hops = self._destination(ended)
        if destination:
            await on.lead(destination, hops=hops)
        return ended

    def _destination(self, ended: MenuEnded) -> tuple[str, int]:
        menu = next(menu for menu in self.menus if menu.id == ended.menu)
        if ended.how == "return":
            return next((choice.to for choice in menu.choices if choice.to and choice.to == ended.value), ""), 0
        return (menu.otherwise if ended.how in ("timeout", "invalid_input") else ""), self.hops

    async def _ended(self, on: Subject) -> MenuEnded:
        menus = {menu.id: menu for menu in self.menus}
        here = self.first
        with on.keypad.taking(typed_ahead=self.typed_ahead, secret=self.secret) as digits:
            await on.started()
            keys, series = Keys(digits), Series(on)
            try:
                while True:
                    on.reached(here)
                    answer = await Visit(menus[here], on, keys, series, barge_in=self.barge_in).answer()
                    if isinstance(answer, MenuEnded):
                        return msgspec.structs.replace(answer, secret=self.secret)
                    here = answer
            except (TaskFailed, AriError) as error:
                if await on.only_the_end(error):
                    raise
                reason = error.reason if isinstance(error, TaskFailed) else "asterisk_error"
                return MenuEnded(menu=here, how="error", reason=reason, detail=str(error))
