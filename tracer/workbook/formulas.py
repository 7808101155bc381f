"""Excel formulas: the same expressions, rendered for one cell or for a whole block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from xlsxwriter.utility import xl_col_to_name

from tracer.expr import Elementwise, Expression, Limit, Product, Symbol, Transpose, reads
from tracer.rendering import Rendering
from tracer.workbook.layout import Area

#: Stands in a rendered formula for the reference to the sheet before, such as `'Step 9'!`.
BEFORE = "\ue000"


class Excel(Rendering):
    """What cell and block formulas share."""

    space = ""

    def exp(self, operand: Expression) -> str:
        return f"EXP({self(operand)})"

    def limit(self, limit: Limit, binding: int) -> str:
        return f"IF({self(limit.beyond)},{self(limit.value)},{self(limit.body)})"


class BlockFormula(Excel):
    """The formula of a whole block, by names: `MMULT(X,wh)+bh`.

    Args:
        refer: how the formula refers to a matrix, given its name.
    """

    def __init__(self, refer: Callable[[str], str]) -> None:
        self.refer = refer

    def symbol(self, symbol: Symbol) -> str:
        return self.refer(symbol.name)

    def product(self, product: Product, binding: int) -> str:
        return f"MMULT({self(product.left)},{self(product.right)})"

    def transpose(self, operand: Expression) -> str:
        return f"TRANSPOSE({self(operand)})"

    def sum(self, operand: Expression, axis: Literal[0] | None) -> str:
        text = self(operand)
        if axis is None:
            return f"SUMPRODUCT({text})"
        # A row of ones times the matrix; ROW(...)^0 is how a spreadsheet without newer functions makes ones.
        return f"MMULT(TRANSPOSE(ROW({self.refer(reads(operand)[0])})^0),{text})"


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
        self.span: Literal["cell", "column", "all"] = "cell"
        self.transposed = False
        self.is_array = False

    def block(self, expression: Expression, rows: int, columns: int) -> tuple[list[list[str]], bool]:
        """The formulas of all cells of a block, and whether each is an array formula (as `MMULT` needs)."""
        self.is_array = False
        source = self(expression)
        last = max(area.last_column for area in self.areas.values())
        letters = [xl_col_to_name(column) for column in range(last + 1)]
        formula = eval(f"lambda i, j: f'''={source}'''", {"C": letters})
        return [[formula(i, j) for j in range(columns)] for i in range(rows)], self.is_array

    def symbol(self, symbol: Symbol) -> str:
        area = self.areas[symbol.name]
        sheet = BEFORE if symbol.name in self.before else ""
        if self.span == "all":
            return sheet + area.range
        if self.span == "column":
            return sheet + _column(area, "j")
        i, j = ("j", "i") if self.transposed else ("i", "j")
        row = f"${area.row + 1}" if area.rows == 1 else f"{'$' * self.transposed}{{{area.row + 1}+{i}}}"
        column = (
            f"${xl_col_to_name(area.column)}"
            if area.columns == 1
            else f"{'$' * self.transposed}{{C[{area.column}+{j}]}}"
        )
        return sheet + column + row

    def transpose(self, operand: Expression) -> str:
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

    def sum(self, operand: Expression, axis: Literal[0] | None) -> str:
        outer, self.span = self.span, "all" if axis is None else "column"
        text = self(operand)
        self.span = outer
        return f"SUM({text})" if isinstance(operand, Symbol) else f"SUMPRODUCT({text})"

    def _vector(self, factor: Expression, index: str, flat: bool) -> str:
        """Row or column `index` of a factor, as the range in which it lies (flat: along a row of the sheet)."""
        symbol = factor.operand if isinstance(factor, Transpose) else factor
        if not isinstance(symbol, Symbol) or self.span != "cell" or self.transposed:
            raise TypeError("a cell formula can only multiply named matrices and their transposes")
        area = self.areas[symbol.name]
        sheet = BEFORE if symbol.name in self.before else ""
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
