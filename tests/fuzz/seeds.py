"""Sound files of every kind that tracer reads, which are then damaged."""

from __future__ import annotations

import io
import os
from pathlib import Path

import openpyxl
import pandas as pd
import xlsxwriter
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

import tracer
from tracer.presets import PRESETS

ROOT = Path(__file__).resolve().parents[2]

CSV = "height,width,kind\n1.5,2,red\n2.5,1,blue\n0.5,4,red\n3,3,blue\n"
TOML = """\
[data]
X = [[1, 0, 1, 0], [1, 0, 1, 1], [0, 1, 0, 1]]
y = [1, 1, 0]

[training]
lr = 0.1
epochs = 1
optimizer = "momentum"
momentum = 0.9
batch = 2
shuffle = true
seed = 7

[network]
hidden = [3, 2]
activation = ["tanh", "relu"]
output_activation = "sigmoid"
loss = "squared_error"
bias = true
samples = "rows"

[initial]
init = "xavier"
skip = 1

[workbook]
sheets = "first,last"
formulas = "cell"
template = "article"
"""


def build(folder: Path) -> dict[str, list[Path]]:
    """Write them into a folder; by kind: `workbook`, `ours`, `template`, `table`, `network`."""
    folder.mkdir(parents=True, exist_ok=True)
    runs = {
        "walkthrough": (tracer.run(epochs=2), {}),
        "matrix": (tracer.run(hidden=[3, 2], activation="tanh", epochs=2), {"formulas": "matrix"}),
        "stacked": (tracer.run(bias=False), {"template": "stacked", "sheets": "none"}),
        "columns": (tracer.run(samples="columns", optimizer="adam"), {"formulas": "none"}),
        "boundary": (tracer.run(tracer.Network([[0, 1], [1, 0], [1, 1]], [1, 1, 0], hidden=2)), {"boundary": 5}),
    }
    ours = []
    for name, (trace, options) in runs.items():
        ours.append(folder / f"ours_{name}.xlsx")
        trace.to_excel(ours[-1], **options)
    lessons = []
    for name, preset in PRESETS.items():
        if not preset.is_network:
            lessons.append(folder / f"lesson_{name}.xlsx")
            preset.write(lessons[-1])
    others = [folder / "plain.xlsx", folder / "rich.xlsx", folder / "inline.xlsx"]
    _plain(others[0])
    _rich(others[1])
    others[2].write_bytes(_saved_again(others[1]))
    foreign = sorted(Path(os.environ["TRACER_FOREIGN"]).glob("*.xlsx")) if os.environ.get("TRACER_FOREIGN") else []
    return {
        "workbook": [*others, *lessons, *ours, *foreign],
        "ours": [*ours, *lessons],
        "template": sorted((ROOT / "templates").glob("*.xlsx")),
        "table": _tables(folder),
        "network": _networks(folder),
    }


def _plain(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Data")
    for row in range(30):
        sheet.write_row(row, 0, [row, row * 0.1, f"text {row % 7}", row % 2 == 0])
        sheet.write_formula(row, 4, f"=A{row + 1}*B{row + 1}+Total", value=row * row * 0.1)
    sheet.write_formula("F1", "=SUM(E:E)", value=1)
    sheet.write_array_formula("G1:G3", "{=A1:A3*2}", value=2)
    sheet.write_dynamic_array_formula("H1", "=SEQUENCE(3)", value=1)
    sheet.write_rich_string("F2", "plain ", book.add_format({"bold": True}), "bold")
    sheet.write_datetime(
        "F3", pd.Timestamp("2024-05-06").to_pydatetime(), book.add_format({"num_format": "yyyy-mm-dd"})
    )
    sheet.write_url("F4", "https://example.org/")
    sheet.merge_range("I1:J2", "merged")
    sheet.conditional_format(
        "A1:A30", {"type": "cell", "criteria": ">", "value": 5, "format": book.add_format({"bold": 1})}
    )
    sheet.write_comment("A1", "a note")
    sheet.add_sparkline("K1", {"range": "A1:A10"})
    book.define_name("Total", "=Data!$F$1")
    book.add_worksheet("Two").write_formula("A1", "=Data!A1+'Data'!B2", value=3)
    book.close()


def _rich(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet one"
    for row in range(1, 20):
        sheet.append([row, row / 3, f"=A{row}+B{row}", f"word {row}"])
    sheet.insert_rows(1)
    for column, name in enumerate(["a", "b", "c", "d"], 1):
        sheet.cell(1, column, name).font = Font(bold=True)
    sheet["B2"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["B2"].comment = Comment("noted", "somebody")
    sheet.add_table(Table(displayName="Things", ref="A1:D20"))
    choice = DataValidation(type="list", formula1='"x,y,z"')
    choice.add("F1:F9")
    sheet.add_data_validation(choice)
    sheet.conditional_formatting.add(
        "A2:A20", CellIsRule(operator="lessThan", formula=["3"], font=Font(color="FF0000"))
    )
    sheet.conditional_formatting.add("B2:B20", ColorScaleRule("min", None, "FF0000", "max", None, "00FF00"))
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=20), titles_from_data=True)
    sheet.add_chart(chart, "H3")
    sheet.freeze_panes = "B2"
    sheet.protection.sheet = True
    book.create_sheet("Zwei").append(["='Sheet one'!A2", True, None, 3.5])
    book.save(path)


def _saved_again(path: Path) -> bytes:
    """With texts in the cells themselves, as some libraries write them."""
    source, target = openpyxl.load_workbook(path), openpyxl.Workbook(write_only=True)
    for sheet in source:
        copy = target.create_sheet(sheet.title)
        for row in sheet.iter_rows(values_only=True):
            copy.append(row)
    file = io.BytesIO()
    target.save(file)
    return file.getvalue()


def _tables(folder: Path) -> list[Path]:
    frame = pd.read_csv(io.StringIO(CSV))
    paths = [folder / f"table{suffix}" for suffix in (".csv", ".tsv", ".xlsx", ".parquet")]
    paths[0].write_text(CSV)
    frame.to_csv(paths[1], sep="\t", index=False)
    frame.to_excel(paths[2], index=False)
    frame.to_parquet(paths[3], index=False)
    decimal = folder / "comma.csv"
    decimal.write_text(CSV.replace(",", ";").replace(".", ","))
    return [*paths, decimal]


def _networks(folder: Path) -> list[Path]:
    plain, table = folder / "plain.toml", folder / "table.toml"
    plain.write_text(TOML)
    table.write_text('[data]\ndata = "table.csv"\ntarget = "kind"\nscale = "minmax"\n[network]\nhidden = 2\n')
    return [plain, table, *sorted((ROOT / "tracer" / "networks").glob("*.toml"))]
