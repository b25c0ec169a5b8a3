"""Which folder is Drafts and which is Sent: by special use (RFC 6154), else by the names that are usual somewhere."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from imap_tools.imap_utf7 import utf7_decode

from mailflow.core.mailbox import Folder
from mailflow.edges.imap.answers import Part
from mailflow.edges.imap.errors import decode

_USES = ("drafts", "sent", "trash", "junk", "archive", "all", "flagged", "important")

# Folded to lower case; the first that is found counts. A name may stand alone or below another folder.
_USUAL_NAMES = {
    "drafts": (
        *("drafts", "draft", "草稿箱", "草稿", "草稿夹", "下書き", "임시보관함", "임시 보관함", "bản nháp", "thư nháp"),
        *("entwürfe", "brouillons", "borradores", "bozze", "rascunhos", "concepten", "utkast", "kladder", "luonnokset"),
        *("szkice", "wersje robocze", "koncepty", "piszkozatok", "ciorne", "taslaklar", "черновики", "чернетки"),
        *("πρόχειρα", "טיוטות", "المسودات", "مسودات", "ร่าง", "แบบร่าง", "draf", "konsep"),
    ),
    "sent": (
        *("sent", "sent messages", "sent items", "sent mail", "已发送", "已发送邮件", "已发邮件", "寄件備份"),
        *("已傳送", "已傳送郵件", "送信済み", "送信済みアイテム", "送信済みメール", "보낸편지함", "보낸 편지함"),
        *("보낸 메일함", "đã gửi", "thư đã gửi", "gesendet", "gesendete objekte", "gesendete elemente"),
        *("messages envoyés", "éléments envoyés", "envoyés", "enviados", "elementos enviados", "mensajes enviados"),
        *("posta inviata", "inviata", "inviati", "itens enviados", "mensagens enviadas", "verzonden"),
        *("verzonden items", "verzonden berichten", "skickat", "skickade objekt", "sendte elementer", "sendt"),
        *("sendte meldinger", "lähetetyt", "lähetetyt viestit", "wysłane", "elementy wysłane", "odeslaná pošta"),
        *("odeslané", "elküldött elemek", "elküldött", "trimise", "elemente trimise", "gönderilmiş öğeler"),
        *(
            "gönderilenler",
            "отправленные",
            "надіслані",
            "απεσταλμένα",
            "נשלחו",
            "דואר שנשלח",
            "المرسلة",
            "العناصر المرسلة",
        ),
        *("البريد المرسل", "ส่งแล้ว", "จดหมายที่ส่ง", "terkirim", "item terkirim"),
    ),
}


_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:NIL|"(?P<delimiter>\\?.)") (?P<name>.*)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the server's list of folders."""

    name: str
    delimiter: str = ""
    flags: frozenset[str] = frozenset()  # lower case, as `\\sent`

    @property
    def selectable(self) -> bool:
        """Whether mails can lie in it."""
        return not {r"\noselect", r"\nonexistent"} & self.flags


def parse_list(parts: Iterable[Part]) -> Iterator[Listed]:
    """Read the answers to LIST; a name that is not written as it should be stands as it is."""
    for part in parts:
        line, literal = part if isinstance(part, tuple) else (part or b"", None)
        if match := _LISTED.fullmatch(line):
            name = match["name"] if literal is None else literal
            if literal is None and name.startswith(b'"'):
                name = re.sub(rb"\\(.)", rb"\1", name[1:-1])
            flags = frozenset(decode(match["flags"]).lower().split())
            yield Listed(_decoded(name), decode(match["delimiter"])[-1:], flags)


def _decoded(name: bytes) -> str:
    """Read modified UTF-7 (RFC 3501, 5.1.3), or what servers send that have not heard of it."""
    if name.isascii():
        try:
            return utf7_decode(name)
        except ValueError:
            pass  # an ampersand that begins nothing
    return decode(name)


def name_uses(listed: Sequence[Listed]) -> list[Folder]:
    """Say of each folder what it is for; at most one folder is named for a use that the server does not mark."""
    uses = {each.name: use for each in listed if (use := _special_use(each.flags))}
    for use in _USUAL_NAMES:
        if use not in uses.values() and (name := _usual(use, listed)):
            uses.setdefault(name, use)
    by_name = sorted(listed, key=lambda each: (each.name.upper() != "INBOX", each.name))
    return [Folder(each.name, uses.get(each.name, ""), each.selectable) for each in by_name]


def _special_use(flags: frozenset[str]) -> str:
    return next((use for use in _USES if f"\\{use}" in flags), "")


def _usual(use: str, listed: Sequence[Listed]) -> str | None:
    by_leaf: dict[str, str] = {}
    for each in sorted(listed, key=_depth, reverse=True):
        leaf = each.name.rpartition(each.delimiter)[2] if each.delimiter else each.name
        if each.selectable:
            by_leaf[leaf.strip().lower()] = each.name  # the one nearest to the top stays
    return next((by_leaf[name] for name in _USUAL_NAMES[use] if name in by_leaf), None)


def _depth(listed: Listed) -> int:
    return listed.name.count(listed.delimiter) if listed.delimiter else 0
