"""Pictures out of backgrounds drawn here and pieces of clip art, with the true boxes of what stands in them.

A scene is (background, [(piece, x, ground, height), ...]): x and ground are where the middle of the piece's foot stands,
height is its height, all as fractions of the picture. A piece is a file of pieces.tsv by its name, or "emblem:NUMBER", an
invented badge drawn here. Backgrounds that show something of their own (a skyline, a mountain) add its box.

Needs Debian's python3-pil, openclipart-png and fonts-dejavu-core.

SPDX-License-Identifier: Apache-2.0
"""
import io
import math
import os
import random

from PIL import Image, ImageDraw, ImageFont

CLIPART = os.environ.get("CLIPART", "/usr/share/openclipart/png")
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
PIECE_SIDE = 420  # pieces are kept no larger than this
FLYING = ("airplane", "balloon", "rocket")  # these stand on nothing and throw no shadow
FINE = 2          # backgrounds are drawn this much larger, then reduced: smooth edges

BRIGHT = ["#c0392b", "#2471a3", "#1e8449", "#7d3c98", "#d68910", "#117864", "#212f3d", "#ba4a00", "#b03a8f", "#2e4a8a"]
PALE = ["#fdfefe", "#f4ecd8", "#e8f1f8", "#eaf5ea", "#f6e8ec", "#ececec"]
WALLS = ["#d8c9b0", "#b9c7c9", "#cbb8c4", "#c9cfb4", "#d9b8a0", "#aebfd0"]


class Pieces:
    """The clip art that pieces.tsv lists: side ("demo" or "train"), kind, label and file of each."""

    def __init__(self, path):
        self.rows, self.images = {}, {}
        with open(path, encoding="utf-8") as f:
            for line in f:
                if line.startswith("#"):
                    continue
                side, kind, label, name, author = line.rstrip("\n").split("\t")
                key = os.path.splitext(os.path.basename(name))[0]
                if key in self.rows:
                    raise SystemExit("compose: %s: two pieces are called %s" % (path, key))
                self.rows[key] = {"side": side, "kind": kind, "label": label, "file": name, "author": author}

    def names(self, side, kind):
        return [key for key, row in self.rows.items() if row["side"] == side and row["kind"] == kind]

    def label(self, key):
        return "logo" if key.startswith("emblem:") else self.rows[key]["label"]

    def image(self, key):
        """RGBA, cut to what is visible."""
        if key not in self.images:
            if key.startswith("emblem:"):
                image = emblem(int(key[7:]))
            else:
                path = os.path.join(CLIPART, self.rows[key]["file"])
                if not os.path.exists(path):
                    raise SystemExit("compose: %s is missing: install Debian's openclipart-png" % path)
                image = Image.open(path).convert("RGBA")
            image = image.crop(visible(image))
            image.thumbnail((PIECE_SIDE, PIECE_SIDE), Image.LANCZOS)
            if key.startswith("emblem:"):
                return image
            self.images[key] = image
        return self.images[key]


def visible(image):
    return image.getchannel("A").point(lambda a: 255 if a > 40 else 0).getbbox()


def rgb(colour):
    return tuple(int(colour[i:i + 2], 16) for i in (1, 3, 5))


def blend(a, b, t):
    return tuple(round(p + (q - p) * t) for p, q in zip(rgb(a), rgb(b)))


def star(x, y, radius, points=5, inner=0.45, turn=0.0):
    return [(x + math.sin(turn + math.pi * i / points) * radius * (1 if i % 2 == 0 else inner),
             y - math.cos(turn + math.pi * i / points) * radius * (1 if i % 2 == 0 else inner)) for i in range(2 * points)]


