"""The numeric engine of this firmware, and its name.

`numeric` has the operations that judder_core.numeric lists; ENGINE is "native", "ulab" or "pure". All come to
the same results; see device/README.md for what each costs.
"""

try:
    from . import kernels  # noqa: F401, I001  first: where it fails, nothing else is loaded in vain
    from . import numeric_native as numeric

    ENGINE = "native"
except (ImportError, SyntaxError, ValueError):  # no native emitter, or an .mpy for another processor
    try:
        from . import numeric_ulab as numeric

        ENGINE = "ulab"
    except ImportError:
        from judder_core import numeric  # noqa: F401  the engine

        ENGINE = "pure"
