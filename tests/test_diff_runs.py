"""Two runs of tracer: one changed input is one origin, whichever epochs have sheets."""

import re

import openpyxl
import pytest
from archives import patched

import tracer

POINTS = {"X": [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], "y": [[0.0], [1.0], [1.0], [0.0]]}


def write(path, *, sheets="first,last", epochs=6, boundary=None, **options):
    tracer.run(epochs=epochs, **options).to_excel(path, sheets=sheets, boundary=boundary)
    return path


@pytest.fixture
def two(tmp_path):
    return lambda before, after, **both: (
        write(tmp_path / "a.xlsx", **both, **before),
        write(tmp_path / "b.xlsx", **both, **after),
    )


@pytest.mark.parametrize("sheets", ["first,last", "last", "every:2", "3,5", "all", "none"])
@pytest.mark.parametrize("options", [{}, {"batch": 2}, {"hidden": [3, 2], "seed": 4}])
def test_another_learning_rate_is_one_origin(two, sheets, options):
    a, b = two({"lr": 0.1}, {"lr": 0.2}, sheets=sheets, **options)
    for first, second in ((a, b), (b, a)):
        (origin,) = tracer.diff(first, second).origins
        assert origin.label.endswith("lr")
        assert origin.reaches == len(tracer.diff(first, second).consequences)


@pytest.mark.parametrize("sheets", ["first,last", "last", "none"])
@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({"epochs": 6}, {"epochs": 9}, "epochs = 9"),
        ({"optimizer": "gradient_descent"}, {"optimizer": "momentum"}, 'optimizer = "momentum"'),
        ({"seed": 1, "hidden": 2}, {"seed": 2, "hidden": 2}, "seed = 2"),
        ({"hidden": 2, "activation": "tanh"}, {"hidden": 2, "activation": "elu"}, 'activation = "elu"'),
    ],
)
def test_another_option_is_one_origin_of_all_that_the_writer_wrote(tmp_path, sheets, before, after, line):
    defaults = {"output_activation": "sigmoid"}
    a = write(tmp_path / "a.xlsx", sheets=sheets, **defaults, **before)
    b = write(tmp_path / "b.xlsx", sheets=sheets, **defaults, **after)
    assert [entry.after.value for entry in tracer.diff(a, b).origins] == [line]
    assert [entry.before.value for entry in tracer.diff(b, a).origins] == [line]


@pytest.mark.parametrize("sheets", ["first,last", "last"])
def test_a_changed_sample_is_one_origin_even_with_a_boundary(tmp_path, sheets):
    paths = []
    for name, last in (("a", 1.0), ("b", 1.5)):
        data = tmp_path / name / "points.csv"
        data.parent.mkdir()
        rows = [*zip(*[[row[0] for row in POINTS["X"]], [row[1] for row in POINTS["X"]], [y[0] for y in POINTS["y"]]])]
        rows[-1] = (rows[-1][0], last, rows[-1][2])
        data.write_text("p,q,y\n" + "\n".join(",".join(map(str, row)) for row in rows) + "\n")
        paths.append(write(tmp_path / f"{name}.xlsx", sheets=sheets, boundary=5, data=data, target="y", hidden=2))
    origins = tracer.diff(*paths, ignore="Network").origins
    assert [(entry.before.value, entry.after.value) for entry in origins] == [(1.0, 1.5)]


def test_recorded_numbers_that_differ_alone_are_origins(two):
    a, _ = two({}, {})
    number = 1 + openpyxl.load_workbook(a).sheetnames.index("Epoch 6 Step 1")
    b = patched(
        a,
        f"xl/worksheets/sheet{number}.xml",
        lambda data: re.sub(rb'(<c r="G8"[^>]*><v>)[^<]*', rb"\g<1>7", data),
    )
    origins = tracer.diff(a, b).origins
    assert [entry.label for entry in origins] == ["Epoch 6 · Step 1 · wh[0, 0]"]


def test_a_run_that_breaks_off_differs_by_its_learning_rate(two):
    a, b = two({"lr": 0.1}, {"lr": 1e4}, epochs=60, activation="linear", output_activation="linear")
    for first, second in ((a, b), (b, a)):
        assert [entry.label for entry in tracer.diff(first, second).origins] == ["Step 1 · lr"]


def test_headings_and_widths_follow_the_numbers_below_them(two):
    a, b = two({"lr": 0.1}, {"lr": 1e200})
    assert [entry.label for entry in tracer.diff(a, b).origins] == ["Step 1 · lr"]
