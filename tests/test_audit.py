"""A workbook of every kind against the file format's schemas and rules, by openxml-audit: it finds nothing."""

import numpy as np
import pytest
from archives import patched

import tracer
from tracer.activations import ACTIVATIONS
from tracer.lessons import chain_rule, gradient_descent, perceptron
from tracer.losses import LOSSES
from tracer.optimizers import OPTIMIZERS
from tracer.workbook import losssheet, writer

audit = pytest.importorskip("openxml_audit", reason="openxml-audit is not installed: workbooks were NOT audited")

X = np.array([[0.0, 1.0], [1.0, 0.5], [0.25, 1.0], [0.75, 0.0]])
CLASSES = np.eye(2)[[0, 1, 1, 0]]
NAMED = {"features": ["width", "<height> & 'depth'"], "outputs": ["no", "yes"], "rows": ["a", "b", "c", "=d"]}


def network(**options):
    return tracer.Network(
        X, options.pop("y", CLASSES), **{"hidden": 2, "seed": 1, "name": 'of "any" <kind> & more', **options}
    )


#: A network, how many epochs, and what is said of its workbook.
RUNS = {
    **{
        f"{template}, {formulas}": (network(), 3, {"template": template, "formulas": formulas, "boundary": 5})
        for template in ("article", "stacked")
        for formulas in ("cell", "matrix", "none")
    },
    **{
        f"{optimizer}, {formulas}": (network(optimizer=optimizer, batch=3, shuffle=True), 2, {"formulas": formulas})
        for optimizer in OPTIMIZERS
        for formulas in ("cell", "matrix")
    },
    **{
        f"{loss.name}, {output}": (
            network(loss=loss.name, output_activation=output, lr=0.01),
            1,
            {"formulas": "matrix"},
        )
        for loss in LOSSES.values()
        for output in loss.outputs[-1:]
    },
    **{
        name: (network(activation=name, output_activation="sigmoid", hidden=[2, 3]), 1, {})
        for name, activation in ACTIVATIONS.items()
        if activation.slope
    },
    "names": (network(**NAMED, output_activation="softmax"), 2, {"boundary": 4}),
    "columns": (
        tracer.Network(X.T, CLASSES.T, hidden=[3, 2], seed=2, samples="columns", bias=False),
        2,
        {"boundary": 3},
    ),
    "no step sheets": (network(), 50, {"sheets": "none"}),
    "streamed": (network(), 30, {"sheets": "last"}),
    "a bias for each sample": (network(bias="by_sample"), 1, {}),
    "broken off": (network(activation="linear", output_activation="linear", lr=1e3, y=X), 50, {"sheets": "all"}),
}


@pytest.fixture(scope="module")
def findings():
    validator = audit.OpenXmlValidator(file_format=audit.FileFormat.MICROSOFT_365, max_errors=20)

    def listed(path):
        return [f"{error.part_uri}: {error.description}" for error in validator.validate(path).errors]

    return listed


@pytest.mark.parametrize("kind", RUNS)
def test_runs(findings, tmp_path, kind, monkeypatch):
    if kind == "streamed":
        monkeypatch.setattr(losssheet, "STREAMED", 20)
        monkeypatch.setattr(writer, "STREAMED", 20)
    network, epochs, options = RUNS[kind]
    trace = tracer.run(network, epochs=epochs, keep="first,last" if epochs < 50 else "last")
    trace.to_excel(tmp_path / "book.xlsx", **options)
    assert findings(tmp_path / "book.xlsx") == []


@pytest.mark.parametrize("lesson", [perceptron, gradient_descent, chain_rule])
def test_lessons(findings, tmp_path, lesson):
    lesson.write(tmp_path / "book.xlsx")
    assert findings(tmp_path / "book.xlsx") == []


@pytest.mark.parametrize("template", ["article", "stacked"])
def test_marked_copies(findings, tmp_path, template):
    a, b, copy = (tmp_path / f"{name}.xlsx" for name in ("a", "b", "copy"))
    tracer.run(network()).to_excel(a)
    tracer.run(network(lr=0.2, hidden=3)).to_excel(b, template=template, boundary=4)
    tracer.diff(a, b).to_excel(copy)
    assert findings(copy) == []


def test_the_audit_finds_what_is_wrong(findings, tmp_path):
    """So that an empty list means something."""
    tracer.run(network(), epochs=1).to_excel(tmp_path / "book.xlsx")
    for wrong in (b"<sheetDatum/><sheetData>", b'<sheetData><row r="x"/>'):
        damaged = patched(
            tmp_path / "book.xlsx",
            "xl/worksheets/sheet1.xml",
            lambda part, wrong=wrong: part.replace(b"<sheetData>", wrong),
        )
        (tmp_path / "damaged.xlsx").write_bytes(damaged.getvalue())
        assert findings(tmp_path / "damaged.xlsx") != []
