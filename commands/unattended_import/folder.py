"""The watched folder: which files lie there, whether they are complete, and where they go."""

import logging
import os
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

log = logging.getLogger(__name__)

QUIET = timedelta(seconds=10)
PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it was seen; `mark` changes whenever it is written to, replaced or brought back."""

    path: Path
    mark: str
    changed_at: float  # seconds since 1970


def complete_files(
    folder: Path, real: datetime, *, pause: float = PAUSE_SECONDS
) -> Sequence[Found]:
    """Every CSV file by name, once all of them have been left alone; none as long as one is not.

    Raises `OSError` when the folder itself cannot be read.
    """
    seen = list(_files(folder))
    latest = real.timestamp() - QUIET.total_seconds()
    if not seen or any(found.changed_at > latest for found in seen):
        return ()
    time.sleep(pause)  # whose clock is behind ours may be writing all the same
    return seen if list(_files(folder)) == seen else ()


def place_for(folder: Path, real: datetime) -> str:
    """A name that neither done/ nor failed/ has yet, from the time."""
    stamp = f"{real:%Y-%m-%dT%H-%M-%SZ}"
    number, name = 1, stamp
    while (folder / "done" / name).exists() or (folder / "failed" / name).exists():
        number += 1
        name = f"{stamp}-{number}"
    return name


def move(files: Sequence[Found], place: Path) -> None:
    """What has changed since it was seen, or is gone, is left as it is. Raises `OSError`."""
    place.mkdir(parents=True, exist_ok=True)
    for found in files:
        if _found(found.path) == found:
            found.path.rename(place / found.path.name)
        else:
            log.warning("changed while it was imported", extra={"file": found.path.name})


def _files(folder: Path) -> Iterator[Found]:
    """Plain CSV files; hidden, partial and linked ones and folders are somebody else's."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() == ".csv" and not path.name.startswith("."):
            found = _found(path)
            if found is not None:
                yield found


def _found(path: Path) -> Found | None:
    try:
        told = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(told.st_mode):
        return None
    mark = f"{told.st_ino}:{told.st_size}:{told.st_mtime_ns}:{told.st_ctime_ns}"
    return Found(path, mark, _changed_at(told))


def _changed_at(told: os.stat_result) -> float:
    """A time of writing that lies in the future tells nothing; the change of the entry does."""
    return min(told.st_mtime, told.st_ctime) if told.st_mtime > time.time() else told.st_mtime
