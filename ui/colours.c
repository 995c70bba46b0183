/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/colours.h"

#include <math.h>
#include <string.h>

enum { KEEP = -2 /* the ground does not choose the text's colour */ };

/* Colour numbers of terminals with 256, 16 and 8 colours; -1 = the terminal's own. */
struct ink_entry {
    short in_256, in_16, in_8;
    attr_t attributes;            /* always */
    attr_t attributes_few;        /* with 8 colours too */
    attr_t attributes_colourless; /* without any */
};

struct ground_entry {
    short in_256, in_16, in_8;
    short ink_few;         /* the text's colour on it with 16 or 8 colours, or KEEP */
    attr_t attributes_few; /* with 16 or 8 colours */
    attr_t attributes_colourless;
};

static const struct ink_entry inks_dark[INKS] = {
    [INK_TEXT] = {-1, -1, -1, 0, 0, 0},
    [INK_BRIGHT] = {231, 15, 7, A_BOLD, 0, A_BOLD},
    [INK_DIM] = {244, 8, -1, 0, A_DIM, A_DIM},
    [INK_GOOD] = {114, 10, 2, 0, 0, 0},
    [INK_WARN] = {214, 11, 3, 0, 0, A_BOLD},
    [INK_BAD] = {203, 9, 1, 0, A_BOLD, A_BOLD | A_UNDERLINE},
    [INK_HEAT] = {172, 3, 3, 0, 0, A_BOLD},
    [INK_COLD] = {33, 12, 4, 0, 0, A_DIM},
    [INK_HEAT_OTHER] = {42, 10, 2, 0, 0, A_BOLD},
    [INK_COLD_OTHER] = {169, 13, 5, 0, 0, A_DIM},
    [INK_RATE] = {66, 6, 6, 0, 0, 0},
    [INK_DARK] = {16, 0, 0, 0, 0, 0},
    [INK_PER] = {75, 12, 6, 0, 0, A_UNDERLINE},
    [INK_LOC] = {36, 2, 2, 0, 0, A_UNDERLINE},
    [INK_ORG] = {214, 11, 3, 0, 0, A_UNDERLINE},
    [INK_MISC] = {175, 13, 5, 0, 0, A_UNDERLINE},
    [INK_TYPE_MORE] = {227, 14, 7, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 1] = {166, 9, 1, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 2] = {152, 6, 4, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 3] = {141, 5, 6, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 4] = {107, 10, 2, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 5] = {180, 3, 3, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 6] = {210, 1, 5, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 7] = {250, 7, 7, 0, A_UNDERLINE, A_UNDERLINE},
};

/* On white, the yellow of few colours cannot be read. */
static const struct ink_entry inks_light[INKS] = {
    [INK_TEXT] = {-1, -1, -1, 0, 0, 0},
    [INK_BRIGHT] = {16, -1, -1, A_BOLD, 0, A_BOLD},
    [INK_DIM] = {243, 8, -1, 0, A_DIM, A_DIM},
    [INK_GOOD] = {28, 2, 2, 0, 0, 0},
    [INK_WARN] = {130, 1, 1, 0, 0, A_BOLD},
    [INK_BAD] = {160, 1, 1, 0, A_BOLD, A_BOLD | A_UNDERLINE},
    [INK_HEAT] = {172, 3, 3, 0, 0, A_BOLD},
    [INK_COLD] = {26, 4, 4, 0, 0, A_DIM},
    [INK_HEAT_OTHER] = {35, 2, 2, 0, 0, A_BOLD},
    [INK_COLD_OTHER] = {162, 5, 5, 0, 0, A_DIM},
    [INK_RATE] = {30, 6, 6, 0, 0, 0},
    [INK_DARK] = {16, 0, 0, 0, 0, 0},
    [INK_PER] = {25, 4, 4, 0, 0, A_UNDERLINE},
    [INK_LOC] = {29, 2, 2, 0, 0, A_UNDERLINE},
    [INK_ORG] = {130, 1, 1, 0, 0, A_UNDERLINE},
    [INK_MISC] = {133, 5, 5, 0, 0, A_UNDERLINE},
    [INK_TYPE_MORE] = {100, 6, 0, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 1] = {160, 9, 1, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 2] = {30, 14, 6, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 3] = {91, 12, 4, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 4] = {64, 2, 2, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 5] = {94, 3, 3, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 6] = {125, 13, 5, 0, A_UNDERLINE, A_UNDERLINE},
    [INK_TYPE_MORE + 7] = {240, 8, 0, 0, A_UNDERLINE, A_UNDERLINE},
};

