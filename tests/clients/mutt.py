"""mutt as a person uses it: in a terminal of its own (tmux), driven by keys."""

import json
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from tests.servers.postfix import MailSystem
from tests.servers.process import server_folder

_SIZE = ("-x", "100", "-y", "40")
_EDITOR = """#!/bin/sh
# Types what was prepared above what is quoted, below it, or in place of some words.
exec python3 - "$1" <<'END'
import json, pathlib, sys
mail = pathlib.Path(sys.argv[1])
said = json.loads(pathlib.Path(%r).read_text())
text = mail.read_text()
for before, after in said["replace"]:
    assert before in text, before
    text = text.replace(before, after)
mail.write_text(said["above"] + text + said["below"])
END
"""


@dataclass(frozen=True, slots=True)
class Mutt:
    """A running mutt; what is typed in its editor is prepared before."""

    socket: Path
    typed: Path

    def keys(self, *keys: str) -> None:
        """Press keys, named as tmux names them."""
        self._tmux("send-keys", "-t", "mutt", *keys)

    def screen(self) -> str:
        """Return what the terminal shows."""
        return self._tmux("capture-pane", "-p", "-t", "mutt")

    def wait_for(self, words: str, seconds: float = 30) -> str:
        """Wait until the terminal shows some words; return all that it shows."""
        end = monotonic() + seconds
        while words not in (shown := self.screen()):
            assert monotonic() < end, f"waited in vain for {words!r}:\n{shown}"
            sleep(0.05)
        return shown

    def go_to(self, folder: str, words: str) -> None:
        """Change to a folder and wait until its list shows some words."""
        self.keys("c")
        self.wait_for("Open mailbox")
        self.keys("C-u", f"={folder}", "Enter")
        self.wait_for(words)

    def answer(self, text: str) -> None:
        """Answer the mail under the cursor, above the quote, and send."""
        self._write(above=text + "\n")
        self.keys("r")
        self._send()

    def write(self, to: str, subject: str, text: str) -> None:
        """Write a mail of one's own, and send."""
        self._write(above=text + "\n")
        self.keys("m")
        self.wait_for("To:")
        self.keys(to, "Enter")
        self.wait_for("Subject:")
        self.keys("C-u", subject, "Enter")
        self._send()

    def send_draft(self, *changes: tuple[str, str]) -> None:
        """Take up the one draft, change words in it, and send."""
        self._write(replace=changes)
        self.keys("R")
        self._send()

    def _send(self) -> None:
        self.wait_for("y:Send")
        self.keys("y")
        self.wait_for("Mail sent")

    def _write(self, *, above: str = "", below: str = "", replace: tuple[tuple[str, str], ...] = ()) -> None:
        self.typed.write_text(json.dumps({"above": above, "below": below, "replace": replace}))

    def _tmux(self, *words: str) -> str:
        command = ["tmux", "-S", str(self.socket), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def running_mutt(system: MailSystem, address: str) -> Iterator[Mutt]:
    """Run mutt for an address of the mail system until the block ends."""
    with server_folder("mutt") as folder:
        typed = folder / "typed.json"
        editor = folder / "editor"
        editor.write_text(_EDITOR % str(typed))
        editor.chmod(0o755)
        (folder / "muttrc").write_text(_settings(system, address, editor))
        mutt = Mutt(folder / "tmux", typed)
        started = ["env", f"HOME={folder}", "LANG=C.UTF-8", "TERM=screen", "mutt", "-F", str(folder / "muttrc")]
        mutt._tmux("-f", "/dev/null", "new-session", "-d", "-s", "mutt", *_SIZE, shlex.join(started))
        try:
            mutt.wait_for("q:Quit")
            yield mutt
        finally:
            mutt._tmux("kill-server")


def _settings(system: MailSystem, address: str, editor: Path) -> str:
    user = address.replace("@", "%40")
    return f"""
set imap_user="{address}" imap_pass="{system.password}" ssl_starttls=no ssl_force_tls=no
set folder="imap://{user}@{system.host}:{system.imap_port}/" spoolfile="+INBOX" record="+Sent" postponed="+Drafts"
set from="{address}" realname="Amy" use_from=yes smtp_url="smtp://{system.host}:{system.smtp_port}/"
set editor="{editor}" fast_reply=yes include=yes edit_headers=no copy=yes fcc_clear=yes recall=yes
set confirmappend=no delete=yes quit=yes header_cache="" mail_check=1 timeout=1 send_charset="utf-8" charset="utf-8"
set smtp_authenticators="" wait_key=no
"""
