"""Clients that ask for the same again and again, in a process of their own: what they take is not the server's.

python -m infra.bench.load HOST PORT PATH TOKEN CLIENTS SECONDS writes how many answers there were a second.
"""

import asyncio
import sys
import time


async def _client(host: str, port: int, request: bytes, until: float) -> int:
    """How many answers a client gets, on one connection. Raises RuntimeError for one that is no success."""
    reader, writer = await asyncio.open_connection(host, port, limit=2**22)
    answers = 0
    while time.perf_counter() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode(errors="replace"))
        await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        answers += 1
    writer.close()
    return answers


async def _per_second(host: str, port: int, request: bytes, clients: int, seconds: float) -> float:
    started = time.perf_counter()
    asked = [_client(host, port, request, started + seconds) for _ in range(clients)]
    answers = sum(await asyncio.gather(*asked))
    return answers / (time.perf_counter() - started)


if __name__ == "__main__":
    to, at, path, token, number, duration = sys.argv[1:]
    lines = [f"GET {path} HTTP/1.1", f"Host: {to}", f"Authorization: Bearer {token}", "", ""]
    rate = _per_second(to, int(at), "\r\n".join(lines).encode(), int(number), float(duration))
    print(asyncio.run(rate))
