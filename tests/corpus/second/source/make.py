#!/usr/bin/env python3
"""Make the second corpus again from its sources: orders.csv, mail/*.eml and gold.jsonl, the same bytes each time.

The mails' texts are in mails-*.yaml, written one by one. A gold update is one line: ORDER KIND [WHAT] [DATE] [q=QUANTITY]
[refs=A,B], where WHAT is a milestone, a topic or topic/verdict.
"""

import base64
import datetime as dt
import email.utils
import hashlib
import html
import io
import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

import openpyxl
from ruamel.yaml import YAML

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import book as the_book  # noqa: E402
import quotes  # noqa: E402

JPEG = base64.b64decode("/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AKp//2Q==")
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png",
         "csv": "text/csv", "xls": "application/vnd.ms-excel", "txt": "text/plain", "ics": "text/calendar", "eml": "message/rfc822"}  # fmt: skip
MILESTONES = "material sample production inspection ship arrive receive".split()


def word(text: str, charset: str) -> str:
    """A header's value as an encoded word where it is not ASCII."""
    if text.isascii():
        return text
    return "=?" + charset + "?B?" + base64.b64encode(text.encode(charset)).decode() + "?="


def wrapped(data: bytes) -> str:
    return "\r\n".join(re.findall(".{1,76}", base64.b64encode(data).decode()))


def part(kind: str, text: str, charset: str, encode: str, how: str) -> bytes:
    """One text part with its headers."""
    data = text.replace("\n", "\r\n").encode(encode, "xmlcharrefreplace" if kind == "html" else "strict")
    head = f'Content-Type: text/{kind}; charset="{charset}"\r\nContent-Transfer-Encoding: {how}\r\n\r\n'.encode()
    if how == "base64":
        return head + wrapped(data).encode() + b"\r\n"
    if how == "quoted-printable":
        import quopri

        return head + quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n") + b"\r\n"
    return head + data + b"\r\n"


def rich(text: str, program: str) -> str:
    """The sender's words as the program's HTML."""
    lines = [html.escape(line) or ("&nbsp;" if program.startswith("outlook") else "<br>") for line in text.split("\n")]
    if program.startswith("outlook"):
        return '<div class="WordSection1">' + "".join(f'<p class="MsoNormal">{line}</p>\n' for line in lines) + "</div>"
    return '<div dir="auto">' + "".join(f"<div>{line}</div>" for line in lines) + "</div>"


def workbook(rows: list[list[object]], title: str, merged: list[str]) -> bytes:
    """A workbook whose bytes do not depend on the clock."""
    wb = openpyxl.Workbook()
    sheet = wb.active
    sheet.title = title
    for row in rows:
        sheet.append([cell if not isinstance(cell, str) or cell else None for cell in row])
    for area in merged:
        sheet.merge_cells(area)
    raw, out = io.BytesIO(), io.BytesIO()
    wb.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-11-01T00:00:00Z", old.read(name)) if name == "docProps/core.xml" else old.read(name)
            new.writestr(zipfile.ZipInfo(name, (2026, 11, 1, 0, 0, 0)), data)
    return out.getvalue()


def pdf(lines: list[str]) -> bytes:
    """A page of plain Latin text."""
    show = "".join("(" + re.sub(r"([()\\])", r"\\\1", line) + ") Tj T*\n" for line in lines)
    stream = f"BT /F1 10 Tf 50 790 Td 14 TL\n{show}ET".encode("cp1252")
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, data in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def attachment(a: dict[str, object], charset: str) -> bytes:
    name = str(a["name"])
    end = name.rsplit(".", 1)[-1].lower()
    if "rows" in a:
        data = workbook(a["rows"], str(a.get("sheet", "Sheet1")), list(a.get("merged", [])))
    elif "lines" in a:
        data = pdf([str(line) for line in a["lines"]])
    elif "text" in a:
        data = str(a["text"]).replace("\n", "\r\n").encode(str(a.get("encode", "utf-8")))
    else:
        data = JPEG if end in ("jpg", "png") else pdf([])
    shown = word(name, charset)
    kind = str(a.get("type", TYPES[end]))
    head = f'Content-Type: {kind}; name="{shown}"\r\nContent-Disposition: attachment; filename="{shown}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return head.encode() + wrapped(data).encode() + b"\r\n"


def multi(kind: str, parts: list[bytes], mark: str, more: str = "") -> bytes:
    inner = b"".join(b"--" + mark.encode() + b"\r\n" + p for p in parts)
    return f'Content-Type: multipart/{kind}; {more}boundary="{mark}"\r\n\r\n'.encode() + inner + f"--{mark}--\r\n".encode()


def texts(m: dict[str, object], book: dict[str, dict[str, object]], when: dt.datetime, address: str) -> tuple[str, str]:
    """The plain text and the HTML of a mail, its quoted history included."""
    text, program = str(m.get("text", "")).rstrip("\n"), str(m.get("quote", {}).get("style", m.get("program", "gmail")))
    own = str(m["html"]) if str(m.get("html", "")).startswith("<") else rich(text, program)
    q = m.get("quote")
    if not q:
        return text + "\n", own
    old = str(q["text"]).rstrip("\n") if "text" in q else quotes.chase(list(q["chase"]), book, q.get("lang", "en"))
    then = dt.datetime.strptime(q["sent"], "%Y-%m-%d %H:%M") if "sent" in q else (when - dt.timedelta(days=1, hours=3)).replace(minute=7)
    subject = str(q.get("subject") or re.sub(r"^((re|aw|sv|回复|答复|ref|rv|ynt|odp|res|tr)\s*[:：]\s*)+", "", str(m.get("subject", "")), flags=re.I))
    said, shown = (f(program, old, then, address, subject) for f in (quotes.plain, quotes.rich))
    if q.get("first"):
        return f"{said}\n\n{text}\n", f"{shown}<br>{own}"
    return f"{text}\n\n{said}\n", f"{own}{shown}"