def emblem(seed):
    """A badge as clubs and firms have them: a shape, a ring, a device and perhaps a letter."""
    r = random.Random("emblem %d" % seed)
    side, main, second, light = 512, r.choice(BRIGHT), r.choice(BRIGHT), r.choice(PALE)
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw, middle = ImageDraw.Draw(image), side / 2
    shape = r.choice(["shield", "shield", "round", "round", "hexagon", "tile", "diamond"])

    def outline(scale):
        h = middle * scale
        if shape == "shield":
            curve = [(middle + math.cos(a) * h * 0.86, middle - h * 0.1 + math.sin(a) * h * 1.08)
                     for a in (math.pi * i / 40 for i in range(41))]
            return [(middle - h * 0.86, middle - h * 0.96), (middle + h * 0.86, middle - h * 0.96)] + curve
        if shape == "hexagon":
            return [(middle + math.sin(math.pi * i / 3) * h, middle - math.cos(math.pi * i / 3) * h) for i in range(6)]
        if shape == "diamond":
            return [(middle, middle - h), (middle + h, middle), (middle, middle + h), (middle - h, middle)]
        if shape == "tile":
            return [(middle - h * 0.9, middle - h * 0.9), (middle + h * 0.9, middle - h * 0.9),
                    (middle + h * 0.9, middle + h * 0.9), (middle - h * 0.9, middle + h * 0.9)]
        return [(middle + math.sin(math.pi * i / 36) * h, middle - math.cos(math.pi * i / 36) * h) for i in range(72)]

    draw.polygon(outline(0.98), fill=main)
    draw.polygon(outline(0.88), fill=light)
    draw.polygon(outline(0.8), fill=main)
    field = Image.new("L", (side, side), 0)
    ImageDraw.Draw(field).polygon(outline(0.8), fill=255)
    layer = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pattern, device = ImageDraw.Draw(layer), r.choice(["stripes", "half", "chevron", "sash", "plain", "plain"])
    if device == "stripes":
        for i in range(0, 7, 2):
            pattern.rectangle([side * i / 7, 0, side * (i + 1) / 7, side], fill=second)
    elif device == "half":
        pattern.rectangle([middle, 0, side, side], fill=second)
    elif device == "chevron":
        pattern.polygon([(0, side), (middle, side * 0.45), (side, side), (side, side * 0.72), (middle, side * 0.18),
                         (0, side * 0.72)], fill=second)
    elif device == "sash":
        pattern.polygon([(0, side * 0.15), (side * 0.15, 0), (side, side * 0.85), (side * 0.85, side)], fill=second)
    image.paste(layer, (0, 0), Image.composite(layer.getchannel("A"), Image.new("L", (side, side), 0), field))
    device = r.choice(["letter", "letter", "star", "stars", "rings", "bolt"])
    if device == "letter":
        font = ImageFont.truetype(FONT, 230)
        draw.text((middle, middle), r.choice("ABCDEFGHKLMNPRSTVWXZ"), font=font, fill=light, anchor="mm",
                  stroke_width=6, stroke_fill=second if second != main else "#111111")
    elif device == "star":
        draw.polygon(star(middle, middle, 170, r.choice([5, 6, 8])), fill=light)
    elif device == "stars":
        for i in range(3):
            draw.polygon(star(side * (0.3 + 0.2 * i), side * (0.42 if i != 1 else 0.6), 62), fill=light)
    elif device == "rings":
        for radius in (150, 90):
            draw.ellipse([middle - radius, middle - radius, middle + radius, middle + radius], outline=light, width=34)
    else:
        draw.polygon([(side * x, side * y) for x, y in ((.58, .2), (.32, .56), (.48, .56), (.42, .8), (.68, .44), (.52, .44))],
                     fill=light)
    return image


