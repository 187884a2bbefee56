"""Accounts: who pays, what they may call, and the keys they show."""

from engine.features.accounts.lookup import find
from engine.features.accounts.model import NewAccount
from engine.features.accounts.opening import create
from engine.store.accounts import Account

__all__ = ["Account", "NewAccount", "create", "find"]
