"""A program on a pseudo-terminal, and the screen that its output makes.

Understands what curses sends for TERM=xterm-256color, answers the questions that a terminal is asked at the start, and
nothing more. Used by the tests of the workbench; standard library only.

SPDX-License-Identifier: Apache-2.0
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata


def width(char):
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class Screen:
    """Characters in cells; colours and attributes are only told apart as reverse or not."""

    def __init__(self, rows, columns):
        self.resize(rows, columns)
        self.pending = ""
        self.answers = b""
        self.pictures = 0  # sixel images seen
        self.attributes = {"reverse": False, "bold": False}

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.y = self.x = 0
        self.saved = (0, 0)
        self.top, self.bottom = 0, rows - 1
        self.last = " "
        self.erase_all()

    def erase_all(self):
        self.cells = [[" "] * self.columns for _ in range(self.rows)]
        self.marked = [[False] * self.columns for _ in range(self.rows)]

    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]

    def text(self):
        return "\n".join(self.lines())

    def reversed_text(self):
        """The text in reverse video: the token under the cursor."""
        return "".join(c for row, marks in zip(self.cells, self.marked) for c, m in zip(row, marks) if m)

    def put(self, char):
        columns = width(char)
        if columns == 0:
            if self.x > 0:
                self.cells[self.y][self.x - 1] += char
            return
        if self.x + columns > self.columns:
            self.x = 0
            self.line_feed()
        self.cells[self.y][self.x] = char
        self.marked[self.y][self.x] = self.attributes["reverse"]
        if columns == 2:
            self.cells[self.y][self.x + 1] = ""
            self.marked[self.y][self.x + 1] = False
        self.x += columns
        self.last = char

    def blank(self, y, start, end):
        for x in range(max(start, 0), min(end, self.columns)):
            self.cells[y][x] = " "
            self.marked[y][x] = False

    def scroll(self, n):
        for grid, empty in ((self.cells, " "), (self.marked, False)):
            for _ in range(abs(n)):
                if n > 0:
                    del grid[self.top]
                    grid.insert(self.bottom, [empty] * self.columns)
                else:
                    del grid[self.bottom]
                    grid.insert(self.top, [empty] * self.columns)

    def line_feed(self):
        if self.y == self.bottom:
            self.scroll(1)
        elif self.y < self.rows - 1:
            self.y += 1

    TOKEN = re.compile(
        r"\x1bP.*?\x1b\\|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()*+].|\x1b[^\[\]P()*+]|[^\x1b]",
        re.S)

    def feed(self, text):
        text = self.pending + text
        at = 0
        while at < len(text):
            match = self.TOKEN.match(text, at)
            if not match:
                break
            self.token(match.group())
            at = match.end()
        self.pending = text[at:]

    def token(self, token):
        if token[0] != "\x1b":
            self.control(token) if token < " " or token == "\x7f" else self.put(token)
        elif token.startswith("\x1bP"):
            self.pictures += "q" in token[:12]
        elif token.startswith("\x1b["):
            self.csi(token[2:-1], token[-1])
        elif token == "\x1b7":
            self.saved = (self.y, self.x)
        elif token == "\x1b8":
            self.y, self.x = self.saved
        elif token == "\x1bM":
            if self.y == self.top:
                self.scroll(-1)
            else:
                self.y = max(self.y - 1, 0)

    def control(self, char):
        if char == "\r":
            self.x = 0
        elif char in "\n\v\f":
            self.line_feed()
        elif char == "\b":
            self.x = max(self.x - 1, 0)
        elif char == "\t":
            self.x = min(self.x // 8 * 8 + 8, self.columns - 1)

    def csi(self, parameters, final):
        if parameters[:1] in ("?", ">", "=") or parameters[-1:] in ("$", "!", " "):
            return self.question(parameters, final)
        numbers = [int(p) if p.isdigit() else 0 for p in parameters.split(";")]
        n = max(numbers[0], 1)
        if final in "Hf":
            self.y = min(n, self.rows) - 1
            self.x = min(max(numbers[1], 1) if len(numbers) > 1 else 1, self.columns) - 1
        elif final == "A":
            self.y = max(self.y - n, 0)
        elif final in "Be":
            self.y = min(self.y + n, self.rows - 1)
        elif final in "Ca":
            self.x = min(self.x + n, self.columns - 1)
        elif final == "D":
            self.x = max(min(self.x, self.columns - 1) - n, 0)
        elif final in "G`":
            self.x = min(n, self.columns) - 1
        elif final == "d":
            self.y = min(n, self.rows) - 1
        elif final == "J":
            if numbers[0] == 2:
                self.erase_all()
            else:
                self.blank(self.y, self.x, self.columns) if numbers[0] == 0 else self.blank(self.y, 0, self.x + 1)
                rest = range(self.y + 1, self.rows) if numbers[0] == 0 else range(self.y)
                for y in rest:
                    self.blank(y, 0, self.columns)
        elif final == "K":
            start, end = [(self.x, self.columns), (0, self.x + 1), (0, self.columns)][numbers[0]]
            self.blank(self.y, start, end)
        elif final == "X":
            self.blank(self.y, self.x, self.x + n)
        elif final == "P":
            for grid, empty in ((self.cells, " "), (self.marked, False)):
                row = grid[self.y]
                grid[self.y] = (row[:self.x] + row[self.x + n:] + [empty] * n)[:self.columns]
        elif final == "@":
            for grid, empty in ((self.cells, " "), (self.marked, False)):
                row = grid[self.y]
                grid[self.y] = (row[:self.x] + [empty] * n + row[self.x:])[:self.columns]
        elif final in "LM":
            top, self.top = self.top, self.y
            self.scroll(n if final == "M" else -n)
            self.top = top
        elif final in "ST":
            self.scroll(n if final == "S" else -n)
        elif final == "b":
            for _ in range(n):
                self.put(self.last)
        elif final == "r":
            self.top = n - 1
            self.bottom = (numbers[1] if len(numbers) > 1 and numbers[1] else self.rows) - 1
            self.y = self.x = 0
        elif final == "m":
            self.style(numbers)
        elif final == "c":
            self.answers += self.device
        elif final == "t" and numbers[0] == 16:
            self.answers += b"\x1b[6;17;8t"

    device = b"\x1b[?62;22c"  # primary device attributes; ";4" in it means sixel

    def question(self, parameters, final):
        if parameters == "?1049" and final in "hl":
            self.erase_all()

    def style(self, numbers):
        skip = 0
        for i, n in enumerate(numbers):
            if skip:
                skip -= 1
            elif n in (38, 48) and i + 1 < len(numbers):
                skip = 2 if numbers[i + 1] == 5 else 4
            elif n == 0:
                self.attributes = {"reverse": False, "bold": False}
            elif n in (7, 27):
                self.attributes["reverse"] = n == 7
            elif n in (1, 22):
                self.attributes["bold"] = n == 1


class Program:
    """A program in a terminal of its own."""

    def __init__(self, argv, rows=24, columns=80, env=None, sixel=False, term="xterm-256color"):
        self.screen = Screen(rows, columns)
        if sixel:
            self.screen.device = b"\x1b[?62;4;22c"
        self.status = None
        self.watch = None  # called after each piece of output
        self.decoder = __import__("codecs").getincrementaldecoder("utf-8")("replace")
        environment = dict(os.environ, TERM=term, LC_ALL="C.UTF-8", LANG="C.UTF-8")
        environment.pop("COLORTERM", None)
        environment.update(env or {})
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, columns * 8, rows * 17))
            try:
                os.execvpe(argv[0], argv, environment)
            finally:
                os._exit(127)
        self.size(rows, columns)

    def size(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, columns * 8, rows * 17))

    def resize(self, rows, columns):
        self.pump(0)
        self.screen.resize(rows, columns)
        self.size(rows, columns)

    def send(self, keys):
        data = keys.encode() if isinstance(keys, str) else keys
        while data:
            try:
                data = data[os.write(self.fd, data):]
            except OSError:
                return False
        return True

    def read(self):
        """What there is, once. False at the end."""
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        if not data:
            return False
        self.screen.feed(self.decoder.decode(data))
        if self.screen.answers:
            self.send(self.screen.answers)
            self.screen.answers = b""
        if self.watch:
            self.watch()
        return True

    def pump(self, seconds):
        """Reads for so long, or until the program ends. False at the end."""
        end = time.monotonic() + seconds
        while True:
            ready = select.select([self.fd], [], [], max(end - time.monotonic(), 0))[0]
            if not ready:
                return True
            if not self.read():
                return False
            if time.monotonic() >= end:
                return True

    def wait_for(self, what, seconds=10):
        """Until the screen's text matches a regular expression (or the function is true). The match, or None."""
        end = time.monotonic() + seconds
        while True:
            found = what() if callable(what) else re.search(what, self.screen.text(), re.M)
            if found:
                return found
            left = end - time.monotonic()
            if left <= 0 or (select.select([self.fd], [], [], left)[0] and not self.read()):
                return None

    def settle(self, quiet=0.15, seconds=5):
        """Until nothing came for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and select.select([self.fd], [], [], quiet)[0]:
            if not self.read():
                return False
        return True

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        return self.wait(5)

    def wait(self, seconds=10):
        """Reads the rest; the exit status (negative: a signal), or None when it does not end."""
        end = time.monotonic() + seconds
        while self.status is None and time.monotonic() < end:
            if not self.pump(0.02):
                time.sleep(0.005)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        self.pump(0)
        return self.status

    def close(self):
        if self.status is None:
            try:
                self.kill()
            except OSError:
                pass
        os.close(self.fd)
