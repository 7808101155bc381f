"""Blocks of a page that are executed when the site is built, with what they print put in below.

    ```{console}                    each line is a command
    tracer run --epochs 1
    ```

    ```{python}                     a program
    print(tracer.run().loss)
    ```

    ```{file} exam.csv              a file that the commands below find
    slept,studied,passed
    ```

All blocks of a page run in one temporary folder, from top to bottom. A command that ends with another exit status than
0, or than the `:status:` of its block, is an error at that line, and makes `make docs` fail.
"""

from __future__ import annotations

import shutil
from html import escape
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from session import CommandError, Session, commands, markup
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Executed(SphinxDirective):
    """What these directives share: the page's session, and their options."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "status": directives.nonnegative_int,  # the exit status that is meant
        "hidden": directives.flag,  # executed, and not shown
        "needs": directives.unchanged,  # a program without which it is shown, and not executed
    }

    def run(self) -> list[nodes.Node]:
        shared = self.env.temp_data  # of this page alone
        if "session" not in shared:
            shared["session"] = Session()
        try:
            shown = self.execute(shared["session"])
        except CommandError as error:
            raise self.error(str(error)) from None
        return [] if "hidden" in self.options else shown

    def execute(self, session: Session) -> list[nodes.Node]:
        raise NotImplementedError

    @property
    def status(self) -> int:
        return self.options.get("status", 0)

    @property
    def missing(self) -> bool:
        """Whether a program that it needs is not there."""
        return "needs" in self.options and shutil.which(self.options["needs"]) is None


class ConsoleBlock(Executed):
    def execute(self, session: Session) -> list[nodes.Node]:
        shown = []
        for command in commands(list(self.content)):
            shown.append(f'<span class="prompt">$ </span><span class="command">{escape(command)}</span>')
            if self.missing:
                continue
            if printed := markup(session.shell(command, self.status)):
                shown.append(printed)
        return [terminal("\n".join(shown))]


class PythonBlock(Executed):
    def execute(self, session: Session) -> list[nodes.Node]:
        source = "\n".join(self.content)
        program = nodes.literal_block(source, source, language="python")
        printed = "" if self.missing else markup(session.python(source, self.status))
        return [program, terminal(printed, "printed")] if printed else [program]


class FileBlock(Executed):
    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {**Executed.option_spec, "language": directives.unchanged}

    def execute(self, session: Session) -> list[nodes.Node]:
        name, content = self.arguments[0], "\n".join(self.content)
        session.write(name, content + "\n")
        block = nodes.literal_block(content, content, language=self.options.get("language", "text"))
        caption = nodes.caption("", "", nodes.literal(name, name))
        return [nodes.container("", caption, block, literal_block=True, classes=["literal-block-wrapper"])]


def terminal(content: str, *classes: str) -> nodes.raw:
    """Text of a terminal, already HTML."""
    names = " ".join(["terminal", "highlight", "notranslate", *classes])
    return nodes.raw("", f'<div class="{names}" tabindex="0"><pre>{content}</pre></div>', format="html")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("console", ConsoleBlock)
    app.add_directive("python", PythonBlock)
    app.add_directive("file", FileBlock)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
