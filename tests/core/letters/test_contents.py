"""What looks for secrets in a mail finds them wherever they hide."""

import io
import zipfile
import zlib
from email.headerregistry import Address
from email.message import EmailMessage

import pytest

from tests.core.letters.contents import everything, found_in

SECRET = "恒泰 Canary"


def png(kind: bytes, body: bytes) -> bytes:
    """Return a picture with one text chunk."""
    chunk = kind + body
    return b"\x89PNG\r\n\x1a\n" + len(body).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")


def packed(name: str, text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Good morning")
    return message


def with_file(data: bytes, kind: str, name: str = "a.bin") -> EmailMessage:
    message, (main, sub) = mail(), kind.split("/")
    message.add_attachment(data, main, sub, filename=name)
    return message


def html() -> EmailMessage:
    message = mail()
    message.add_alternative(f"<p>Good morning</p><!-- {SECRET} -->", "html")
    return message


def copied() -> EmailMessage:
    message = mail()
    message["Cc"] = Address(SECRET, "a", "b.example")
    return message


HIDDEN = {
    "subject": mail(Subject=SECRET),
    "other header": mail(X_Note=SECRET),
    "copy": copied(),
    "html comment": html(),
    "file name": with_file(b"x", "application/pdf", f"{SECRET}.pdf"),
    "workbook": with_file(packed("xl/sharedStrings.xml", f"<t>{SECRET}</t>"), "application/zip"),
    "name in an archive": with_file(packed(f"{SECRET}.txt", "x"), "application/zip"),
    "archive in an archive": with_file(packed("a.zip", "x") + packed("b", SECRET), "application/zip"),
    "picture": with_file(png(b"tEXt", b"Title\0" + SECRET.encode()), "image/png"),
    "picture, zipped": with_file(png(b"zTXt", b"Title\0\0" + zlib.compress(SECRET.encode())), "image/png"),
    "picture, international": with_file(
        png(b"iTXt", b"Title\0\1\0zh\0\0" + zlib.compress(SECRET.encode())), "image/png"
    ),
    "calendar": with_file(f"BEGIN:VEVENT\nSUMMARY:{SECRET}".encode(), "text/calendar"),
    "forwarded mail": with_file(b"Subject: x\n\n" + SECRET.encode(), "application/octet-stream"),
}


@pytest.mark.parametrize("place", HIDDEN)
def test_a_secret_is_found(place: str) -> None:
    assert found_in(everything(HIDDEN[place].as_bytes()), [SECRET, "another word"]) == [SECRET]


def test_nothing_is_found_where_nothing_is() -> None:
    assert found_in(everything(mail(Subject="Hengtai").as_bytes()), [SECRET]) == []
