"""A worksheet that stores every double exactly."""

from __future__ import annotations

from html import escape

from xlsxwriter.worksheet import Worksheet

from tracer.workbook.limits import check_formula


class ExactWorksheet(Worksheet):
    """XlsxWriter's worksheet, through its documented `worksheet_class` hook, with two differences.

    It prints numbers with as many digits as a double needs to come back bit for bit (XlsxWriter prints 16), and
    it takes formulas as they are: XlsxWriter searches each for names of functions newer than the file format,
    none of which we write.
    """

    def _xml_number_element(self, number, attributes=()) -> None:
        self.fh.write(f"<c{_plain(attributes)}><v>{exact(number)}</v></c>")

    def _xml_formula_element(self, formula, result, attributes=()) -> None:
        self.fh.write(
            f"<c{_plain(attributes)}><f>{escape(formula, quote=False)}</f><v>{escape(str(result), quote=False)}</v></c>"
        )

    def _prepare_formula(self, formula, expand_future_functions=False):
        check_formula(formula)
        return formula.removeprefix("{").removesuffix("}").removeprefix("=")


def _plain(attributes) -> str:
    """A cell's attributes: address, style and type, in which nothing needs escaping."""
    return "".join([f' {key}="{value}"' for key, value in attributes])


def exact(number: float) -> str:
    """The shortest decimal that reads back as the same double; whole numbers as a spreadsheet writes them."""
    text = repr(float(number))
    return text if text == "-0.0" else text.removesuffix(".0")
