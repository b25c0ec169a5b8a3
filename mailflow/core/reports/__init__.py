"""Reports: figures computed from the ledger alone; docs/figures.md defines each of them."""
