"""The table of views; a new fold is a file beside this one and a line here."""

from typing import Any

from mailflow.core.views.addresses import ADDRESSES
from mailflow.core.views.correspondence import CORRESPONDENCE
from mailflow.core.views.learned import LEARNED
from mailflow.core.views.orders import ORDERS
from mailflow.core.views.parties import PARTIES
from mailflow.core.views.people import PEOPLE
from mailflow.core.views.reviews import REVIEWS
from mailflow.core.views.view import View

VIEWS: tuple[View[Any], ...] = (ORDERS, PARTIES, ADDRESSES, REVIEWS, PEOPLE, LEARNED, CORRESPONDENCE)

VERSION = 8
"""Goes up by one whenever a fold or a state changes its meaning: stored views are then folded again."""
