"""Who in a family of processes listens for connections from where, as the kernel tells it."""

from __future__ import annotations

import ipaddress
import re
import sys
from contextlib import suppress
from pathlib import Path

LISTENS = "0A"
TABLES = ("net/tcp", "net/tcp6", "net/udp", "net/udp6")


def family(session: int) -> list[int]:
    """The processes of a session: those of a program that was started in a session of its own."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, *fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == session and state != "Z":
                found.append(int(folder.name))
    return sorted(found)


def listening(pids: list[int]) -> set[tuple[str, int]]:
    """(address, port) of every TCP socket of theirs that listens, and every UDP socket that is bound."""
    return {place for pid in pids for table in TABLES for place in _bound(pid, table)}


def beyond_this_machine(places: set[tuple[str, int]]) -> set[tuple[str, int]]:
    return {place for place in places if not ipaddress.ip_address(place[0]).is_loopback}


def _bound(pid: int, table: str) -> set[tuple[str, int]]:
    own, found = _sockets(pid), set()
    file = Path(f"/proc/{pid}/{table}")
    for line in file.read_text().splitlines()[1:] if file.exists() else []:  # a kernel without IPv6 has no such table
        _, local, _, state, *rest = line.split()
        if rest[5] in own and (state == LISTENS or "udp" in table):
            found.add(place_of(local))
    return found


def _sockets(pid: int) -> set[str]:
    inodes = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            inodes |= set(re.findall(r"^socket:\[(\d+)\]$", str(file.readlink())))
    return inodes


def place_of(text: str, byteorder: str = sys.byteorder) -> tuple[str, int]:
    """The kernel writes an address as words of four bytes in the order of the machine."""
    address, port = text.split(":")
    words, step = bytes.fromhex(address), 1 if byteorder == "big" else -1
    packed = b"".join(words[n : n + 4][::step] for n in range(0, len(words), 4))
    return str(ipaddress.ip_address(packed)), int(port, 16)
