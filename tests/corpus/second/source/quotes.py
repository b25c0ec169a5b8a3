"""How each mail program quotes the mail that is answered."""

import datetime as dt
import html

US = "Corvane Sourcing (HK) Ltd."
BOX = "orders@corvane.example"
EN_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
EN_MONTHS = "January February March April May June July August September October November December".split()
ZH_DAYS = "一二三四五六日"
JA_DAYS = "月火水木金土日"
GMAIL = {
    "en": "On {a}, {b} {t.day}, {t.year} at {t:%-I:%M} {t:%p} {us} <{box}> wrote:",
    "zh": "{us} <{box}> 于{t.year}年{t.month}月{t.day}日周{z} {t:%H:%M}写道：",
    "tw": "{us} <{box}> 於 {t.year}年{t.month}月{t.day}日 週{z} {t:%H:%M} 寫道：",
    "es": "El {es}, {t.day} {esm} {t.year} a las {t:%-H:%M}, {us} (<{box}>) escribió:",
    "pt": "Em {pt}., {t.day} de {ptm}. de {t.year} às {t:%H:%M}, {us} <{box}> escreveu:",
    "de": "Am {de}., {t.day}. {dem} {t.year} um {t:%H:%M} Uhr schrieb {us} <{box}>:",
    "fr": "Le {fr}. {t.day} {frm} {t.year} à {t:%H:%M}, {us} <{box}> a écrit :",
    "vi": "Vào Th {vi}, {t.day} thg {t.month}, {t.year} vào lúc {t:%H:%M} {us} <{box}> đã viết:",
    "tr": "{us} <{box}>, {t.day} {trm} {t.year} {tr}, {t:%H:%M} tarihinde şunu yazdı:",
    "pl": "{pl}, {t.day} {plm} {t.year} o {t:%H:%M} {us} <{box}> napisał(a):",
    "ja": "{t.year}年{t.month}月{t.day}日({j}) {t:%-H:%M} {us} <{box}>:",
}
OUTLOOK = {
    "en": ("From:", "Sent:", "To:", "Subject:", "{a}, {b} {t.day}, {t.year} {t:%-I:%M %p}"),
    "zh": ("发件人:", "发送时间:", "收件人:", "主题:", "{t.year}年{t.month}月{t.day}日 {t:%H:%M}"),
    "tw": ("寄件者:", "寄件日期:", "收件者:", "主旨:", "{t.year}年{t.month}月{t.day}日 {t:%H:%M}"),
    "de": ("Von:", "Gesendet:", "An:", "Betreff:", "{dea}, {t.day}. {demm} {t.year} {t:%H:%M}"),
    "fr": ("De :", "Envoyé :", "À :", "Objet :", "{fra} {t.day} {frm} {t.year} {t:%H:%M}"),
    "es": ("De:", "Enviado el:", "Para:", "Asunto:", "{esa}, {t.day} de {esmm} de {t.year} {t:%H:%M}"),
    "tr": ("Kimden:", "Gönderildi:", "Kime:", "Konu:", "{t.day} {trmm} {t.year} {tra} {t:%H:%M}"),
    "pl": ("Od:", "Wysłano:", "Do:", "Temat:", "{pla}, {t.day} {plmm} {t.year} {t:%H:%M}"),
    "pt": ("De:", "Enviado:", "Para:", "Assunto:", "{pta}, {t.day} de {ptmm} de {t.year} {t:%H:%M}"),
}
CHASE = {
    "zh": ("您好，\n\n请更新以下订单的进度和预计出货日期：\n", "{number}  {style}  {quantity}{unit}  交期 {due_date}", "\n如有延误，请告知原因及新的日期。谢谢！\n\n柯凡采购 跟单组"),
    "en": ("Dear Sir or Madam,\n\nMay we have your update on the order below, and the date it will ship?\n", "{number}  {style}  {quantity} {unit}  due {due_date}",
           "\nShould anything be late, kindly give us the cause and the new date.\n\nCorvane Sourcing (HK) Ltd.\nOrder desk, tel +852 3018 2204"),
}  # fmt: skip


