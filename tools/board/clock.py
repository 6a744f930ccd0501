"""The board's time, and what the app's code costs of it.

Three things let time pass: code of the app (its CPU time x cpu_factor), waiting (`factor` times faster than
real time), and hardware that holds the interpreter up (a bus, the flash). What a fake's own Python costs the
PC is not charged: every fake calls enter() first and leave() last.

Callbacks come as on the chip (ports/esp32/machine_timer.c, py/scheduler.c): an interrupt queues them when it
is due, and they run between two bytecodes of the app. A second thread nudges the interpreter for that, a few
thousand times a second. Where it could not take the nudge at once (a garbage collection, which wakes that
thread, or another long native call), the callbacks were late on the board as well; until the nudge, code
could be interrupted at any time, so they run at the very time they were due.

With cpu_factor 0, code costs `factor` times the real time it takes, and no callback is ever late.
"""

import interrupts
import meter
import micropython
import utime
from interrupts import diff, plus

_NUDGE_US = 100
_SUSPICIOUS_US = 50  # a stretch of code this long is looked at: did another process have the core?
# At most this much of its time a board may be behind; where the PC is slower, its time stands still.
_MOST_LAG_US = 400000
_LEAST_SLEEP_US, _MOST_SLEEP_US = 1000, 50000

factor = 1
cpu_factor = 0
inside = False  # a fake is running: nothing is charged
now_us = 0
# Milliseconds for asyncio, which do not wrap on a 64-bit PC: its task queue, in C, stamps what is ready now
# with the PC's clock. The board's has to stay ahead of that, or such tasks would wait for it.
now_ms = utime.ticks_add(utime.ticks_ms(), 10000000)
up_ms = 0

_rest_us = 0  # of now_ms
_in_callback = False
_mark_us = utime.ticks_us()  # the PC's time of the last leave()
_nudged_us = 0
_nudged = False
_credit_us = 0  # of the board's time, which real time is ahead of
_credit_wall_us = _mark_us
_credit_now_us = 0


def switch_on(new_factor, new_cpu_factor):
    """Let time pass at these factors from now on. cpu_factor needs a thread: 0 where there is none."""
    global factor, cpu_factor
    factor = new_factor
    enter()
    if new_cpu_factor and not cpu_factor:
        _start_nudging()
    cpu_factor = new_cpu_factor
    meter.update()
    leave()


def enter():
    """The app calls a fake: charge its code until here, and let callbacks run that are due."""
    global inside
    inside = True
    _charge(0)


def leave():
    """Back to the app's code."""
    global inside, _mark_us
    _mark_us = utime.ticks_us()
    inside = False


def hold(us):
    """Let time pass in which the interpreter stands still: callbacks queue; those beyond eight are lost."""
    if factor:
        _advance(us)
        interrupts.fire_due(now_us)


def block(us):
    """hold(), and let the callbacks run that waited."""
    hold(us)
    _run_callbacks()


def wait(us, poller):
    """Wait us of the board's time, or until poller.ready(real_us), which may wait so long, returns true.

    poller: None where there is nothing else to wait for. A clock that a test has stopped (factor 0) waits for
    nothing.
    """
    if not factor:
        return
    end_us = plus(now_us, us)
    _take_credit()
    while not (poller and poller.ready(0)):
        left_us = diff(end_us, now_us)
        if left_us <= 0:
            break
        step_us = _until_next(left_us)
        if step_us > _credit_us:
            _really_wait(step_us - _credit_us, poller)
        if step_us > _credit_us:
            step_us = _credit_us
        _advance(step_us)
        interrupts.fire_due(now_us)
        _run_callbacks()
        _take_credit()
    if cpu_factor:
        meter.update()


def _until_next(most_us):
    """Return how long nothing interrupts, at most most_us."""
    source = interrupts.soonest()
    if source is None:
        return most_us
    return max(0, min(most_us, diff(source.due_us, now_us)))


def _really_wait(us, poller):
    real_us = max(_LEAST_SLEEP_US, min(us // factor + 1, _MOST_SLEEP_US))
    if poller:
        poller.ready(real_us)
    else:
        utime.sleep_us(real_us)
    _take_credit()


def _take_credit():
    """Bring up to date how far real time is ahead of the board's."""
    global _credit_us, _credit_wall_us, _credit_now_us
    wall_us = utime.ticks_us()
    real_us = min(utime.ticks_diff(wall_us, _credit_wall_us), _MOST_LAG_US)
    credit_us = _credit_us + real_us * factor - diff(now_us, _credit_now_us)
    _credit_us = max(0, min(_MOST_LAG_US, credit_us))
    _credit_wall_us, _credit_now_us = wall_us, now_us


def _advance(us):
    global now_us, now_ms, up_ms, _rest_us
    now_us = plus(now_us, us)
    ms = (_rest_us + us) // 1000
    _rest_us = (_rest_us + us) % 1000
    now_ms = utime.ticks_add(now_ms, ms)
    up_ms += ms


def _charge(frozen_us):
    """Charge the app's code since leave(). No callback could run in the last frozen_us of it (PC's time)."""
    code_us = utime.ticks_diff(utime.ticks_us(), _mark_us)
    if not cpu_factor:
        if not _in_callback:
            _interleave(min(code_us * factor, _MOST_LAG_US))
    else:
        frozen_us = min(frozen_us, code_us)
        open_us = code_us - frozen_us
        if code_us > _SUSPICIOUS_US:  # others had the core: while the nudge waited, as a rule
            meter.update()
            frozen_us -= meter.preempted_us
            open_us += min(0, frozen_us) - meter.blocked_us
            frozen_us = max(0, frozen_us) + min(0, open_us)
        if _in_callback:
            hold(max(0, open_us + frozen_us) * cpu_factor)
        else:
            _interleave(max(0, open_us) * cpu_factor)
            hold(max(0, frozen_us) * cpu_factor)
    _run_callbacks()


def _interleave(us):
    """Let us microseconds of code pass that callbacks interrupt, each when it is due."""
    source = interrupts.soonest()
    while source is not None:
        step_us = max(1, diff(source.due_us, now_us))  # between two callbacks, there is always some code
        if step_us > us:
            break
        _advance(step_us)
        us -= step_us
        interrupts.fire_due(now_us)
        _run_callbacks()
        source = interrupts.soonest()
    _advance(us)


def _run_callbacks():
    """Run what waits in the queue now; not inside a callback, where the scheduler is locked."""
    global inside, _in_callback, _mark_us
    if _in_callback:
        return
    _in_callback = True
    try:
        for _ in range(interrupts.waiting):
            leave()
            interrupts.run_next()
            inside = True
            _charge(0)
    finally:
        inside = True
        _in_callback = False


def _start_nudging():
    import _thread

    _thread.start_new_thread(_nudge, ())


def _nudge():
    """The second thread. It must not allocate."""
    global _nudged, _nudged_us
    while True:
        utime.sleep_us(_NUDGE_US)  # ended early by a garbage collection, which signals every thread
        if not _nudged and not inside:
            _nudged = True
            _nudged_us = -1
            micropython.schedule(_on_nudge, None)
            _nudged_us = utime.ticks_us()


def _on_nudge(_):
    """Runs between two bytecodes. Nothing held it up where the nudging thread did not come further."""
    global inside, _nudged
    if not inside and not _in_callback:
        inside = True
        _charge(0 if _nudged_us < 0 else utime.ticks_diff(utime.ticks_us(), _nudged_us))
        leave()
    _nudged = False
