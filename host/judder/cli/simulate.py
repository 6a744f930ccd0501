"""judder simulate: recordings of a machine that nobody has to own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from judder.cli.app import app
from judder.cli.console import next_step, result
from judder.cli.options import LEAST_RATE_HZ
from judder.cli.progress import working
from judder.data.loading import write
from judder.errors import JudderError
from judder.simulation import FAULTS, MACHINES, FanOptions, Fault, fan_options
from judder.simulation import simulate as simulate_fan
from judder.text import word

MACHINE, FAULT, AROUND = "Machine", "Faults", "Surroundings"
SENSOR, CLOCK = "Sensor", "Clock"
FAULT_HELP = (
    "KIND, KIND=SIZE or several joined by +: a condition of its own beside the healthy one. Repeatable. "
    f"Kinds: {', '.join(FAULTS)}."
)
EPILOG = """Example: `judder simulate --out fan.npz --condition shaky --imbalance 3`

Two speeds, three conditions: `judder simulate --out fan.npz --machine ceiling-fan --speed low --speed high
--fault looseness --fault rub=0.5+misalignment`

A quarter on a blade: `judder simulate --out quarter.npz --machine ceiling-fan --speed high
--extra-mass-g 5.67 --at-m 0.5`

The published recordings' aliased fan: `judder simulate --out fan.npz --machine reference-fan --speed high`

Faults, their sizes where none is given, and what a size means:

