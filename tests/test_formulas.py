"""Every activation, slope and loss as formulas: IronCalc and LibreOffice must compute what NumPy does.

All of them stand in one workbook, a sheet each: matrices at the left, below one another, cell formulas beside them,
then block formulas, by names.
"""

import re

import numpy as np
import pytest
import pytorch
import xlsxwriter
from test_losses import states

from tracer.activations import ACTIVATIONS
from tracer.compare.engines import ENGINES
from tracer.expr import Symbol, shape
from tracer.losses import LOSSES
from tracer.rendering import evaluate
from tracer.workbook.formulas import BlockFormula, CellFormula
from tracer.workbook.layout import Area
from tracer.workbook.sheet import ExactWorksheet

x = Symbol("hidden_layer_input")
INPUTS = np.resize([*pytorch.INPUTS, 708.0, -708.0, 710.0, -710.0], (9, 3))
CLASSES, TARGETS = (np.array(numbers) for numbers in pytorch.CLASSES)
BINARY, BINARY_TARGETS = (np.array(numbers) for numbers in pytorch.BINARY)
#: Samples in rows and in columns.
ORIENTATIONS = {1: np.asarray, 0: np.transpose}

#: Functions that every Excel since 2007 has; a newer one would be written with a prefix.
KNOWN = {"ABS", "COLUMN", "EXP", "IF", "INDEX", "LN", "MAX", "MMULT", "PI", "ROW", "SQRT", "SUM", "SUMPRODUCT", "TANH"}
KNOWN |= {"TRANSPOSE"}


def cases():
    """Name, expression, and the matrices that it reads."""
    for name, activation in ACTIVATIONS.items():
        if activation.slope:
            value = activation.value(x)
            yield name, value, {x.name: INPUTS}
            at = evaluate(value, {x.name: INPUTS}) if activation.slope_of == "answer" else INPUTS
            yield f"slope of {name}", activation.slope(x), {x.name: at}
    for samples, outputs in [(5, 3), (1, 3), (5, 1), (1, 1)]:
        inputs, targets = CLASSES[:samples, :outputs], TARGETS[:samples, :outputs]
        if outputs == 1:
            targets = np.ones_like(targets)
        for axis, turn in ORIENTATIONS.items():
            size = f"{samples} of {outputs}, {axis}"
            yield f"softmax {size}", ACTIVATIONS["softmax"].along(axis).value(x), {x.name: turn(inputs)}
            state = states("softmax", turn(inputs), turn(targets), axis)
            yield f"cross-entropy {size}", LOSSES["cross_entropy"].value(axis), state
    for axis, turn in ORIENTATIONS.items():
        state = states("sigmoid", turn(BINARY), turn(BINARY_TARGETS), axis)
        yield f"binary {axis}", LOSSES["binary_cross_entropy"].value(axis), state
        state = states("linear", turn(CLASSES), turn(TARGETS), axis)
        yield f"squared {axis}", LOSSES["squared_error"].value(axis), state


CASES = {name: (expression, matrices) for name, expression, matrices in cases()}


