"""Imported once by the process that all services of the tests are forked from: a start then takes no time."""

from tests.service import runner
from tests.service.world import shipped_rules

shipped_rules()

__all__ = ["runner"]