def chase(numbers: list[str], book: dict[str, dict[str, object]], lang: str) -> str:
    """Our own letter that asks how orders stand."""
    head, line, tail = CHASE[lang]
    return head + "\n" + "\n".join(line.format(**book[n]) for n in numbers) + "\n" + tail


def _names(t: dt.datetime) -> dict[str, object]:
    w, m = t.weekday(), t.month - 1
    return dict(
        t=t, us=US, box=BOX, a=EN_DAYS[w], b=EN_MONTHS[m], z=ZH_DAYS[w], j=JA_DAYS[w],
        es="lun mar mié jue vie sáb dom".split()[w], esm="ene feb mar abr may jun jul ago sept oct nov dic".split()[m],
        esa="lunes martes miércoles jueves viernes sábado domingo".split()[w], esmm="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()[m],
        pt="seg ter qua qui sex sáb dom".split()[w], ptm="jan fev mar abr mai jun jul ago set out nov dez".split()[m],
        pta="segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo".split()[w],
        ptmm="janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split()[m],
        de="Mo Di Mi Do Fr Sa So".split()[w], dem="Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.".split()[m],
        dea="Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split()[w], demm="Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()[m],
        fr="lun mar mer jeu ven sam dim".split()[w], frm="janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()[m],
        fra="lundi mardi mercredi jeudi vendredi samedi dimanche".split()[w], vi=("2 3 4 5 6 7 CN".split())[w],
        tr="Pzt Sal Çar Per Cum Cmt Paz".split()[w], trm="Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara".split()[m],
        tra="Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi Pazar".split()[w], trmm="Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık".split()[m],
        pl="pon. wt. śr. czw. pt. sob. niedz.".split()[w], plm="sty lut mar kwi maj cze lip sie wrz paź lis gru".split()[m],
        pla="poniedziałek wtorek środa czwartek piątek sobota niedziela".split()[w],
        plmm="stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia".split()[m],
    )  # fmt: skip


