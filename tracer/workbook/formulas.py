"""Excel formulas: the same expressions, rendered for one cell or for a whole block."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_DOWN, Context, Decimal
from typing import Literal

from xlsxwriter.utility import xl_col_to_name

from tracer.expr import (
    Axis,
    Elementwise,
    Expression,
    Limit,
    Product,
    Reduction,
    Shape,
    Symbol,
    Transpose,
    children,
    reads,
    shape,
)
from tracer.rendering import Rendering
from tracer.workbook.layout import Area

#: So many digits of a number in a formula Excel reads.
DIGITS = 15
#: Numbers between these are written without exponents.
LEAST, MOST = 1e-25, 1e21
#: Stands in a rendered formula for the reference to the sheet before, such as `'Step 9'!`.
BEFORE = "\ue000"


class Excel(Rendering):
    """What cell and block formulas share.

    Attributes:
        is_array: whether what was rendered has to be an array formula. Excel computes `MMULT`, `TRANSPOSE` and an
            `IF` over several cells in no other; `SUMPRODUCT` and `SUM` bring that along for all the rest.
    """

    space = ""
    pi = "PI()"
    is_array = False

    @property
    def over_cells(self) -> bool:
        """Whether a symbol stands for several cells here."""
        return True

    def number(self, value: float) -> str:
        return self.pi if value == math.pi else literal(value)

    def function(self, name: str, *arguments: Expression) -> str:
        if name == "where":
            self.is_array |= self.over_cells
        return super().function({"log": "LN", "where": "IF"}.get(name, name.upper()), *arguments)

    def limit(self, limit: Limit, binding: int) -> str:
        return self.function("where", limit.beyond, limit.value, limit.body)

    def fold(self, name: str, operand: Expression) -> str:
        """The sum or the maximum of all cells that the operand stands for."""
        if isinstance(operand, Symbol):
            return self.function(name, operand)
        self.is_array |= name == "max"
        return self.function("sumproduct" if name == "sum" else name, operand)


def literal(value: float) -> str:
    """A number as a formula has it: exactly the double, in a spelling that every spreadsheet reads.

    Excel takes 15 digits of a number in a formula and drops the others without a word; where a double needs more, it is
    written as the sum of two numbers. Some programs read no exponents, which only numbers far from 1 have here.

    >>> literal(0.01), literal(1e-20), literal(2 / 3)
    ('0.01', '0.00000000000000000001', '(0.666666666666666+0.0000000000000007)')
    """
    if float(f"{value:.{DIGITS}g}") == value:
        return _decimal(value)
    first = float(Decimal(value).normalize(Context(DIGITS, ROUND_DOWN)))
    rest = value - first
    digits = next(count for count in range(1, DIGITS + 1) if first + float(f"{rest:.{count}g}") == value)
    return f"({_decimal(first)}{'+' if rest > 0 else ''}{_decimal(float(f'{rest:.{digits}g}'))})"


def _decimal(value: float) -> str:
    """A number of few digits, without an exponent where it is near enough to 1."""
    text = repr(value).removesuffix(".0")
    if "e" in text and LEAST < abs(value) < MOST:
        text = format(Decimal(text), "f")
    return text.upper()


class BlockFormula(Excel):
    """The formula of a whole block, by names: `MMULT(X,wh)+bh`.

    Args:
        refer: how the formula refers to a matrix, given its name.
        shapes: rows and columns of each matrix.
    """

    def __init__(self, refer: Callable[[str], str], shapes: Mapping[str, Shape]) -> None:
        self.refer = refer
        self.shapes = shapes
        self.line: tuple[Axis, int] | None = None

    def block(self, expression: Expression) -> list[tuple[Area, str]]:
        """The array formulas that fill a block, each with the part of the block that it fills.

        One fills it all, except where a maximum of each row is needed: only newer functions take those at once, so
        that each row has its formula, and refers to its row of each matrix by `INDEX(name,1,0)`. Columns likewise.
        """
        rows, columns = shape(expression, self.shapes)
        axis = next(maxima(expression), None)
        if axis is None:
            return [(Area(0, 0, rows, columns), f"={self(expression)}")]
        parts = []
        for k in range(columns if axis == 0 else rows):
            self.line = axis, k
            part = Area(0, k, rows, 1) if axis == 0 else Area(k, 0, 1, columns)
            parts.append((part, f"={self(expression)}"))
        self.line = None
        return parts

    def symbol(self, symbol: Symbol) -> str:
        name = self.refer(symbol.name)
        if self.line is None:
            return name
        (axis, k), (rows, columns) = self.line, self.shapes[symbol.name]
        if (columns if axis == 0 else rows) == 1:
            return name
        if axis == 1:
            return f"INDEX({name},{k + 1},0)"
        return f"INDEX({name},{0 if rows > 1 else 1},{k + 1})"  # IronCalc has no column 0 of one row

    def product(self, product: Product, binding: int) -> str:
        self._check_whole()
        self.is_array = True
        return f"MMULT({self(product.left)},{self(product.right)})"

    def transpose(self, operand: Expression) -> str:
        self._check_whole()
        self.is_array = True
        return f"TRANSPOSE({self(operand)})"

    def reduction(self, name: str, operand: Expression, axis: Axis | None) -> str:
        if self.line and axis == self.line[0]:
            return self.fold(name, operand)
        self._check_whole()
        if axis is None:
            return self.fold(name, operand)
        if name == "max":
            raise TypeError("a maximum of each row or column needs a formula for each: see BlockFormula.block")
        self.is_array = True
        ones = self._ones(operand, axis)
        return f"MMULT({ones},{self(operand)})" if axis == 0 else f"MMULT({self(operand)},{ones})"

    def _ones(self, operand: Expression, axis: Axis) -> str:
        """As many ones as the operand is high, in a row (axis 0), or as it is wide, in a column (axis 1).

        ROW(name)^0, a one for each row, is how a spreadsheet without newer functions makes them.
        """
        count, names = shape(operand, self.shapes)[axis], reads(operand)
        own, other = ("ROW", "COLUMN") if axis == 0 else ("COLUMN", "ROW")
        for name in names:
            if self.shapes[name][axis] == count:
                return f"TRANSPOSE({own}({self.refer(name)})^0)"
        for name in names:
            if self.shapes[name][1 - axis] == count:
                return f"{other}({self.refer(name)})^0"
        return "1"

    def _check_whole(self) -> None:
        if self.line:
            raise TypeError("a formula for each row or column can only work number by number, and along it")


def maxima(expression: Expression) -> Iterator[Axis]:
    """The axes along which an expression takes maxima."""
    if isinstance(expression, Reduction) and expression.function == "max" and expression.axis is not None:
        yield expression.axis
    for child in children(expression):
        yield from maxima(child)


class CellFormula(Excel):
    """The formula of the cell in row i and column j of a block: `MMULT($B8:$E8,G$8:G$11)+K$8`.

    It is rendered once for the whole block, as a Python function of i and j. References are relative where
    copying the cell across its block should move them, and anchored where it should not.

    Args:
        areas: where each matrix stands on the sheet.
        before: names whose old value is meant, on the sheet before.
    """

    def __init__(self, areas: Mapping[str, Area], before: tuple[str, ...] = ()) -> None:
        self.areas = areas
        self.before = before
        self.shapes = {name: area.shape for name, area in areas.items()}
        self.span: Literal["cell", "row", "column"] = "cell"
        self.transposed = False

    def block(self, expression: Expression, rows: int, columns: int) -> tuple[list[list[str]], bool]:
        """The formulas of all cells of a block, and whether each is an array formula (as `MMULT` needs)."""
        self.is_array = False
        source = self(expression)
        last = max(area.last_column for area in self.areas.values())
        letters = [xl_col_to_name(column) for column in range(last + 1)]
        formula = eval(f"lambda i, j: f'''={source}'''", {"C": letters})
        return [[formula(i, j) for j in range(columns)] for i in range(rows)], self.is_array

    def symbol(self, symbol: Symbol) -> str:
        area, sheet = self.areas[symbol.name], self._sheet(symbol.name)
        if self.span != "cell":
            return sheet + (_column(area, "j") if self.span == "column" else _row(area, "i"))
        i, j = ("j", "i") if self.transposed else ("i", "j")
        row = f"${area.row + 1}" if area.rows == 1 else f"{'$' * self.transposed}{{{area.row + 1}+{i}}}"
        column = (
            f"${xl_col_to_name(area.column)}"
            if area.columns == 1
            else f"{'$' * self.transposed}{{C[{area.column}+{j}]}}"
        )
        return sheet + column + row

    def transpose(self, operand: Expression) -> str:
        if self.over_cells:
            raise TypeError("a cell formula can only sum or compare what lies as it does")
        self.transposed = not self.transposed
        text = self(operand)
        self.transposed = not self.transposed
        return text

    def product(self, product: Product, binding: int) -> str:
        """Row i of the left times column j of the right.

        Two vectors that lie the same way on the sheet need no array formula; a row times a column does:
        today's Excel shows an MMULT in an ordinary cell as `@MMULT`.
        """
        left, right = product.left, product.right
        flat_left, flat_right = isinstance(left, Symbol), isinstance(right, Transpose)
        first = self._vector(left, "i", flat_left)
        second = self._vector(right, "j", flat_right)
        if ":" not in first:
            return self(Elementwise("*", left, right), binding)
        if flat_left == flat_right:
            return f"SUMPRODUCT({first},{second})"
        self.is_array = True
        return f"MMULT({first},{second})" if flat_left else f"SUM({first}*TRANSPOSE({second}))"

    def reduction(self, name: str, operand: Expression, axis: Axis | None) -> str:
        if axis is None:
            block = BlockFormula(lambda read: self._sheet(read) + self.areas[read].range, self.shapes)
            text = block.fold(name, operand)
            self.is_array |= block.is_array
            return text
        span: Literal["row", "column"] = "column" if axis == 0 else "row"
        if self.transposed or self.span not in ("cell", span):
            raise TypeError("a cell formula can only sum or compare what lies as it does")
        outer, self.span = self.span, span
        text = self.fold(name, operand)
        self.span = outer
        return text

    @property
    def over_cells(self) -> bool:
        return self.span != "cell"

    def _sheet(self, name: str) -> str:
        return BEFORE if name in self.before else ""

    def _vector(self, factor: Expression, index: str, flat: bool) -> str:
        """Row or column `index` of a factor, as the range in which it lies (flat: along a row of the sheet)."""
        symbol = factor.operand if isinstance(factor, Transpose) else factor
        if not isinstance(symbol, Symbol) or self.span != "cell" or self.transposed:
            raise TypeError("a cell formula can only multiply named matrices and their transposes")
        area = self.areas[symbol.name]
        sheet = self._sheet(symbol.name)
        anchored = isinstance(factor, Transpose)
        return sheet + (_row(area, index, anchored) if flat else _column(area, index, anchored))


def _row(area: Area, index: str, anchored: bool = False) -> str:
    first, last = xl_col_to_name(area.column), xl_col_to_name(area.last_column)
    row = f"${area.row + 1}" if area.rows == 1 else f"{'$' * anchored}{{{area.row + 1}+{index}}}"
    return f"${first}{row}" if first == last else f"${first}{row}:${last}{row}"


def _column(area: Area, index: str, anchored: bool = False) -> str:
    first, last = area.row + 1, area.last_row + 1
    column = f"${xl_col_to_name(area.column)}" if area.columns == 1 else f"{'$' * anchored}{{C[{area.column}+{index}]}}"
    return f"{column}${first}" if first == last else f"{column}${first}:{column}${last}"
