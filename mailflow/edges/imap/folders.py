"""Which folder is Drafts and which is Sent: by special use (RFC 6154), else by the names that are usual somewhere."""

from collections.abc import Iterable, Sequence

from imap_tools.folder import FolderInfo

from mailflow.core.mailbox import Folder

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


def name_uses(listed: Sequence[FolderInfo]) -> list[Folder]:
    """Say of each folder what it is for; at most one folder is named for a use that the server does not mark."""
    uses = {info.name: use for info in listed if (use := _special_use(info.flags))}
    for use in _USUAL_NAMES:
        if use not in uses.values() and (name := _usual(use, listed)):
            uses.setdefault(name, use)
    return [Folder(info.name, uses.get(info.name, ""), _selectable(info)) for info in listed]


def _special_use(flags: Iterable[str]) -> str:
    marked = {flag.lstrip("\\").lower() for flag in flags}
    return next((use for use in _USES if use in marked), "")


def _usual(use: str, listed: Sequence[FolderInfo]) -> str | None:
    by_leaf: dict[str, str] = {}
    for info in sorted(listed, key=lambda info: info.name.count(info.delim) if info.delim else 0, reverse=True):
        leaf = info.name.rpartition(info.delim)[2] if info.delim else info.name
        if _selectable(info):
            by_leaf[leaf.strip().lower()] = info.name  # the one nearest to the top stays
    return next((by_leaf[name] for name in _USUAL_NAMES[use] if name in by_leaf), None)


def _selectable(info: FolderInfo) -> bool:
    return not {r"\noselect", r"\nonexistent"} & {flag.lower() for flag in info.flags}
