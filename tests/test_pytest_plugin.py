"""The `workbook_regression` fixture, as a project that uses it sees it."""

import openpyxl
import pytest

TEST = """
import openpyxl

def test_report(workbook_regression, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["price", {price}])
    book.active["C1"] = "text"
    book.save(tmp_path / "report.xlsx")
    workbook_regression.check(tmp_path / "report.xlsx"{options})
"""


@pytest.fixture
def project(pytester):
    """Runs pytest on a test that writes a price."""

    def run(price, *arguments, options=""):
        pytester.makepyfile(test_shop=TEST.format(price=price, options=options))
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)

    return run


def reference(pytester):
    return openpyxl.load_workbook(pytester.path / "test_shop" / "test_report.xlsx").active["B1"].value


def test_the_first_run_writes_the_reference_and_fails(project, pytester):
    result = project(10)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*There was no reference*test_report.xlsx is written*"])
    assert reference(pytester) == 10
    project(10).assert_outcomes(passed=1)
    assert [path.name for path in (pytester.path / "test_shop").iterdir()] == ["test_report.xlsx"]


def test_a_failure_shows_where_it_starts_and_how_to_accept_it(project, pytester):
    project(10)
    result = project(12)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*different: 1 origin (1 in values), 0 consequences*",
            "*Sheet!B1: 10 became 12*",
            "*tracer diff *test_report.xlsx *test_report.obtained.xlsx*",
            "*pytest --force-regen test_shop.py::test_report*",
        ]
    )
    assert reference(pytester) == 10
    assert (pytester.path / "test_shop" / "test_report.obtained.xlsx").exists()


def test_force_regen_writes_it_anew_and_fails_once(project, pytester):
    project(10)
    project(12, "--force-regen").assert_outcomes(failed=1)
    assert reference(pytester) == 12
    project(12).assert_outcomes(passed=1)


def test_regen_all_writes_it_anew_and_passes(project, pytester):
    project(10, "--regen-all").assert_outcomes(passed=1)
    project(12, "--regen-all").assert_outcomes(passed=1)
    assert reference(pytester) == 12


def test_tolerances_and_what_is_ignored(project):
    project(10)
    project(10.1, options=", rtol=0.1").assert_outcomes(passed=1)
    project(99, options=", ignore='Sheet!B1'").assert_outcomes(passed=1)
    project(99, options=", only='formulas'").assert_outcomes(passed=1)


def test_traces_and_open_files_and_several_in_one_test(pytester):
    pytester.makepyfile(
        test_runs="""
        import io
        import pytest
        import tracer

        @pytest.mark.parametrize("name", ["a/b", "c d"])
        def test_run(workbook_regression, name):
            trace = tracer.run()
            file = io.BytesIO()
            trace.to_excel(file)
            workbook_regression.check(trace)
            workbook_regression.check(file, basename="opened")
        """
    )
    pytester.runpytest_subprocess("--regen-all", "-p", "no:cacheprovider").assert_outcomes(passed=2)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)
    names = sorted(path.name for path in (pytester.path / "test_runs").iterdir())
    assert names == ["opened.xlsx", "test_run_a_b.xlsx", "test_run_c_d.xlsx"]
