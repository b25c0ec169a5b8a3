"""The views: what the ledger's events come to, one fold a file; `registry` is the table of them."""