class Scene:
    """A picture under work and the boxes of what stands in it."""

    def __init__(self, pieces, width, height, seed):
        self.pieces, self.width, self.height, self.objects = pieces, width, height, []
        self.random = random.Random("scene %s" % seed)
        self.image = Image.new("RGB", (width * FINE, height * FINE), "#ffffff")
        self.draw = ImageDraw.Draw(self.image)

    # Shapes in fractions of the picture

    def at(self, points):
        return [(x * self.width * FINE, y * self.height * FINE) for x, y in points]

    def area(self, points, fill):
        self.draw.polygon(self.at(points), fill=fill)

    def block(self, x0, y0, x1, y1, fill):
        self.draw.rectangle(self.at([(x0, y0), (x1, y1)]), fill=fill)

    def disc(self, x, y, radius, fill):
        """The radius is a fraction of the height."""
        rx = radius * self.height / self.width
        self.draw.ellipse(self.at([(x - rx, y - radius), (x + rx, y + radius)]), fill=fill)

    def fade(self, top, bottom, y0=0.0, y1=1.0):
        first, last = round(y0 * self.height * FINE), round(y1 * self.height * FINE)
        for y in range(first, last):
            colour = blend(top, bottom, (y - first) / max(1, last - first - 1))
            self.draw.line([(0, y), (self.width * FINE, y)], fill=colour)

    def found(self, label, x0, y0, x1, y1):
        """A box in pixels, cut to the picture."""
        box = [max(0, x0), max(0, y0), min(self.width, x1), min(self.height, y1)]
        self.objects.append({"label": label, "box": [float(v) for v in box]})

    def pick(self, *colours):
        return self.random.choice(colours)

    def vary(self, low, high):
        return self.random.uniform(low, high)

    # Backgrounds

    def sky(self, until=1.0):
        top, bottom = self.pick(("#6fb7e9", "#dff1fb"), ("#4f9bd6", "#cfe6f5"), ("#8ec5e8", "#fdf1dc"), ("#f0a868", "#fbe6c8"))
        self.fade(top, bottom, 0, until)

    def studio(self):
        colour = self.pick(*WALLS, "#e7e3da", "#cfd8dc")
        self.fade("#f7f7f5", colour)

    def room(self):
        self.block(0, 0, 1, 1, self.pick(*WALLS))
        self.block(0, 0.74, 1, 1, self.pick("#8a6642", "#75563a", "#9c7b58", "#6d6d76"))
        self.block(0, 0.725, 1, 0.745, "#efe9dc")
        x = self.vary(0.04, 0.7)
        self.block(x, 0.1, x + 0.24, 0.44, "#f7f3e8")
        self.block(x + 0.015, 0.12, x + 0.225, 0.42, self.pick("#9fc9e8", "#f3d9a8", "#a9d3b0"))
        self.block(x + 0.113, 0.12, x + 0.127, 0.42, "#f7f3e8")

    def stage(self):
        self.fade("#160a26", "#43175c")
        for i in range(5):
            x, colour = 0.1 + 0.2 * i, self.pick("#6b2a8c", "#8c2a6b", "#2a5f8c", "#8c6b2a")
            self.area([(x, 0), (x - 0.12, 0.85), (x + 0.12, 0.85)], colour)
        self.block(0, 0.82, 1, 1, "#2b2333")

    def park(self):
        self.sky(0.62)
        self.fade(self.pick("#8fc66a", "#9ccb74", "#7db85c"), "#5f9a45", 0.58, 1)
        for _ in range(3):
            x, r = self.vary(0, 1), self.vary(0.07, 0.13)
            for dx, dy, s in ((-0.05, 0, 0.8), (0.05, 0.01, 0.8), (0, -0.05, 1)):
                self.disc(x + dx, 0.56 + dy, r * s, self.pick("#4f8f43", "#437f3c", "#5a9a4c"))

    def road(self):
        self.sky(0.6)
        self.block(0, 0.52, 1, 0.62, self.pick("#8fbf6b", "#b5b06a", "#7aa85c"))
        self.fade("#6a6e75", "#53565c", 0.62, 1)
        for i in range(6):
            self.block((i + 0.2) / 6, 0.9, (i + 0.7) / 6, 0.92, "#efe9d2")

    def hills(self):
        self.sky(0.75)
        for base, rise, colour in ((0.55, 0.1, "#8fae9c"), (0.64, 0.08, "#7fb069"), (0.74, 0.05, "#6a9f4b")):
            phase = self.vary(0, 6)
            self.area([(0, 1)] + [(i / 30, base + rise * math.sin(phase + i / 4.5)) for i in range(31)] + [(1, 1)], colour)

    def mountains(self):
        """High peaks with snow; the range has a box."""
        self.sky(0.8)
        ground, top = 0.78, 1.0
        for i in range(4):
            x, peak, half = 0.14 + 0.24 * i + self.vary(-0.05, 0.05), self.vary(0.14, 0.34), self.vary(0.24, 0.32)
            self.area([(x - half, ground), (x, peak), (x + half, ground)], self.pick("#6d7b8d", "#7d8796", "#5f6f80"))
            snow = (ground - peak) * 0.3
            w = half * 0.3
            self.area([(x - w, peak + snow), (x, peak), (x + w, peak + snow), (x + w / 3, peak + snow * 0.75), (x, peak + snow * 1.1),
                       (x - w / 3, peak + snow * 0.75)], "#f4f8fb")
            top = min(top, peak)
        self.fade("#7fae63", "#5f8f4a", ground - 0.01, 1)
        self.found("mountain", 0, round(top * self.height), self.width, round(ground * self.height))

    def sea(self):
        self.sky(0.5)
        self.fade("#2f86b8", "#6cc0d8", 0.48, 0.72)
        self.fade("#f0dfae", "#dcc68c", 0.7, 1)

    def skyline(self):
        """A city of towers, by day or by night; it has a box."""
        night, x, top = self.random.random() < 0.35, 0.0, 1.0
        self.fade(*(("#0b1030", "#3b2a55") if night else self.pick(("#f2b880", "#fbe3c0"), ("#9cc9e8", "#eef5f8"))))
        while x < 1:
            w, high = self.vary(0.06, 0.12), self.vary(0.25, 0.68)
            colour = self.pick("#40445c", "#585c78", "#6d6f8c", "#4d5a6b", "#7a6a70")
            self.block(x, 0.88 - high, x + w, 0.9, colour)
            for row in range(int(high / 0.05)):
                for column in range(int(w / 0.022)):
                    if self.random.random() < 0.6:
                        wx, wy = x + 0.008 + column * 0.022, 0.9 - high + row * 0.05
                        self.block(wx, wy, wx + 0.01, wy + 0.024, "#f7dc8f" if night else "#cdd8e4")
            top = min(top, 0.88 - high)
            x += w + self.vary(0, 0.01)
        self.fade(*(("#20304a", "#101828") if night else ("#7fa3b8", "#5d8298")), 0.89, 1)
        self.found("skyline", 0, round(top * self.height), self.width, round(0.9 * self.height))

    def pitch(self):
        self.fade("#10203a", "#2e4a70", 0, 0.3)
        self.block(0, 0.24, 1, 0.5, "#3b3f4d")
        for _ in range(300):
            self.disc(self.vary(0, 1), self.vary(0.26, 0.48), 0.008, self.pick(*BRIGHT, *PALE))
        for i in range(8):
            self.block(i / 8, 0.5, (i + 1) / 8, 1, "#3f9142" if i % 2 else "#4aa34d")
        self.block(0, 0.62, 1, 0.63, "#eef5ea")

    def paper(self):
        self.fade(self.pick("#fbf6e9", "#eef4f8", "#f4f4ee"), self.pick("#f0e6cc", "#d7e6ef", "#e4e4da"))

    def banner(self):
        """A plain wall as emblems hang on."""
        colour = self.pick(*PALE, "#f7f7f7", "#ffffff", "#dfe6ea")
        self.block(0, 0, 1, 1, colour)
        if self.random.random() < 0.5:
            self.block(0, 0.86, 1, 1, self.pick(*BRIGHT))

    # Pieces

    def put(self, key, x, ground, height, widest, shadow):
        """widest is a fraction of the picture's width that the piece must not pass."""
        art = self.pieces.image(key)
        high = max(8, round(height * self.height))
        wide = max(8, round(art.width * high / art.height))
        if wide > self.width * widest:
            wide, high = round(self.width * widest), max(8, round(self.width * widest * art.height / art.width))
        art = art.resize((wide, high), Image.LANCZOS)
        left, top = round(x * self.width - wide / 2), round(ground * self.height - high)
        if shadow:
            shade = Image.new("L", (wide + 8, max(6, round(high * 0.1))), 0)
            ImageDraw.Draw(shade).ellipse([4, 1, wide + 3, shade.height - 2], fill=80)
            self.image.paste("#1d1d1d", (left - 4, top + high - round(shade.height * 0.62)), shade)
        self.image.paste(art, (left, top), art)
        seen = visible(art)
        self.found(self.pieces.label(key), left + seen[0], top + seen[1], left + seen[2], top + seen[3])

    def flagpole(self, x, top, bottom):
        w = self.width * 0.012
        self.draw.rectangle([x - w, top, x, bottom], fill="#8d8d92")
        self.draw.ellipse([x - w * 1.8, top - w * 2, x + w * 0.8, top + w * 0.6], fill="#d4b24c")

    def compose(self, background, items):
        getattr(self, background)()
        self.image = self.image.resize((self.width, self.height), Image.BOX)
        self.draw = ImageDraw.Draw(self.image)
        for key, x, ground, height in items:
            kind = "emblem" if key.startswith("emblem:") else self.pieces.rows[key]["kind"]
            hangs = kind in ("emblem", "map", "flag") or self.pieces.label(key) in FLYING
            self.put(key, x, ground, height, 0.94 if len(items) == 1 else 0.46, not hangs)
            if kind == "flag":
                box = self.objects[-1]["box"]
                self.flagpole(box[0], box[1] - 4, self.height)
        return self

    def encode(self, ending, quality=84):
        out = io.BytesIO()
        if ending == "png":
            self.image.quantize(128, dither=Image.NONE).save(out, "PNG", optimize=True)
        else:
            self.image.save(out, "JPEG", quality=quality)
        return out.getvalue()

