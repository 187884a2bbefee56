"""Creates what a new system needs for a first try: an account, two extensions, and a number that answers.

A second run changes nothing.
"""

from typing import Any, Protocol

import msgspec

ACCOUNT = "demo"
EXTENSIONS = {"100": "First phone", "101": "Second phone"}
WELCOME = "500"
TASKS: list[dict[str, Any]] = [
    {"kind": "say", "text": "Welcome to Carillon. Please press a digit.", "wait": False},
    {
        "kind": "wait_for_digits",
        "seconds": 30.0,
        "hang_up_on_timeout": True,
        "barge_in": True,
        "typed_ahead": True,
    },
    {"kind": "say", "text": "You pressed {digit}. Thank you, and goodbye."},
    {"kind": "hang_up"},
]


class Admin(Protocol):
    """The methods of the admin API's client that the setup uses; they raise CommandFailed."""

    async def get(self, path: str) -> Any:
        """Send GET; returns the parsed JSON."""

    async def post(self, path: str, body: Any) -> Any:
        """Send POST with a JSON body; returns the parsed JSON."""


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """The settings with which a softphone registers; phones of the same account dial its `number`."""

    number: str
    user: str
    password: str


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """The demonstration's account and its phones."""

    account: str
    apikey: str
    token: str
    phones: tuple[Phone, ...]


async def setup(admin: Admin) -> Demo:
    """Create what is missing; returns the account and its phones."""
    names = {account["name"] for account in (await admin.get("/accounts"))["accounts"]}
    if ACCOUNT not in names:
        await admin.post("/accounts", {"name": ACCOUNT, "allow_private": True})
    there = {extension["number"] for extension in (await admin.get(f"/extensions?account={ACCOUNT}"))["extensions"]}
    for number, name in EXTENSIONS.items():
        if number not in there:
            await admin.post("/extensions", {"number": number, "account": ACCOUNT, "name": name})
    numbers = {number["number"] for number in (await admin.get("/numbers"))["numbers"]}
    if WELCOME not in numbers:
        await admin.post("/numbers", {"number": WELCOME, "account": ACCOUNT, "tasks": TASKS})
    credentials = await admin.get(f"/accounts/{ACCOUNT}/credentials")
    phones = [await _phone(admin, number) for number in EXTENSIONS]
    return Demo(
        account=ACCOUNT,
        apikey=await _first_key(admin, credentials),
        token=credentials["carillon"]["token"],
        phones=tuple(phones),
    )


async def first_dialect(admin: Admin) -> dict[str, Any] | None:
    """Return the first dialect in which one request, without a signature, places a call; None: there is none."""
    dialects: list[dict[str, Any]] = (await admin.get("/dialects"))["dialects"]
    return next((dialect for dialect in dialects if dialect["first_call"]), None)


async def _first_key(admin: Admin, credentials: dict[str, Any]) -> str:
    dialect = await first_dialect(admin)
    return str(credentials[dialect["name"]][dialect["key"]]) if dialect else ""


async def _phone(admin: Admin, number: str) -> Phone:
    shown = await admin.get(f"/extensions/{number}/credentials?account={ACCOUNT}")
    return Phone(number=number, user=shown["user"], password=shown["password"])
