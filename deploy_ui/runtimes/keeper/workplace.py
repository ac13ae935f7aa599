"""The folder that an instance works in: the image's files are in it, and what it writes stays its own.

| file                   | how it gets there |
|------------------------|-------------------|
| up to 16 MiB           | copied |
| larger (model weights) | cloned where the file system can: no time, no space, its own once it is written |
| larger, no cloning     | a link to the image's file, which is made read-only first |

So an instance with 2 GB of weights starts at once, and linked weights are in memory once for all instances. A program
may replace a linked file by a new one, which leaves the image's alone; it cannot write into it.
"""

import fcntl
import os
import stat

LARGE = 16 * 1024 * 1024
FICLONE = 0x40049409
WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def furnish(image: str, work: str) -> None:
    """Fill the empty folder `work` with the files of `image`. Raises OSError naming what cannot be read."""
    with os.scandir(image) as entries:
        for entry in entries:
            target = os.path.join(work, entry.name)
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), target)
            elif entry.is_dir():
                os.mkdir(target)
                furnish(entry.path, target)
            elif entry.is_file():
                _place(entry.path, target)
    _keep_times(os.stat(image), work)


def _place(source: str, target: str) -> None:
    reading = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        info = os.fstat(reading)
        if info.st_size <= LARGE:
            _copy(reading, target, info)
        elif not _clone(reading, target, info):
            if _make_read_only(reading, info):
                os.symlink(os.path.realpath(source), target)
            else:
                _copy(reading, target, info)
    finally:
        os.close(reading)


def _clone(reading: int, target: str, info: os.stat_result) -> bool:
    writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, info.st_mode | stat.S_IWUSR)
    try:
        fcntl.ioctl(writing, FICLONE, reading)
    except OSError:
        os.unlink(target)
        return False
    finally:
        os.close(writing)
    _keep_times(info, target)
    return True


def _make_read_only(file: int, info: os.stat_result) -> bool:
    if info.st_mode & WRITABLE:
        try:
            os.fchmod(file, stat.S_IMODE(info.st_mode) & ~WRITABLE)
        except PermissionError:
            return False
    return True


def _copy(reading: int, target: str, info: os.stat_result) -> None:
    writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, info.st_mode | stat.S_IWUSR)
    try:
        while os.sendfile(writing, reading, None, 1 << 30):
            pass
    finally:
        os.close(writing)
    _keep_times(info, target)


def _keep_times(info: os.stat_result, target: str) -> None:
    """Compiled Python files are good only while their source has the time that they were made from."""
    os.utime(target, ns=(info.st_atime_ns, info.st_mtime_ns))
