"""The only module that imports TensorFlow: networks are trained, read from Keras files and converted here."""

import contextlib
import io
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from judder_core.autoencoder import Layer
from numpy.typing import NDArray

from judder.errors import JudderError, install_hint

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # it says on stderr that it rounds in another order
try:
    import keras
    import tensorflow as tf
except ImportError as error:
    raise JudderError(
        "TensorFlow is not installed; autoencoders are trained and converted with it.",
        hint=install_hint("train"),
    ) from error

Floats = NDArray[np.float64]
Dense = tuple[Floats, Floats]
"""Kernel (inputs, outputs) and bias (outputs,)."""

LEARNING_RATE = 3e-3
STEPS_AT_A_TIME = 100
PATIENCE = 5
"""How often no candidate may become better, STEPS_AT_A_TIME further, before training ends early."""


def train_denoisers(
    clean: Floats,
    held_out: tuple[Floats, Floats],
    *,
    hidden: Sequence[int],
    seeds: Sequence[int],
    noise: float,
    steps: int,
    progress: Callable[[float], None] | None = None,
) -> list[list[Dense]]:
    """Return the dense layers of one network per seed, trained to give back clean (n, width) under noise.

    held_out: (clean, noisy) rows; each network is kept as it was when its error on them was least. A network
    depends on its seed alone, not on those trained beside it. Adam on all rows at once: for 1,000 rows a
    hundred times as fast as keras.Model.fit, whose time goes by between the batches (measured 2026-11).
    """
    tf.config.experimental.enable_op_determinism()
    width = clean.shape[1]
    networks = [_network((width, *hidden, width), seed) for seed in seeds]
    step = _make_step(networks, seeds, _single(clean), noise, steps)
    quiet, noisy = (_single(rows) for rows in held_out)

    @tf.function  # type: ignore[untyped-decorator, unused-ignore]
    def errors() -> Any:
        return tf.stack([tf.reduce_mean((network(noisy) - quiet) ** 2) for network in networks])

    least = np.full(len(networks), np.inf)
    kept = [network.get_weights() for network in networks]
    idle = 0
    for done in range(0, steps, STEPS_AT_A_TIME):
        step(tf.constant(min(STEPS_AT_A_TIME, steps - done)))
        now = errors().numpy()
        for k in np.flatnonzero(now < least):
            kept[k] = networks[k].get_weights()
        idle = 0 if (now < 0.999 * least).any() else idle + 1
        least = np.minimum(least, now)
        if progress:
            progress(min(1.0, (done + STEPS_AT_A_TIME) / steps))
        if idle == PATIENCE:
            break
    return [[(w[k].astype(float), w[k + 1].astype(float)) for k in range(0, len(w), 2)] for w in kept]


def _make_step(networks: Sequence[Any], seeds: Sequence[int], clean: Any, noise: float, steps: int) -> Any:
    """Return a function that trains all networks for a number of steps."""
    variables = [v for network in networks for v in network.trainable_variables]
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps))
    optimizer.build(variables)
    count = tf.Variable(0)

    @tf.function  # type: ignore[untyped-decorator, unused-ignore]
    def step(times: Any) -> None:
        for _ in tf.range(times):
            with tf.GradientTape() as tape:
                loss = 0.0
                for network, seed in zip(networks, seeds, strict=True):
                    drawn = tf.random.stateless_normal(tf.shape(clean), tf.stack([seed, count]))
                    loss += tf.reduce_mean((network(clean + noise * drawn) - clean) ** 2)
            optimizer.apply(tape.gradient(loss, variables), variables)
            count.assign_add(1)

    return step


def _network(widths: Sequence[int], seed: int) -> Any:
    """Return a Keras network: dense layers, each but the last followed by relu."""
    network = keras.Sequential([keras.Input((widths[0],))])
    last = len(widths) - 2
    for k, units in enumerate(widths[1:]):
        start = keras.initializers.GlorotNormal(seed=1000 * seed + k)
        activation = None if k == last else "relu"
        network.add(keras.layers.Dense(units, activation=activation, kernel_initializer=start))
    return network


def _single(rows: Floats) -> Any:
    return tf.constant(rows, tf.float32)


def keras_of(layers: Sequence[Layer]) -> Any:
    """Return the Keras network of an artefact's layers."""
    sizes = [len(layer.bias) for layer in layers]
    network = keras.Sequential([keras.Input((len(layers[0].weights) // sizes[0],))])
    for layer, outputs in zip(layers, sizes, strict=True):
        dense = keras.layers.Dense(outputs, activation="relu" if layer.relu else None)
        network.add(dense)
        kernel = np.array(layer.weights, np.float32).reshape(outputs, -1).T * np.float32(layer.scale)
        dense.set_weights([kernel, np.array(layer.bias, np.float32)])
    return network


def read_keras(path: Path) -> Any:
    """Return the network in a .keras file. Raises JudderError where it is none."""
    try:
        return keras.saving.load_model(path, compile=False)
    except (ValueError, OSError, TypeError) as error:
        raise JudderError(
            f"{path} is no Keras model this version of Keras reads: {str(error).splitlines()[0]}",
            hint="Write it with: judder export MODEL.judder.json --to keras --out FILE.keras",
        ) from error


def inputs_of(network: Any) -> int:
    return int(network.input_shape[-1])


def run_keras(network: Any, rows: Floats) -> Floats:
    return np.asarray(network(rows.astype(np.float32)), np.float64)


def to_tflite(network: Any, representative: Floats | None = None) -> bytes:
    """Return the network as .tflite: float32, or int8 throughout if representative (n, inputs) is given.

    representative: rows that reach as far as inputs ever will; the ranges of int8 are taken from them.
    """
    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    if representative is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
        converter.representative_dataset = lambda: _one_by_one(representative)
        # One scale per weight tensor: on one per channel, TFLM older than mid-2024 answers garbage and says
        # it succeeded (tflite-micro PRs 2602, 2673). A private attribute; a test counts the scales.
        converter._experimental_disable_per_channel_quantization_for_dense_layers = True
    try:
        return bytes(_quietly(converter.convert))
    except Exception as error:  # the converter's own errors share no base
        raise JudderError(
            f"The network cannot be converted: {_unsupported(str(error))}.",
            hint="Build it of dense layers with relu.",
        ) from error


def _one_by_one(rows: Floats) -> Iterable[list[Any]]:
    for row in rows.astype(np.float32):
        yield [row[np.newaxis]]


def _unsupported(message: str) -> str:
    """Return the part of the converter's message that names what it lacks."""
    named = [
        line.strip() for line in message.splitlines() if line.startswith(("TF Select ops", "Custom ops"))
    ]
    return "; ".join(named) or (message.strip().splitlines() or ["no reason given"])[0]


def _quietly(convert: Callable[[], bytes]) -> bytes:
    """Call convert without what it prints on stdout, which is for results, and its C++ on stderr."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), _silent_stderr():
        warnings.simplefilter("ignore")
        return convert()


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """Send file descriptor 2 nowhere for a while; redirect_stderr() does not reach what C++ writes."""
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