/* With few colours, weak heat is an underline and strong heat a coloured ground under black. */
static const struct ground_entry grounds_dark[GROUNDS] = {
    [GROUND_NONE] = {-1, -1, -1, KEEP, 0, 0},
    [GROUND_BAR] = {236, -1, -1, KEEP, A_REVERSE, A_REVERSE},
    [GROUND_SELECTED] = {238, -1, -1, KEEP, A_REVERSE, A_REVERSE},
    [GROUND_CURSOR] = {240, -1, -1, KEEP, A_REVERSE, A_REVERSE | A_BOLD},
    [GROUND_POPUP] = {235, -1, -1, KEEP, 0, 0},
    [GROUND_PICTURE] = {233, 0, 0, KEEP, 0, 0},
    [GROUND_HEAT1] = {235, -1, -1, KEEP, 0, 0},
    [GROUND_HEAT2] = {58, -1, -1, KEEP, A_UNDERLINE, A_UNDERLINE},
    [GROUND_HEAT3] = {94, 3, 3, 0, 0, A_UNDERLINE | A_BOLD},
    [GROUND_HEAT4] = {130, 11, 3, 0, A_UNDERLINE, A_REVERSE},
    [GROUND_COLD1] = {17, -1, -1, KEEP, 0, 0},
    [GROUND_COLD2] = {18, -1, -1, KEEP, A_UNDERLINE, A_UNDERLINE},
    [GROUND_COLD3] = {25, 4, 4, 7, 0, A_UNDERLINE | A_DIM},
    [GROUND_COLD4] = {31, 12, 4, 7, A_UNDERLINE, A_REVERSE | A_DIM},
};

static const struct ground_entry grounds_light[GROUNDS] = {
    [GROUND_NONE] = {-1, -1, -1, KEEP, 0, 0},
    [GROUND_BAR] = {253, -1, -1, KEEP, A_REVERSE, A_REVERSE},
    [GROUND_SELECTED] = {252, -1, -1, KEEP, A_REVERSE, A_REVERSE},
    [GROUND_CURSOR] = {250, -1, -1, KEEP, A_REVERSE, A_REVERSE | A_BOLD},
    [GROUND_POPUP] = {254, -1, -1, KEEP, 0, 0},
    [GROUND_PICTURE] = {254, 7, 7, KEEP, 0, 0},
    [GROUND_HEAT1] = {230, -1, -1, KEEP, 0, 0},
    [GROUND_HEAT2] = {223, -1, -1, KEEP, A_UNDERLINE, A_UNDERLINE},
    [GROUND_HEAT3] = {215, 3, 3, 0, 0, A_UNDERLINE | A_BOLD},
    [GROUND_HEAT4] = {208, 11, 3, 0, A_UNDERLINE, A_REVERSE},
    [GROUND_COLD1] = {195, -1, -1, KEEP, 0, 0},
    [GROUND_COLD2] = {153, -1, -1, KEEP, A_UNDERLINE, A_UNDERLINE},
    [GROUND_COLD3] = {111, 4, 4, 7, 0, A_UNDERLINE | A_DIM},
    [GROUND_COLD4] = {75, 12, 4, 7, A_UNDERLINE, A_REVERSE | A_DIM},
};

/* xterm's colours 16..255. */
static uint32_t colours_rgb(int number)
{
    if (number >= 232) {
        uint32_t level = 8 + 10 * (uint32_t)(number - 232);
        return level << 16 | level << 8 | level;
    }
    uint32_t rgb = 0;
    for (int i = 0, divisor = 36; i < 3; i++, divisor /= 6) {
        uint32_t step = (uint32_t)((number - 16) / divisor % 6);
        rgb = rgb << 8 | (step ? 55 + 40 * step : 0);
    }
    return rgb;
}

