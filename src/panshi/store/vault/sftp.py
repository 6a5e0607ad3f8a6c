"""A directory behind SFTP as a place: `sftp://user@host:port/path`, by asyncssh.

Keys come from the agent or ~/.ssh, the host's key must be known; no password is taken from an
address. An object is written beside, synchronised where the server can, and renamed: an SFTP rename
fails where the name is taken.
"""

from __future__ import annotations

import asyncio
import posixpath
import secrets
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import asyncssh

from panshi.errors import MissingError, StoreError, UsageError
from panshi.store.vault.place import MOST_OBJECT, Part, too_large

INCOMING = ".incoming"
_TIMEOUT = 30
_ALIVE_SECONDS, _ALIVE_MISSED = 15, 4
"A host that answers nothing for so long is gone, and what waits for it fails."


class SftpPlace:
    """A place below one directory of another machine."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if not parts.hostname or parts.password or parts.query or len(parts.path) <= 1:
            raise UsageError(
                "this is no address of an SFTP place",
                place=f"sftp://{parts.hostname or ''}{parts.path}",
                remedy="sftp://user@host:port/path; keys come from the agent or ~/.ssh",
            )
        self._host, self._port, self._user = parts.hostname, parts.port or 22, parts.username
        self._root = unquote(parts.path)
        self._label = f"sftp://{self._host}:{self._port}{self._root}"
        self._folders: set[str] = set()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    @property
    def label(self) -> str:
        """Host and path."""
        return self._label

    def put(self, name: str, parts: Sequence[Part]) -> None:
        """Write a new object; the same again is no fault."""
        content = b"".join(parts)
        with self._faults(f"cannot write {name}"):
            if self._run(self._written(name, content, over=False)):
                return
        if self.read(name) != content:
            raise StoreError(
                f"{name} is there already with other content",
                place=self.label,
                remedy="names are written once; is another machine sealing here?",
            )

    def flush(self) -> None:
        """Nothing waits: every object was synchronised before it got its name."""

    def replace(self, name: str, content: bytes) -> None:
        """Write an object in the place of a damaged one."""
        with self._faults(f"cannot repair {name}"):
            self._run(self._written(name, content, over=True))

    def read(self, name: str, most: int = MOST_OBJECT) -> bytes:
        """Read an object whole."""
        with self._faults(f"cannot read {name}"):
            content = self._run(self._content(name, most))
        if len(content) > most:
            raise too_large(name, self.label)
        return content

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Name every object below a folder."""
        with self._faults(f"cannot list {prefix}"):
            found = self._run(self._below(prefix.strip("/")))
        yield from found

    def remove(self, name: str) -> None:
        """Remove an object."""
        with self._faults(f"cannot remove {name}"), suppress(asyncssh.SFTPNoSuchFile):
            self._run(self._removed(name))

    def tidy(self) -> None:
        """Remove what was never given a name."""
        for name, _ in list(self.sizes(INCOMING)):
            self.remove(name)

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            if self._loop is None:
                return
            loop, self._loop = self._loop, None
        asyncio.run_coroutine_threadsafe(self._hung_up(), loop).result()
        loop.call_soon_threadsafe(loop.stop)

    async def _hung_up(self) -> None:
        if self._client is not None:
            self._client.exit()
        if self._connection is not None:
            self._connection.close()
            await self._connection.wait_closed()

    def _run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._running()).result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, daemon=True).start()
            return self._loop

    async def _sftp(self) -> asyncssh.SFTPClient:
        if self._client is None:
            options: dict[str, Any] = {"username": self._user} if self._user else {}
            self._connection = await asyncssh.connect(
                self._host,
                self._port,
                connect_timeout=_TIMEOUT,
                login_timeout=_TIMEOUT,
                keepalive_interval=_ALIVE_SECONDS,
                keepalive_count_max=_ALIVE_MISSED,
                **options,
            )
            self._client = await self._connection.start_sftp_client()
        return self._client

    def _path(self, name: str) -> str:
        return posixpath.join(self._root, name)

    async def _written(self, name: str, content: bytes, *, over: bool) -> bool:
        """Whether the object was written; False where its name is taken."""
        sftp = await self._sftp()
        beside, path = self._path(f"{INCOMING}/{secrets.token_hex(8)}"), self._path(name)
        for folder in (posixpath.dirname(beside), posixpath.dirname(path)):
            if folder not in self._folders:
                await sftp.makedirs(folder, exist_ok=True)
                self._folders.add(folder)
        async with sftp.open(beside, "xb") as file:
            await file.write(content)
            with suppress(asyncssh.SFTPOpUnsupported):
                await file.fsync()
        if over:
            await sftp.posix_rename(beside, path)
            return True
        if await sftp.exists(path):
            await sftp.remove(beside)
            return False
        await sftp.rename(beside, path)
        return True

    async def _content(self, name: str, most: int) -> bytes:
        sftp = await self._sftp()
        async with sftp.open(self._path(name), "rb") as file:
            # Typed as text, since asyncssh types every file as if opened for text.
            return cast("bytes", await file.read(most + 1))

    async def _removed(self, name: str) -> None:
        sftp = await self._sftp()
        await sftp.remove(self._path(name))

    async def _below(self, folder: str) -> list[tuple[str, int]]:
        sftp = await self._sftp()
        found = []
        try:
            entries = await sftp.readdir(self._path(folder))
        except asyncssh.SFTPNoSuchFile:
            return []
        for each in sorted(entries, key=lambda each: str(each.filename)):
            name = str(each.filename)
            if name in {".", ".."}:
                continue
            path = posixpath.join(folder, name)
            if each.attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY:
                found += await self._below(path)
            else:
                found.append((path, each.attrs.size or 0))
        return found

    @contextmanager
    def _faults(self, problem: str) -> Iterator[None]:
        try:
            yield
        except asyncssh.SFTPNoSuchFile as error:
            raise MissingError(f"{problem}: there is no such file", place=self.label) from error
        except (OSError, asyncssh.Error) as error:
            raise StoreError(
                f"{problem}: {str(error)[:300] or type(error).__name__}",
                place=self.label,
                remedy="check the host, its known key and yours; other places are not touched",
            ) from error
