"""A small wholesale florist's books as CSV files, dated around the day of the demo."""

import re
from datetime import date, timedelta
from pathlib import Path

_TEMPLATES = Path(__file__).parent / "seed"
# "@-12" stands for the day twelve days before the demo.
_OFFSET = re.compile(r"@(-?\d+)")


def write_files(folder: Path, today: date) -> list[Path]:
    """Write every CSV file of the seed into `folder`, in the order of their names."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for template in sorted(_TEMPLATES.glob("*.csv")):
        text = template.read_text(encoding="utf-8")
        path = folder / template.name
        path.write_text(_dated(text, today), encoding="utf-8")
        written.append(path)
    return written


def _dated(text: str, today: date) -> str:
    return _OFFSET.sub(lambda found: str(today + timedelta(days=int(found[1]))), text)
