"""What an SMTP server's reply means for a letter, for a recipient and for the account."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LOGIN_LIMIT_SECONDS = 1800.0
_LONGEST = 300

# The account or the form of our mail is at fault, not the recipient. 163 and QQ name the reason in such letters.
_ACCOUNT = re.compile(
    r"\b(?:DT|MI|HL):\s?S[PU][MB]\b|must (?:be same as|equal)|spam|relay|authenticat"
    r"|not owned by|sender address rejected|send ?as ?denied|not allowed to send|垃圾邮件",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"frequen|too many|limit exceeded|quota exceeded|rate ?limit|sending limit"
    r"|MI:STC|RP:[QT]RC|频率|频繁|稍后|超过.*限",
    re.IGNORECASE,
)
_NO_SUCH_PERSON = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b")
_ENHANCED = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
_NO_ADDRESS_CODES = frozenset({550, 551, 553})
_CODE_HINT = (
    "this provider wants an authorisation code (授权码), made in its web settings where SMTP is switched on, "
    "not the password of the account"
)
_OAUTH_HINT = "this provider takes no ordinary password: set up OAuth2 (or, where it allows one, an app password)"
_HINTS = (
    (r"(^|\.)(qq|foxmail|163|126|yeah|188|sina|aliyun|mxhichina)\.(com|net|cn)$", _CODE_HINT),
    (r"(^|\.)(gmail|googlemail|outlook|office365|hotmail)\.com$", _OAUTH_HINT),
)


@dataclass(frozen=True, slots=True)
class SmtpDelivery:
    """How one letter fared (the job's port says what the fields mean)."""

    outcome: str
    reply: str
    refused: Sequence[str] = ()
    bad_addresses: Sequence[str] = ()
    stops_mailbox: bool = False
    retry_after: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer: the three digits and its words."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()[:_LONGEST]

    @property
    def temporary(self) -> bool:
        """Whether trying again later may help; a spent quota comes back even where a 5 is said."""
        return 400 <= self.code < 500 or (self.code >= 500 and _LIMIT.search(self.text) is not None)

    @property
    def blames_account(self) -> bool:
        """Whether the account or its mail as such is refused: every further letter would fare the same."""
        return not self.temporary and (self.code in (530, 534, 535) or _ACCOUNT.search(self.text) is not None)

    @property
    def no_such_address(self) -> bool:
        """Whether a recipient is refused because nobody lives there, not by a policy or a full mailbox."""
        if self.temporary or self.code < 500 or self.blames_account:
            return False
        if _ENHANCED.search(self.text):
            return _NO_SUCH_PERSON.search(self.text) is not None
        return self.code in _NO_ADDRESS_CODES


def reply_of(code: int, message: str) -> Reply:
    """Return an answer with its words decoded (UTF-8, else GBK, as Chinese servers write) and on one line."""
    data = message.encode("utf-8", "surrogateescape")
    for charset in ("utf-8", "gb18030"):
        try:
            return Reply(code, " ".join(data.decode(charset).split()))
        except UnicodeDecodeError:
            continue
    return Reply(code, " ".join(data.decode("ascii", "replace").split()))


def login_refused(host: str, user: str, reply: Reply) -> SmtpDelivery:
    """Say that the login failed: for good a person must look, as more tries lock accounts; a limit wants patience."""
    hint = next((hint for pattern, hint in _HINTS if re.search(pattern, host)), "check user and password")
    if reply.temporary:
        return SmtpDelivery("later", f"{host} takes no login of {user} now: {reply}", retry_after=LOGIN_LIMIT_SECONDS)
    return SmtpDelivery("untried", f"{host} refuses the login of {user}: {reply}; {hint}", stops_mailbox=True)
