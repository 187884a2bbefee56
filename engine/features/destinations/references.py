"""What leads to a destination: asked before it is removed."""

from collections.abc import Iterator

from engine.features.errors import StillUsed
from engine.platform.settings_cache import SettingsCache


def leading_to(cache: SettingsCache, account: str, text: str) -> Iterator[str]:
    """What of an account leads to a stored destination, in words: "the number 500", "the group sales"."""
    for number in cache.numbers:
        if number.account == account and str(number.leads_to or "") == text:
            yield f"the number {number.number}"
    for extension in cache.extensions.values():
        if extension.account == account and text in (extension.no_answer, extension.busy, extension.unregistered):
            yield f"the extension {extension.number}"
    for group in cache.groups:
        if group.account == account and group.otherwise == text:
            yield f"the group {group.name}"


def refuse_used(cache: SettingsCache, account: str, text: str, what: str) -> None:
    """Refuse to remove `what` while something leads to it; raises StillUsed."""
    if leading := list(leading_to(cache, account, text)):
        raise StillUsed(f"{what} is still used: {', '.join(leading[:5])} leads to it. Let that lead elsewhere first.")
