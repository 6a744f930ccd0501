"""Compile the core for a board's processor and run it under QEMU, a program that is nothing but the core."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.firmware.compiling import CORE, PROGRAMS, core_sources, need, run

OPTIONS = [
    "-std=c++17",
    "-O2",
    "-ffp-contract=off",
    "-fno-exceptions",
    "-fno-rtti",
    "-fno-threadsafe-statics",
    "-ffunction-sections",
    "-fdata-sections",
    "--specs=picolibc.specs",
]
LINK = ["--specs=picolibc.specs", "--oslib=semihost", "--crt0=hosted", "-Wl,--gc-sections"]
RUN = [
    "-icount",
    "shift=0",
    "-nographic",
    "-monitor",
    "none",
    "-serial",
    "none",
    "-semihosting-config",
    "enable=on,target=native",
    "-kernel",
]


@dataclass(frozen=True)
class Processor:
    """prefix: of its compiler's tools. package: Debian's. compile, link: what selects it; gcc 12 has no C
    library for rv32imc with CSR instructions, but it has one that fits. memory: flash and RAM addresses.
    """

    prefix: str
    packages: tuple[str, str, str]
    compile: str
    link: str
    memory: tuple[str, str]
    qemu: str
    machine: str

    def build(self, folder: Path, *include: Path) -> Path:
        """Return the executable of cost.cpp with the core."""
        compiler = need(f"{self.prefix}-g++", self.packages[0])
        maths = [path for path in core_sources() if path.stem != "sampler"]  # <atomic> is libstdc++'s
        objects = self.compile_objects(folder, [*maths, PROGRAMS / "cost.cpp"], *include)
        flash, ram = self.memory
        places = {"__flash": flash, "__flash_size": "0x100000", "__ram": ram, "__ram_size": "0x100000"}
        defined = [f"-Wl,--defsym={name}={value}" for name, value in places.items()]
        # gcc, not g++: there is no libstdc++ for it, and nothing here needs one.
        linker = compiler.removesuffix("g++") + "gcc"
        run([linker, *self.link.split(), *LINK, *defined, *objects, "-o", folder / "cost.elf"])
        return folder / "cost.elf"

    def compile_objects(self, folder: Path, sources: list[Path], *include: Path) -> list[Path]:
        compiler = need(f"{self.prefix}-g++", self.packages[0])
        folders = [f"-I{each}" for each in (CORE, CORE.parents[1], *include)]
        run([compiler, *self.compile.split(), *OPTIONS, *folders, "-c", *sources], cwd=folder)
        return sorted(folder.glob("*.o"))

    def lines(self, executable: Path) -> list[list[str]]:
        """Return the words of each line it prints."""
        command = [need(self.qemu, self.packages[2]), *self.machine.split(), *RUN, executable]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return [line.split() for line in (done.stdout + done.stderr).splitlines()]


RV32IMC = Processor(
    "riscv64-unknown-elf",
    ("gcc-riscv64-unknown-elf", "picolibc-riscv64-unknown-elf", "qemu-system-misc"),
    "-march=rv32imc_zicsr -mabi=ilp32",
    "-march=rv32imc -mabi=ilp32",
    ("0x80000000", "0x80100000"),
    "qemu-system-riscv32",
    "-M virt -cpu rv32,f=false,d=false -bios none",
)
CORTEX_M4F = Processor(
    "arm-none-eabi",
    ("gcc-arm-none-eabi libstdc++-arm-none-eabi-newlib", "picolibc-arm-none-eabi", "qemu-system-arm"),
    "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16",
    "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16",
    ("0", "0x20000000"),
    "qemu-system-arm",
    "-M mps2-an386",
)
