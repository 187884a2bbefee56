"""What leads to a destination: asked before it is removed."""

from collections.abc import Iterator

from engine.features.errors import StillUsed
from engine.platform.settings_cache import SettingsCache
from engine.store.numbers import CAPABILITIES, VOICE


def leading_to(cache: SettingsCache, account: str, text: str) -> Iterator[str]:
    """What of an account leads to a stored destination, in words: "the number 500", "the group sales"."""
    for capability in sorted(CAPABILITIES, reverse=True):
        for number in cache.numbers(account, capability):
            if str(number.leads_to or "") == text:
                yield f"the number {number.number}" + ("" if capability == VOICE else f" for {capability}")
    for extension in cache.extensions(account):
        if text in (extension.no_answer, extension.busy, extension.unregistered):
            yield f"the extension {extension.number}"
    for group in cache.groups(account):
        if group.otherwise == text:
            yield f"the group {group.name}"


def refuse_used(cache: SettingsCache, account: str, text: str, what: str) -> None:
    """Refuse to remove `what` while something leads to it; raises StillUsed."""
    if leading := list(leading_to(cache, account, text)):
        raise StillUsed(f"{what} is still used: {', '.join(leading[:5])} leads to it. Let that lead elsewhere first.")
