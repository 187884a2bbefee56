"""What is stored with a call for its customer: opaque to the engine, which hands it back in the call's events."""

import msgspec


class CallData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a dialect keeps with a call, a conference or a task.

    `dialect` names the API that wrote it. `address` is the URL that is notified ("": none). `values` are texts by
    names of the dialect's own. None of it is read by the engine.
    """

    dialect: str
    address: str = ""
    values: dict[str, str] = {}

    def __hash__(self) -> int:
        """Hash it with its values, so that a task that carries it can be a key."""
        return hash((self.dialect, self.address, *self.values.items()))


class DataPatch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change of CallData: the values in `set` are added or replaced, the names in `remove` are taken out.

    Two patches at the same time both take effect. `dialect` and `address` are those of a call that has no data yet;
    a call's own are never changed. Without a `dialect` such a call stays as it is.
    """

    set: dict[str, str] = {}
    remove: tuple[str, ...] = ()
    dialect: str = ""
    address: str = ""


def patched(data: CallData | None, patch: DataPatch) -> CallData | None:
    """Return the data after a patch; the same object if the patch changes nothing."""
    if data is None and not patch.dialect:
        return None
    before = data or CallData(dialect=patch.dialect, address=patch.address)
    values = {name: text for name, text in before.values.items() if name not in patch.remove} | patch.set
    if data is not None and values == data.values:
        return data
    return msgspec.structs.replace(before, values=values)
