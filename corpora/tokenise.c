/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/tokenise.h"

#include "corpora/emoticon.h"
#include "corpora/post-json.h"
#include "corpora/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    HOST_MAX = 253,   /* characters of an address before its first slash */
    ENTITY_MAX = 32,  /* characters of the name in &name; */
    LOCAL_MAX = 64,   /* characters of a mail address before its @ */
    TICKER_MAX = 6,
    ZERO_WIDTH_SPACE = 0x200b,
    ZERO_WIDTH_JOINER = 0x200d,
    KEYCAP = 0x20e3,
    EMOJI_PRESENTATION = 0xfe0f,
};

enum cp_class { CP_BLANK, CP_LETTER, CP_DIGIT, CP_HAN, CP_KANA, CP_EMOJI, CP_CURRENCY, CP_BRACKET, CP_SIGN };

/* A text as code points, [n] each. */
struct scan {
    uint32_t *points;
    uint8_t *classes;
    bool *begins; /* does a character as readers see it begin here? */
    size_t n;
};

/* ---- Code points ---- */

/* Shows nothing and belongs to no word: spaces without width, direction marks, byte order marks. */
static bool is_invisible(uint32_t c)
{
    return c == ZERO_WIDTH_SPACE || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0x061c || c == 0xfeff;
}

/* Joins, hides or varies the letter before it; alone it shows nothing. */
static bool is_joiner(uint32_t c)
{
    return c == 0x200c || c == ZERO_WIDTH_JOINER || c == 0xad || (c >= 0xfe00 && c <= 0xfe0f) ||
           (c >= 0xe0000 && c <= 0xe01ef);
}

static bool is_han(uint32_t c)
{
    return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0x20000 && c <= 0x3ffff) || c == 0x3005 || c == 0x3007;
}

static bool is_kana(uint32_t c)
{
    return (c >= 0x3041 && c <= 0x3096) || (c >= 0x309d && c <= 0x309f) || (c >= 0x30a1 && c <= 0x30fa) ||
           (c >= 0x30fc && c <= 0x30ff) || (c >= 0x31f0 && c <= 0x31ff) || (c >= 0xff66 && c <= 0xff9f);
}

static enum cp_class class_of(uint32_t c)
{
    if ((c >= '\t' && c <= '\r') || c == 0x85 || is_invisible(c))
        return CP_BLANK;
    if (is_han(c))
        return CP_HAN;
    if (is_kana(c))
        return CP_KANA;
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)c);
    if (property->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC ||
        property->boundclass == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR || (c >= 0x1f3fb && c <= 0x1f3ff))
        return CP_EMOJI;
    switch (property->category) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return CP_BLANK;
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return CP_LETTER;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return CP_DIGIT;
    case UTF8PROC_CATEGORY_SC:
        return CP_CURRENCY;
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
        return CP_BRACKET;
    default:
        return c == '_' ? CP_LETTER : c == '"' || c == '\'' ? CP_BRACKET : CP_SIGN;
    }
}

/* Classes and the beginnings of characters. A joiner belongs to the character before it, and is a blank on its own. */
static void scan_classify(struct scan *scan)
{
    utf8proc_int32_t state = 0;
    for (size_t i = 0; i < scan->n; i++) {
        uint32_t c = scan->points[i];
        bool after_blank = !i || scan->classes[i - 1] == CP_BLANK;
        scan->begins[i] = !i || utf8proc_grapheme_break_stateful((utf8proc_int32_t)scan->points[i - 1],
                                                                 (utf8proc_int32_t)c, &state);
        if (is_joiner(c))
            scan->classes[i] = after_blank ? CP_BLANK : scan->classes[i - 1];
        else
            scan->classes[i] = class_of(c);
        if (after_blank || scan->classes[i] == CP_BLANK)
            scan->begins[i] = true;
    }
    /* A digit or letter may begin an emoji: keycaps, and what asks to be shown as one. */
    for (size_t i = 1; i < scan->n; i++) {
        if (scan->begins[i] || (scan->points[i] != KEYCAP && scan->points[i] != EMOJI_PRESENTATION))
            continue;
        size_t first = i;
        while (!scan->begins[first])
            first--;
        scan->classes[first] = CP_EMOJI;
    }
}

