"""A board's name as the network takes it; only a boot needs that."""

from micropython import const

_LONGEST = const(32)  # bytes that network.hostname() takes


def host_name(name):
    """Return name as DHCP takes it: "Lüfter 3" is "L-fter-3". cut where it is too long."""
    kept = ""
    for letter in name:
        if "0" <= letter <= "9" or "a" <= letter.lower() <= "z":
            kept += letter
        elif kept and kept[-1] != "-":
            kept += "-"
    return kept[:_LONGEST].rstrip("-") or "judder"
