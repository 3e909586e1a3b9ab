"""Maps of the equilibria: every one followed along a parameter, and the plane of two cut where they change.

Run: python examples/exact_maps.py
"""

import json
import tempfile
from pathlib import Path

import gametheory as gt

HERE = Path(__file__).parent


def main() -> None:
    model = gt.load_model(HERE / "tripwire.toml")

    # One parameter: branches, where they begin and end, and who is indifferent there.
    line = gt.sensitivity.equilibrium_map(model, "x_W", progress=False)
    assert line.complete
    print(line)

    # Two parameters: faces with exact shares of the plane, and the curves between them as formulas.
    plane = gt.sensitivity.equilibrium_map(model, "x_W", "k", progress=False)
    assert plane.complete
    print(f"\n{plane}")
    for label, share in plane.area_shares.items():
        print(f"{label}: exactly {share} of the plane")
    assert plane.face_at(100, 35).label == "act; West acquiesce"

    # The faces as polygons, for a map or for another program.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tripwire.geojson"
        path.write_text(json.dumps(plane.to_geojson()))
        kinds = [feature["properties"]["kind"] for feature in json.loads(path.read_text())["features"]]
        print(
            f"\nsaved: faces {kinds.count('face')}, curves {kinds.count('curve')}, vertices {kinds.count('vertex')}"
        )


if __name__ == "__main__":
    main()