static int colours_number(const struct colours *colours, short in_256, short in_16, short in_8)
{
    switch (colours->depth) {
    case COLOURS_TRUE:
        return in_256 < 0 ? -1 : (int)colours_rgb(in_256);
    case COLOURS_256:
        return in_256;
    case COLOURS_16:
        return in_16;
    case COLOURS_8:
        return in_8;
    case COLOURS_NONE:
        break;
    }
    return -1;
}

void colours_start(struct colours *colours, const struct terminal *terminal)
{
    memset(colours, 0, sizeof *colours);
    colours->light = terminal->light;
    if (terminal->no_color || !has_colors() || start_color() == ERR || use_default_colors() == ERR || COLORS < 8)
        return;
    colours->depth = COLORS > 256    ? COLOURS_TRUE
                     : COLORS == 256 ? COLOURS_256
                     : COLORS >= 16  ? COLOURS_16
                                     : COLOURS_8;
}

const struct colours_style *colours_style_peek(struct colours *colours, enum screen_ink ink, enum screen_ground ground)
{
    struct colours_style *style = &colours->styles[ink][ground];
    if (colours->has_style[ink][ground])
        return style;
    const struct ink_entry *i = &(colours->light ? inks_light : inks_dark)[ink];
    const struct ground_entry *g = &(colours->light ? grounds_light : grounds_dark)[ground];
    colours->has_style[ink][ground] = true;
    if (colours->depth == COLOURS_NONE) {
        style->attributes = i->attributes_colourless | g->attributes_colourless;
        return style;
    }
    bool has_few = colours->depth == COLOURS_16 || colours->depth == COLOURS_8;
    style->attributes = i->attributes;
    if (has_few)
        style->attributes |= g->attributes_few;
    if (colours->depth == COLOURS_8)
        style->attributes |= i->attributes_few;
    int text = colours_number(colours, i->in_256, i->in_16, i->in_8);
    int behind = colours_number(colours, g->in_256, g->in_16, g->in_8);
    if (has_few && g->ink_few != KEEP)
        text = g->ink_few;
    int pair = text < 0 && behind < 0 ? 0 : alloc_pair(text, behind);
    style->pair = pair > 0 ? pair : 0; /* a terminal with few pairs shows the rest in its own colours */
    return style;
}

enum screen_ink screen_ink_of_type(const char *type, size_t index)
{
    static const struct {
        const char *name;
        enum screen_ink ink;
    } named[] = {{"PER", INK_PER}, {"LOC", INK_LOC}, {"ORG", INK_ORG}, {"MISC", INK_MISC}, {"OTHER", INK_MISC}};
    for (size_t i = 0; type && i < sizeof named / sizeof *named; i++)
        if (!strcmp(type, named[i].name))
            return named[i].ink;
    return INK_TYPE_MORE + (enum screen_ink)(index % (INK_TYPE_LAST - INK_TYPE_MORE + 1));
}

uint32_t screen_ink_rgb(enum screen_ink ink)
{
    return inks_dark[ink].in_256 < 0 ? 0xd0d0d0 : colours_rgb(inks_dark[ink].in_256);
}

uint32_t colours_ground_rgb(const struct colours *colours, enum screen_ground ground)
{
    short number = (colours->light ? grounds_light : grounds_dark)[ground].in_256;
    bool has_grey = colours->depth == COLOURS_TRUE || colours->depth == COLOURS_256;
    if (!has_grey || number < 0)
        return colours->light ? 0xffffff : 0x000000;
    return colours_rgb(number);
}

enum screen_ground screen_ground_of_heat(double value)
{
    /* Below a twentieth it is no news. */
    static const double least[] = {0.05, 0.25, 0.5, 0.75};
    int level = 0;
    for (size_t i = 0; i < sizeof least / sizeof *least; i++)
        level += fabs(value) >= least[i];
    if (level == 0)
        return GROUND_NONE;
    return (enum screen_ground)((value < 0 ? GROUND_COLD1 : GROUND_HEAT1) + level - 1);
}
