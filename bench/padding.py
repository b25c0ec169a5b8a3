"""What makes mails long without saying anything about an order: trace headers, and the conversation so far."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random

_ENGLISH = (
    "Thank you for your message of this morning, we have passed it on to our colleagues in the sample room.",
    "The lab dips came in last week and the shade matches the standard under daylight.",
    "Please keep the hang tags and polybags as in the last season, nothing changes there.",
    "Our quality colleague will call your office about the handfeel of the cotton tape.",
    "As discussed on the phone, the packing instructions remain those of the manual that you have.",
    "We look forward to working with you on this programme and hope for a good season together.",
    "Could you remind your warehouse that the cartons must be free of staples?",
    "The artwork of the care label is final, our designer has signed it.",
)
_CHINESE = (
    "感谢您今早的来信，我们已转给样品间的同事。",
    "色样上周已收到，在日光下与标准色一致。",
    "吊牌和胶袋与上一季相同，没有变化。",
    "品质部的同事会打电话与贵司讨论织带的手感。",
    "正如电话里所说，包装方法按贵司已有的手册执行。",
    "期待与贵司在这个项目上继续合作，祝生意兴隆。",
    "请提醒贵司仓库，纸箱上不要用钉子。",
    "洗水唛的设计稿已定，设计师已签字。",
)
_HEX = "0123456789abcdef"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def trace_headers(random: Random, at: datetime, size: int) -> Iterator[tuple[str, str]]:
    """Yield headers such as servers add on a mail's way, about `size` bytes of them."""
    left, hop = size, 0
    while left > 250:
        hop += 1
        for name, value in (_received(random, at, hop), _seal(random, at, hop)):
            if left > 250:
                left -= len(name) + len(value) + 4
                yield name, value


def _received(random: Random, at: datetime, hop: int) -> tuple[str, str]:
    host = f"mx{random.randint(1, 40)}.relay{hop}.example"
    value = (
        f"from {host} ({host} [192.0.2.{random.randint(1, 254)}])\n"
        f"\tby in{hop}.relay.example (Postfix) with ESMTPS id {''.join(random.choices(_HEX, k=11))}\n"
        f"\t(version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\n"
        f"\t{format_datetime(at + timedelta(seconds=hop))}"
    )
    return "Received", value


def _seal(random: Random, at: datetime, hop: int) -> tuple[str, str]:
    signed = "".join(random.choices(_BASE64, k=344))
    lines = "\n\t ".join(signed[start : start + 70] for start in range(0, len(signed), 70))
    head = f"i={hop}; a=rsa-sha256; d=relay{hop}.example; s=arc; t={int(at.timestamp())}; c=relaxed/relaxed;"
    return "ARC-Message-Signature", f"{head}\n\th=from:to:subject:date:message-id; b={lines}="


def _sentences(random: Random, size: int, chinese: bool) -> Iterator[str]:
    known = _CHINESE if chinese else _ENGLISH
    while size > 0:
        sentence = random.choice(known)
        size -= len(sentence) + 3
        yield sentence


def plain_history(random: Random, size: int, chinese: bool) -> str:
    """Return the conversation so far, quoted as mail programs do below an answer."""
    head = (
        "\n\n发件人: Amy Lin <amy.lin@lanmei.example>\n发送时间: 2026年10月9日 9:12\n主题: 样品\n\n"
        if chinese
        else "\n\nOn Fri, 9 Oct 2026 at 09:12, Amy Lin <amy.lin@lanmei.example> wrote:\n"
    )
    return head + "".join(f"> {sentence}\n" for sentence in _sentences(random, size, chinese))


def html_history(random: Random, size: int, chinese: bool) -> str:
    """Return the same as HTML."""
    head = (
        "<div><b>发件人:</b> Amy Lin &lt;amy.lin@lanmei.example&gt;<br><b>发送时间:</b> 2026年10月9日 9:12</div>"
        if chinese
        else "<div>On Fri, 9 Oct 2026 at 09:12, Amy Lin &lt;amy.lin@lanmei.example&gt; wrote:</div>"
    )
    said = "".join(f"<p>{sentence}</p>" for sentence in _sentences(random, size, chinese))
    return f'<div class="gmail_quote">{head}<blockquote type="cite" class="gmail_quote">{said}</blockquote></div>'
