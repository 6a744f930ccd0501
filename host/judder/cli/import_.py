"""judder import: the reference's models, made into artefacts."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer
from judder_core.model_file import model_id_of

from judder.cli.app import app
from judder.cli.console import next_step, result, warn
from judder.cli.options import LEAST_RATE_HZ, LEAST_WINDOW_LEN, model_name
from judder.data.whole import write_whole
from judder.model.reference import convert
from judder.text import word


@app.command("import", epilog="Example: `judder import md_model.npz --out old.judder.json`")
def import_(
    npz: Annotated[Path, typer.Argument(help="The reference's .npz, with model_mu and model_cov.")],
    out: Annotated[Path, typer.Option(help="The model file to write, NAME.judder.json.")],
    sample_rate: Annotated[
        float, typer.Option(min=LEAST_RATE_HZ, help="Samples per second of its recordings.")
    ] = 200.0,
    window_len: Annotated[
        int, typer.Option(min=LEAST_WINDOW_LEN, help="Samples its features were made of.")
    ] = 128,
    threshold: Annotated[
        float | None, typer.Option(help="A distance (the reference's are squared); default: p = 0.001.")
    ] = None,
) -> None:
    """Make a model file of a Mahalanobis model that the reference's notebook trained."""
    name = model_name(out)
    data = convert(npz, name, sample_rate_hz=sample_rate, window_len=window_len, threshold=threshold)
    write_whole(out, data)
    result(f"{model_id_of(name, hashlib.sha256(data).digest())}: {len(data)} bytes, in {out}")
    warn("its p-values assume Gaussian features; train on recordings for calibrated ones.")
    next_step(f"judder evaluate {word(out)} --data DATA --normal CONDITION --anomaly CONDITION")
