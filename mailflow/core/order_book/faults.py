"""Sentences about faults of an order book, told apart by their kind, so that a letter can say them in any language."""

import re
from collections.abc import Mapping
from functools import cache

FAULTS: Mapping[str, str] = {
    # what is wrong
    "is_empty": "is empty",
    "formula_failed": "holds a formula that failed",
    "formula_unsaved": "holds a formula whose value was not saved",
    "holds_error": "holds {0}",
    "lost_digits": "'{0}' has lost its last digits",
    "shortened": "'{0}' was shortened",
    "no_number": "'{0}' is no number",
    "several_numbers": "'{0}' is more than one number",
    "two_numbers": "'{0}' can be {1} or {2}",
    "no_year": "'{0}' has no year, and was left out",
    "two_days": "'{0}' can be {1} or {2}, and was left out",
    "no_day": "'{0}' is no day",
    "no_calendar_day": "'{0}' is no day of the calendar",
    "far_year": "'{0}' is in the year {1}",
    "not_known": "'{0}' is not known",
    "not_more": "'{0}' is not more than nothing",
    "no_quantity": "'{0}' is no quantity",
    "no_merchandiser": "'{0}' is no address and no merchandiser that is known",
    "ticked": "'{0}' says no day, and was left out",
    "contradicts": "order {0} stands at {1} already with another {2}",
    "stands_already": "order {0} stands at {1} already",
    "further_line": "order {0} has a further line here; put together with {1}",
    "no_headings": "no row of headings with an order's number or a party's name was found",
    "heading_twice": "and {0} both are '{1}'",
    "heading_unknown": "is no heading that is known",
    "one_cell": "has one cell only and was passed over",
    "no_party": "order {0} names no party",
    "no_kind": "whether order {0} is a purchase or a sales order stands nowhere",
    "party_unknown": "party '{0}' of {1} is not known",
    "differs": "{0}: '{1}' differs from {2}",
    "no_address": "'{0}' has no e-mail address",
    "no_due_date": "order {0} has no due date",
    "due_before_order": "{0} is before the order date {1}",
    "kind_and_role": "a {0} order of {1}, who is a {2}",
    "link_unknown": "linked order '{0}' is in no book",
    "link_strange": "a {0} order is linked to {1} order {2}",
    "happened_ahead": "'{0}' of order {1} has happened on {2}, which is yet to come",
    "told_of_purchase": "order {0} is no sales order: no customer was told a date of it",
    "no_role": "what {0} is to us stands nowhere",
    "no_timezone": "the time zone of {0} is not known",
    "no_contact": "{0} has no contact",
    "shared_address": "{0} is a contact of {1} ({2}) as well",
    "no_mail_address": "'{0}' is no e-mail address",
    "no_domain": "'{0}' is no domain",
    "no_country": "'{0}' is no country that is known",
    "no_zone": "'{0}' is no time zone that is known",
    "no_language": "'{0}' is no language that is known",
    "no_mode": "'{0}' of '{1}' is no mode",
    "no_letter_mode": "'{0}' is no letter with its mode",
    "too_large": "is larger than {0} MB",
    "too_many_rows": "has more than {0} rows",
    "too_many_columns": "has more than {0} columns",
    "too_many_cells": "has more than {0} cells",
    "password": "is protected by a password",
    "cannot_open": "cannot be opened ({0})",
    "damaged": "is a damaged workbook",
    "unpacks": "unpacks to more than an order book can be",
    "old_xml": "is an XML spreadsheet of 2003",
    "no_table": "is a web page without a table",
    "no_spreadsheet": "is neither a spreadsheet nor a text",
    "no_csv": "is no valid CSV ({0})",
    "encoding": "is in an encoding that is not known",
    # what to do
    "give_number": "give the order a number",
    "give_name": "give the party a name",
    "mend_formula": "mend the formula, or write the value",
    "as_text": "format the column as text and enter it again",
    "as_text_whole": "format the column as text and enter the whole number",
    "digits": "write digits only, such as 1200",
    "one_number": "write one number, such as 1200",
    "no_point": "write it without a point",
    "write_day": "write the day as 2026-12-05",
    "write_day_or_order": "write the day as 2026-12-05, or set date_order in rules/order_book.yaml",
    "the_day": "write the day",
    "check_year": "check the year",
    "one_of": "write one of {0}, or add it to order_book.yaml",
    "write_quantity": "write the quantity ordered",
    "write_address": "write the address, or name the person under merchandisers in mailflow.yaml",
    "keep_one": "keep one of the rows; neither was imported",
    "delete_one": "delete one of the rows",
    "number_lines": "number the lines if each is to be followed",
    "name_columns": "name the columns in the first row, or add your headings to rules/order_book.yaml",
    "first_counts": "the first counts; name the other one differently or delete it",
    "add_heading": "is it '{0}'? Then add it to rules/order_book.yaml; it was passed over",
    "delete_note": "delete the row if it is a note",
    "fill_party": "fill in who it is with",
    "add_kind": "add a column 'kind', or the party to the parties",
    "import_party": "import it too: nobody there can be asked, and nobody has a say",
    "fill_due": "fill it in: nothing is chased without one",
    "check_dates": "check both dates; it was imported as it stands",
    "check_kind": "check the kind and the party",
    "import_link": "import it too, or mend the number: its customer would not be told of a delay",
    "link_sales": "a purchase order names the sales order that it serves",
    "promised_column": "put it in the column of promised dates; it was left out",
    "at_sales": "put it at the sales order; it was left out",
    "write_role": "write supplier, customer or forwarder in a column 'role'",
    "add_timezone": "add a column 'timezone' (Asia/Shanghai) or 'country': letters go in their working hours",
    "add_contact": "add a contact with an e-mail address: nobody can be asked",
    "keep_address": "keep it with one of them",
    "save_again": "open it in a spreadsheet program and save it as .xlsx or as CSV (UTF-8)",
    "save_utf8": "save it as CSV (UTF-8) or as .xlsx",
    "save_open": "save it without one",
    "mend_rows": "mend the rows and import again",
    "make_one": "the first row counts; make them one",
    "write_domain": "write a.example",
    "write_mode": "write auto, veto, draft or off",
    "write_letter_mode": "write delay_notice=auto",
    "write_zone": "write it as Asia/Shanghai",
    "write_contact": "write it as name@company.example; the contact was left out",
    "write_country": "write its two letters, such as CN",
    "write_language": "write zh, zh-Hant or en",
    "split": "split it",
    "fewer_columns": "delete the columns that are not needed",
}
"""Each kind with its sentence; {0}, {1} … stand for what differs."""

_PLACE = re.compile(r"column ([A-Z]{1,3}) \((.*?)\)(?:: | )(.+)", re.DOTALL)
_BLANK = re.compile(r"\\\{\d\\\}")


def fault_of(sentence: str) -> tuple[str, tuple[str, ...]]:
    """Return the kind of a sentence and what fills it; an empty kind where it is none of ours."""
    for kind, pattern in _patterns():
        if hit := pattern.fullmatch(sentence):
            return kind, hit.groups()
    return "", ()


def place_of(sentence: str) -> tuple[str, str, str]:
    """Return the column that a sentence begins with, its heading, and what is said of it."""
    hit = _PLACE.fullmatch(sentence)
    return (hit[1], hit[2], hit[3]) if hit else ("", "", sentence)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return a pattern for each sentence, those with the most words of their own first."""
    longest = sorted(FAULTS.items(), key=lambda one: -len(re.sub(r"\{\d\}", "", one[1])))
    return tuple((kind, re.compile(_BLANK.sub("(.*?)", re.escape(text)), re.DOTALL)) for kind, text in longest)
