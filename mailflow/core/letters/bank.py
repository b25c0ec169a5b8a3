"""Bank details in a text. No letter of ours ever holds any: whoever sees some in our name knows that it is a fraud."""

import re

from stdnum import iban

_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{2,4}){3,8}(?![A-Z0-9])")
_CODE = re.compile(r"\b(?:SWIFT|BIC)\b[^A-Z0-9\n]{0,12}[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\b")
_ACCOUNT = re.compile(
    r"(?:\b(?:bank\s+)?(?:account|acct|a/c)\b\.?\s*(?:no|number|#)?\.?|账号|帐号|賬號|帳號|账户|帳戶|卡号|卡號)"
    r"\s*(?:[:：]|is|为|為)?\s*\d[\d -]{6,}\d",
    re.IGNORECASE,
)


def bank_details(text: str) -> str:
    """Return the first IBAN, SWIFT code or numbered account in a text, or nothing."""
    for hit in _IBAN.finditer(text):
        words = hit[0].split(" ")
        if any(iban.is_valid("".join(words[:count])) for count in range(1, len(words) + 1)):
            return hit[0]
    found = _CODE.search(text) or _ACCOUNT.search(text)
    return found[0] if found else ""
