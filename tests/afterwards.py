"""What is to be done when the tests end, in whatever way they end: who is killed can clean up nothing."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def end_who_holds(path: Path, *, as_what: str, process: str, name: str = "TERM") -> str:
    """A command that ends the process; not another that got its number meanwhile: it would not hold what is ours.

    What a process holds can be told on Linux alone; elsewhere nothing is ended.
    """
    return f"[ /proc/{process}/{as_what} -ef '{path}' ] && kill -{name} {process}"


@contextmanager
def if_killed(command: str) -> Iterator[None]:
    """A shell waits beside us for its input to end, which it does when we die, and then runs the command."""
    with subprocess.Popen(
        ["/bin/sh", "-c", f"cat >/dev/null; {command}"], stdin=subprocess.PIPE, start_new_session=True
    ) as guard:
        try:
            yield
        finally:
            guard.kill()
