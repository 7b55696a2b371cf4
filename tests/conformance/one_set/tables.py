"""Text tables and spreadsheets."""

from __future__ import annotations

from pathlib import Path

from one_set._units import FS_HZ, Layout, rows


def _plain(folder: Path) -> Path:
    path = folder / "rec.csv"
    lines = [f"{unit},{at / FS_HZ:.4f}" for unit, at in rows()]
    path.write_text("\n".join(["unit,time_s", *lines]) + "\n", encoding="utf-8")
    return path


def _milliseconds(folder: Path) -> Path:
    path = folder / "rec.csv"
    lines = [f"{unit}\t{1000 * at / FS_HZ:.1f}" for unit, at in rows()]
    path.write_text("\n".join(["MU\ttime_ms", *lines]) + "\n", encoding="utf-8")
    return path


def _decimal_commas(folder: Path) -> Path:
    path = folder / "rec.csv"
    lines = [f"{unit};{at / FS_HZ:.4f}".replace(".", ",") for unit, at in rows()]
    path.write_text("\ufeff" + "\r\n".join(["unit;time_s", *lines]) + "\r\n", encoding="utf-8")
    return path


LAYOUTS = (
    Layout("csv", _plain),
    Layout("csv-milliseconds", _milliseconds),
    Layout("csv-decimal-commas", _decimal_commas),
)
