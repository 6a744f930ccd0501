"""How long the interpreter's thread really ran: a shared PC's other work must not cost the board time.

Linux keeps it in /proc/thread-self/schedstat (nanoseconds run, nanoseconds ready to run); reading
/proc/self/stat brings the first up to date (thread_group_cputime in kernel/sched/cputime.c). Where there is
no /proc, nothing is taken out. Nothing here allocates on a 64-bit MicroPython.
"""

import utime

preempted_us = 0  # between the last two updates: ready to run, but another process had the core
blocked_us = 0  # asleep in the system

try:
    _stat = open("/proc/self/stat", "rb")
    _schedstat = open("/proc/thread-self/schedstat", "rb")
except OSError:
    _schedstat = None
_text = bytearray(96)
_ran_ns = _ready_ns = 0
_wall_us = 0
_at = 0


def update():
    """Set preempted_us and blocked_us to what they were since the last call."""
    global preempted_us, blocked_us, _ran_ns, _ready_ns, _wall_us, _at
    if _schedstat is None:
        return
    _stat.seek(0)
    _stat.readinto(_text)
    wall_us = utime.ticks_us()
    _schedstat.seek(0)
    _schedstat.readinto(_text)
    _at = 0
    ran_ns, ready_ns = _number(), _number()
    preempted_us = (ready_ns - _ready_ns) // 1000
    asleep_us = utime.ticks_diff(wall_us, _wall_us) - (ran_ns - _ran_ns) // 1000 - preempted_us
    blocked_us = asleep_us if asleep_us > 0 else 0
    _ran_ns, _ready_ns, _wall_us = ran_ns, ready_ns, wall_us


def _number():
    """Return the next number in _text."""
    global _at
    value = 0
    while _text[_at] >= 48:
        value = value * 10 + _text[_at] - 48
        _at += 1
    _at += 1
    return value
