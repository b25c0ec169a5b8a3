"""Puts the rooms together: settings, rules, database, mailboxes; the only place that knows both jobs and edges.

`service` does the work, `desk` looks in and acts by hand; each loads what it needs and no more.
"""
