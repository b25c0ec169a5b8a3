"""The order book of the second world, made once and always the same."""

import csv
import datetime as dt
import io
import random

HEAD = (
    "number kind party customer_ref supplier_ref style description quantity unit unit_price currency order_date due_date ship_mode port "
    "linked_order merchandiser"
).split()
CLERKS = ["ivy.kwan@corvane.example", "marcus.lo@corvane.example", "fang.min@corvane.example"]
GOODS = [  # supplier's kind of goods, description, unit, styles
    ("light", "LED desk lamp", "pcs", ["LD-4410", "LD-4411", "LD-4436"]),
    ("light", "rattan pendant lamp", "pcs", ["PD-0872", "PD-0917"]),
    ("light", "bedside lamp, linen shade", "pcs", ["BL7-330", "BL7-331"]),
    ("hardware", "cabinet hinge 35 mm, soft close", "pr", ["710.225", "710.226", "710.310"]),
    ("hardware", "brushed steel door handle", "sets", ["DH/19-BS", "DH/22-BS"]),
    ("hardware", "drawer slide 450 mm", "pr", ["SL450-F", "SL450-H"]),
    ("ceramic", "stoneware mug 350 ml", "pcs", ["CP8803-W", "CP8803-G", "CP8811-B"]),
    ("ceramic", "dinner set 16 pcs", "sets", ["DS1602", "DS1615"]),
    ("ceramic", "glazed planter 24 cm", "pcs", ["PL24-TC", "PL24-OC"]),
    ("toy", "wooden train set", "sets", ["T-30921", "T-30922"]),
    ("toy", "RC buggy 1:16", "pcs", ["T-41107", "T-41180"]),
    ("toy", "building bricks 500 pcs", "sets", ["T-50500", "T-50520"]),
    ("furniture", "oak side table", "pcs", ["OAK-120/2", "OAK-131/1"]),
    ("furniture", "rattan lounge chair", "pcs", ["RTN-77", "RTN-81"]),
    ("furniture", "bookshelf, 5 tiers", "pcs", ["BKS-5T", "BKS-5W"]),
    ("brass", "brass candle holder", "pcs", ["BRS1182", "BRS1190"]),
    ("brass", "hammered brass tray", "pcs", ["BRS2044", "BRS2051"]),
    ("tile", "hand-painted tile 15x15", "ctns", ["TAL-15/08", "TAL-15/11"]),
    ("tool", "precision screwdriver set", "sets", ["FL-88010", "FL-88024"]),
]
SUPPLIERS = {  # party: goods, its own numbers, currency, port
    "中山市晟辉照明电器有限公司": ("light", lambda n: f"SH-26-{400 + n:04d}", "CNY", "Shenzhen (Yantian)"),
    "宁波朗拓五金制品厂": ("hardware", lambda n: f"LT09{26 + n % 4}-{31 + n}", "CNY", "Ningbo"),
    "潮州枫溪瓷韵陶瓷厂": ("ceramic", lambda n: "", "CNY", "Shenzhen (Yantian)"),
    "汕头市澄海乐童玩具有限公司": ("toy", lambda n: f"WJ26-{1180 + n}", "CNY", "Shenzhen (Yantian)"),
    "鉅昇五金股份有限公司": ("hardware", lambda n: f"JS1150{8 + n % 2}{12 + n}", "USD", "Kaohsiung"),
    "Binh Minh Furniture Co., Ltd": ("furniture", lambda n: f"BM/26-{405 + n}", "USD", "Ho Chi Minh (Cat Lai)"),
    "Rajvanshi Brassware Exports": ("brass", lambda n: f"RBE/EXP/{301 + n:04d}", "USD", "Mundra"),
    "Toprak Seramik San. ve Tic. A.S.": ("ceramic", lambda n: f"TS-2601{80 + n}", "EUR", "Izmir"),
    "Mebelkraft Wisla Sp. z o.o.": ("furniture", lambda n: f"ZK/{1040 + n}/26", "EUR", "Gdansk"),
    "Feinwerk Lorenz GmbH": ("tool", lambda n: f"AB {302210 + n}", "EUR", "Hamburg"),
    "Talavera del Bajio S.A. de C.V.": ("tile", lambda n: f"PED-{5510 + n}", "USD", "Manzanillo"),
    "Porcelanas Serra Azul Ltda": ("ceramic", lambda n: f"SA {7730 + n}", "USD", "Santos"),
}
SHARE = [22, 19, 17, 20, 14, 20, 15, 13, 12, 9, 10, 9]  # purchase orders of each, 180 in all
CUSTOMERS = {  # party: its own numbers, currency
    "Hearthline Home Inc.": (lambda r: f"7731-{r.randrange(400, 990):05d}", "USD"),
    "Wohnwerk Nord GmbH": (lambda r: f"WN2026/{r.randrange(4400, 4999)}", "EUR"),
    "Maison Valmont SAS": (lambda r: f"CF-{r.randrange(118800, 119300)}", "EUR"),
    "Casa Brisa Decoracion S.L.": (lambda r: f"P26-{r.randrange(900, 1400):05d}", "EUR"),
    "Tsubaki Zakka K.K.": (lambda r: f"TZ{r.randrange(61100, 61999)}", "USD"),
    "Bluegum Living Pty Ltd": (lambda r: f"BG{r.randrange(10400, 10999)}", "USD"),
    "Maplecrest Mercantile Ltd.": (lambda r: f"MCM{r.randrange(3300, 3999)}", "USD"),
}
QUANTITIES = [240, 300, 360, 480, 500, 600, 800, 960, 1000, 1200, 1500, 1800, 2000, 2400, 3000, 3600, 4800, 5000, 6000, 10000]


