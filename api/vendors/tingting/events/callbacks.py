"""The bodies of TingTing's callbacks: its document has none. Customers ask for reports instead."""

NOTHING: tuple[()] = ()
"""What every event is notified by."""
