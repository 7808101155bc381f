"""What a report says of a difference: moments, sizes, and texts that look alike."""

import datetime
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis.strategies import floats, text

import tracer
from tracer.compare.lookalikes import look_alike
from tracer.compare.measure import measure, numbers
from tracer.compare.moments import moment_text, unit
from tracer.escapes import escaped


def book(number_format="General", **cells):
    file = io.BytesIO()
    workbook = openpyxl.Workbook()
    for address, value in cells.items():
        workbook.active[address] = value
        workbook.active[address].number_format = number_format
    workbook.save(file)
    file.seek(0)
    return file


def only(a, b):
    (found,) = tracer.diff(a, b)
    return found


def said(before, after, number_format):
    found = only(book(number_format, A1=before), book(number_format, A1=after))
    return found.before.shown, found.after.shown, found.measure


def test_a_duration_is_shown_in_hours_that_go_on_after_24():
    assert said(100.5, 101.5, "[h]:mm") == ("2412:00", "2436:00", "+24:00")
    assert said(1.25, 0.5, "[h]:mm:ss") == ("30:00", "12:00", "-18:00")
    assert said(1.25, 1.5, "[mm]:ss") == ("1800:00", "2160:00", "+360:00")
    assert said(0.001, 0.002, "[ss]") == ("86.400", "172.800", "+86.400 s")


@pytest.mark.parametrize(
    "number_format",
    ["0.00", '0.0 "days"', "[Red]0.00", "0%", "#,##0.00\\h", "_-* #,##0.00_-;[Red]0", "0.00E+00", "# ?/?", "@",
     "[$kr-41D]0.00", "[>100]0;0.00", "General"],
)  # fmt: skip
def test_a_number_in_a_format_that_is_no_date_stays_a_number(number_format):
    assert unit(number_format) == ""
    assert said(1.25, 2.25, number_format)[:2] == ("1.25", "2.25")


def test_days_are_days():
    march, days = datetime.date(2024, 3, 1), datetime.timedelta(days=3)
    assert said(march, march + days, "yyyy-mm-dd") == ("2024-03-01", "2024-03-04", "+3 days")
    assert said(march + days, march, "d mmm yy")[2] == "-3 days"
    assert said(march, march + datetime.timedelta(days=1), "m/d/yy") == ("2024-03-01", "2024-03-02", "+1 day")
    noon = datetime.datetime(2024, 3, 1, 12)
    assert said(noon, noon + datetime.timedelta(hours=30, minutes=5), "yyyy-mm-dd h:mm") == (
        "2024-03-01 12:00:00", "2024-03-02 18:05:00", "+1 day 6 h 5 min")  # fmt: skip
    assert said(0.25, 0.5, "h:mm AM/PM") == ("06:00", "12:00", "+6 h")
    assert said(1.0, 59.0, "yyyy-mm-dd") == ("1900-01-01", "1900-02-28", "+58 days")


def test_days_are_the_same_whichever_year_they_count_from():
    workbook = openpyxl.load_workbook(book("yyyy-mm-dd", A1=datetime.date(2024, 3, 4)))
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    file = io.BytesIO()
    workbook.save(file)
    file.seek(0)
    (found,) = tracer.diff(book("yyyy-mm-dd", A1=datetime.date(2024, 3, 1)), file, only="values")
    assert (found.before.shown, found.after.shown, found.measure) == ("2024-03-01", "2024-03-04", "+3 days")


@pytest.mark.parametrize(
    ("a", "b", "size"),
    [
        (0.1, 0.2, "+0.1 (twice)"),
        (100, 203, "+103 (about twice)"),
        (200, 100, "-100 (half)"),
        (1.0, 1.5, "+0.5 (+50%)"),
        (200, 50, "-150 (-75%)"),
        (1.0, 1 + 2**-52, "+2.22e-16 (1 unit in the last place)"),
        (1.0, 1 + 2**-48, "+3.55e-15 (16 units in the last place)"),
        (1.0, 1 + 2**-47, "+7.11e-15 (+7.1e-15 of it)"),
        (3, -3, "-6 (the other sign)"),
        (0, 5, "+5"),
        (10, 100, "+90 (10 times)"),
        (1e6, 1, "-999,999 (about 1/1,000,000 of it)"),
        (0.0, -0.0, "the sign of zero"),
    ],
)
def test_a_number_changes_by_something_that_a_person_measures_with(a, b, size):
    from tracer.compare.difference import size as exact

    assert numbers(float(a), float(b), exact(float(a), float(b)).ulps) == size


