"""Failed delivery: which addresses, and whether for good; RFC 3464 first, then what servers write freely."""

import re
from email.message import Message as Part
from email.utils import getaddresses

from flufl.bounce import all_failures

from mailflow.core.message.bodies import Body
from mailflow.core.message.headers import Headers
from mailflow.core.message.model import Address, Failure
from mailflow.core.message.phrases import Phrases, finder

_ADDRESS = re.compile(r"[A-Za-z0-9._%+'/=~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_TEMPORARY_CODE = re.compile(r"(?<![\d.])4\.\d{1,3}\.\d{1,3}(?![\d.])|(?<![\d.])4[25]\d[ -](?=\D)")
_PERMANENT_CODE = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])|(?<![\d.])55\d\b")
_TEXT = 20_000


def is_delivery_receipt(body: Body) -> bool:
    """Whether a delivery report tells only of success."""
    actions = _actions(body)
    return bool(actions) and all(action in ("delivered", "relayed", "expanded") for action in actions)


def failure_of(
    headers: Headers, body: Body, sender: Address, subject: str, text: str, phrases: Phrases
) -> Failure | None:
    """What a notice of failed or delayed delivery says; None for any other mail."""
    if not _suspect(headers, body, sender, subject, text, phrases):
        return None
    said = _machine_text(text, phrases)
    reported = _reported(body)
    if reported is not None:
        return Failure(reported.addresses, reported.permanent and not _only_for_now(said, phrases))
    addresses = _header_addresses(headers) or _text_addresses(said, text, sender, headers)
    delay = finder(phrases, "bounce_delay").search(f"{subject}\n{said}") is not None
    temporary = delay or _only_for_now(said, phrases)
    if not temporary and _TEMPORARY_CODE.search(said) and not _PERMANENT_CODE.search(said):
        temporary = True
    return Failure(addresses, not temporary)


def flufl_addresses(part: Part) -> tuple[str, ...]:
    """The addresses that flufl.bounce finds, where our own reading found none."""
    for sub in part.walk():  # its detectors trip over headers that are not ASCII, and over a missing From
        for name in {name for name, value in sub.raw_items() if not str(value).isascii()}:
            del sub[name]
    if not getaddresses([part.get("from", "")]):
        part["From"] = "mailer-daemon@invalid"
    try:
        temporary, permanent = all_failures(part)
    except Exception:  # noqa: BLE001 - its detectors raise many things on hostile headers; a bounce without addresses is told
        return ()
    found = [address.decode("ascii", "ignore").strip("<> ").lower() for address in (*permanent, *temporary)]
    return tuple(dict.fromkeys(address for address in found if "@" in address))


def _suspect(headers: Headers, body: Body, sender: Address, subject: str, text: str, phrases: Phrases) -> bool:
    if body.report_type == "delivery-status" or headers.has("x-ms-exchange-message-is-ndr"):
        return True
    failed = headers.has("x-failed-recipients")
    sent_by = finder(phrases, "bounce_sender").search(f"{sender.email.partition('@')[0]} {sender.name}") is not None
    null_path = headers.raw("return-path").strip() == "<>"
    if not failed and not sent_by and not null_path:
        return False
    named = finder(phrases, "bounce_subject").search(subject) is not None
    says = finder(phrases, "bounce_body").search(text[:_TEXT]) is not None
    coded = _TEMPORARY_CODE.search(text[:_TEXT]) or _PERMANENT_CODE.search(text[:_TEXT])
    if failed or sent_by:
        return says or (named and coded is not None)
    return named and says


def _actions(body: Body) -> list[str]:
    return [block.raw("action").lower().split(" ")[0] for block in body.report if block.has("action")]


def _reported(body: Body) -> Failure | None:
    """What the blocks of a delivery status say."""
    failed: list[str] = []
    delayed: list[str] = []
    for block in body.report:
        action = block.raw("action").lower()
        recipient = block.raw("original-recipient") or block.raw("final-recipient")
        found = _ADDRESS.search(recipient.partition(";")[2] or recipient) or _ADDRESS.search(
            block.raw("final-recipient")
        )
        if found is None or not action.startswith(("failed", "delayed")):
            continue
        soft = (
            action.startswith("delayed")
            or block.raw("status").startswith("4.")
            or block.raw("status").startswith("5.2.2")
        )
        (delayed if soft else failed).append(found.group().lower())
    if not failed and not delayed:
        return None
    return Failure(tuple(dict.fromkeys(failed + delayed)), bool(failed))


def _machine_text(text: str, phrases: Phrases) -> str:
    """The notice without the returned mail below it, unless nearly nothing stands above."""
    cut = finder(phrases, "bounce_original").search(text, 200)
    return text[: cut.start()] if cut and _ADDRESS.search(text[: cut.start()]) else text[:_TEXT]


def _only_for_now(said: str, phrases: Phrases) -> bool:
    return finder(phrases, "bounce_temporary").search(said) is not None


def _header_addresses(headers: Headers) -> tuple[str, ...]:
    found = _ADDRESS.findall(" ".join(headers.all_raw("x-failed-recipients")))
    return tuple(dict.fromkeys(address.lower() for address in found))


def _text_addresses(said: str, text: str, sender: Address, headers: Headers) -> tuple[str, ...]:
    """Addresses in the notice that are neither the server's nor ours."""
    own = {sender.email, *(address.email for name in ("to", "delivered-to") for address in headers.addresses(name))}
    for source in (said, text[:_TEXT]):
        found = [address.lower().strip("'/=") for address in _ADDRESS.findall(source)]
        left = [
            address
            for address in found
            if address not in own and not address.startswith(("postmaster@", "mailer-daemon@"))
        ]
        if left:
            return tuple(dict.fromkeys(left))[:50]
    return ()
