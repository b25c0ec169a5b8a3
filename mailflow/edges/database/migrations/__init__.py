"""The history of the schema. A migration is a file in `versions`, written by hand and never changed once released."""
