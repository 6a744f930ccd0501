"""Fetch what the page uses of others into host/judder/server/static/vendor, with licences and hashes.

usage: python tools/vendor_page.py          needs npm; run it to change a version, then commit what it wrote

vendor/SHA256SUMS is in the form of sha256sum; a test checks the files against it.
"""

import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "host" / "judder" / "server" / "static" / "vendor"
PACKAGES = {
    "uplot@1.6.32": {
        "dist/uPlot.esm.js": "",
        "dist/uPlot.d.ts": "uPlot.esm.d.ts",  # found by what checks the page's types, tools/page
        "dist/uPlot.min.css": "",
        "LICENSE": "uPlot.LICENSE",
    }
}
"""By package and version, the files taken and what they are called here ("": the same)."""


def main():
    VENDOR.mkdir(exist_ok=True)
    sums = []
    for package, files in PACKAGES.items():
        for name, data in read(package, files):
            (VENDOR / name).write_bytes(data)
            sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}")
    (VENDOR / "SHA256SUMS").write_text("\n".join(sums) + "\n")


def read(package, files):
    """Yield (name here, bytes) for each of the files of an npm package; npm checks its integrity."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as tar:
            for name, here in files.items():
                yield here or Path(name).name, tar.extractfile(f"package/{name}").read()


if __name__ == "__main__":
    main()