@given(floats(allow_nan=False, allow_infinity=False), floats(allow_nan=False, allow_infinity=False), text(), text())
def test_every_difference_has_a_size_on_one_line(a, b, before, after):
    from tracer.compare.difference import Side, size

    if a != b:
        assert numbers(a, b, size(a, b).ulps).isprintable()
    for first, second in ((before, after), (a, after), (before, b), (a, True), (None, after)):
        if first != second:
            sides = [Side(value, None, escaped(str(value))) for value in (first, second)]
            assert measure(*sides, None).isprintable()
    for counted in ("date", "time", "hours", "minutes", "seconds"):
        assert (moment_text(a, counted, False) or "").isprintable()
        if max(abs(a), abs(b)) < 1e9:
            assert measure(Side(a, None, "", counted), Side(b, None, "", counted), 99).isprintable()


@pytest.mark.parametrize(
    ("a", "b", "place"),
    [
        ("xxA", "xx\u0410", "differs at character 3: U+0041 LATIN CAPITAL LETTER A, U+0410 CYRILLIC CAPITAL LETTER A"),
        ("caf\u00e9", "cafe\u0301", "differs at character 4: U+00E9 LATIN SMALL LETTER E WITH ACUTE, "
         "U+0065 LATIN SMALL LETTER E + U+0301 COMBINING ACUTE ACCENT"),
        ("x", "x ", "differs at character 2: the end of the text, U+0020 SPACE"),
        ("a b", "a\u00a0b", "differs at character 2: U+0020 SPACE, U+00A0 NO-BREAK SPACE"),
        ("abc", "ab\u200bc", "differs at character 3: U+0063 LATIN SMALL LETTER C, U+200B ZERO WIDTH SPACE"),
        ("a\tb", "a b", "differs at character 2: U+0009 TAB, U+0020 SPACE"),
        ("1-2", "1\u20112", "differs at character 2: U+002D HYPHEN-MINUS, U+2011 NON-BREAKING HYPHEN"),
    ],
)  # fmt: skip
def test_texts_that_look_alike_say_where_they_differ(a, b, place):
    for before, after, wanted in ((a, b, place), (b, a, None)):
        found = only(book(A1=before), book(A1=after))
        assert found.measure == (wanted or found.measure)
        assert found.measure.startswith("differs at character ")
        assert found.measure in str(found)


def test_texts_that_look_different_need_no_hint():
    for a, b in (("red", "blue"), ("a", "A"), ("x1", "x2"), ("é", "e"), ("", "a"), ("да", "нет")):
        assert not look_alike(a, b)


def test_a_number_a_logical_value_and_the_texts_of_them_are_told_apart():
    assert only(book(A1=12), book(A1="12")).measure == "number, now stored as text"
    assert only(book(A1="12"), book(A1=12)).measure == "text, now number"
    assert only(book(A1=True), book(A1="TRUE")).measure == "logical value, now stored as text"
    assert only(book(A1="#N/A "), book(A1=5)).measure == "text, now number"
    assert only(book(A1=1), book(A1="=1")).measure == "number, now formula"
    assert only(book(A1=1), book(A2=None)).measure == "now empty"
    assert only(book(A2=None), book(A1="x")).measure == "text where nothing was"


def test_a_typed_escape_is_not_the_character_that_it_stands_for():
    a = book(A1="a\nb", A2="tab\there", A3="nb\xa0sp")
    b = book(A1=r"a\nb", A2=r"tab\there", A3=r"nb\xa0sp")
    assert [(found.before.shown, found.after.shown) for found in tracer.diff(a, b)] == [
        (r'"a\nb"', r'"a\\nb"'), (r'"tab\there"', r'"tab\\there"'), (r'"nb\xa0sp"', r'"nb\\xa0sp"')]  # fmt: skip
