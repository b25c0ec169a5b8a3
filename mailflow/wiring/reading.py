"""The core's reading made ready with the rules and the order book as they stand in the database."""
