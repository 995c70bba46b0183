# mmib tsne on terminals: a picture where there is sixel, letters in two colours elsewhere, letters alone without colour.
#
# SPDX-License-Identifier: Apache-2.0
import sys

import ptyterm


def show(command, **how):
    raw = []
    program = ptyterm.Program(command, **how)
    feed = program.screen.feed
    program.screen.feed = lambda text: (raw.append(text), feed(text))
    assert program.wait_for("KL .* nats", 60), program.screen.text()
    assert program.wait(20) == 0
    pictures, text = program.screen.pictures, program.screen.text()
    program.close()
    return pictures, text, "".join(raw)


def main():
    command = sys.argv[1:]
    pictures, text, _ = show(command, sixel=True, rows=30, columns=100)
    assert pictures == 1 and "linked entities" in text and "capital: image" not in text, text
    pictures, text, raw = show(command, rows=30, columns=100)
    assert pictures == 0 and "capital: image" in text and "\033[38;5;39mp\033[m" in raw and "\033[38;5;208mP\033[m" in raw
    assert "linked entities" in text, "it is higher than the screen"
    pictures, text, raw = show(command, rows=24, columns=40, env={"NO_COLOR": "1"})
    assert pictures == 0 and "38;5" not in raw and "P" in text
    assert all(len(line) <= 40 for line in text.split("\n"))


main()
