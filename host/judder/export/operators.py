"""Which operators a .tflite needs, and which TensorFlow Lite for Microcontrollers (TFLM) has."""

from judder.errors import JudderError
from judder.model.runtimes import need

_NAMES = """ABS ADD ADD_N ARG_MAX ARG_MIN ASSIGN_VARIABLE AVERAGE_POOL_2D BATCH_MATMUL BATCH_TO_SPACE_ND
    BROADCAST_ARGS BROADCAST_TO CALL_ONCE CAST CEIL CONCATENATION CONV_2D COS CUMSUM DEPTHWISE_CONV_2D
    DEPTH_TO_SPACE DEQUANTIZE DIV DYNAMIC_UPDATE_SLICE ELU EMBEDDING_LOOKUP EQUAL EXP EXPAND_DIMS FILL
    FLOOR FLOOR_DIV FLOOR_MOD FULLY_CONNECTED GATHER GATHER_ND GREATER GREATER_EQUAL HARD_SWISH IF
    L2_NORMALIZATION L2_POOL_2D LEAKY_RELU LESS LESS_EQUAL LOG LOGICAL_AND LOGICAL_NOT LOGICAL_OR
    LOGISTIC LOG_SOFTMAX MAXIMUM MAX_POOL_2D MEAN MINIMUM MIRROR_PAD MUL NEG NOT_EQUAL PACK PAD PADV2
    PRELU QUANTIZE READ_VARIABLE REDUCE_ALL REDUCE_MAX REDUCE_MIN RELU RELU6 RESHAPE RESIZE_BILINEAR
    RESIZE_NEAREST_NEIGHBOR REVERSE_V2 ROUND RSQRT SELECT_V2 SHAPE SIN SLICE SOFTMAX SPACE_TO_BATCH_ND
    SPACE_TO_DEPTH SPLIT SPLIT_V SQRT SQUARE SQUARED_DIFFERENCE SQUEEZE STRIDED_SLICE SUB SUM SVDF TANH
    TRANSPOSE TRANSPOSE_CONV UNIDIRECTIONAL_SEQUENCE_LSTM UNPACK VAR_HANDLE WHILE ZEROS_LIKE"""
TFLM_OPERATORS = frozenset(_NAMES.split())
"""The built-in operators with a kernel in tflite-micro of 2026-10-23; a test reads them from its wheel."""


def operators_of(data: bytes) -> list[str]:
    """Return the names of the operators in a .tflite, custom ones as CUSTOM and their name, each once."""
    schema = need("ai_edge_litert.schema_py_generated")
    builtin = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}
    names = []
    for operator in schema.ModelT.InitFromPackedBuf(data, 0).operatorCodes:
        # files of before 2020 have the code in the deprecated field only, newer ones the larger of the two
        name = builtin[max(operator.builtinCode, operator.deprecatedBuiltinCode)]
        custom = operator.customCode.decode() if operator.customCode else ""
        names.append(f"CUSTOM {custom}" if name == "CUSTOM" else name)
    return sorted(set(names))


def refuse_unknown(data: bytes) -> list[str]:
    """Return the operators in a .tflite. Raises JudderError for those that TFLM lacks."""
    names = operators_of(data)
    lacking = [name for name in names if name not in TFLM_OPERATORS]
    if lacking:
        raise JudderError(
            f"The network needs {', '.join(lacking)}, which TensorFlow Lite for Microcontrollers lacks.",
            hint="Build it of operators that a board has, such as dense layers with relu.",
        )
    return names