static int scan_open(const char *text, struct scan *out)
{
    size_t n = utf8_code_points(text);
    *out = (struct scan){.n = n};
    out->points = malloc((n + 1) * sizeof *out->points);
    out->classes = malloc(n + 1);
    out->begins = malloc((n + 1) * sizeof *out->begins);
    if (!out->points || !out->classes || !out->begins)
        return -1;
    for (size_t i = 0; i < n; i++)
        text += utf8_read(text, &out->points[i]);
    scan_classify(out);
    return 0;
}

static void scan_close(struct scan *scan)
{
    free(scan->points);
    free(scan->classes);
    free(scan->begins);
}

/* The code point at i, 0 behind the end. */
static uint32_t point(const struct scan *scan, size_t i)
{
    return i < scan->n ? scan->points[i] : 0;
}

static enum cp_class class_at(const struct scan *scan, size_t i)
{
    return i < scan->n ? (enum cp_class)scan->classes[i] : CP_BLANK;
}

static bool is_letter(const struct scan *scan, size_t i)
{
    return class_at(scan, i) == CP_LETTER;
}

static bool is_digit(const struct scan *scan, size_t i)
{
    return class_at(scan, i) == CP_DIGIT;
}

/* Part of a word that blanks end: a letter, digit or "_", not Chinese, kana, an emoji. */
static bool is_word(const struct scan *scan, size_t i)
{
    return is_letter(scan, i) || is_digit(scan, i);
}

static bool is_ascii_word(const struct scan *scan, size_t i)
{
    uint32_t c = point(scan, i);
    return c && c < 0x80 && isalnum((int)c);
}

static bool is_one_of(uint32_t c, const char *ascii)
{
    return c && c < 0x80 && strchr(ascii, (int)c);
}

static uint32_t lower(uint32_t c)
{
    return c < 0x80 ? (uint32_t)tolower((int)c) : c;
}

/* Do these letters stand at i? Without regard to case. */
static bool reads(const struct scan *scan, size_t i, const char *letters)
{
    for (; *letters; letters++, i++)
        if (lower(point(scan, i)) != (uint32_t)(unsigned char)*letters)
            return false;
    return true;
}

/* ---- Kinds of token: each returns where the token that starts at i ends, or i where none does ---- */

/* "host.name" from i, with its lower-case ending of at least two letters; i where it is none. */
static size_t host_end(const struct scan *scan, size_t i)
{
    size_t end = i, label = i, dots = 0;
    while (end < scan->n && end - i < HOST_MAX) {
        uint32_t c = point(scan, end);
        if (c == '.' && end > label && is_ascii_word(scan, end + 1)) {
            dots++;
            label = end + 1;
        } else if (!is_ascii_word(scan, end) && c != '-') {
            break;
        }
        end++;
    }
    if (!dots || end - label < 2)
        return i;
    for (size_t k = label; k < end; k++)
        if (point(scan, k) < 'a' || point(scan, k) > 'z')
            return i;
    return end;
}

/* May the code point stand in the path of an address? */
static bool is_path(const struct scan *scan, size_t i)
{
    uint32_t c = point(scan, i);
    if (c < 0x80)
        return c > ' ' && !is_one_of(c, "<>\"\\^`{|}\x7f");
    return is_word(scan, i);
}

/* An address ends before the punctuation behind it, and before a bracket that it did not open. */
static size_t trim_address(const struct scan *scan, size_t start, size_t end)
{
    int open = 0;
    for (size_t k = start; k < end; k++)
        open += point(scan, k) == '(' ? 1 : point(scan, k) == ')' ? -1 : 0;
    while (end > start) {
        uint32_t last = point(scan, end - 1);
        if (last == ')' && open < 0)
            open++;
        else if (!is_one_of(last, ".,;:!?'*~([]&"))
            break;
        else if (last == '(')
            open--;
        end--;
    }
    return end;
}

