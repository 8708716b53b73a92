"""Runs Java as a child and ends it when the process that wanted it is gone, however it went.

A program of its own (only the standard library): it survives what kills its parent and then cleans up.
Arguments: the parent's process id, a directory to remove once the parent is gone (or ""), Java's command.
It prints Java's process id, passes SIGTERM on, and exits with Java's status.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time

_LOOK_EVERY = 0.1
_GRACE = 10.0
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def main(arguments: list[str]) -> int:
    """Keep Java until it ends or the parent is gone; gives the exit status."""
    parent, leftover, *command = arguments
    java = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        preexec_fn=_die_with_keeper if _LIBC else None,  # noqa: PLW1509 -- there is one thread only
    )
    signal.signal(signal.SIGTERM, lambda *_: _terminate(java))
    sys.stdout.write(f"{java.pid}\n")
    sys.stdout.flush()
    while java.poll() is None:
        if os.getppid() != int(parent):
            _end(java)
            break
        time.sleep(_LOOK_EVERY)
    if leftover and os.getppid() != int(parent):
        shutil.rmtree(leftover, ignore_errors=True)
    # A negative status names the signal; a shell would say 128 + signal.
    return java.returncode if java.returncode >= 0 else 128 - java.returncode


def _die_with_keeper() -> None:
    """In the child: have Linux end it when the keeper's thread, its only one, is killed."""
    if _LIBC:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _terminate(java: subprocess.Popen[bytes]) -> None:
    java.terminate()
    # A stopped process would see the signal only when it is continued.
    java.send_signal(signal.SIGCONT)


def _end(java: subprocess.Popen[bytes]) -> None:
    _terminate(java)
    try:
        java.wait(_GRACE)
    except subprocess.TimeoutExpired:
        java.kill()
        java.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
