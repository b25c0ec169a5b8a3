"""Thunderbird as a person uses it: on a screen of its own, with one account set up, driven from outside."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.clients.marionette import Marionette, save_png
from tests.servers.ports import free_ports
from tests.servers.postfix import MailSystem
from tests.servers.process import running, server_folder

_LIBRARIES = Path("/usr/lib/thunderbird")
_SCREEN = "1280x900x24"


@dataclass(frozen=True, slots=True)
class Thunderbird:
    """A running Thunderbird; `folder` is the URI of one of its folders."""

    remote: Marionette
    account: str

    def folder(self, name: str) -> str:
        """Return the URI of a folder of the account."""
        return f"{self.account}/{name}"

    def wait_for_mail(self, folder: str, subject: str) -> None:
        """Wait until a mail whose subject has these words lies in a folder."""
        look = "update(folder(args[0])); return !!find(folder(args[0]), args[1]);"
        self.remote.wait_for(_FIND + look, self.folder(folder), subject)

    def open(self, folder: str, subject: str) -> str:
        """Open a mail in the main window; return the text that is shown."""
        self.remote.run(_FIND + _SHOW, self.folder(folder), subject)
        return str(self.remote.wait_for(_FIND + _SHOWN, subject))

    def draft(self, subject: str) -> None:
        """Open a draft for writing."""
        self._compose("Drafts", subject, "Draft")

    def reply(self, folder: str, subject: str) -> None:
        """Answer a mail: the quote stands above, as Thunderbird has it."""
        self._compose(folder, subject, "ReplyToSender")

    def _compose(self, folder: str, subject: str, how: str) -> None:
        self.remote.run(_FIND + _OPEN, self.folder(folder), subject, how)
        self.remote.wait_for(_READY)

    def write(self, text: str) -> None:
        """Type at the cursor of the mail that is being written."""
        self.remote.run(_COMPOSER + "composer.GetCurrentEditor().insertText(args[0]);", text)

    def replace(self, before: str, after: str) -> None:
        """Change words of the mail that is being written."""
        done = self.remote.run(
            _COMPOSER
            + """
            const walker = editor.document.createTreeWalker(editor.document.body, 4);
            let changed = 0;
            while (walker.nextNode()) {
                if (walker.currentNode.nodeValue.includes(args[0])) {
                    walker.currentNode.nodeValue = walker.currentNode.nodeValue.replaceAll(args[0], args[1]);
                    changed += 1;
                }
            }
            composer.gContentChanged = true;
            return changed;
            """,
            before,
            after,
        )
        assert done, f"the mail does not say {before}"

    def send(self) -> None:
        """Send the mail that is being written, and wait until its window is gone."""
        self.remote.run(_COMPOSER + "composer.goDoCommand('cmd_sendNow');")
        self.remote.wait_for("return !Services.wm.getMostRecentWindow('msgcompose');")

    def delete(self, folder: str, subject: str) -> None:
        """Put a mail into the bin."""
        self.remote.run(
            _FIND
            + """
            const header = find(folder(args[0]), args[1]);
            header.folder.deleteMessages([header], null, true, false, null, true);
            """,
            self.folder(folder),
            subject,
        )

    def picture(self, path: Path, window: str = "mail:3pane") -> None:
        """Keep a picture of a window, as it is on the screen."""
        save_png(path, self.remote.run(_PICTURE, window))

    def narrow_picture(self, path: Path, width: int) -> int:
        """Keep a picture of the mail that is open, shown as narrow as a phone; return how wide it wants to be."""
        shown = self.remote.run(_NARROW, width)
        save_png(path, shown["picture"])
        return int(shown["wanted"])


_NARROW = """
const window = Services.wm.getMostRecentWindow("mail:3pane");
const browser = window.document.getElementById("tabmail").currentAboutMessage.getMessagePaneBrowser();
browser.style.maxWidth = browser.style.width = args[0] + "px";
await new Promise(done => window.requestAnimationFrame(() => window.setTimeout(done, 500)));
const page = browser.contentDocument.documentElement;
const area = new window.DOMRect(0, 0, args[0], page.scrollHeight);
const bitmap = await browser.browsingContext.currentWindowGlobal.drawSnapshot(area, 1, "white");
const canvas = window.document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
[canvas.width, canvas.height] = [bitmap.width, bitmap.height];
canvas.getContext("2d").drawImage(bitmap, 0, 0);
const wanted = page.scrollWidth;
browser.style.maxWidth = browser.style.width = "";
return { wanted, picture: canvas.toDataURL("image/png").split(",")[1] };
"""
_PICTURE = """
const window = Services.wm.getMostRecentWindow(args[0]);
await new Promise(done => window.requestAnimationFrame(() => window.setTimeout(done, 300)));
const bitmap = await window.browsingContext.currentWindowGlobal.drawSnapshot(null, 1, "white");
const canvas = window.document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
[canvas.width, canvas.height] = [bitmap.width, bitmap.height];
canvas.getContext("2d").drawImage(bitmap, 0, 0);
return canvas.toDataURL("image/png").split(",")[1];
"""
_FIND = """
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const folder = uri => MailServices.folderLookup.getFolderForURL(uri);
const subject = header => (header.flags & Ci.nsMsgMessageFlags.HasRe ? "Re: " : "") + header.mime2DecodedSubject;
const find = (place, words) => {
    if (!place) return null;
    for (const header of place.messages) if (subject(header).includes(words)) return header;
    return null;
};
const update = place => place && place.updateFolder(Services.wm.getMostRecentWindow("mail:3pane").msgWindow);
"""
_OPEN = """
const header = find(folder(args[0]), args[1]);
const identity = MailServices.accounts.defaultAccount.defaultIdentity;
const [how, format] = [Ci.nsIMsgCompType[args[2]], Ci.nsIMsgCompFormat.Default];
MailServices.compose.OpenComposeWindow(
    null, header, header.folder.getUriForMsg(header), how, format, identity, null, null);
