"""Runs the code of one page in the order in which it stands there: `python page_runner.py PAGE [MODULE]`.

Blocks of Python share their names, as for a reader who types along; a block of text right after one is what it prints.
In a block of a console every line that begins with `$ gridworld` is run; the lines beneath it, if there are any, must
be among those that it prints. A block of TOML whose first line is a comment with a file's name is written to that file.
Blocks of Python beneath a comment `<!-- needs MODULE -->` are whole scripts; only they are run where MODULE is given.
"""

import contextlib
import io
import pathlib
import re
import shlex
import sys

from gridworld_agents.command_line import main

BLOCK = re.compile(
    r"(?:^<!-- needs (\w+) -->\n)?^```(python|console|toml)\n(.*?)^```(?:\n\n^```text\n(.*?)^```)?",
    re.DOTALL | re.MULTILINE,
)
NAMED = re.compile(r"# ([\w-]+\.toml)\n")


def run_page(text, module=""):
    names = {"__name__": "page"}
    for needs, kind, code, shown in BLOCK.findall(text):
        if needs != module:
            continue
        if kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(code, "page", "exec"), names)  # noqa: S102 - that is what this is for
            if shown and shown.strip() != out.getvalue().strip():
                raise SystemExit(f"it does not print\n{shown}but\n{out.getvalue()}")
        elif kind == "console":
            run_console(code)
        elif name := NAMED.match(code):
            pathlib.Path(name[1]).write_text(code)


def run_console(text):
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = re.sub(r"\\\n *", "", part.strip()).split("\n")  # a line that goes on ends with a backslash
        program, *arguments = shlex.split(command)
        if program != "gridworld":
            raise SystemExit(f"only `gridworld` can be run, got {command!r}")
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            try:
                main(arguments)
            except SystemExit as end:
                if end.code:
                    raise SystemExit(f"{command!r} ended with status {end.code}") from None
        printed = {line.strip() for line in out.getvalue().split("\n")}
        missing = [line for line in shown if line.strip() and line.strip() not in printed]
        if missing:
            raise SystemExit(f"{command!r} does not print {missing}, but {sorted(printed)}")


if __name__ == "__main__":
    run_page(pathlib.Path(sys.argv[1]).read_text(), *sys.argv[2:])
