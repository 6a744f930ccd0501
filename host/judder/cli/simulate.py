"""judder simulate: a recording of a fan that nobody has to own."""

from pathlib import Path
from typing import Annotated

import typer

from judder.cli.app import app
from judder.cli.console import talk
from judder.formats import write
from judder.simulate import FanOptions
from judder.simulate import simulate as simulate_fan


@app.command(epilog="Example: `judder simulate --out fan.npz --condition shaky --imbalance 3`")
def simulate(
    out: Annotated[Path, typer.Option(help="An .npz file, or a folder for CSV in the reference's layout.")],
    condition: Annotated[str, typer.Option(help="What to call it.")] = FanOptions.condition,
    seconds: Annotated[float, typer.Option(help="How long.")] = FanOptions.seconds,
    speed_hz: Annotated[float, typer.Option(help="Turns a second.")] = FanOptions.speed_hz,
    imbalance: Annotated[float, typer.Option(help="1 is a healthy fan, 3 a shaky one.")] = 1.0,
    hum_hz: Annotated[float, typer.Option(help="Mains hum: 100 or 120.")] = FanOptions.hum_hz,
    hum_mg: Annotated[float, typer.Option(help="Its peak on x, mg.")] = FanOptions.hum_mg,
    noise_mg: Annotated[float | None, typer.Option(help="The sensor's noise, mg RMS.")] = FanOptions.noise_mg,
    sample_rate: Annotated[float, typer.Option(help="How often the sensor is read, Hz.")] = 250.0,
    odr: Annotated[
        float | None, typer.Option(help="Its own output rate, Hz; sample-rate if not given.")
    ] = None,
    range_g: Annotated[int, typer.Option(help="2, 4, 8 or 16.")] = FanOptions.range_g,
    seed: Annotated[int, typer.Option(help="The same seed gives the same recording.")] = 0,
) -> None:
    """Simulate a fan and the sensor on it, with the aliasing a wrong output rate brings."""
    recording = simulate_fan(
        FanOptions(
            condition, seconds, speed_hz, imbalance, hum_hz, hum_mg, noise_mg, sample_rate, odr, range_g, seed
        )
    )
    write([recording], out)
    print(f"{recording.rows} samples of {condition} in {out}")
    talk.print(f"next: judder inspect {out}", soft_wrap=True)
