"""What people do with their own mail client: drafts of ours that they send, mails that they write by hand."""
