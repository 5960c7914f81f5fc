"""The failpoint that processes share: of all their write boundaries together, one process dies at the n-th."""

import signal
import subprocess
import sys
from pathlib import Path

_PROCESSES, _HITS = 4, 150
_PROGRAM = """
import sys
from pathlib import Path
from shared.kit import failpoint
failpoint.watch(Path(sys.argv[1]))
input()
for _ in range(int(sys.argv[2])):
    failpoint.hit()
"""


def test_one_of_several_processes_dies_at_the_last_boundary_of_all(tmp_path: Path) -> None:
    file = tmp_path / "failpoint"
    command = [sys.executable, "-c", _PROGRAM, str(file), str(_HITS)]
    for number, deaths in ((_PROCESSES * _HITS, 1), (_PROCESSES * _HITS + 1, 0)):
        file.write_text(str(number))
        processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) for _ in range(_PROCESSES)
        ]
        for process in processes:
            process.stdin.write(b"\n")  # type: ignore[union-attr]
            process.stdin.close()  # type: ignore[union-attr]
        ends = [process.wait(60) for process in processes]
        assert sorted(ends) == sorted([-signal.SIGKILL] * deaths + [0] * (_PROCESSES - deaths))
        assert file.exists() == (deaths == 0)