""" + "\n".join(f"- {kind} {size:g}: {what}" for kind, (what, size) in FAULTS.items())


@app.command(epilog=EPILOG)
def simulate(
    out: Annotated[Path, typer.Option(help="An .npz file, or a folder for CSV in the reference's layout.")],
    condition: Annotated[str, typer.Option(help="What to call it without faults.")] = FanOptions.condition,
    seconds: Annotated[float, typer.Option(help="How long each condition is.")] = FanOptions.seconds,
    seed: Annotated[int, typer.Option(help="The same seed gives the same recordings.")] = 0,
    machine: Annotated[
        str, typer.Option(help=f"One of: {', '.join(MACHINES)}.", rich_help_panel=MACHINE)
    ] = "desk-fan",
    speed: Annotated[
        list[str] | None,
        typer.Option(
            "--speed",
            "--speed-hz",
            help="off, low, med, high or turns per second; med if not given. Several name the conditions"
            " SPEED/CONDITION. Repeatable.",
            rich_help_panel=MACHINE,
        ),
    ] = None,
    imbalance: Annotated[
        float, typer.Option(help="1 is a healthy machine, 3 a shaky one.", rich_help_panel=MACHINE)
    ] = 1.0,
    extra_mass_g: Annotated[
        float, typer.Option(help="A mass on the rotor, g: a US quarter has 5.67.", rich_help_panel=MACHINE)
    ] = 0.0,
    at_m: Annotated[
        float, typer.Option(help="How far from the axis it sits, m.", rich_help_panel=MACHINE)
    ] = FanOptions.at_m,
    at_deg: Annotated[
        float, typer.Option(help="Its angle from the residual unbalance.", rich_help_panel=MACHINE)
    ] = 0.0,
    run_up_s: Annotated[
        float, typer.Option(help="Time constant of running up; 0: it is up.", rich_help_panel=MACHINE)
    ] = 0.0,
    fault: Annotated[list[str] | None, typer.Option(help=FAULT_HELP, rich_help_panel=FAULT)] = None,
    fault_from_s: Annotated[float, typer.Option(help="When faults begin.", rich_help_panel=FAULT)] = 0.0,
    healthy: Annotated[
        bool, typer.Option(help="Write the condition without faults too.", rich_help_panel=FAULT)
    ] = True,
    hum_hz: Annotated[
        float | None, typer.Option(help="Mains hum: 100 or 120.", rich_help_panel=AROUND)
    ] = None,
    hum_mg: Annotated[
        float | None, typer.Option(help="Its peak on x; the machine's.", rich_help_panel=AROUND)
    ] = None,
    hum_second: Annotated[
        float | None, typer.Option(help="Its second harmonic, times it.", rich_help_panel=AROUND)
    ] = None,
    hum_am: Annotated[
        float | None, typer.Option(help="Its modulation, 0..1.", rich_help_panel=AROUND)
    ] = None,
    hum_am_hz: Annotated[
        float | None, typer.Option(help="How far off the sidebands that makes are.", rich_help_panel=AROUND)
    ] = None,
    ambient_mg: Annotated[
        float | None, typer.Option(help="A building's trembling, RMS, 1-30 Hz.", rich_help_panel=AROUND)
    ] = None,
    bumps_per_hour: Annotated[
        float | None, typer.Option(help="Footfalls; 6 is a house.", rich_help_panel=AROUND)
    ] = None,
    remount: Annotated[
        bool, typer.Option("--remount", help="Hands turn it every 20-60 s.", rich_help_panel=AROUND)
    ] = False,
    remount_deg: Annotated[
        float | None, typer.Option(help="By up to this; 10.", rich_help_panel=AROUND)
    ] = None,
    line_voltage: Annotated[
        float | None, typer.Option(help="Its sd over ten minutes; 0.03 is poor.", rich_help_panel=AROUND)
    ] = None,
    temperature_swing_c: Annotated[
        float | None, typer.Option(help="Half a day's range.", rich_help_panel=AROUND)
    ] = None,
    dust_per_day: Annotated[
        float | None, typer.Option(help="Unbalance gained, times the residual.", rich_help_panel=AROUND)
    ] = None,
    noise_mg: Annotated[
        float | None,
        typer.Option(help="RMS; the part's density over its bandwidth if not given.", rich_help_panel=SENSOR),
    ] = None,
    odr: Annotated[
        float | None,
        typer.Option(
            help="Its own output rate, polled without looking; each output is read once if not given.",
            rich_help_panel=SENSOR,
        ),
    ] = None,
    odr_error: Annotated[
        float | None, typer.Option(help="Relative error of that rate.", rich_help_panel=SENSOR)
    ] = None,
    range_g: Annotated[int, typer.Option(help="2, 4, 8 or 16.", rich_help_panel=SENSOR)] = FanOptions.range_g,
    offset_mg: Annotated[
        float | None, typer.Option(help="Up to this; 80 by the data sheet.", rich_help_panel=SENSOR)
    ] = None,
    cross_axis: Annotated[
        float | None, typer.Option(help="Up to this; 0.02 by the data sheet.", rich_help_panel=SENSOR)
    ] = None,
    unit: Annotated[
        int | None, typer.Option(help="Which part draws from these two.", rich_help_panel=SENSOR)
    ] = None,
    sample_rate: Annotated[
        float | None,
        typer.Option(min=LEAST_RATE_HZ, help="How often the sensor is read, Hz; 250.", rich_help_panel=CLOCK),
    ] = None,
    crystal_ppm: Annotated[
        float | None, typer.Option(help="How slow the board's clock is.", rich_help_panel=CLOCK)
    ] = None,
    jitter_us: Annotated[float | None, typer.Option(help="Of polls, sd.", rich_help_panel=CLOCK)] = None,
    late_share: Annotated[
        float | None, typer.Option(help="Of polls, milliseconds late.", rich_help_panel=CLOCK)
    ] = None,
    gc_s: Annotated[
        float | None, typer.Option(help="Seconds between garbage collections.", rich_help_panel=CLOCK)
    ] = None,
) -> None:
    """Simulate a machine, what it stands in, and the sensor and clock that watch it."""
    given = _given(hum_hz=hum_hz, hum_mg=hum_mg, noise_mg=noise_mg, sample_rate_hz=sample_rate, odr_hz=odr)
    given.update(seconds=seconds, imbalance=imbalance, range_g=range_g, fault_from_s=fault_from_s)
    given.update(extra_mass_g=extra_mass_g, at_m=at_m, at_deg=at_deg)
    around = _given(
        hum_second=hum_second,
        hum_am=hum_am,
        hum_am_hz=hum_am_hz,
        ambient_mg=ambient_mg,
        bumps_per_hour=bumps_per_hour,
        remount_s=(20.0, 60.0) if remount else None,
        remount_deg=remount_deg,
        line_voltage=line_voltage,
        temperature_swing_c=temperature_swing_c,
        dust_per_day=dust_per_day,
    )
    part = _given(odr_error=odr_error, offset_mg=offset_mg, cross_axis=cross_axis, unit=unit)
    clock = _given(crystal_ppm=crystal_ppm, jitter_us=jitter_us, late_share=late_share, gc_s=gc_s)
    wished: list[FanOptions] = []
    speeds = speed or ["med"]
    for mode in speeds:
        base = fan_options(machine, mode, **given)
        base = replace(
            base,
            machine=replace(base.machine, run_up_s=run_up_s),
            surroundings=replace(base.surroundings, **around),
            sensor=replace(base.sensor, **part),
            clock=replace(base.clock, **clock),
        )
        for name, faults in _conditions(condition, fault or [], healthy):
            label = f"{mode}/{name}" if len(speeds) > 1 else name
            wished.append(replace(base, condition=label, faults=faults, seed=seed + len(wished)))
    with working(f"simulating {seconds:g} s of {len(wished)} conditions"):
        recordings = [simulate_fan(options) for options in wished]
        write(recordings, out)
    for recording in recordings:
        result(f"{recording.rows} samples of {recording.condition} in {out}")
    next_step(f"judder inspect {word(out)}")


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _conditions(
    healthy_name: str, faults: list[str], healthy: bool
) -> Iterator[tuple[str, tuple[Fault, ...]]]:
    """Yield (name, faults) of each condition wished for."""
    if healthy or not faults:
        yield healthy_name, ()
    for text in faults:
        yield text.replace("=", "-"), tuple(_parse_fault(one) for one in text.split("+"))


def _parse_fault(text: str) -> Fault:
    """Return the Fault that KIND or KIND=SIZE names. Raises JudderError."""
    kind, _, size = text.partition("=")
    try:
        return Fault(kind, float(size) if size else None)
    except ValueError as error:
        raise JudderError(f"--fault {text}: {size} is no number.", hint=f"Try --fault {kind}=1") from error