def orders() -> list[dict[str, object]]:
    """80 sales orders, then 180 purchase orders, most of them linked to a sales order by goods."""
    r = random.Random(20261122)
    sales = _sales(r)
    return sales + _purchases(r, sales)


def _row(r: random.Random, number: str, kind: str, party: str, goods: tuple[str, str, str], quantity: int) -> dict[str, object]:
    style, text, unit = goods
    due = dt.date(2026, 11, 2) + dt.timedelta(days=r.randrange(0, 100))
    placed = min(due - dt.timedelta(days=r.randrange(35, 110)), dt.date(2026, 11, 9))
    return dict.fromkeys(HEAD, "") | dict(
        number=number, kind=kind, party=party, style=style, description=text, unit=unit, quantity=quantity, order_date=placed.isoformat(),
        due_date=due.isoformat(), unit_price=f"{r.randrange(110, 6200) / 100:.2f}", ship_mode=r.choice(["sea"] * 6 + ["air", "courier", "rail"]),
        merchandiser=r.choice(CLERKS),
    )  # fmt: skip


def _sales(r: random.Random) -> list[dict[str, object]]:
    numbers = [f"26/{base}-{line}" for base in range(1160, 1201) for line in range(1, 1 + r.choice([1, 2, 2, 3]))][:80]
    rows, base, party = [], "", ""
    for number in numbers:
        if number.split("-")[0] != base:
            base, party = number.split("-")[0], r.choice(list(CUSTOMERS))
        ref, currency = CUSTOMERS[party]
        _, text, unit, styles = r.choice(GOODS)
        row = _row(r, number, "sales", party, (r.choice(styles), text, unit), r.choice(QUANTITIES))
        rows.append(row | dict(customer_ref=ref(r), currency=currency, port=r.choice([p for *_, p in SUPPLIERS.values()])))
    return rows


def _purchases(r: random.Random, sales: list[dict[str, object]]) -> list[dict[str, object]]:
    numbers = [f"KX26{month:02d}{serial:03d}" for month, first, last in ((8, 41, 70), (9, 38, 82), (10, 55, 102), (11, 62, 84)) for serial in range(first, last)]
    numbers = numbers[:144] + [f"4500-{base}/{part}" for base in range(107, 125) for part in "AB"]
    parties = [party for party, share in zip(SUPPLIERS, SHARE, strict=True) for _ in range(share)]
    r.shuffle(parties)
    rows, count = [], dict.fromkeys(SUPPLIERS, 0)
    for number, party in zip(numbers, parties, strict=False):
        sort, own, currency, port = SUPPLIERS[party]
        mine = [s for s in sales if any(g[0] == sort and g[1] == s["description"] for g in GOODS)]
        count[party] += 1
        if mine and r.random() < 0.6:
            sale = r.choice(mine)
            goods = (str(sale["style"]), str(sale["description"]), str(sale["unit"]))
            row = _row(r, number, "purchase", party, goods, int(str(sale["quantity"])))
            row |= dict(linked_order=sale["number"], customer_ref=sale["customer_ref"] if r.random() < 0.5 else "")
        else:
            _, text, unit, styles = r.choice([g for g in GOODS if g[0] == sort])
            row = _row(r, number, "purchase", party, (r.choice(styles), text, unit), r.choice(QUANTITIES))
        rows.append(row | dict(supplier_ref=own(count[party]) if r.random() < 0.8 else "", currency=currency, port=port))
    return rows


def text() -> str:
    """The book as orders.csv."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEAD, lineterminator="\n")
    writer.writeheader()
    writer.writerows(orders())
    return out.getvalue()
