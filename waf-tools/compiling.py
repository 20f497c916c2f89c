# SPDX-License-Identifier: GPL-2.0-only
"""What the build does around each compiler run: progress, remembered warnings, and the dependency rule."""

import os
import subprocess
import sys
import time

from waflib import Context, Logs, Task, TaskGen  # type: ignore[import]
from waflib.Tools import cxx  # type: ignore[import]  # noqa: F401  (defines the task class)

import layers

REPORT_EVERY_S = 10.0


class Progress:
    """Says how far a build is: one line that renews itself on a terminal, else a line every ten seconds."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.reported = self.began
        self.first = 0
        self.terminal = sys.stdout.isatty()
        self.line_open = False

    def show(self, task: Task.Task) -> None:
        producer = task.generator.bld.producer
        done = producer.processed - producer.ready.qsize()
        if not self.first:
            self.first = done
            self.began = time.monotonic()
        now = time.monotonic()
        left = ""
        if done - self.first >= 4:
            seconds = (now - self.began) / (done - self.first) * (producer.total - done)
            left = f", about {seconds:.0f} s left"
        if self.terminal:
            sys.stdout.write(f"\r\033[K[{done}/{producer.total}] {task.outputs[0].name}{left}")
            sys.stdout.flush()
            self.line_open = True
        elif now - self.reported >= REPORT_EVERY_S:
            print(f"  compiled {done} of {producer.total}{left}", flush=True)
            self.reported = now

    def close(self) -> None:
        """Clears the line, so that other text can follow."""
        if self.line_open:
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()
            self.line_open = False


def _log_display(task: Task.Task, bld: Context.Context) -> None:
    # Configuration tests have no progress.
    if task.outputs and hasattr(bld, "progress"):
        bld.progress.show(task)


Task.Task.log_display = _log_display


@TaskGen.taskgen_method
def get_cwd(generator: TaskGen.task_gen):
    """Commands run in the top folder, so that the compiler's messages name files as the user does."""
    return getattr(generator.bld, "cwd", generator.bld.bldnode)


def warnings_file(task: Task.Task) -> str:
    """Where the compiler's warnings about a source are kept as long as it is not compiled again."""
    return task.outputs[0].abspath() + ".warnings"


def _read_dependencies(path: str, compiled_in: str) -> list[str]:
    """The files that a compiler-made .d file names, as absolute paths."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read().replace("\\\n", " ")
    return [os.path.normpath(os.path.join(compiled_in, name)) for name in text.partition(": ")[2].split()]


def _forbidden(layer: str, files: list[str], top: str, include_dir: str) -> list[str]:
    """Those of the files that the layer must not see."""
    allowed = layers.reachable(layer)
    own_folders = {os.path.join(top, layers.folder(name)): name for name in layers.LAYERS}
    own_folders.update({os.path.join(include_dir, name): name for name in layers.LAYERS})
    wrong = []
    for path in files:
        owner = next((name for folder, name in own_folders.items() if path.startswith(folder + "/")), None)
        if owner is None and os.path.basename(os.path.dirname(path)) == "ns3":
            owner = layers.NS3
        if owner is not None and owner not in allowed:
            wrong.append(path)
    return wrong


class Compile(Task.classes["cxx"]):  # type: ignore[misc]
    """One compiler run. The generator's `layer`, where it has one, is what the include rule is checked for."""

    def exec_command(self, cmd, **kw):
        bld = self.generator.bld
        if not hasattr(bld, "progress"):
            return super().exec_command(cmd, **kw)
        target = self.outputs[0].abspath()
        layer = getattr(self.generator, "layer", None)
        dependencies = target + ".d"
        if layer:
            cmd = cmd + ["-MD", "-MF", dependencies]
        bld.log_command(cmd, kw)
        result = subprocess.run(
            cmd,
            cwd=self.get_cwd().abspath(),
            env=self.env.env or None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said = result.stdout.decode("utf-8", "replace")
        if said.strip():
            bld.progress.close()
            sys.stderr.write(said.rstrip() + "\n")
        _remember(warnings_file(self), said if result.returncode == 0 else "")
        if result.returncode or not layer:
            return result.returncode
        files = _read_dependencies(dependencies, self.get_cwd().abspath())
        wrong = _forbidden(layer, files, bld.top_dir, os.path.join(bld.bldnode.abspath(), "include"))
        if wrong:
            bld.progress.close()
            source = self.inputs[0].path_from(bld.srcnode)
            Logs.error("%s: the layer %s must not include %s", source, layer, wrong[0])
            os.remove(target)
            return 1
        return 0


# In the place of waf's own: the task generators look the class up by its name.
Task.classes["cxx"] = Compile


def _remember(path: str, text: str) -> None:
    if text.strip():
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    elif os.path.exists(path):
        os.remove(path)


def remembered_warnings(bld: Context.Context) -> list[str]:
    """The warnings about every source of this build, compiled now or earlier."""
    texts: list[str] = []
    for group in bld.groups:
        for generator in group:
            for task in getattr(generator, "tasks", []):
                if isinstance(task, Compile) and os.path.exists(warnings_file(task)):
                    with open(warnings_file(task), encoding="utf-8") as file:
                        texts.append(file.read())
    return list(dict.fromkeys(texts))


class _Quiet:
    """Leaves out waf's own small talk."""

    def filter(self, record) -> bool:
        text = str(record.msg)
        return "finished successfully" not in text and not text.startswith("Waf: ")


def be_quiet() -> None:
    Logs.log.addFilter(_Quiet())
