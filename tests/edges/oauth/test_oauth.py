"""Tokens are had from a token endpoint of our own on this machine; only the address is turned to it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.adapters import HTTPAdapter

from mailflow.edges.oauth import GoogleTokens, MicrosoftApp, MicrosoftTokens, OAuthError


class TokenServer(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, list[str]]] = []
        self.refuse = False


class Handler(BaseHTTPRequestHandler):
    server: TokenServer

    def do_GET(self) -> None:
        authority = "https://login.microsoftonline.com/t"
        self._answer(
            200,
            {
                "issuer": authority,
                "authorization_endpoint": f"{authority}/authorize",
                "token_endpoint": f"{authority}/oauth2/v2.0/token",
            },
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(parse_qs(body))
        if self.server.refuse:
            self._answer(401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret"})
        else:
            token = f"token-{len(self.server.asked)}"
            self._answer(200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer"})

    def _answer(self, status: int, data: dict[str, object]) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        return


class ToThisMachine(HTTPAdapter):
    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def send(self, request: requests.PreparedRequest, **kwargs: object) -> requests.Response:  # type: ignore[override]
        request.url = f"http://127.0.0.1:{self._port}{urlsplit(request.url or '').path}"
        return super().send(request, **kwargs)  # type: ignore[arg-type]


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with TokenServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def http(server: TokenServer) -> requests.Session:
    session = requests.Session()
    session.mount("https://", ToThisMachine(server.server_port))
    return session


def test_a_microsoft_token_is_asked_for_once_and_kept(server: TokenServer, http: requests.Session) -> None:
    tokens = MicrosoftTokens(MicrosoftApp("t", "app", "hush", http))
    assert tokens.token() == tokens.token() == "token-1"
    assert server.asked[0]["grant_type"] == ["client_credentials"]
    assert server.asked[0]["scope"] == ["https://outlook.office365.com/.default"]


def test_a_refusal_says_why_and_keeps_the_secret(server: TokenServer, http: requests.Session) -> None:
    server.refuse = True
    app = MicrosoftApp("t", "app", "hush", http)
    with pytest.raises(OAuthError, match="Invalid client secret") as refusal:
        MicrosoftTokens(app).token()
    assert "hush" not in str(refusal.value)
    assert "hush" not in repr(app)


def test_a_google_token_is_had_with_the_service_accounts_key(server: TokenServer, http: requests.Session) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = {
        "type": "service_account",
        "client_email": "mailflow@project.example",
        "private_key": pem.decode(),
        "private_key_id": "1",
        "token_uri": "https://oauth2.example/token",
    }
    tokens = GoogleTokens(json.dumps(key), "followup@lanmei.example", http)
    assert tokens.token() == tokens.token() == "token-1"


def test_a_file_that_is_no_key_is_told(http: requests.Session) -> None:
    with pytest.raises(OAuthError, match="service account key"):
        GoogleTokens("{}", "followup@lanmei.example", http)
