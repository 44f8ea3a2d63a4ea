import os
import subprocess
import sys
from pathlib import Path

import pytest

LONGEST_SECONDS = 200  # about 20 on a quiet machine


@pytest.mark.timeout(LONGEST_SECONDS + 60)
def test_the_tour_sees_what_it_should(tmp_path: Path) -> None:
    environment = dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parents[2])}
    demo = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--once"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said, _ = demo.communicate(timeout=LONGEST_SECONDS)
    finally:
        demo.terminate()
        demo.wait(60)
    assert demo.returncode == 0, said
    assert "The tour is complete" in said