class Sheet:
    """Where things stand on the sheet of a case, and the formulas of it."""

    def __init__(self, expression, matrices):
        self.shapes = {name: matrix.shape for name, matrix in matrices.items()}
        self.areas, row = {}, 0
        for name, (rows, columns) in self.shapes.items():
            self.areas[name] = Area(row, 0, rows, columns)
            row += rows + 1
        self.rows, self.columns = shape(expression, self.shapes)
        self.cells = Area(0, 10, self.rows, self.columns)
        self.block = Area(0, 20, self.rows, self.columns)
        self.cell_formulas, self.cells_are_arrays = CellFormula(self.areas).block(expression, self.rows, self.columns)
        self.block_formulas = BlockFormula(lambda name: name, self.shapes).block(expression)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("formulas") / "formulas.xlsx"
    workbook = xlsxwriter.Workbook(path)
    for name, (expression, matrices) in CASES.items():
        worksheet = workbook.add_worksheet(name, worksheet_class=ExactWorksheet)
        sheet = Sheet(expression, matrices)
        for matrix, area in sheet.areas.items():
            workbook.define_name(f"'{name}'!{matrix}", f"='{name}'!{area.range}")
            for i, j in np.ndindex(area.shape):
                worksheet.write_number(area.row + i, area.column + j, matrices[matrix][i, j])
        for i, j in np.ndindex(sheet.cells.shape):
            at, formula = (sheet.cells.row + i, sheet.cells.column + j), sheet.cell_formulas[i][j]
            if sheet.cells_are_arrays:
                worksheet.write_array_formula(*at, *at, formula, None, "not recalculated")
            else:
                worksheet.write_formula(*at, formula, None, "not recalculated")
        for part, formula in sheet.block_formulas:
            part = part.within(sheet.block)
            at = (part.row, part.column, part.last_row, part.last_column)
            worksheet.write_array_formula(*at, formula, None, "not recalculated")
    workbook.close()
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_compute_what_numpy_does(request, book, engine):
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    lookup, checked = ENGINES[engine](book), 0
    for name, (expression, matrices) in CASES.items():
        sheet, expected = Sheet(expression, matrices), evaluate(expression, matrices)
        for kind, area in {"cell": sheet.cells, "block": sheet.block}.items():
            found = [
                [lookup(name, area.row + i, area.column + j) for j in range(area.columns)] for i in range(area.rows)
            ]
            numbers = [[value if isinstance(value, (int, float)) else np.nan for value in row] for row in found]
            message = f"{name}, {kind} formulas: {found}"
            np.testing.assert_allclose(numbers, expected, rtol=1e-12, atol=1e-14, err_msg=message)
            checked += expected.size
    assert checked == 2 * (16 * 27 + 2 * (15 + 3 + 5 + 1) + 8 + 4)


@pytest.mark.parametrize("name", CASES)
def test_formulas_are_such_that_every_excel_since_2007_reads_them(name):
    sheet = Sheet(*CASES[name])
    cells = [formula for row in sheet.cell_formulas for formula in row]
    for formula in [*cells, *(formula for _, formula in sheet.block_formulas)]:
        assert set(re.findall(r"[A-Z]+(?=\()", formula)) <= KNOWN
        assert len(formula) <= 8192
        depth = np.cumsum([{"(": 1, ")": -1}.get(character, 0) for character in formula])
        assert depth.max() <= 64
        assert depth[-1] == 0
    if not sheet.cells_are_arrays:  # what Excel computes in array formulas only
        assert not [formula for formula in cells if re.search(r"MMULT|TRANSPOSE|IF\([^()]*:", formula)]


def test_cell_formulas_read_like_the_definitions():
    first = {name: Sheet(*case).cell_formulas[0][0] for name, case in CASES.items()}
    assert first["sigmoid"] == "=IF(A1<-709,0,1/(1+EXP(-A1)))"
    assert first["tanh"] == "=TANH(A1)"
    assert first["relu"] == "=IF(A1>0,A1,0)"
    assert first["slope of leaky_relu"] == "=IF(A1>0,1,0.01)"
    assert first["elu"] == "=IF(A1>0,A1,EXP(-ABS(A1))-1)"
    assert first["softplus"] == "=IF(A1>0,A1,0)+LN(1+EXP(-ABS(A1)))"
    assert first["linear"] == "=A1"
    assert first["softmax 5 of 3, 1"] == "=EXP(A1-MAX($A1:$C1))/SUMPRODUCT(EXP($A1:$C1-MAX($A1:$C1)))"
    assert first["softmax 5 of 3, 0"] == "=EXP(A1-MAX(A$1:A$3))/SUMPRODUCT(EXP(A$1:A$3-MAX(A$1:A$3)))"


def test_block_formulas_go_by_names():
    first = {name: Sheet(*case).block_formulas[0][1] for name, case in CASES.items()}
    assert first["relu"] == "=IF(hidden_layer_input>0,hidden_layer_input,0)"
    row, column = "INDEX(hidden_layer_input,1,0)", "INDEX(hidden_layer_input,0,1)"
    assert first["softmax 5 of 3, 1"] == f"=EXP({row}-MAX({row}))/SUMPRODUCT(EXP({row}-MAX({row})))"
    assert first["softmax 5 of 3, 0"] == f"=EXP({column}-MAX({column}))/SUMPRODUCT(EXP({column}-MAX({column})))"
    assert first["squared 1"] == "=SUMPRODUCT(E*E)/2"
