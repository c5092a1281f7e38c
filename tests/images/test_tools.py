"""External programs run under limits, with a small environment, and are stopped with all that they started."""

import os
import sys
import time
from pathlib import Path

import pytest

from cfn2heat.diagnostics import InputError
from cfn2heat.images import tools
from cfn2heat.images.tools import Limits, run, run_well

SOON = Limits(seconds=20)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_all_that_is_lacking_is_said_at_once(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError) as caught:
        tools.require(("qemu-img", "virt-v2v", "guestfish", "virt-inspector"))
    found = caught.value.diagnostic
    assert found.code == "C2H7040"
    assert found.message == "it lacks qemu-img, virt-v2v, guestfish, virt-inspector"
    assert found.advice.endswith("apt install --no-install-recommends qemu-utils virt-v2v libguestfs-tools")


def test_both_streams_and_the_status_are_kept(tmp_path):
    log = tmp_path / "log"
    code = "import sys; print(sys.stdin.read() * 40000); print('bad', file=sys.stderr); sys.exit(3)"
    result = run(python(code), SOON, log=log, stdin="word ")
    assert (result.status, len(result.output), result.errors) == (3, 200001, "bad\n")
    assert log.read_text().startswith(f"$ {sys.executable} -c ")
    assert log.read_text().endswith("bad\n[status 3]\n")


def test_pieces_are_seen_while_the_program_runs():
    seen: list[float] = []
    run(
        python("import time; print(1, flush=True); time.sleep(1); print(2)"),
        SOON,
        watch=lambda piece: seen.append(time.monotonic()),
    )
    assert seen[-1] - seen[0] > 0.5


def test_a_failure_says_the_last_words_and_where_the_rest_stands(tmp_path):
    with pytest.raises(InputError) as caught:
        run_well(python("import sys; sys.exit('the disk is full')"), SOON, log=tmp_path / "log")
    found = caught.value.diagnostic
    assert (found.code, found.message) == ("C2H7041", "it ended with 1: the disk is full")
    assert found.advice.endswith(str(tmp_path / "log"))


def test_a_program_that_takes_too_long_is_stopped_with_its_children(tmp_path):
    mark = tmp_path / "pid"
    code = (
        f"import subprocess, time; child = subprocess.Popen(['sleep', '99'])\n"
        f"open({str(mark)!r}, 'w').write(str(child.pid)); time.sleep(99)"
    )
    with pytest.raises(InputError, match="C2H7042"):
        run(python(f"print('on my way', flush=True)\n{code}"), Limits(seconds=2), log=tmp_path / "log")
    assert "on my way" in (tmp_path / "log").read_text()
    child = int(mark.read_text())
    for _ in range(50):
        if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
            break
        time.sleep(0.1)
    else:
        os.kill(child, 9)
        pytest.fail("the child of the stopped program still runs")


def test_secrets_of_the_environment_stay_here(monkeypatch):
    monkeypatch.setenv("OS_PASSWORD", "hunter2")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    result = run(python("import os; print(dict(os.environ))"), SOON, environment={"VIRTIO_WIN": "/drivers"})
    assert "hunter2" not in result.output
    assert "'VIRTIO_WIN': '/drivers'" in result.output
    assert "'LC_ALL': 'C.UTF-8'" in result.output


def test_memory_and_processor_time_are_bounded():
    assert run(python("x = bytearray(1 << 30)"), Limits(seconds=20, memory=512 << 20)).status == 1
    assert run(python("while True: pass"), Limits(seconds=20, cpu=1)).status == -9
