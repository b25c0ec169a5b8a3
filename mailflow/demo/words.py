"""The words of the show, in the languages that it speaks."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that the show itself says; what mails and letters say stays as it is."""

    language: Language
    title: str
    opening: str
    before: str
    after: str
    columns: tuple[str, ...]
    filed: dict[str, str]
    acts: dict[str, str]
    letters: dict[str, str]
    milestones: dict[str, str]
    reached: dict[str, str]
    asks: str
    live: str
    sums: str
    saved: str
    took: str
    stay: str
    stop: str
    page_title: str
    page_heads: dict[str, str]
    weekdays: tuple[str, ...]

    def day(self, day: date | None) -> str:
        """Return a day as people write it: `5 Dec`, `12月5日`."""
        if day is None:
            return ""
        if self.language == "zh":
            return f"{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]}"

    def full_day(self, day: date) -> str:
        """Return a day with its weekday and year."""
        weekday = self.weekdays[day.weekday()]
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日 {weekday}"
        return f"{weekday}, {day.day} {_MONTHS[day.month - 1]} {day.year}"

    def letter(self, template: str) -> str:
        """Return what a letter is called."""
        return self.letters.get(template, template.replace("_", " "))

    def milestone(self, name: str) -> str:
        """Return what a milestone is called."""
        return self.milestones.get(name, name)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

ENGLISH = Words(
    language="en",
    title="mailflow: a week of order follow-up",
    opening=(
        "A made-up trading house with {purchases} purchase orders for {sales} sales orders. A mail server runs inside "
        "this program; nothing leaves your computer. The week is played at full speed, each mail at its own time."
    ),
    before="The purchase orders on Monday morning",
    after="The same orders a week later: what changed is in colour",
    columns=("Order", "Supplier", "Goods", "Quantity", "Due", "Promised", "Shipped", "For", "Customer", "Due", "Told"),
    filed={
        "auto_reply": "an automatic reply: filed, it answers nothing",
        "bounce": "a delivery failure",
        "ignore": "filed: nothing to enter",
        "aside": "set aside for a person: {reason}",
    },
    acts={
        "acknowledged": "acknowledged",
        "promised": "{milestone} {before} → {after}",
        "confirmed": "{milestone} {after}, confirmed",
        "expected": "{milestone} {after}",
        "problem": "problem: {topic}",
        "change": "wants a change: {topic}",
        "question": "asks: {topic}",
        "approval": "{verdict}: {topic}",
        "payment": "says that it has paid; accounts must confirm",
        "told": "the customer has been told {after}",
        "address": "{address} takes no mail: {reply}",
        "queued": "{letter} to {to}",
        "auto": "sent",
        "drafted": "waits in Drafts for a yes",
        "held": "held: {reason}",
        "refused": "refused by the server: {reply}",
        "withdrawn": "withdrawn: {reason}",
        "waits": "goes when their office opens, {when} here",
        "vetoed": "goes this afternoon unless somebody says stop",
    },
    letters={
        "chase_ack": "request for the signed order",
        "ask_ship": "question before the ship date",
        "overdue_1": "chase, first",
        "overdue_2": "chase, second",
        "overdue_3": "chase, third",
        "weekly_list": "weekly list",
        "delay_notice": "delay notice",
        "shipment_notice": "shipment notice to the factory",
        "shipment_advice": "shipment advice",
        "backlog": "list of the backlog",
    },
    milestones={"ship": "ships", "arrive": "arrives", "receive": "delivered"},
    reached={
        "material": "material in house {after}",
        "sample": "sample sent {after}",
        "production": "production finished {after}",
        "inspection": "inspected {after}",
        "ship": "shipped {after}",
        "arrive": "arrived {after}",
        "receive": "received {after}",
    },
    asks="A person is asked",
    live="The parties are switched on (the order book came in quiet)",
    sums="{mails} mails read · {moved} dates entered · {asked} questions to a person · {sent} letters sent · "
    "{drafts} wait in Drafts",
    saved="Letters and the digest of the week, to open in a browser: {path}",
    took="All of it took {seconds:.0f} seconds.",
    stay="mailflow goes on running. Look in with any mail program (no encryption, password {password}):",
    stop="Answer a letter from a supplier's mailbox and watch what happens here. Ctrl-C ends it.",
    page_title="A week of order follow-up",
    page_heads={
        "digest": "Digest of the week",
        "mails": "Mails that came in",
        "asked": "What a person was asked",
        "letters": "Letters",
        "orders": "Orders",
        "time": "Time",
        "from": "From",
        "to": "To",
        "subject": "Subject",
        "outcome": "What became of it",
        "letter": "Letter",
        "state": "State",
        "why": "Why",
        "question": "Question",
        "words": "Words of the mail",
        "back": "back to the digest",
        "plain": "The same letter as plain text",
    },
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)

