"""The remote control of Mozilla's programs (Marionette): JSON with its length in front, over a local socket."""

import json
import socket
from base64 import b64decode
from pathlib import Path
from time import monotonic, sleep
from typing import Any

_WRAPPED = """
const done = arguments[arguments.length - 1];
const args = Array.from(arguments).slice(0, -1);
(async () => { SCRIPT })().then(done, error => done({ fault: `${error} ${error.stack}` }));
"""


class Marionette:
    """One session with a running Thunderbird; scripts run in its windows."""

    def __init__(self, port: int, seconds: float = 60) -> None:
        self._socket = _connected(port, monotonic() + seconds)
        self._rest = b""
        self._last = 0
        self._receive()  # it says first who it is
        self._command("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"timeouts": {"script": 60_000}}}})
        self._command("Marionette:SetContext", {"value": "chrome"})

    def run(self, script: str, *arguments: object) -> Any:
        """Run JavaScript in the program's own context; `await` works, `return` gives the result."""
        body = _WRAPPED.replace("SCRIPT", script)
        parameters = {"script": body, "args": list(arguments), "newSandbox": True}
        value = self._command("WebDriver:ExecuteAsyncScript", parameters)["value"]
        if isinstance(value, dict) and "fault" in value:
            raise AssertionError(f"{value['fault']}\n{script}")
        return value

    def wait_for(self, script: str, *arguments: object, seconds: float = 30) -> Any:
        """Run JavaScript again and again until what it returns is true."""
        end = monotonic() + seconds
        while not (value := self.run(script, *arguments)):
            assert monotonic() < end, f"waited in vain: {script}"
            sleep(0.1)
        return value

    def close(self) -> None:
        """Let the program end."""
        try:
            self._command("Marionette:Quit", {"flags": ["eForceQuit"]})
        except OSError:
            return  # it was faster
        finally:
            self._socket.close()

    def _command(self, name: str, parameters: dict[str, Any]) -> Any:
        self._last += 1
        message = json.dumps([0, self._last, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, number, error, result = self._receive()
        assert number == self._last
        if error is not None:
            raise AssertionError(f"{name}: {error}")
        return result

    def _receive(self) -> Any:
        while b":" not in self._rest:
            self._more()
        length, _, self._rest = self._rest.partition(b":")
        while len(self._rest) < int(length):
            self._more()
        message, self._rest = self._rest[: int(length)], self._rest[int(length) :]
        return json.loads(message)

    def _more(self) -> None:
        got = self._socket.recv(65536)
        if not got:
            raise ConnectionResetError("the program ended")
        self._rest += got


def _connected(port: int, end: float) -> socket.socket:
    while True:
        try:
            found = socket.create_connection(("127.0.0.1", port), timeout=90)
        except OSError:
            assert monotonic() < end, "Thunderbird does not answer"
            sleep(0.1)
        else:
            return found


def save_png(path: Path, data: str) -> None:
    """Keep a picture that came as base64."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b64decode(data))
