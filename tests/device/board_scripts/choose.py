"""Choose a detector of a model with two; prints [feature set of the chosen, feature sets still in memory].

usage: micropython choose.py MODEL.judder.json KIND        the second detector passes for an autoencoder
"""

import json
import sys

from judder_core import model_file
from judder_node import models
from judder_node.engine import numeric


def main(path, kind):
    model = model_file.load_file(path, numeric)
    model.detectors[1].kind = "autoencoder"
    models.choose_detector(model, kind)
    (chosen,) = model.detectors
    features = "judder_core.features."
    loaded = [name[len(features) :] for name in sys.modules if name.startswith(features)]
    print(json.dumps([chosen.feature_set, loaded]))


main(*sys.argv[1:])
