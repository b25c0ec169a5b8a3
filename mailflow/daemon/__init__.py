"""The running service, and one round of everything."""

from mailflow.daemon.rounds import RoundReport, one_round, read_all
from mailflow.daemon.running import Daemon
from mailflow.daemon.signals import Signals

__all__ = ["Daemon", "RoundReport", "Signals", "one_round", "read_all"]
