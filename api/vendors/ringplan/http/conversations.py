"""RingPlan's conversations and their messages: threads of texts."""

from aiohttp import web

from api.vendors.ringplan import fields
from api.vendors.ringplan.errors import Invalid, NotFound
from api.vendors.ringplan.http import message_files, requests
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.ringplan.http.conversation_shapes import ConversationShapes
from api.vendors.ringplan.http.texting_numbers import TextingNumberOperations
from engine.features.errors import NotThere
from engine.features.messaging.threads.model import ThreadText
from engine.features.messaging.threads.service import ThreadService
from engine.features.phonebook.model import EntryFields, PhonebookEntry
from engine.features.phonebook.service import Phonebook

PATH = "/texting/conversations"
LONGEST_TEXT = 1600


class ConversationOperations:
    """Lists, finds, opens and removes conversations; lists, sends, marks and removes their messages."""

    def __init__(
        self,
        threads: ThreadService,
        phonebook: Phonebook,
        numbers: TextingNumberOperations,
        shapes: ConversationShapes,
    ) -> None:
        self._threads, self._phonebook, self._numbers, self._shapes = threads, phonebook, numbers, shapes

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        messages = f"{PATH}/{{conversation}}/messages"
        return {
            f"GET {PATH}": self.list_all,
            f"GET {PATH}/search": self.search,
            f"POST {PATH}": self.open,
            f"DELETE {PATH}/{{conversation}}": self.remove,
            f"GET {messages}": self.messages,
            f"DELETE {messages}": self.remove_messages,
            f"PATCH {messages}/{{message}}": self.mark,
            f"POST {messages}/publish": self.send,
        }

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List conversations, the one with the newest message first."""
        page = requests.page(request.http, "per_page")
        found, total = await self._threads.page(request.account.id, page.size, page.offset)
        shown = await self._shapes.conversations(request.account.id, found)
        return web.json_response(shown, headers=page.headers(total))

    async def search(self, request: AuthenticatedRequest) -> web.Response:
        """Find conversations by what is written in them: at most 100."""
        text = requests.text(request.http, "text")
        if not text:
            raise Invalid("text is missing: what to look for.")
        found = await self._threads.search(request.account.id, text)
        return web.json_response(await self._shapes.conversations(request.account.id, found))

    async def open(self, request: AuthenticatedRequest) -> web.Response:
        """Open the conversation of a texting number with a texting contact; one that is there is answered with 200."""
        account = request.account
        entry = await self._contact(request)
        written = fields.text_or_none(request.fields, "from_number", 40)
        try:
            ours = self._numbers.own(account, written) if written else self._numbers.first(account)
        except NotFound as error:
            raise Invalid(f"from_number cannot be used. {error}") from None
        thread, new = await self._threads.open(account.id, ours, entry.number)
        view = await self._threads.view(account.id, thread.id)
        (shown,) = await self._shapes.conversations(account.id, [view])
        return web.json_response(shown, status=201 if new else 200)

    async def remove(self, request: AuthenticatedRequest) -> web.Response:
        """Remove a conversation with its messages."""
        await self._threads.remove(request.account.id, request.part("conversation"))
        return web.Response(status=204)

    async def messages(self, request: AuthenticatedRequest) -> web.Response:
        """List the messages of a conversation, the newest first."""
        page, account, id = requests.page(request.http, "per_page"), request.account.id, request.part("conversation")
        found, total = await self._threads.texts(account, id, page.size, page.offset)
        return web.json_response(await self._shapes.messages(account, id, found), headers=page.headers(total))

    async def mark(self, request: AuthenticatedRequest) -> web.Response:
        """Note whether a message was read."""
        read = request.fields.get("is_read")
        if not isinstance(read, bool):
            raise Invalid("is_read must be true or false.")
        id, message = request.part("conversation"), request.part("message")
        account = request.account.id
        marked = await self._threads.mark_read(account, id, [message], read=read)
        return web.json_response((await self._shapes.messages(account, id, marked))[0])

    async def remove_messages(self, request: AuthenticatedRequest) -> web.Response:
        """Remove the messages whose ids are given, all or none; without ids nothing is removed."""
        ids = [id for given in request.http.query.getall("ids", []) for id in given.split(",") if id]
        await self._threads.hide(request.account.id, request.part("conversation"), ids)
        return web.Response(status=204)

    async def send(self, request: AuthenticatedRequest) -> web.Response:
        """Send a text, with links to its files."""
        files = message_files.wanted(request.fields)
        text = (fields.text_or_none if files else fields.text)(request.fields, "text", LONGEST_TEXT)
        account, id = request.account.id, request.part("conversation")
        sent = await self._threads.send(account, id, text or "", files)
        return web.json_response((await self._shapes.messages(account, id, [ThreadText(sent, True)]))[0], status=201)

    async def _contact(self, request: AuthenticatedRequest) -> PhonebookEntry:
        """Return the texting contact of a new conversation: by its id, or by its number (ours)."""
        id = fields.text_or_none(request.fields, "contact_id") or _first(request.fields.get("recipients"))
        if id:
            try:
                return await self._phonebook.get(request.account.id, id)
            except NotThere:
                raise Invalid(f"contact_id must be a texting contact's (got {id[:80]!r}).") from None
        number = fields.text_or_none(request.fields, "to_number", 40)
        if not number:
            raise Invalid("contact_id is missing: POST /texting/contacts makes one.")
        return (await self._phonebook.put(request.account.id, EntryFields(number=number)))[0]


def _first(recipients: object) -> str:
    return str(recipients[0]) if isinstance(recipients, list) and recipients else ""