def message(m: dict[str, object], book: dict[str, dict[str, object]]) -> bytes:
    when = dt.datetime.strptime(str(m["date"]), "%Y-%m-%d %H:%M %z")
    charset, encode = str(m.get("charset", "utf-8")), str(m.get("encode") or m.get("charset", "utf-8"))
    name, address = email.utils.parseaddr(str(m["from"]))
    mark = hashlib.sha256(str(m["id"]).encode()).hexdigest()[:24]
    subject = str(m.get("subject", ""))
    head = [f"Date: {email.utils.format_datetime(when)}", f"Message-ID: <{mark}@{address.split('@')[1]}>"]
    who = f'"{name}"' if name.isascii() and re.search(r"[^\w .-]", name) else word(name, encode)
    lines = [h.encode() for h in head]
    lines.append(b"Subject: " + (subject.encode(encode) if m.get("raw_subject") else word(subject, encode).encode()))
    lines += [f"From: {who} <{address}>".encode(), f"To: {m.get('to', quotes.BOX)}".encode()]
    lines += [f"{k}: {v}".encode() for k, v in m.get("headers", {}).items()]
    if m.get("quote") and not m.get("fresh"):
        lines += [f"{h}: <{mark[::-1]}@corvane.example>".encode() for h in ("In-Reply-To", "References")]
    lines.append(b"MIME-Version: 1.0")
    return b"\r\n".join(lines) + b"\r\n" + body(m, book, when, address, charset, encode, mark)


def body(m: dict[str, object], book: dict[str, dict[str, object]], when: dt.datetime, address: str, charset: str, encode: str, mark: str) -> bytes:
    text, shown = texts(m, book, when, address)
    how = str(m.get("transfer", "base64" if charset.lower().startswith(("gb", "big5")) else "8bit"))
    page = f"<html><head></head><body>{shown}</body></html>\n"
    style = str(m.get("html", "auto"))
    if style == "none":
        inner = part("plain", text, charset, encode, how)
    elif style == "only" or m.get("html_only"):
        inner = part("html", page, charset, encode, how)
    else:
        inner = multi("alternative", [part("plain", text, charset, encode, how), part("html", page, charset, encode, how)], "=_alt_" + mark)
    if "report" in m:  # a delivery report's machine-readable part
        kind, words = m["report"]
        extra = f"Content-Type: message/{kind}\r\n\r\n".encode() + str(words).strip().replace("\n", "\r\n").encode() + b"\r\n"
        sort = "delivery-status" if kind == "delivery-status" else "disposition-notification"
        return multi("report", [inner, extra], "=_rep_" + mark, f"report-type={sort}; ")
    if "attach" in m:
        return multi("mixed", [inner, *(attachment(a, encode if encode != "us-ascii" else "utf-8") for a in m["attach"])], "=_mix_" + mark)
    return inner


def update(line: str, book: dict[str, dict[str, object]]) -> dict[str, object]:
    number, kind, *rest = line.split()
    assert number in book, line
    u: dict[str, object] = {"order": number, "kind": kind}
    for w in rest:
        if w.startswith("q="):
            u["quantity"] = int(w[2:])
        elif w.startswith("refs="):
            u["refs"] = w[5:].split(",")
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", w):
            u["date"] = dt.date.fromisoformat(w).isoformat()
        elif w in MILESTONES and kind in ("forecast", "done"):
            u["milestone"] = w
        else:
            assert kind in ("problem", "change_request", "query", "approval"), line
            u["topic"], _, verdict = w.partition("/")
            if verdict:
                u["verdict"] = verdict
    return u


def main() -> None:
    home = HERE.parent
    book = {str(o["number"]): o for o in the_book.orders()}
    (home / "orders.csv").write_text(the_book.text(), "utf-8")
    shutil.rmtree(home / "mail", ignore_errors=True)
    (home / "mail").mkdir()
    gold, seen = [], set()
    for source in sorted(HERE.glob("mails-*.yaml")):
        for m in YAML(typ="safe", pure=True).load(source.read_text("utf-8")):
            assert m["id"] not in seen, m["id"]
            seen.add(m["id"])
            try:
                (home / "mail" / f"{m['id']}.eml").write_bytes(message(m, book))
                updates = [update(line, book) for line in m.get("gold", [])]
            except Exception as e:
                raise SystemExit(f"{source.name}: {m['id']}: {e!r}") from e
            gold.append({"id": m["id"], "disposition": m["is"], "updates": updates, "traps": m.get("traps", [])})
    (home / "gold.jsonl").write_text("".join(json.dumps(g, ensure_ascii=False) + "\n" for g in gold), "utf-8")


if __name__ == "__main__":
    main()
