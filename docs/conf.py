"""How the site is built from these pages: `make docs`."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "tracer"
author = "The tracer maintainers"
version = release = installed("tracer")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "executed"]
exclude_patterns = ["_ext", "data"]
highlight_language = "none"  # what a page does not say is text

# Pages are Markdown that a code host shows as well: links to files and to headings are found as they are there.
myst_heading_anchors = 4
myst_links_external_new_tab = False

# The library, from its docstrings: Google's sections, `names` in single backticks.
default_role = "code"
autodoc_mock_imports = ["pytest"]  # which is there only where tests are run
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_attr_annotations = False
napoleon_use_ivar = True
python_maximum_signature_line_length = 80
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = "tracer"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#9a5b00", "color-brand-content": "#9a5b00"},
    "dark_css_variables": {"color-brand-primary": "#ffb55a", "color-brand-content": "#ffb55a"},
}
