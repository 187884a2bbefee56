"""Typed keys of the objects that the web application holds for its handlers."""

from aiohttp import web

from api.accounts import Accounts
from api.callbacks.delivery import Delivery
from api.command_taker import CommandTaker
from api.middleware import Errors

ENGINE: web.AppKey[CommandTaker] = web.AppKey("engine")
ACCOUNTS: web.AppKey[Accounts] = web.AppKey("accounts")
DELIVERY: web.AppKey[Delivery] = web.AppKey("delivery")
ERRORS: web.AppKey[Errors] = web.AppKey("errors")
