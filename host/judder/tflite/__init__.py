"""Networks as .tflite and Keras files: what runs them, what TFLM can run, and whether all come to the same.

A network maps whitened features, cut off at the artefact's limit, to their reconstruction. Scaling, whitening
and thresholds stay in the artefact, whose copy NAME.judder.json lies beside NAME.tflite, NAME.int8.tflite and
NAME.keras.
"""
