"""Telephones that listen to their voicemail: where they are in its menu, and lamps that can be subscribed to."""

import asyncio
import json
from typing import Any

from tests.support.carillon import Admin, Own
from tests.support.phone import Phone
from tests.support.scenario import until

DIGIT_SECONDS = 0.25
"""Between two keys of a phone: a finger is not faster."""


async def typed(phone: Phone, digits: str) -> None:
    """Press keys one after the other, as a person does."""
    for digit in digits:
        await phone.press(digit)
        await asyncio.sleep(DIGIT_SECONDS)


async def conversing(own: Own, caller: str) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    """The newest call of a caller, the place of the turn that runs in it ({} for none), and its tasks."""
    _, body = await own.ask("GET", "calls?limit=20")
    call = next((each for each in body["calls"] if each["caller"] == caller), None)
    tasks = await own.queue(call["id"]) if call else []
    running = [task for task in tasks if task["kind"] == "converse" and task["state"] == "running"]
    return (call or {"id": ""})["id"], state_of(running[-1]) if running else {}, tasks


def state_of(task: dict[str, Any]) -> dict[str, Any]:
    """Where a turn of a conversation is."""
    fields = task.get("parameters") or task.get("task") or task
    state = fields["state"] if str(fields.get("state", "")).startswith("{") else fields["fields"]["state"]
    return dict(json.loads(state))


async def is_at(own: Own, caller: str, step: str, **place: Any) -> dict[str, Any]:
    """Wait until a caller's call is at a step of the menu; returns the place."""

    async def look() -> dict[str, Any]:
        return (await conversing(own, caller))[1]

    def there(found: dict[str, Any]) -> bool:
        return found.get("step") == step and all(found.get(name) == value for name, value in place.items())

    return dict(await until(look, there, within=20, what=f"the caller is at {step}"))


async def tailed(admin: Admin, other: str, number: str) -> None:
    """Let another account have an extension first, so that the next one of its number has a name nobody guesses."""
    await admin.ask("POST", "extensions", {"number": number, "account": other})
