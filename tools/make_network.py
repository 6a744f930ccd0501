"""Write tests/data/network.tflite and network.int8.tflite: a dense network, 27-8-27, of seeded weights.

usage: python tools/make_network.py        needs TensorFlow; run again only when the network is to change
"""

from pathlib import Path

import numpy as np

TARGET = Path(__file__).parents[1] / "tests" / "data"
INPUTS, HIDDEN = 27, 8


def main() -> None:
    import tensorflow as tf

    rng = np.random.default_rng(20261124)
    network = tf.keras.Sequential(
        [
            tf.keras.layers.Input((INPUTS,)),
            tf.keras.layers.Dense(HIDDEN, activation="relu"),
            tf.keras.layers.Dense(INPUTS),
        ]
    )
    network.set_weights([rng.normal(0, 0.3, weights.shape) for weights in network.get_weights()])
    rows = rng.normal(0, 2, (200, 1, INPUTS)).astype(np.float32)
    for name, quantised in (("network.tflite", False), ("network.int8.tflite", True)):
        converter = tf.lite.TFLiteConverter.from_keras_model(network)
        if quantised:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: ([row] for row in rows)
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = converter.inference_output_type = tf.int8
            # Per channel, TFLM of before mid-2024 gives garbage and no error (tflite-micro PRs 2602, 2673).
            converter._experimental_disable_per_channel_quantization_for_dense_layers = True
        data = converter.convert()
        (TARGET / name).write_bytes(data)
        print(f"{name}: {len(data)} bytes")


if __name__ == "__main__":
    main()
