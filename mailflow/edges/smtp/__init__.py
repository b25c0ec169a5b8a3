"""Outgoing mail over SMTP (RFC 5321)."""

from mailflow.edges.smtp.account import Security, SmtpAccount
from mailflow.edges.smtp.replies import SmtpDelivery
from mailflow.edges.smtp.transport import SmtpTransport, connect, try_login

__all__ = ["Security", "SmtpAccount", "SmtpDelivery", "SmtpTransport", "connect", "try_login"]
