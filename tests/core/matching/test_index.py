"""The index in memory."""

import pytest

from mailflow.core.matching.index import IdentifierIndex
from tests.core.matching.contract import LookupContract, MakeLookup


class TestInMemory(LookupContract):
    @pytest.fixture
    def make_lookup(self) -> MakeLookup:
        return IdentifierIndex
