"""The order book: what spreadsheets and YAML say of orders and parties, and how that differs from what we have."""
