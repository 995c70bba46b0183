/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/token-marks.h"

#include "corpora/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

enum { EMOJI_PRESENTATION = 0xfe0f, FIRST_EMOJI = 0x231a }; /* signs below, like (c), are text unless asked otherwise */

static const char *at(const struct post *post, size_t token)
{
    return token < post->n_tokens ? post->tokens[token] : "";
}

/* "#" alone joins to the word behind it, when that could be a tag. */
static bool is_led_by(const struct post *post, size_t token, char sign)
{
    const char *text = post->tokens[token], alone[2] = {sign, '\0'};
    if (*text == sign)
        return text[1] ? !ispunct((unsigned char)text[1]) || text[1] == '_' : *at(post, token + 1) != '\0';
    return token && !strcmp(post->tokens[token - 1], alone) && !ispunct((unsigned char)*text);
}

static bool begins(const char *text, const char *head)
{
    return !strncasecmp(text, head, strlen(head));
}

static bool ends(const char *text, const char *tail)
{
    size_t n = strlen(text), n_tail = strlen(tail);
    return n >= n_tail && !strcmp(text + n - n_tail, tail);
}

static bool is_address(const char *text)
{
    static const char *const heads[] = {"http:", "https:", "www.", "t.co/"};
    while (ispunct((unsigned char)*text))
        text++;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (begins(text, heads[i]))
            return true;
    return begins(text, "htt") && (ends(text, "…") || ends(text, "..."));
}

bool token_is_url(const struct post *post, size_t token)
{
    return is_address(post->tokens[token]) ||
           (token && is_address(post->tokens[token - 1]) && ends(post->tokens[token - 1], ".") &&
            begins(post->tokens[token], "co/"));
}

/* "&amp", "&#39", with or without the ";". */
static bool is_html(const struct post *post, size_t token)
{
    const char *text = post->tokens[token];
    const char *amp = strchr(text, '&');
    if (!amp)
        return !strcmp(text, ";") && token && strchr(post->tokens[token - 1], '&') &&
               post->tokens[token - 1][strlen(post->tokens[token - 1]) - 1] != ';' && is_html(post, token - 1);
    const char *name = amp + 1;
    bool number = *name == '#';
    name += number;
    size_t n = 0;
    while (isalnum((unsigned char)name[n]))
        n++;
    static const char *const common[] = {"amp", "lt", "gt", "quot", "apos", "nbsp"};
    if (name[n] == ';' || number)
        return n > (number ? 0 : 1);
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (strlen(common[i]) == n && !strncasecmp(name, common[i], n))
            return true;
    return false;
}

static bool has_emoji(const char *text)
{
    bool could = false;
    while (*text) {
        uint32_t c;
        text += utf8_read(text, &c);
        const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)c);
        if ((could && c == EMOJI_PRESENTATION) || property->boundclass == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR)
            return true;
        could = property->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
        if (could && c >= FIRST_EMOJI)
            return true;
    }
    return false;
}

unsigned token_marks(const struct post *post, size_t token)
{
    unsigned marks = 0;
    marks |= is_led_by(post, token, '#') ? TOKEN_HASH : 0;
    marks |= is_led_by(post, token, '@') ? TOKEN_HANDLE : 0;
    marks |= has_emoji(post->tokens[token]) ? TOKEN_EMOJI : 0;
    marks |= token_is_url(post, token) ? TOKEN_URL : 0;
    marks |= is_html(post, token) ? TOKEN_HTML : 0;
    return marks;
}

/* The letters of one token that have a capital form. */
struct letters {
    size_t n, n_capital;
    bool first_capital;
};

static struct letters letters_of(const char *text)
{
    struct letters letters = {0};
    while (*text) {
        uint32_t c;
        text += utf8_read(text, &c);
        utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
        bool capital = category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
        if (!capital && category != UTF8PROC_CATEGORY_LL)
            continue;
        if (!letters.n++)
            letters.first_capital = capital;
        letters.n_capital += capital;
    }
    return letters;
}

enum token_capitals token_capitals(const struct post *post, size_t start, size_t end)
{
    size_t n = 0, n_capital = 0;
    bool led = false, regular = true; /* the first word has its capital; no capital inside of a word */
    for (size_t i = start; i < end; i++) {
        struct letters letters = letters_of(post->tokens[i]);
        if (letters.n && !n)
            led = letters.first_capital;
        regular = regular && letters.n_capital <= (size_t)letters.first_capital;
        n += letters.n;
        n_capital += letters.n_capital;
    }
    if (!n)
        return CAPITALS_NONE;
    if (!n_capital)
        return CAPITALS_LOWER;
    if (n > 1 && n_capital == n)
        return CAPITALS_ALL;
    return led && regular ? CAPITALS_FIRST : CAPITALS_MIXED;
}