def _bars(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def _b(text: str) -> str:
    return html.escape(text).replace("\n", "<br>\n")


def plain(style: str, text: str, when: dt.datetime, to: str, subject: str) -> str:
    """The quoted mail as this program writes it in plain text."""
    name, _, lang = style.partition("-")
    n = _names(when)
    if name == "gmail":
        return GMAIL[lang].format(**n) + "\n\n" + _bars(text)
    if name == "outlook":
        f, s, t, j, form = OUTLOOK[lang]
        who = f"{US} <{BOX}>" if lang != "es" else f"{US} [mailto:{BOX}]"
        return f"{f} {who}\n{s} {form.format(**n)}\n{t} {to}\n{j} {subject}\n\n{text}"
    if name == "oldoutlook":
        return f"-----Original Message-----\nFrom: {US} [mailto:{BOX}]\nSent: {when:%A, %B %d, %Y %-I:%M %p}\nTo: {to}\nSubject: {subject}\n\n{text}"
    if name == "qq":
        return f'------------------&nbsp;原始邮件&nbsp;------------------\n发件人: "{US}" <{BOX}>;\n发送时间: {when.year}年{when.month}月{when.day}日(星期{n["z"]}) 上午{when:%-I:%M}\n收件人: "{to}" <{to}>;\n主题: {subject}\n\n{text}'.replace("&nbsp;", " ")
    if name == "163":
        return f'\n\n在 {when:%Y-%m-%d %H:%M:%S}，"{US}" <{BOX}> 写道：\n\n{text}'
    if name == "foxmail":
        return f" \n发件人： {US}\n发送时间： {when:%Y-%m-%d %H:%M}\n收件人： {to}\n主题： {subject}\n{text}"
    if name == "iphone":
        head = {
            "en": f"On {when:%b} {when.day}, {when.year}, at {when:%H:%M}, {US} <{BOX}> wrote:",
            "zh": f"在 {when.year}年{when.month}月{when.day}日，{when:%H:%M}，{US} <{BOX}> 写道：",
            "de": f"Am {when:%d.%m.%Y} um {when:%H:%M} schrieb {US} <{BOX}>:",
            "fr": f"Le {when.day} {n['frm']} {when.year} à {when:%H:%M}, {US} <{BOX}> a écrit :",
            "es": f"El {when.day} {n['esm']} {when.year}, a la(s) {when:%H:%M}, {US} <{BOX}> escribió:",
        }[lang]
        return _bars(head + "\n\n" + text)
    if name == "thunderbird":
        head = {"en": f"On {when:%d/%m/%Y} {when:%H:%M}, {US} wrote:", "de": f"Am {when:%d.%m.%y} um {when:%H:%M} schrieb {US}:",
                "pl": f"W dniu {when:%d.%m.%Y} o {when:%H:%M}, {US} pisze:"}[lang]  # fmt: skip
        return head + "\n" + _bars(text)
    if name == "lotus":
        return f"\n\n{US} <{BOX}>\n{when:%d.%m.%Y %H:%M}\n\nTo\n{to}\ncc\n\nSubject\n{subject}\n\n\n{text}"
    if name == "lotusline":
        return f"-----{US} <{BOX}> wrote: -----\nTo: {to}\nFrom: {US} <{BOX}>\nDate: {when:%d/%m/%Y %H:%M}\nSubject: {subject}\n\n{text}"
    if name == "bars":
        return _bars(text)
    raise ValueError(style)


def rich(style: str, text: str, when: dt.datetime, to: str, subject: str) -> str:
    """The same as HTML."""
    name, _, lang = style.partition("-")
    n = _names(when)
    if name == "gmail":
        return (f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{_b(GMAIL[lang].format(**n))}<br></div>'
                f'<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{_b(text)}</blockquote></div>')  # fmt: skip
    if name in ("outlook", "oldoutlook"):
        f, s, t, j, form = OUTLOOK[lang or "en"]
        return (f'<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>{f}</b> {US} &lt;{BOX}&gt;<br><b>{s}</b> '
                f'{form.format(**n)}<br><b>{t}</b> {to}<br><b>{j}</b> {_b(subject)}</p></div></div><p class="MsoNormal">{_b(text)}</p>')  # fmt: skip
    if name == "qq":
        head = plain(style, "", when, to, subject).strip()
        first, rest = head.split("\n", 1)
        return (f'<div><br></div><div style="font-size:12px;font-family:Arial Narrow;padding:2px 0 2px 0;">{first.replace(" ", "&nbsp;")}</div>'
                f'<div style="font-size:12px;background:#efefef;padding:8px;">{_b(rest)}</div><div><br></div>{_b(text)}')  # fmt: skip
    if name == "163":
        head = plain(style, "", when, to, subject).strip()
        return f'<br><br><pre>{_b(head)}</pre><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; BORDER-LEFT: #ccc 1px solid">{_b(text)}</blockquote>'
    if name == "foxmail":
        head = plain(style, "", when, to, subject).strip()
        return (f'<blockquote style="margin-Top: 0px; margin-Bottom: 0px; margin-Left: 0.5em"><div>&nbsp;</div><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
                f'<div style="FONT-SIZE: 12px;BACKGROUND: #efefef">{_b(head)}</div></div><div>{_b(text)}</div></blockquote>')  # fmt: skip
    if name == "iphone":
        head = plain(style, "", when, to, subject).lstrip("> ").split("\n", 1)[0]
        return f'<div dir="ltr"><br><blockquote type="cite">{_b(head)}<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">{_b(text)}</div></blockquote>'
    if name == "thunderbird":
        head = plain(style, "", when, to, subject).split("\n", 1)[0]
        return f'<div class="moz-cite-prefix">{_b(head)}<br></div><blockquote type="cite" cite="mid:x@corvane.example">{_b(text)}</blockquote>'
    return f"<br><br>{_b(plain(style, text, when, to, subject))}"