static size_t address_end(const struct scan *scan, size_t i)
{
    size_t host = i, end;
    if (reads(scan, i, "http://"))
        host += 7;
    else if (reads(scan, i, "https://"))
        host += 8;
    bool scheme = host > i, www = reads(scan, host, "www.");
    if (scheme ? !is_word(scan, host) : www && !is_word(scan, host + 4))
        return i;
    bool short_link = reads(scan, host, "t.co/");
    if (scheme || www) {
        end = host;
    } else {
        end = host_end(scan, i);
        if (end == i || point(scan, end) != '/' || !is_ascii_word(scan, end + 1))
            return i;
    }
    if (short_link) {
        for (end = host + 5; is_ascii_word(scan, end);)
            end++;
        return end;
    }
    while (end < scan->n && is_path(scan, end))
        end++;
    return trim_address(scan, host, end);
}

/* local@host.name */
static size_t mail_end(const struct scan *scan, size_t i)
{
    size_t at = i;
    while (at - i < LOCAL_MAX && (is_ascii_word(scan, at) || (at > i && is_one_of(point(scan, at), "._%+-"))))
        at++;
    if (at == i || point(scan, at) != '@')
        return i;
    size_t end = host_end(scan, at + 1);
    return end > at + 1 ? end : i;
}

/* @user: ASCII as on Twitter, and other letters where they are not those of a script without blanks. */
static size_t user_end(const struct scan *scan, size_t i)
{
    size_t end = i + 1;
    if (point(scan, i) != '@' && point(scan, i) != 0xff20)
        return i;
    while (is_word(scan, end))
        end++;
    return end > i + 1 ? end : i;
}

static size_t tag_end(const struct scan *scan, size_t i)
{
    size_t end = i + 1;
    if (point(scan, i) != '#' && point(scan, i) != 0xff03)
        return i;
    while (is_word(scan, end) || class_at(scan, end) == CP_HAN || class_at(scan, end) == CP_KANA ||
           (end > i + 1 && (point(scan, end) == 0xb7 || point(scan, end) == 0x30fb)))
        end++;
    return end > i + 1 ? end : i;
}

/* $TICKER */
static size_t ticker_end(const struct scan *scan, size_t i)
{
    size_t end = i + 1;
    if (point(scan, i) != '$')
        return i;
    while (end - i <= TICKER_MAX && is_ascii_word(scan, end) && isalpha((int)point(scan, end)))
        end++;
    return is_word(scan, end) ? i : end > i + 1 ? end : i;
}

/* &amp; &#39; and, as some corpora cut them, &amp */
static size_t entity_end(const struct scan *scan, size_t i)
{
    static const char *const common[] = {"&amp", "&lt", "&gt", "&quot", "&apos", "&nbsp"};
    size_t end = i + 1;
    if (point(scan, i) != '&')
        return i;
    if (point(scan, end) == '#')
        end++;
    size_t name = end;
    while (is_ascii_word(scan, end) && end - name < ENTITY_MAX)
        end++;
    if (point(scan, end) == ';' && (end - name > 1 || point(scan, name - 1) == '#') && end > name)
        return end + 1;
    for (size_t k = 0; k < sizeof common / sizeof *common; k++)
        if (reads(scan, i, common[k]) && end == i + strlen(common[k]))
            return end;
    return i;
}

static size_t emoji_end(const struct scan *scan, size_t i)
{
    if (class_at(scan, i) != CP_EMOJI)
        return i;
    do
        i++;
    while (i < scan->n && !scan->begins[i]);
    return i;
}