"""
_SHOW = """
const window = Services.wm.getMostRecentWindow("mail:3pane");
const pane = window.document.getElementById("tabmail").currentAbout3Pane;
pane.displayFolder(folder(args[0]).URI);
for (let tries = 0; tries < 100; tries++) {
    const row = pane.gDBView ? pane.gDBView.findIndexOfMsgHdr(find(folder(args[0]), args[1]), true) : -1;
    if (row >= 0 && row < 4294967295) { pane.threadTree.selectedIndex = row; return; }
    await new Promise(done => window.setTimeout(done, 100));
}
throw new Error("the mail is not in the list");
"""
_SHOWN = """
const window = Services.wm.getMostRecentWindow("mail:3pane");
const shown = window.document.getElementById("tabmail").currentAboutMessage;
if (!shown || !shown.gMessage || !subject(shown.gMessage).includes(args[0])) return "";
const page = shown.getMessagePaneBrowser().contentDocument;
return page && page.body ? page.body.innerText : "";
"""
_COMPOSER = """
const composer = Services.wm.getMostRecentWindow("msgcompose");
const editor = composer && composer.GetCurrentEditor ? composer.GetCurrentEditor() : null;
"""
_READY = (
    _COMPOSER
    + "return !!(editor && composer.gMsgCompose && composer.ComposeCanClose && editor.document.body"
    + " && composer.gWindowLocked === false);"
)


@contextmanager
def running_thunderbird(system: MailSystem, address: str) -> Iterator[Thunderbird]:
    """Run Thunderbird on a screen of its own for an address of the mail system, until the block ends."""
    account = f"imap://{quote(address, safe='')}@{system.host}"
    with server_folder("thunderbird") as folder:
        (port,) = free_ports(1)
        display = f":{port}"
        profile = folder / "profile"
        profile.mkdir()
        _set_up(profile, system, address, account, port)
        screen = ["Xvfb", display, "-screen", "0", _SCREEN, "-nolisten", "tcp"]
        with running(screen, folder=folder / "screen", log=folder / "screen.log"):
            command = ["env", f"DISPLAY={display}", f"HOME={folder}", "LANG=C.UTF-8", "thunderbird", *_OPTIONS, profile]
            with running(command, folder=folder, log=folder / "thunderbird.log"):
                remote = Marionette(port)
                remote.wait_for(_STARTED)
                remote.run(_PASSWORD, f"imap://{system.host}", address, system.password)
                yield Thunderbird(remote, account)


_OPTIONS = ("--no-remote", "--marionette", "--remote-allow-system-access", "--profile")
_STARTED = """
const window = Services.wm.getMostRecentWindow("mail:3pane");
const tabs = window && window.document.getElementById("tabmail");
return !!(tabs && tabs.currentAbout3Pane && tabs.currentAbout3Pane.folderTree);
"""
_PASSWORD = """
const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
login.init(args[0], null, args[0], args[1], args[2], "", "");
await Services.logins.addLoginAsync(login);
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const server = MailServices.accounts.defaultAccount.incomingServer;
const window = Services.wm.getMostRecentWindow("mail:3pane");
server.performExpand(window.msgWindow);
window.document.getElementById("tabmail").currentAbout3Pane.displayFolder(server.rootFolder.URI + "/INBOX");
"""


def _set_up(profile: Path, system: MailSystem, address: str, account: str, port: int) -> None:
    identity, server, smtp = "mail.identity.id1", "mail.server.server1", "mail.smtpserver.smtp1"
    preferences = {
        "mail.accountmanager.accounts": "account1,account2",
        "mail.accountmanager.defaultaccount": "account1",
        "mail.accountmanager.localfoldersserver": "server2",
        "mail.account.account1.identities": "id1",
        "mail.account.account1.server": "server1",
        "mail.account.account2.server": "server2",
        f"{server}.type": "imap",
        f"{server}.hostname": system.host,
        f"{server}.port": system.imap_port,
        f"{server}.userName": address,
        f"{server}.name": address,
        f"{server}.socketType": 0,
        f"{server}.authMethod": 3,
        f"{server}.login_at_startup": False,
        f"{server}.check_new_mail": False,
        f"{server}.use_idle": True,
        "mail.server.server2.type": "none",
        "mail.server.server2.hostname": "Local Folders",
        "mail.server.server2.userName": "nobody",
        "mail.server.server2.name": "Local Folders",
        f"{identity}.useremail": address,
        f"{identity}.fullName": "Amy",
        f"{identity}.smtpServer": "smtp1",
        f"{identity}.valid": True,
        f"{identity}.fcc_folder": f"{account}/Sent",
        f"{identity}.draft_folder": f"{account}/Drafts",
        "mail.smtpservers": "smtp1",
        "mail.smtp.defaultserver": "smtp1",
        f"{smtp}.hostname": system.host,
        f"{smtp}.port": system.smtp_port,
        f"{smtp}.authMethod": 1,
        f"{smtp}.try_ssl": 0,
        "marionette.port": port,
        **_QUIET,
    }
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items())
    (profile / "user.js").write_text("\n".join(lines) + "\n")


_QUIET = {
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.spotlight.firstRunDone": True,
    "mail.shell.checkDefaultClient": False,
    "mail.rights.version": 1,
    "mailnews.start_page.enabled": False,
    "mailnews.start_page_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "app.update.enabled": False,
    "app.donation.eoy.version.viewed": 999,
    "mail.inappnotifications.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "extensions.update.enabled": False,
    "services.settings.server": "data:,",
    "mail.chat.enabled": False,
    "mail.warn_on_send_accel_key": False,
    "mail.SpellCheckBeforeSend": False,
    "mail.compose.attachment_reminder": False,
    "ui.prefersReducedMotion": 1,
}
"""Without these a new Thunderbird asks, greets, and calls home."""
