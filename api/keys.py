"""Typed keys of what the application holds for its handlers."""

from aiohttp import web

from api.accounts import Accounts
from api.callbacks.delivery import Delivery
from api.middleware import Errors
from api.ports import CommandTaker
from engine.store.database import Database
from engine.store.writer import Writer

ENGINE: web.AppKey[CommandTaker] = web.AppKey("engine")
DATABASE: web.AppKey[Database] = web.AppKey("database")
WRITER: web.AppKey[Writer] = web.AppKey("writer")
ACCOUNTS: web.AppKey[Accounts] = web.AppKey("accounts")
DELIVERY: web.AppKey[Delivery] = web.AppKey("delivery")
ERRORS: web.AppKey[Errors] = web.AppKey("errors")
