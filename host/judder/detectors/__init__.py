"""Detectors that learn from feature vectors; higher scores are stranger."""

from judder.detectors.autoencoder import AutoencoderDetector
from judder.detectors.base import Baseline, Weigher
from judder.detectors.mahalanobis import MahalanobisDetector

__all__ = ["AutoencoderDetector", "Baseline", "MahalanobisDetector", "Weigher"]
