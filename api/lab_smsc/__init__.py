"""The lab's SMSC: a simulated one, in a process of its own (`python -m api.lab_smsc`; docs/lab.md)."""
