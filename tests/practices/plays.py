# ruff: noqa: E501 - an act stays on one line
"""The practices of the trade as plays; each has a row of docs/practices.md. They begin on Monday, 16 November 2026."""

from tests.practices.acts import (  # fmt: skip
    AMY,
    CHEN,
    GU,
    HE,
    JIE,
    LAN,
    LEO,
    PIOTR,
    WEI,
    ZHENG,
    Changes,
    Letter,
    Mail,
    Play,
    Sends,
    Silence,
    Writes,
)

PO, SO, JACKETS = "PO26-2001", "SO26-1001", "PO26-2002"
NEW = {"order_date": "2026-11-16", "acknowledged": "", "due_date": "2027-01-20"}
DEPOSIT = {"payment_terms": "30% deposit, balance against copy of B/L"}
SHIPPED = Mail(
    "2026-12-10 15:00",
    ZHENG,
    PO,
    "PO26-2001 was shipped on 10 Dec, 1200 pcs, container MSCU1234566, B/L COSU6263748590.",
)
PASSED = Mail("2026-12-08 15:00", GU, PO, "PO26-2001: the inspection was passed on 8 Dec.")
LATE = Mail("2026-11-20 10:00", ZHENG, PO, "PO26-2001: the fabric came late, the new ex-factory date is 8 Jan 2027.")
SELLER = ("Hengtai", "PO26-2001", "6.20", "zheng")

