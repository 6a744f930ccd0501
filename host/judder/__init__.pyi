# What __init__.py imports when it is asked for, for type checkers and editors.
from judder.data.sources import load as load
from judder.evaluation.evaluate import evaluate as evaluate
from judder.model.model import Model as Model
from judder.model.model import score as score
from judder.simulation import simulate as simulate
from judder.training.estimator import AnomalyDetector as AnomalyDetector
from judder.training.train import train as train

__version__: str
__all__ = ["AnomalyDetector", "Model", "evaluate", "load", "score", "simulate", "train"]
