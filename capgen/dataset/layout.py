"""Where things lie in a dataset's folder."""

from __future__ import annotations

from pathlib import Path

# Readers glob **/*.parquet, hidden folders included: what lies here must never end so.
SIDE_FOLDER = "_capgen"
MANIFEST = f"{SIDE_FOLDER}/manifest.json"
PARTITION_KEYS = ("year", "server_type")


def part_path(year: int, archetype: str, part: int) -> str:
    """Return the path of a data file, relative to the dataset's folder.

    Args:
        year: calendar year.
        archetype: its name.
        part: number of the file within the partition, from 0.
    """
    return f"year={year}/server_type={archetype}/part-{part:05d}.parquet"


def staging_folder(out: Path) -> Path:
    """Return the folder beside a dataset in which its next version is made.

    Args:
        out: the dataset's folder.
    """
    return out.with_name(f".{out.name}.capgen-staging")


def replaced_folder(out: Path) -> Path:
    """Return where the old version of a dataset lies for the moment in which the new one takes its place.

    Args:
        out: the dataset's folder.
    """
    return out.with_name(f".{out.name}.capgen-replaced")


def is_dataset(folder: Path) -> bool:
    """Tell whether capgen made a folder.

    Args:
        folder: any path.
    """
    return (folder / MANIFEST).is_file()