PLAYS: tuple[Play, ...] = (
    Play("P1", on=(("order_sent", "draft"),), acts=(
        Changes("2026-11-16 09:00", "PO26-2003", NEW),
        Letter("2026-11-16", "order_sent", ZHENG, ("PO26-2003", "1,200 pcs", "hoodie")),
        Sends("2026-11-17 09:00"),
        Letter("2026-11-18", "chase_ack", ZHENG, ("PO26-2003",)),
        Mail("2026-11-19 10:00", ZHENG, "PO26-2003", "PO26-2003 is confirmed, please find the signed copy attached.", answers=True),
        Silence("2026-12-01", "chase_ack", ZHENG),
    )),
    Play("P2", acts=(
        Mail("2026-11-17 10:00", ZHENG, PO, "We accept your order PO26-2001, 1150 pcs."),
        Letter("2026-11-17", "five_rights", ZHENG, (PO, "1,150 pcs", "1,200 pcs"), (SO, "Bergmann")),
    )),
    Play("P3", on=(("chase_material", "auto"), ("chase_production", "auto"), ("chase_inspection", "auto")),
         cells={PO: {"due_date": "2026-12-17"}}, acts=(
        Letter("2026-11-17", "chase_material", ZHENG, (PO,)),
        Mail("2026-11-18 10:00", ZHENG, PO, "The fabric of PO26-2001 is in house since 17 Nov.", answers=True),
        Letter("2026-11-26", "chase_production", ZHENG, (PO,)),
        Letter("2026-12-07", "chase_inspection", ZHENG, (PO,)),
    )),
    Play("P4", acts=(
        Mail("2026-11-20 10:00", ZHENG, PO, "PO26-2001 ex-factory 16 Dec 2026."),
        Letter("2026-12-09", "ask_ship", ZHENG, (PO, "16 Dec 2026")),
        Mail("2026-12-09 18:00", ZHENG, PO, "On schedule, PO26-2001 goes out on 16 Dec.", answers=True),
        Silence("2026-12-16", "ask_ship", ZHENG),
    )),
    Play("P5", acts=(
        Letter("2026-11-17", "weekly_list", JIE, (JACKETS, "JK100", "12月15日", "orders-2026-11-17.xlsx")),
        Mail("2026-11-18 10:00", JIE, "回复: 订单进度", "PO26-2002 12月20日出货。", answers=True),
        Letter("2026-11-24", "weekly_list", JIE, (JACKETS, "12月20日")),
    )),
    Play("P6", cells={PO: {"due_date": "2026-11-17"}}, acts=(
        Letter("2026-11-18", "overdue_1", ZHENG, (PO,)),
        Mail("2026-11-18 16:00", ZHENG, PO, "I will ask the workshop and come back to you.", answers=True),
        Letter("2026-11-23", "overdue_2", ZHENG, (PO,)),
        Letter("2026-11-26", "overdue_3", HE, (PO, CHEN)),
    )),
    Play("P7", parties=("name: 海塘制衣,", "name: 海塘制衣, trusted: yes,"), cells={JACKETS: {"due_date": "2026-12-01"}}, acts=(
        Silence("2026-11-22", "weekly_list", JIE),
        Letter("2026-11-24", "ask_ship", JIE, (JACKETS,)),
        Letter("2026-12-02", "overdue_1", JIE, (JACKETS,)),
    )),
    Play("P8", on=(("day_before", "auto"),), acts=(
        Mail("2026-11-20 10:00", ZHENG, PO, "PO26-2001 ex-factory 22 Dec 2026."),
        Letter("2026-12-15", "ask_ship", ZHENG, (PO, "22 Dec 2026")),
        Letter("2026-12-21", "day_before", ZHENG, (PO, "22 Dec 2026")),
    )),
    Play("P9", on=(("chase_inspection", "auto"),), acts=(
        Letter("2026-12-03", "chase_inspection", ZHENG, (PO,)),
        Mail("2026-12-04 10:00", ZHENG, PO, "PO26-2001 can be inspected on 9 Dec.", answers=True),
        Writes("2026-12-04 11:00", "inspection_inspector", (PO,), (("place", "Ningbo"), ("day", "2026-12-09"))),
        Letter("2026-12-04", "inspection_inspector", GU, (PO, "9 Dec", "Ningbo"), (SO, "Bergmann", "6.20")),
        Mail("2026-12-09 16:00", GU, PO, "PO26-2001: the inspection was passed on 9 Dec.", answers=False),
        Writes("2026-12-09 17:00", "inspection_passed", (SO,), (("result", "pass"),)),
        Letter("2026-12-09", "inspection_passed", PIOTR, (SO,), SELLER),
    )),
    Play("P10", on=(("chase_signing", "auto"),), acts=(
        Mail("2026-11-17 10:00", ZHENG, PO, "PO26-2001: the sample will be sent on 25 Nov."),
        Letter("2026-11-25", "chase_sample", ZHENG, (PO,)),
        Mail("2026-11-26 10:00", ZHENG, PO, "The sample of PO26-2001 was sent on 26 Nov.", answers=True),
        Letter("2026-12-01", "chase_department", WEI, (PO,)),
    )),
    Play("P11", on=(("counter_chase", "draft"),), acts=(
        LATE,
        Letter("2026-11-20", "counter_chase", ZHENG, (PO, "15 Dec 2026", "8 Jan 2027"), ("Bergmann", SO)),
        Letter("2026-11-20", "delay_report", CHEN, (SO, "Bergmann")),
        Letter("2026-11-20", "delay_notice", PIOTR, (SO, "18 Dec 2026", "11 Jan 2027"), SELLER),
        Letter("2026-11-23", "draft_waiting", AMY, (SO,)),
        Letter("2026-11-24", "draft_waiting", CHEN, (SO,)),
        Sends("2026-11-24 16:00"),
        Letter("2026-11-27", "ask_ship", ZHENG, (PO, "8 Jan 2027")),
        Silence("2026-12-04", "delay_notice", PIOTR),
    )),
    Play("P12", acts=(
        PASSED,
        Letter("2026-12-10", "shipment_notice", ZHENG, ("LANMEI", PO, "hoodie", "brushed fleece", "1,200 pcs", "15 Dec 2026", "Hamburg", "Country of destination"), (SO, "BM-4500")),
    )),
    Play("P13", cells={SO: {"shipping_mark": "BM"}}, acts=(
        SHIPPED,
        Letter("2026-12-10", "shipment_advice", PIOTR, (SO, "MSCU1234566", "COSU6263748590"), SELLER),
        Mail("2026-12-14 10:00", LEO, SO, "SO26-1001: ETA Hamburg is 14 Jan 2027."),
        Letter("2027-01-11", "arrival_notice", PIOTR, (SO, "14 Jan 2027"), SELLER),
    )),
    Play("P14", cells={PO: {"required_documents": "packing list"}}, acts=(
        SHIPPED,
        Letter("2026-12-14", "chase_documents", ZHENG, (PO, "packing list")),
    )),
    Play("P15", on=(("deposit_reminder", "draft"), ("balance_reminder", "draft")), cells={SO: {**DEPOSIT, "order_date": "2026-11-10"}}, acts=(
        Letter("2026-11-17", "deposit_reminder", PIOTR, (SO, "11,760"), SELLER),
        Mail("2026-11-18 20:00", PIOTR, "BM-4500", "We have paid the deposit of BM-4500 today."),
        SHIPPED,
        Letter("2026-12-14", "balance_reminder", PIOTR, (SO, "11,760"), SELLER),
    )),
    Play("P16", acts=(
        Mail("2026-11-24 15:00", ZHENG, PO, "PO26-2001 was shipped on 24 Nov, 1200 pcs."),
        Letter("2026-12-01", "payment_list", LAN, (PO, "7,440")),
        Letter("2026-12-02", "statement_supplier", ZHENG, (PO, "7,440"), (SO, "9.80")),
        Letter("2026-12-02", "statement", PIOTR, (SO, "11,760"), SELLER),
    )),
    Play("P17", acts=(
        Mail("2026-11-17 16:30", PIOTR, "BM-4500", "Could you let me know the status of our order BM-4500?"),
        Letter("2026-11-17", "status_answer", PIOTR, (SO, "18 Dec 2026"), SELLER),
    )),
    Play("P18", acts=(
        Mail("2026-11-17 16:30", PIOTR, "inquiry", "Please quote 500 pcs of your jacket JK200, and 1000 pcs more of BM-4500."),
        Writes("2026-11-17 17:00", "inquiry_thanks", (SO,), (("about", "jackets for autumn"),)),
        Letter("2026-11-17", "inquiry_thanks", PIOTR, ("jackets for autumn",), SELLER),
        Writes("2026-11-24 17:00", "quotation_followup", (SO,)),
        Letter("2026-11-24", "quotation_followup", PIOTR, (SO, "our offer"), SELLER),
    )),
    Play("P19", on=(("progress", "auto"),), acts=(
        Mail("2026-11-17 16:30", LEO, SO, "SO26-1001: ETA Hamburg is 14 Jan 2027."),
        Letter("2026-11-19", "progress", PIOTR, (SO,), SELLER),
    )),
    Play("P20", acts=(
        Mail("2026-11-18 16:00", PIOTR, "BM-4500", "The goods of BM-4500 arrived at our warehouse on 16 Nov."),
        Letter("2026-11-23", "after_arrival", PIOTR, (SO,), SELLER),
        Mail("2026-11-30 16:00", PIOTR, "BM-4500", "BM-4500: 40 pieces have quality problems, holes in the sleeves. This is a complaint."),
        Silence("2026-12-10", "reorder", PIOTR),
    )),
    Play("P21", acts=(
        Mail("2026-11-17 16:00", PIOTR, "BM-4500", "BM-4500: 40 pieces are defective, holes in the sleeves. We complain about the quality."),
        Letter("2026-11-17", "complaint_received", PIOTR, (SO,), SELLER),
        Writes("2026-11-18 10:00", "make_up", (PO,), (("quantity", "40 pcs"),)),
        Letter("2026-11-18", "make_up", ZHENG, (PO, "40 pcs"), ("Bergmann", SO)),
    )),
    Play("P22", acts=(
        Changes("2026-11-17 10:00", PO, {"quantity": "1300"}),
        Letter("2026-11-17", "order_changed", ZHENG, (PO, "1,300 pcs"), (SO,)),
        Changes("2026-11-19 10:00", PO, {"status": "cancelled"}),
        Letter("2026-11-19", "order_withdrawn", ZHENG, (PO,)),
        Silence("2026-12-18", "overdue_1", ZHENG),
    )),
    Play("P23", on=(("change_noted", "draft"),), acts=(
        Mail("2026-11-17 16:00", PIOTR, "BM-4500", "Please change the quantity of BM-4500 to 1300 pcs."),
        Letter("2026-11-17", "change_noted", PIOTR, (SO,), SELLER),
        Writes("2026-11-18 10:00", "change_round", (PO,), (("changes", "quantity | 1,200 pcs | 1,300 pcs"),)),
        Letter("2026-11-18", "change_round", AMY, (PO, "1,300 pcs")),
    )),
    Play("P24", reports=True, acts=(
        LATE,
        Letter("2026-11-20", "evening_report", CHEN, (SO,), regular=True),
    )),
    Play("P25", reports=True, acts=(
        LATE,
        Letter("2026-11-23", "weekly_report", CHEN, (JACKETS, "Orders at risk: 1")),
    )),
    Play("P26", reports=True, cells={PO: {"due_date": "2026-11-25"}}, acts=(
        Mail("2026-11-24 15:00", ZHENG, PO, "PO26-2001 was shipped on 24 Nov, 1200 pcs."),
        Letter("2026-12-02", "monthly_report", CHEN, ("100 %",)),
    )),
    Play("P27", reports=True, cells={PO: {"due_date": "2026-11-25"}}, acts=(
        Mail("2026-11-24 15:00", ZHENG, PO, "PO26-2001 was shipped on 24 Nov, 1200 pcs."),
        Letter("2026-12-02", "monthly_report", CHEN, ("Hengtai",)),
    )),
    Play("P28", begins="2026-12-11", cells={PO: {"due_date": "2027-03-20"}}, acts=(
        Letter("2026-12-14", "holiday_question", ZHENG, (PO,)),
        Letter("2027-01-06", "holiday_question", ZHENG, (PO,)),
        Letter("2027-02-22", "reopening_list", ZHENG, (PO,)),
    )),
    Play("P29", on=(("chase_bom", "auto"),), acts=(
        Changes("2026-11-18 09:00", "PO26-2003", {**NEW, "order_date": "2026-11-18"}),
        Letter("2026-11-23", "chase_department", WEI, ("PO26-2003",)),
    )),
    Play("P30", on=(("sales_contract", "draft"), ("chase_countersign", "draft")), acts=(
        Changes("2026-11-16 09:00", "SO26-1003", {"kind": "sales", "party": "Bergmann", "customer_ref": "BM-4503", "unit_price": "9.80", **NEW, "linked_order": ""}),
        Letter("2026-11-16", "sales_contract", PIOTR, ("SO26-1003",), SELLER),
        Letter("2026-11-19", "chase_countersign", PIOTR, ("SO26-1003",), SELLER),
        Mail("2026-11-20 16:00", PIOTR, "BM-4503", "Please find the countersigned contract for BM-4503 attached. We confirm the order."),
        Silence("2026-12-10", "chase_countersign", PIOTR),
    )),
    Play("P31", acts=(
        Mail("2026-11-17 16:30", PIOTR, "inquiry", "Please quote 500 pcs of jackets, as BM-4500."),
        Writes("2026-11-17 17:00", "inquiry", (PO,), (("until", "2026-11-20"),)),
        Letter("2026-11-17", "inquiry", ZHENG, ("hoodie",), ("Bergmann", SO)),
        Writes("2026-11-23 10:00", "chase_inquiry", (PO,)),
        Letter("2026-11-23", "chase_inquiry", ZHENG, ("hoodie",), ("Bergmann", SO)),
    )),
    Play("P32", acts=(
        Changes("2026-11-16 09:00", "PO26-2003", NEW),
        Writes("2026-11-16 10:00", "production_order", ("PO26-2003",)),
        Letter("2026-11-16", "production_order", AMY, ("PO26-2003", "1,200 pcs")),
        Mail("2026-11-18 10:00", ZHENG, "PO26-2003", "The pre-production sample of PO26-2003 was sent on 18 Nov."),
        Writes("2026-11-18 11:00", "first_article", ("PO26-2003",)),
        Letter("2026-11-18", "first_article", AMY, ("PO26-2003",)),
    )),
    Play("P33", acts=(
        LATE,
        Writes("2026-11-20 11:00", "meeting_notice", (PO,), (("day", "2026-11-21"), ("points", "late fabric"))),
        Letter("2026-11-20", "meeting_notice", AMY, ("late fabric",)),
        Writes("2026-11-21 11:00", "meeting_minutes", (PO,), (("points", "air freight | Wei | 2026-11-25"),)),
        Letter("2026-11-21", "meeting_minutes", AMY, ("air freight", "Wei")),
    )),
    Play("P34", acts=(
        Mail("2026-12-08 15:00", GU, PO, "PO26-2001 failed the inspection: holes in 14 of 125 pieces."),
        Writes("2026-12-08 16:00", "rework", (PO,), (("result", "fail"),)),
        Letter("2026-12-08", "rework", ZHENG, (PO,), ("Bergmann", SO)),
        Writes("2026-12-09 16:00", "corrective_action", (PO,), (("points", "holes in sleeves | QC | 2026-12-14"),)),
        Letter("2026-12-09", "corrective_action", ZHENG, (PO, "holes in sleeves"), ("Bergmann", SO)),
    )),
    Play("P35", cells={PO: {"order_type": "outwork", "date_basis": "delivered", "due_date": "2026-11-24"}}, acts=(
        Letter("2026-11-25", "outwork_back", ZHENG, (PO,)),
    )),
    Play("P36", acts=(
        Mail("2026-11-17 10:00", ZHENG, PO, "PO26-2001 ex-factory 16 Dec 2026: 60 cartons, 840 kg, 5.6 CBM."),
        Writes("2026-11-17 11:00", "booking", (PO,), (("cartons", "60"), ("gross_weight", "840 kg"), ("volume", "5.6 CBM"), ("freight_term", "collect"))),
        Letter("2026-11-17", "booking", LEO, ("Ningbo", "Hamburg", "840 kg", "5.6 CBM", "16 Dec 2026"), ("6.20", "Bergmann")),
    )),
    Play("P37", on=(("chase_receipt", "auto"),), cells={PO: {"date_basis": "eta", "due_date": "2026-11-17"}}, acts=(
        Letter("2026-11-24", "chase_receipt", LEO, (PO,), ("Bergmann", "6.20")),
        Mail("2026-11-25 10:00", LEO, PO, "PO26-2001: goods delivered on 23 Nov, the signed receipt is attached.", answers=True),
        Writes("2026-11-25 11:00", "receipt_handed", (PO,), to="our_accounts"),
        Letter("2026-11-25", "receipt_handed", LAN, (PO,)),
    )),
    Play("P38", acts=(
        LATE,
        Writes("2026-11-20 11:00", "handover", (SO,), (("person", "lin@lanmei.example"),)),
        Letter("2026-11-20", "handover", PIOTR, ("lin@lanmei.example",), SELLER),
        Writes("2026-11-20 12:00", "handover_brief", (PO,), (("person", "lin@lanmei.example"),)),
        Letter("2026-11-20", "handover_brief", AMY, (PO, "8 Jan 2027")),
    )),
    Play("P39", on=(("ask_customer", "draft"),), cells={SO: {"order_date": "2026-11-18"}}, acts=(
        Letter("2026-11-26", "ask_customer", PIOTR, (SO,), SELLER),
    )),
)  # fmt: skip
