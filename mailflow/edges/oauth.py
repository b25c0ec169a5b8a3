"""Access tokens for mailboxes that take no password: Microsoft 365 and Google Workspace, nobody present.

The providers' libraries are loaded when a token is first wanted: they take 20 MB, and most mailboxes have a password.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import requests

MICROSOFT_SCOPE = "https://outlook.office365.com/.default"
GOOGLE_SCOPE = "https://mail.google.com/"
MICROSOFT_AUTHORITY = "https://login.microsoftonline.com/"


class OAuthError(Exception):
    """No token could be had; the message says what to do and never holds a secret."""


class TokenSource(Protocol):
    """Gives an access token for XOAUTH2; asks the provider again only when the last one has run out."""

    def token(self) -> str:
        """Return a token that is valid now; raises OAuthError."""
        ...


@dataclass(frozen=True, slots=True)
class MicrosoftApp:
    """An application registered in Microsoft Entra with the permissions IMAP.AccessAsApp and SMTP.SendAs.

    Client credentials flow (RFC 6749, 4.4): nobody has to sign in, nothing rotates.
    """

    tenant: str
    client_id: str
    client_secret: str
    http: "requests.Session"

    def __repr__(self) -> str:
        return f"MicrosoftApp(tenant={self.tenant!r}, client_id={self.client_id!r})"


class MicrosoftTokens:
    """Tokens of a Microsoft application; msal keeps the last one until it runs out."""

    def __init__(self, app: MicrosoftApp) -> None:
        self._app = app
        self._client: Any = None

    def token(self) -> str:
        """Return a token that is valid now; raises OAuthError."""
        import requests

        try:
            answer = self._msal().acquire_token_for_client([MICROSOFT_SCOPE])
        except (ValueError, requests.RequestException) as error:
            raise OAuthError(
                f"Microsoft gives no token for tenant {self._app.tenant} ({type(error).__name__}); "
                "check the tenant and the network"
            ) from error
        if "access_token" not in answer:
            told = str(answer.get("error_description") or answer.get("error") or "no reason given").splitlines()[0]
            raise OAuthError(f"Microsoft refuses the application: {told}; check client_id, secret and permissions")
        return str(answer["access_token"])

    def _msal(self) -> Any:
        if self._client is None:
            import msal

            app = self._app
            self._client = msal.ConfidentialClientApplication(
                app.client_id,
                client_credential=app.client_secret,
                authority=MICROSOFT_AUTHORITY + app.tenant,
                http_client=app.http,
                instance_discovery=False,
            )
        return self._client


class GoogleTokens:
    """Tokens of a Google service account that may act for the mailbox's user (domain-wide delegation)."""

    def __init__(self, key: str, user: str, http: "requests.Session") -> None:
        """Take the key file's text; raises OAuthError where it is none."""
        from google.oauth2 import service_account

        try:
            self._credentials = service_account.Credentials.from_service_account_info(
                json.loads(key), scopes=[GOOGLE_SCOPE], subject=user
            )
        except (ValueError, KeyError) as error:
            raise OAuthError(
                "the key file is no Google service account key; download it again as JSON from the Google console"
            ) from error
        self._http = http

    def token(self) -> str:
        """Return a token that is valid now; raises OAuthError."""
        if not self._credentials.valid:
            import requests
            from google.auth.exceptions import GoogleAuthError
            from google.auth.transport.requests import Request

            try:
                self._credentials.refresh(Request(session=self._http))
            except (GoogleAuthError, requests.RequestException) as error:
                raise OAuthError(
                    f"Google gives no token ({type(error).__name__}); "
                    f"allow the service account the scope {GOOGLE_SCOPE} for the domain"
                ) from error
        return str(self._credentials.token)