CHINESE = Words(
    language="zh",
    title="mailflow：一周跟单",
    opening=(
        "一家虚构的贸易公司：{purchases} 张采购单，服务 {sales} 张销售单。邮件服务器就在本程序内，"
        "任何邮件都不会离开这台电脑。一周的邮件按各自的时间快速播放。"
    ),
    before="周一早上的采购单",
    after="一周之后（有变化的带颜色）",
    columns=("订单", "供应商", "货物", "数量", "交期", "承诺", "已出货", "销售单", "客户", "交期", "已告知"),
    filed={
        "auto_reply": "自动回复：归档，不算答复",
        "bounce": "退信",
        "ignore": "归档：无需入账",
        "aside": "搁置待人处理：{reason}",
    },
    acts={
        "acknowledged": "已签回",
        "promised": "{milestone} {before} → {after}",
        "confirmed": "{milestone} {after}，确认",
        "expected": "{milestone} {after}",
        "problem": "问题：{topic}",
        "change": "要求更改：{topic}",
        "question": "询问：{topic}",
        "approval": "{verdict}：{topic}",
        "payment": "称已付款，待财务确认",
        "told": "已告知客户 {after}",
        "address": "{address} 收不到邮件：{reply}",
        "queued": "{letter} → {to}",
        "auto": "已发出",
        "drafted": "在草稿箱等人确认",
        "held": "暂扣：{reason}",
        "refused": "服务器拒收：{reply}",
        "withdrawn": "已撤回：{reason}",
        "waits": "等对方上班时发出（我方时间 {when}）",
        "vetoed": "无人反对则下午发出",
    },
    letters={
        "chase_ack": "催签回",
        "ask_ship": "出货前询问",
        "overdue_1": "催单（一）",
        "overdue_2": "催单（二）",
        "overdue_3": "催单（三）",
        "weekly_list": "每周交期表",
        "delay_notice": "延期通知",
        "shipment_notice": "出货通知",
        "shipment_advice": "装船通知",
        "backlog": "逾期清单",
    },
    milestones={
        "acknowledged": "签回",
        "material": "物料",
        "sample": "样板",
        "production": "生产",
        "inspection": "验货",
        "ship": "出货",
        "arrive": "到港",
        "receive": "签收",
        "payment": "货款",
    },
    reached={
        "material": "物料已到 {after}",
        "sample": "样板已寄 {after}",
        "production": "生产完成 {after}",
        "inspection": "已验货 {after}",
        "ship": "已出货 {after}",
        "arrive": "已到港 {after}",
        "receive": "已签收 {after}",
    },
    asks="请人决定",
    live="启用往来单位（订单导入时先保持静默）",
    sums="读信 {mails} 封 · 记录日期 {moved} 个 · 请人决定 {asked} 件 · 发信 {sent} 封 · 草稿待确认 {drafts} 封",
    saved="信件与一周摘要可用浏览器打开：{path}",
    took="全程 {seconds:.0f} 秒。",
    stay="mailflow 继续运行。可用任何邮件软件登录查看（不加密，密码 {password}）：",
    stop="用供应商的邮箱回复一封来信，看这里的变化。按 Ctrl-C 结束。",
    page_title="一周跟单",
    page_heads={
        "digest": "一周摘要",
        "mails": "收到的邮件",
        "asked": "请人决定的事",
        "letters": "发出的信",
        "orders": "订单",
        "time": "时间",
        "from": "发件人",
        "to": "收件人",
        "subject": "主题",
        "outcome": "处理结果",
        "letter": "信件",
        "state": "状态",
        "why": "原因",
        "question": "问题",
        "words": "邮件原话",
        "back": "返回摘要",
        "plain": "同一封信的纯文本",
    },
    weekdays=("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
)


def words_of(language: Language) -> Words:
    """Return the words of a language."""
    return CHINESE if language == "zh" else ENGLISH
