"""What mail programs put above the mail that they quote, in many programs and languages; the parties are made up."""

ABOVE = {
    "ja-iphone": "2026/11/16 16:12、Jana Voss <orders@brightwater.example>のメール:",
    "ja-thunderbird": "On 2026/11/16 16:12, Jana Voss wrote:",
    "ja-becky": "On Mon, 16 Nov 2026 16:12:33 +0100\nJana Voss <orders@brightwater.example> wrote:",
    "ja-wrote": "2026年11月16日 16:12 Jana Voss さんは書きました:",
    "vi-iphone": "Vào 16 thg 11, 2026, lúc 16:12, Jana Voss <orders@brightwater.example> đã viết:",
    "vi-thunderbird": "Vào lúc 16:12 ngày 16/11/2026, Jana Voss viết:",
    "pl-thunderbird": "W dniu 16.11.2026 o 16:12, Jana Voss pisze:",
    "pl-iphone": ("Wiadomość napisana przez Jana Voss <orders@brightwater.example> w dniu 16 lis 2026, o godz. 16:12:"),
    "pl-onet": "W dniu 2026-11-16 16:12:33 użytkownik Jana Voss <orders@brightwater.example> napisał:",
    "pl-wp": "Dnia 16 listopada 2026 16:12 Jana Voss <orders@brightwater.example> napisał(a):",
    "tr-gmail": "Jana Voss <orders@brightwater.example>, 16 Kas 2026 Pzt, 16:12 tarihinde\nşunu yazdı:",
    "tr-thunderbird": "16.11.2026 16:12 tarihinde Jana Voss yazdı:",
    "tr-iphone": "Jana Voss <orders@brightwater.example> şunları yazdı (16 Kas 2026 16:12):",
    "pt-thunderbird": "Em 16/11/2026 16:12, Jana Voss escreveu:",
    "pt-iphone": "Em 16 de nov. de 2026, à(s) 16:12, Jana Voss <orders@brightwater.example> escreveu:",
    "pt-gmail-pt": "Jana Voss <orders@brightwater.example> escreveu (segunda, 16/11/2026 à(s) 16:12):",
    "pt-no-dia": "No dia 16/11/2026, às 16:12, Jana Voss <orders@brightwater.example> escreveu:",
    "es-iphone": "El 16 nov 2026, a las 16:12, Jana Voss <orders@brightwater.example> escribió:",
    "es-thunderbird": "El 16/11/2026 a las 16:12, Jana Voss escribió:",
    "fr-iphone": "Le 16 nov. 2026 à 16:12, Jana Voss <orders@brightwater.example> a écrit :",
    "fr-thunderbird": "Le 16/11/2026 à 16:12, Jana Voss a écrit :",
    "de-iphone": "Am 16.11.2026 um 16:12 schrieb Jana Voss <orders@brightwater.example>:",
    "zh-iphone": "在 2026年11月16日，16:12，Jana Voss <orders@brightwater.example> 写道：",
    "zh-thunderbird": "在 2026/11/16 16:12, Jana Voss 写道:",
    "zh-xiaomi": "Jana Voss <orders@brightwater.example> 在 2026年11月16日 下午4:12 写道：",
    "zh-163": '在 2026-11-16 16:12:33，"Jana Voss" <orders@brightwater.example> 写道：',
    "zh-163-en": 'At 2026-11-16 16:12:33, "Jana Voss" <orders@brightwater.example> wrote:',
    "zh-gmail": "Jana Voss <orders@brightwater.example> 于2026年11月16日周一 16:12写道：",
    "it-iphone": ("Il giorno 16 nov 2026, alle ore 16:12, Jana Voss <orders@brightwater.example> ha scritto:"),
    "nl-iphone": ("Op 16 nov. 2026 om 16:12 heeft Jana Voss <orders@brightwater.example> het volgende geschreven:"),
    "ru-thunderbird": "16.11.2026 16:12, Jana Voss пишет:",
    "ko-gmail": "2026년 11월 16일 (월) 오후 4:12, Jana Voss <orders@brightwater.example>님이 작성:",
    "th-gmail": "ในวันที่ จ. 16 พ.ย. 2026 เวลา 16:12 Jana Voss <orders@brightwater.example> เขียนว่า:",
    "id-gmail": ("Pada tanggal Sen, 16 Nov 2026 pukul 16.12 Jana Voss <orders@brightwater.example>\nmenulis:"),
    "en-iphone": "On Nov 16, 2026, at 4:12 PM, Jana Voss <orders@brightwater.example> wrote:",
    "en-thunderbird": "On 16/11/2026 16:12, Jana Voss wrote:",
    "en-mutt": "On Mon, Nov 16, 2026 at 04:12:33PM +0100, Jana Voss wrote:",
    "en-zimbra": "----- On Nov 16, 2026, at 4:12 PM, orders orders@brightwater.example wrote:",
    "en-proton": (
        "------- Original Message -------\n"
        "On Monday, November 16th, 2026 at 4:12 PM, Jana Voss <orders@brightwater.example> wrote:"
    ),
    "en-roundcube": "On 2026-11-16 16:12, Jana Voss wrote:",
    "en-horde": "Quoting Jana Voss <orders@brightwater.example>:",
    "de-horde": "Zitat von Jana Voss <orders@brightwater.example>:",
    "sv-gmail": "Den mån 16 nov. 2026 kl 16:12 skrev Jana Voss <orders@brightwater.example>:",
    "cs-gmail": "po 16. 11. 2026 v 16:12 odesílatel Jana Voss <orders@brightwater.example> napsal:",
    "hu-gmail": "Jana Voss <orders@brightwater.example> ezt írta (időpont: 2026. nov. 16., H, 16:12):",
    "da-gmail": "Den man. 16. nov. 2026 kl. 16.12 skrev Jana Voss <orders@brightwater.example>:",
    "fi-gmail": "ma 16. marrask. 2026 klo 16.12 Jana Voss (orders@brightwater.example) kirjoitti:",
    "ro-gmail": "În lun., 16 nov. 2026 la 16:12, Jana Voss <orders@brightwater.example> a scris:",
    "de-gmx": (
        "Gesendet: Montag, 16. November 2026 um 16:12 Uhr\n"
        'Von: "Jana Voss" <orders@brightwater.example>\n'
        "An: tariq@padma-apparel.example\n"
        "Betreff: BW-20417"
    ),
    "aliyun": (
        "------------------------------------------------------------------\n"
        "发件人：Jana Voss <orders@brightwater.example>\n"
        "发送时间：2026年11月16日(星期一) 16:12\n"
        "收件人：tariq <tariq@padma-apparel.example>\n"
        "主　题：BW-20417"
    ),
    "aliyun-phone": (
        "------------------------------------------------------------------\n"
        "发件人：Jana Voss<orders@brightwater.example>\n"
        "日　期：2026年11月16日 16:12:33\n"
        "收件人：<tariq@padma-apparel.example>\n"
        "主　题：BW-20417"
    ),
    "139": (
        "----邮件原文----\n"
        '发件人："Jana Voss" <orders@brightwater.example>\n'
        '收件人："tariq" <tariq@padma-apparel.example>\n'
        "抄送: (无)\n"
        "发送时间：2026-11-16 16:12:33\n"
        "主题：BW-20417"
    ),
    "sina": (
        "----- 原始邮件 -----\n"
        "发件人：Jana Voss <orders@brightwater.example>\n"
        "收件人：tariq@padma-apparel.example\n"
        "主题：BW-20417\n"
        "日期：2026年11月16日 16点12分"
    ),
    "coremail": (
        "-----原始邮件-----\n"
        '发件人:"Jana Voss" <orders@brightwater.example>\n'
        "发送时间:2026-11-16 16:12:33 (星期一)\n"
        "收件人: tariq@padma-apparel.example\n"
        "抄送: \n"
        "主题: BW-20417"
    ),
    "huawei": (
        "-------- 原始邮件 --------\n"
        "发件人： Jana Voss <orders@brightwater.example>\n"
        "日期： 2026年11月16日周一 16:12\n"
        "收件人： tariq@padma-apparel.example\n"
        "主 题： BW-20417"
    ),
    "qq-phone-compact": (
        "---原始邮件---\n"
        '发件人: "Jana Voss"<orders@brightwater.example>\n'
        "发送时间: 2026年11月16日(周一) 下午4:12\n"
        '收件人: "tariq"<tariq@padma-apparel.example>;\n'
        "主题: BW-20417"
    ),
    "foxmail-plain": (
        " \n发件人： Jana Voss\n发送时间： 2026-11-16 16:12\n收件人： tariq@padma-apparel.example\n主题： BW-20417"
    ),
    "exmail": (
        "------------------ Original ------------------\n"
        'From:  "Jana Voss"<orders@brightwater.example>;\n'
        "Date:  Mon, Nov 16, 2026 04:12 PM\n"
        'To:  "tariq"<tariq@padma-apparel.example>; \n'
        "\n"
        "Subject:  BW-20417"
    ),
    "263": (
        "----- 原邮件信息 -----\n"
        "发件人: Jana Voss <orders@brightwater.example>\n"
        "收件人: tariq <tariq@padma-apparel.example>\n"
        "主题: BW-20417\n"
        "日期: 2026-11-16 16:12:33"
    ),
    "oe-zh": (
        "----- Original Message ----- \n"
        'From: "Jana Voss" <orders@brightwater.example>\n'
        "To: <tariq@padma-apparel.example>\n"
        "Sent: Monday, November 16, 2026 4:12 PM\n"
        "Subject: BW-20417"
    ),
    "tr-outlook2": (
        "Gönderen: Jana Voss [mailto:orders@brightwater.example] \n"
        "Gönderme Tarihi: Monday, November 16, 2026 4:12 PM\n"
        "Kime: tariq@padma-apparel.example\n"
        "Konu: BW-20417"
    ),
    "pl-outlook2": (
        "From: Jana Voss [mailto:orders@brightwater.example]\n"
        "Sent: Monday, November 16, 2026 4:12 PM\n"
        "To: tariq@padma-apparel.example\n"
        "Subject: BW-20417"
    ),
    "it-outlook": (
        "Da: Jana Voss <orders@brightwater.example>\n"
        "Inviato: lunedì 16 novembre 2026 16:12\n"
        "A: tariq@padma-apparel.example\n"
        "Oggetto: BW-20417"
    ),
    "ru-outlook": (
        "От: Jana Voss <orders@brightwater.example>\n"
        "Отправлено: 16 ноября 2026 г. 16:12\n"
        "Кому: tariq@padma-apparel.example\n"
        "Тема: BW-20417"
    ),
    "ko-outlook": (
        "보낸 사람: Jana Voss <orders@brightwater.example>\n"
        "보낸 날짜: 2026년 11월 16일 월요일 오후 4:12\n"
        "받는 사람: tariq@padma-apparel.example\n"
        "제목: BW-20417"
    ),
    "ja-mobile": (
        '差出人: "Jana Voss" <orders@brightwater.example>\n'
        "日付: 2026年11月16日 16:12:33 JST\n"
        "宛先: tariq@padma-apparel.example\n"
        "件名: BW-20417"
    ),
    "ja-original": (
        "-----元のメッセージ-----\n"
        "差出人: Jana Voss\n"
        "送信日時: 2026年11月16日月曜日 16:12\n"
        "宛先: tariq@padma-apparel.example\n"
        "件名: BW-20417"
    ),
    "vi-zimbra": (
        'Từ: "Jana Voss" <orders@brightwater.example>\n'
        "Đến: tariq@padma-apparel.example\n"
        "Đã Gửi: Thứ Hai, 16 Tháng Mười Một, 2026 16:12:33\n"
        "Chủ đề: BW-20417"
    ),
    "pt-br-outlook": (
        "De: Jana Voss [mailto:orders@brightwater.example]\n"
        "Enviada em: segunda-feira, 16 de novembro de 2026 16:12\n"
        "Para: tariq@padma-apparel.example\n"
        "Assunto: BW-20417"
    ),
    "en-android": (
        "-------- Original message --------\n"
        "From: Jana Voss <orders@brightwater.example>\n"
        "Date: 16/11/2026 16:12 (GMT+01:00)\n"
        "To: tariq@padma-apparel.example\n"
        "Subject: BW-20417"
    ),
    "en-blackberry": (
        "  Original Message  \n"
        "From: Jana Voss\n"
        "Sent: Monday, November 16, 2026 4:12 PM\n"
        "To: tariq@padma-apparel.example\n"
        "Subject: BW-20417"
    ),
    "th-outlook": (
        "จาก: Jana Voss <orders@brightwater.example>\n"
        "ส่ง: 16 พฤศจิกายน 2026 16:12\n"
        "ถึง: tariq@padma-apparel.example\n"
        "เรื่อง: BW-20417"
    ),
    "en-yahoo": ("On Monday, November 16, 2026 at 04:12:33 PM GMT+1, Jana Voss <orders@brightwater.example> wrote:"),
    "en-aol": (
        "-----Original Message-----\n"
        "From: Jana Voss <orders@brightwater.example>\n"
        "To: tariq@padma-apparel.example\n"
        "Sent: Mon, Nov 16, 2026 4:12 pm\n"
        "Subject: BW-20417"
    ),
    "es-outlook-mailto": (
        "De: Jana Voss [mailto:orders@brightwater.example]\n"
        "Enviado el: lunes, 16 de noviembre de 2026 16:12\n"
        "Para: tariq@padma-apparel.example\n"
        "Asunto: BW-20417"
    ),
    "lotus-name-date-labels": (
        '"Brightwater Sourcing" <orders@brightwater.example>\n'
        "16/11/2026 16:12\n"
        "\n"
        "To\n"
        "<tariq@padma-apparel.example>\n"
        "cc\n"
        "\n"
        "Subject\n"
        "BW-20417\n"
        "\n"
    ),
    "lotus-dashes": (
        "Jana Voss ---16.11.2026 16:12:33---Dear partner, Please tell us when\n"
        "\n"
        "Von: Jana Voss <orders@brightwater.example>\n"
        "An: tariq@padma-apparel.example\n"
        "Datum: 16.11.2026 16:12\n"
        "Betreff: BW-20417\n"
    ),
    "lotus-sent-by": (
        "Jana Voss <orders@brightwater.example>\n"
        "Sent by: orders@brightwater.example\n"
        "11/16/2026 04:12 PM\n"
        "Please respond to\n"
        "orders@brightwater.example\n"
        "\n"
        "\n"
        "To\n"
        "tariq@padma-apparel.example\n"
        "cc\n"
        "\n"
        "Subject\n"
        "BW-20417\n"
        "\n"
        "\n"
    ),
    "groupwise": ">>> Jana Voss <orders@brightwater.example> 16/11/2026 16:12 >>>",
}
"""By program and language; a head of one line may also stand above lines with marks."""

LINES_WITH_MARKS = tuple(name for name, head in ABOVE.items() if head.endswith((":", "：")))


def history(name: str, chase: str, *, marks: bool = False) -> str:
    """Return a chase of ours as a program quotes it below an answer; with `marks`, each line behind a `>`."""
    quoted = "\n".join(f"> {line}".rstrip() for line in chase.split("\n")) if marks else chase
    return f"\n\n{ABOVE[name]}\n\n{quoted}\n"
