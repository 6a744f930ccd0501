"""What people are told: an incident once, again as it rises, an alarm until it is seen, and that it is over.
An alarm that comes back after somebody has seen it is told once more.

An incident is all the alerts of one board with less than the cool-down of calm between them: a fan that
hovers about its threshold is one incident, not twenty. All is decided from what is on disk, in one
transaction with the outbox: a server that stops at any moment neither forgets an incident nor tells it twice.
Who has not got the last message yet is not reminded: after a day without a network, one alarm is one message.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from judder.server.notify.message import OF_LEVEL, RECOVERED, REMINDER, Message, make_key
from judder.server.storage.levels import ALARM, NOTICE, rank
from judder.server.storage.rows import Incident
from judder.server.storage.store import Unit


@dataclass(frozen=True)
class Rules:
    """cooldown_us: calm that ends an incident. repeat_us: between reminders of an alarm, 0 for none.

    least: the lowest level that is told. url: the page's.
    """

    cooldown_us: int
    repeat_us: int
    least: str = NOTICE
    url: str = ""


def follow(unit: Unit, rules: Rules, channels: Sequence[str], now_us: int) -> int:
    """Put what is due into the outbox of each of channels; return how many messages that were.

    Incidents that are over end before new alerts are looked at, so that an alert after enough calm is an
    incident of its own. An alert of a board's backlog is dropped where it proves to be the beginning of
    another; so is an incident that loses its last one.
    """
    unit.incidents.drop_empty()
    told = _tell_due(unit, rules, channels, now_us)
    for alert in unit.incidents.new_alerts():
        unit.incidents.adopt(alert, unit.incidents.find_open(alert.device))
    return told + _tell_due(unit, rules, channels, now_us)


def _tell_due(unit: Unit, rules: Rules, channels: Sequence[str], now_us: int) -> int:
    told = 0
    for incident in unit.incidents.open():
        kind = _due(incident, rules, now_us)
        if kind and (kind != RECOVERED or incident.told_us is not None):
            message = _message(unit, incident, kind, rules, now_us)
            about, is_end = f"fault-{incident.id}", kind == RECOVERED
            to = unit.outbox.reached(channels, about) if kind == REMINDER else channels
            unit.outbox.post(message.key, to, message.to_json(), now_us, about, is_end)
            told += 1
        if kind == RECOVERED:
            unit.incidents.close(incident.id, now_us)
        elif kind:
            unit.incidents.told(incident.id, now_us, incident.level)
    return told


def _due(incident: Incident, rules: Rules, now_us: int) -> str | None:
    """Return the kind of message that incident wants now, or None. RECOVERED: it is over, told or not.

    An incident of a board's backlog is long over when it is told, and more of it may be on its way.
    """
    if rank(incident.level) >= max(rank(rules.least), rank(incident.told_level) + 1):
        return OF_LEVEL[incident.level]
    told_us = incident.told_us or 0
    if told_us < (incident.acknowledged_us or 0) and not incident.is_seen:
        return OF_LEVEL[incident.level]
    if incident.ended_us is not None:
        return RECOVERED if now_us - max(incident.ended_us, told_us) >= rules.cooldown_us else None
    wants_reminder = rules.repeat_us and incident.told_level == ALARM and not incident.is_seen
    return REMINDER if wants_reminder and now_us - told_us >= rules.repeat_us else None


def _message(unit: Unit, incident: Incident, kind: str, rules: Rules, now_us: int) -> Message:
    newest, device = unit.alerts.find(incident.alert), unit.devices.find(incident.device)
    assert newest  # its number comes from there
    status = device.status if device else {}
    return Message(
        make_key(),
        kind,
        now_us,
        device_id=incident.device,
        name=str((device and device.label) or status.get("name") or ""),
        place=str(status.get("place") or ""),
        fault=incident.id,
        alert=incident.alert,
        level=incident.level,
        started_us=incident.started_us,
        raised_us=newest.raised_us,
        ended_us=incident.ended_us,
        why=newest.why,
        mounting_changed=newest.mounting_changed,
        baseline_s=newest.baseline_s,
        score=newest.score,
        model_id=newest.model_id,
        url=rules.url,
    )
