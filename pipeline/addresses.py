"""Files and folders at an address that fsspec knows, such as s3://bucket/folder: fetched, and put up, file by file.

An address may hold a password, and so may what a library says of it. So no sentence repeats either: addresses are shown
without it, errors by their class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import InputError

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:://|::)")
_FILE = re.compile(r"^(?:file|local)://(?=/)", re.IGNORECASE)
_NO_WHOLE_PATH = re.compile(r"(?:file|local)://(?!/)", re.IGNORECASE)
_USER = re.compile(r"(?<=//).*@")
"""What may be a user with a password, in which a slash can stand; a folder with an @ is told without what is before."""
_PACKAGES = {
    **dict.fromkeys(("s3", "s3a"), "s3fs"),
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("abfs", "abfss", "az", "adl"), "adlfs"),
    **dict.fromkeys(("http", "https"), "aiohttp"),
    **dict.fromkeys(("sftp", "ssh"), "paramiko"),
    "smb": "smbprotocol",
}


def is_address(text: str) -> bool:
    """Say whether a text is an address and no path; a letter before the colon is a drive of Windows."""
    return _ADDRESS.match(text) is not None


def as_path(text: str) -> str:
    """Return the path for which an address of this machine stands (file:///srv/grm); any other text as it is."""
    return _FILE.sub("", text)


def shown_address(address: str) -> str:
    """Return an address as it may be told: without a user, a password, or what follows a question mark."""
    return _USER.sub("", re.split(r"[?#]", address, maxsplit=1)[0]).rstrip("/")


def file_name(address: str) -> str:
    """Return the name of the file at an address."""
    return PurePosixPath(shown_address(address)).name


@dataclass(frozen=True)
class Place:
    """A folder or a file at an address: the file system, its path there, and how it is told."""

    system: Any
    path: str
    shown: str

    @classmethod
    def open(cls, address: str) -> Place:
        """Find the file system of an address; one that cannot be had is an `InputError`."""
        from fsspec.core import url_to_fs

        shown, scheme = shown_address(address), re.split("::|:", address, maxsplit=1)[0].lower()
        if _NO_WHOLE_PATH.match(address):
            raise InputError(
                f"{shown} would depend on where the command is called. A place of this machine is written with three "
                "slashes, such as file:///srv/grm."
            )
        try:
            system, path = url_to_fs(address, use_listings_cache=False)
        except ImportError:
            package = _PACKAGES.get(scheme)
            what = f"install the package {package} into the environment" if package else "install its package"
            raise InputError(f"{shown}: addresses that begin with {scheme} need a package more: {what}.") from None
        except ValueError:
            raise InputError(
                f"{shown}: no file system is known for addresses that begin with {scheme}. Name a folder, or an "
                "address such as s3://bucket/folder."
            ) from None
        except Exception as error:
            raise InputError(f"{shown} cannot be reached ({type(error).__name__}).") from None
        return cls(system, path.rstrip("/"), shown)

    def below(self, name: str) -> Place:
        """Return what stands below a folder under a relative name."""
        return Place(self.system, f"{self.path}/{name}", f"{self.shown}/{name}")

    def folders(self) -> list[str]:
        """List the folders right below a folder by their names."""
        with self._told("listed"):
            try:
                entries = self.system.ls(self.path, detail=True)
            except FileNotFoundError:
                return []
        return sorted(_last(entry["name"]) for entry in entries if entry["type"] == "directory")

    def files(self) -> list[str]:
        """List every file below a folder by its relative name, none where there is no such folder."""
        with self._told("listed"):
            try:
                found = self.system.find(self.path)
            except FileNotFoundError:
                return []
        before = f"{self.path.strip('/')}/"
        names = [path.strip("/").removeprefix(before) for path in found]
        for name in names:
            if any(part in ("", ".", "..") for part in name.split("/")) or "\\" in name:
                raise InputError(f"{self.shown} holds a file whose name is no path below it; take it away.")
        return sorted(names)

    def exists(self) -> bool:
        """Say whether there is a file."""
        with self._told("looked at"):
            return bool(self.system.isfile(self.path))

    def fetch(self, target: Path) -> None:
        """Copy a file to a path of this machine, for its owner alone."""
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.touch(mode=0o600)
        with self._told("read"):
            self.system.get_file(self.path, str(target))

    def put(self, source: Path) -> None:
        """Write a file of this machine there, in the place of another or as a new one."""
        with self._told("written"):
            self.system.makedirs(self.path.rpartition("/")[0], exist_ok=True)
            self.system.put_file(str(source), self.path)

    def create(self, content: bytes) -> bool:
        """Write a file that is not there yet; False where it is. A store that cannot tell writes it all the same."""
        with self._told("written"):
            self.system.makedirs(self.path.rpartition("/")[0], exist_ok=True)
            try:
                self.system.pipe_file(self.path, content, mode="create")
            except FileExistsError:
                return False
            except (NotImplementedError, TypeError):
                self.system.pipe_file(self.path, content)
        return True

    def copy(self, target: Place) -> None:
        """Copy a file to another place of the same file system."""
        with target._told("written"):
            self.system.makedirs(target.path.rpartition("/")[0], exist_ok=True)
            self.system.cp_file(self.path, target.path)

    def remove(self) -> None:
        """Remove a file, or a folder with all that is in it; nothing there is fine."""
        with self._told("removed"):
            try:
                self.system.rm(self.path, recursive=True)
            except FileNotFoundError:
                return

    @contextmanager
    def _told(self, done: str) -> Iterator[None]:
        """Tell whatever a library raises by its class: its text may hold the address with a password."""
        try:
            yield
        except InputError:
            raise
        except FileNotFoundError:
            raise InputError(f"{self.shown} is missing.") from None
        except Exception as error:
            raise InputError(
                f"{self.shown} cannot be {done} ({type(error).__name__}). Look whether the network and your rights at "
                "that address are as they should be, and run again."
            ) from None


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