/* May the sign at i stand inside a word or number that began at start? */
static bool connects(const struct scan *scan, size_t start, size_t i)
{
    uint32_t c = point(scan, i);
    bool letters = is_letter(scan, i - 1) && is_letter(scan, i + 1);
    bool digits = is_digit(scan, i - 1) && is_digit(scan, i + 1);
    switch (c) {
    case '-':
    case 0x2010:
    case 0x2011:
        return is_word(scan, i - 1) && is_word(scan, i + 1);
    case '\'':
    case 0x2019: /* but 's is a token */
        return letters && !(lower(point(scan, i + 1)) == 's' && !is_word(scan, i + 2));
    case '.': /* 1.5 and U.S. */
        return digits || (letters && (i == start + 1 || point(scan, i - 2) == '.') && !is_word(scan, i + 2));
    case ',':
    case ':':
    case '/':
        return digits;
    case '&': /* AT&T, R&B, but not Elm&amp; */
        return letters && entity_end(scan, i) == i;
    case 0xb7:   /* Catalan */
    case 0x5f3:  /* Hebrew geresh and gershayim, */
    case 0x5f4:
        return letters;
    case '"': /* for which people type a quotation mark */
        return letters && point(scan, i - 1) >= 0x590 && point(scan, i - 1) < 0x600 && point(scan, i + 1) >= 0x590 &&
               point(scan, i + 1) < 0x600;
    default:
        return false;
    }
}

/* A word like "imdb.com": does it end in the name of a host? */
static size_t site_end(const struct scan *scan, size_t i)
{
    static const char *const endings[] = {"com", "org", "net", "edu", "gov", "co", "uk", "tv", "fm", "info", "ly"};
    size_t end = host_end(scan, i), dot = end;
    if (end == i || is_word(scan, end))
        return i;
    while (point(scan, dot - 1) != '.')
        dot--;
    for (size_t k = 0; k < sizeof endings / sizeof *endings; k++)
        if (end - dot == strlen(endings[k]) && reads(scan, dot, endings[k]))
            return end;
    return i;
}

/* A word or number. */
static size_t word_end(const struct scan *scan, size_t i)
{
    size_t end = i;
    if (!is_word(scan, i))
        return i;
    while (is_word(scan, end) || (end > i && end < scan->n && connects(scan, i, end)))
        end++;
    uint32_t next = point(scan, end);
    bool abbreviation = next == '.' && end >= i + 3 && point(scan, end - 2) == '.' && is_letter(scan, end - 1);
    bool number = is_digit(scan, i) && is_digit(scan, end - 1);
    bool unit = next == '%' || next == 0x2030 || next == 0xb0 || class_at(scan, end) == CP_CURRENCY;
    return end + (abbreviation || (number && unit));
}

/* $5, -3, +1 */
static size_t number_end(const struct scan *scan, size_t i)
{
    size_t digits = i;
    uint32_t c = point(scan, i);
    bool apart = !i || class_at(scan, i - 1) == CP_BLANK || class_at(scan, i - 1) == CP_BRACKET;
    if (apart && (c == '+' || c == '-' || c == 0x2212 || c == 0xb1))
        digits++;
    if (class_at(scan, digits) == CP_CURRENCY)
        digits++;
    return digits > i && is_digit(scan, digits) ? word_end(scan, digits) : i;
}

/* 's behind a word */
static size_t possessive_end(const struct scan *scan, size_t i)
{
    bool mark = point(scan, i) == '\'' || point(scan, i) == 0x2019;
    bool behind = i && class_at(scan, i - 1) != CP_BLANK && class_at(scan, i - 1) != CP_BRACKET;
    return mark && behind && lower(point(scan, i + 1)) == 's' && !is_word(scan, i + 2) ? i + 2 : i;
}

static size_t kana_end(const struct scan *scan, size_t i)
{
    while (class_at(scan, i) == CP_KANA)
        i++;
    return i;
}

/* The same sign again and again, ! and ? among each other, and arrows of - and =. */
static size_t signs_end(const struct scan *scan, size_t i)
{
    size_t end = i + (point(scan, i) == '<');
    uint32_t line = point(scan, end);
    if (class_at(scan, i) != CP_SIGN || is_one_of(line, "#@") || (end > i && !is_one_of(line, "-=")))
        return i;
    while (end < scan->n && (point(scan, end) == line || (is_one_of(line, "!?") && is_one_of(point(scan, end), "!?"))))
        end++;
    if (is_one_of(line, "-=") && point(scan, end) == '>')
        end++;
    return end;
}

