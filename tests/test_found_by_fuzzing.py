"""What damaged files brought to light, each in a workbook of its own."""

import io

import openpyxl
import pytest
import xlsxwriter
from archives import patched

import tracer
from tracer.numbers import whole
from tracer.textconv import text

SHEET, WORKBOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


def book(cells, **options):
    file = io.BytesIO()
    written = xlsxwriter.Workbook(file)
    sheet = written.add_worksheet("Data")
    for address, content in cells.items():
        formula, value = content if isinstance(content, tuple) else (content, 0)
        sheet.write_formula(address, formula, None, value) if isinstance(formula, str) and formula[0] == "=" else (
            sheet.write(address, formula)
        )
    for name, value in options.items():
        getattr(sheet, name)(*value)
    written.define_name("Data!here", "=Data!$A$1")
    written.close()
    return file


def changed(file, part, old, new):
    def change(data):
        assert old in data
        return data.replace(old, new, 1)

    return patched(file, part, change)


def test_a_circle_beside_a_chain_of_formulas():
    """What feeds nothing but what is computed already is no way into a circle."""

    def workbook(start):
        steps = {
            f"{letter}1": (f"={before}1+1", start + at) for at, (before, letter) in enumerate(zip("ABC", "BCD"), 1)
        }
        return book({"A1": start, **steps, "A5": ("=B5", start), "B5": ("=A5+D1", start)})

    found = tracer.diff(workbook(1), workbook(2))
    assert [origin.address for origin in found.origins] == ["A1"]
    assert sorted(entry.address for entry in found.consequences) == ["A5", "B1", "B5", "C1", "D1"]


@pytest.mark.parametrize("number", ["../../etc", "1.2.3", "9999-12-31T23:59:59.999999Z", "²", "9" * 5000, "."])
@pytest.mark.parametrize(
    ("part", "old"),
    [
        (SHEET, b'left="0.7"'),
        (SHEET, b'defaultRowHeight="15"'),
        (SHEET, b'<col min="1"'),
        (SHEET, b'priority="1"'),
        (SHEET, b'brk id="5"'),
        (WORKBOOK, b'localSheetId="0"'),
    ],
)
def test_an_attribute_that_is_no_number(tmp_path, part, old, number):
    more = {
        "set_column": ("A:B", 20),
        "conditional_format": ("A1:A3", {"type": "cell", "criteria": ">", "value": 1}),
        "set_h_pagebreaks": ([5],),
    }
    plain = book({"A1": 1, "B2": "text"}, **more)
    name = old.partition(b'="')[0]
    odd = changed(plain, part, old, name + f'="{number}"'.encode())
    (tmp_path / "odd.xlsx").write_bytes(odd.getvalue())
    for call in (
        lambda: tracer.diff(plain, odd),
        lambda: tracer.diff(odd, plain),
        lambda: list(text(str(tmp_path / "odd.xlsx"))),
    ):
        try:
            call()
        except tracer.TracerError as error:
            assert "\n" not in str(error)  # an answer is as good


def test_a_template_with_the_heading_of_a_block_that_it_lacks(request, tmp_path):
    source = openpyxl.load_workbook(request.config.rootpath / "templates" / "article.xlsx")
    sheet = source["Overview"]
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == "{{accuracy}}":
                cell.value = None
    source.save(tmp_path / "mine.xlsx")
    network = tracer.Network([[0, 1], [1, 0], [1, 1]], [[0, 1], [1, 0], [1, 0]], hidden=2, output_activation="softmax")
    tracer.run(network).to_excel(tmp_path / "book.xlsx", template=tmp_path / "mine.xlsx")
    assert tracer.read_excel(tmp_path / "book.xlsx").network.outputs == network.outputs


@pytest.mark.parametrize("value", ["1.2.3", "-1-01-01", "----", "1e", "٣"])
def test_a_value_of_ours_that_only_looks_like_a_number(tmp_path, value):
    file = io.BytesIO()
    tracer.run().to_excel(file)

    def last_value(data):
        at = data.rindex(b"<v>") + 3
        return data[:at] + value.encode() + data[data.index(b"<", at) :]

    (tmp_path / "book.xlsx").write_bytes(patched(file, "xl/worksheets/sheet6.xml", last_value).getvalue())
    for call in (tracer.read_excel, tracer.verify):
        with pytest.raises(tracer.TracerError, match="expected a number"):
            call(tmp_path / "book.xlsx")


def test_whole_numbers_are_plain_digits():
    assert [whole(digits) for digits in ("12", b"7", "0" * 18)] == [12, 7, 0]
    assert {whole(digits) for digits in ("", "-1", "+1", "²", "٣", "1_0", "9" * 19, "9" * 5000)} == {None}