/* The end of the token at i, which is no blank. */
static size_t token_end(const struct scan *scan, size_t i)
{
    static size_t (*const kinds[])(const struct scan *, size_t) = {
        emoji_end,  address_end, mail_end, user_end,       tag_end,  entity_end, number_end,
        ticker_end, site_end,    word_end, possessive_end, kana_end, signs_end,
    };
    size_t end = i + emoticon_length(scan->points, scan->n, i);
    if (class_at(scan, i) == CP_EMOJI)
        end = i;
    for (size_t k = 0; end == i && k < sizeof kinds / sizeof *kinds; k++)
        end = kinds[k](scan, i);
    if (end == i)
        end++;
    while (end < scan->n && !scan->begins[end]) /* the marks of its last letter */
        end++;
    return end;
}

/* ---- Posts ---- */

/* Adds code points [start, end), which are the bytes at text, as one token, or several where it is too long. */
static int add_token(struct post *post, const struct scan *scan, size_t start, size_t end, const char *text)
{
    while (start < end) {
        size_t stop = start, n = 0;
        while (stop < end) {
            char bytes[4];
            size_t more = utf8_write(scan->points[stop], bytes);
            if (n + more > TOKEN_MAX_BYTES)
                break;
            n += more;
            stop++;
        }
        char **tokens = array_grow(post->tokens, post->n_tokens, sizeof *tokens);
        if (tokens)
            post->tokens = tokens;
        size_t (*offsets)[2] = array_grow(post->offsets, post->n_tokens, sizeof *offsets);
        if (offsets)
            post->offsets = offsets;
        char *token = tokens && offsets ? strndup(text, n) : NULL;
        if (!token)
            return -1;
        tokens[post->n_tokens] = token;
        offsets[post->n_tokens][0] = start;
        offsets[post->n_tokens][1] = stop;
        post->n_tokens++;
        text += n;
        start = stop;
    }
    return 0;
}

static size_t bytes_of(const char *text, size_t n_points)
{
    const char *at = text;
    uint32_t c;
    while (n_points--)
        at += utf8_read(at, &c);
    return (size_t)(at - text);
}

int tokenise_post(struct post *post, const char *text, struct error *err)
{
    size_t n = strlen(text);
    struct scan scan = {0};
    int result = -1;
    if (n > TOKENISE_MAX_BYTES)
        return error_set(err, ERROR_INPUT, "the text of a post is longer than %d bytes", TOKENISE_MAX_BYTES);
    if (utf8_valid_bytes(text, n) < n)
        return error_set(err, ERROR_INPUT, "invalid UTF-8");
    if (!(post->text = strdup(text)) || !(post->offsets = array_new(0, sizeof *post->offsets)) ||
        scan_open(text, &scan))
        goto memory;
    for (size_t i = 0; i < scan.n;) {
        size_t end = scan.classes[i] == CP_BLANK ? i + 1 : token_end(&scan, i), n_bytes = bytes_of(text, end - i);
        if (scan.classes[i] != CP_BLANK && add_token(post, &scan, i, end, text))
            goto memory;
        text += n_bytes;
        i = end;
    }
    result = 0;
    goto out;
memory:
    error_memory(err, "text");
out:
    scan_close(&scan);
    return result;
}

char *tokenise_text_of(const struct post *post)
{
    struct text text = {0};
    if (post->text)
        return strdup(post->text);
    for (size_t i = 0; i < post->n_tokens; i++) {
        text_add(&text, i ? " " : "");
        text_add(&text, post->tokens[i]);
    }
    return text_take(&text);
}

int tokenise_gives(const struct post *post, const char *text)
{
    struct post again = {0};
    struct error err;
    int result = -1;
    if (!tokenise_post(&again, text, &err)) {
        result = again.n_tokens == post->n_tokens;
        for (size_t i = 0; result && i < post->n_tokens; i++)
            result = !strcmp(again.tokens[i], post->tokens[i]);
    } else if (err.kind == ERROR_INPUT) {
        result = 0;
    }
    post_free(&again);
    return result;
}
