/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/emoticon.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { WINDOW = 64 }; /* no emoticon is longer */

/* The text from an emoticon's first character on. What is not ASCII is shown as '\1', blanks and the end as ' '. */
struct window {
    char text[WINDOW + 1];
    bool at_start; /* of the text, or behind a blank */
    bool in_word;  /* behind a letter or digit */
};

static bool is_blank(uint32_t c)
{
    return c <= ' ' || c == 0x85 || c == 0xa0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200b) || c == 0x2028 ||
           c == 0x2029;
}

static void window_open(const uint32_t *text, size_t n, size_t at, struct window *out)
{
    for (size_t i = 0; i < WINDOW; i++) {
        uint32_t c = at + i < n ? text[at + i] : ' ';
        out->text[i] = is_blank(c) ? ' ' : c < 0x7f ? (char)c : '\1';
    }
    out->text[WINDOW] = '\0';
    out->at_start = !at || is_blank(text[at - 1]);
    out->in_word = at && text[at - 1] < 0x7f && isalnum((int)text[at - 1]);
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '\1' || c == '_';
}

static bool one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

/* Faces that are what they are. Those that start or end with a letter, digit or '_' are words of their own. */
static size_t fixed_face(const struct window *window)
{
    static const char *const faces[] = {
        "</3", "<333", "<33", "<3",  "\\o/", "\\m/", "^^",  "^.^", ">.<", ">.>", "<.<", "o.O",  "O.o",   "o.o",
        "O.O", "T.T",  "-.-", "D':", "D:",   "D;",   "XDD", "XD",  "xDD", "xD",  "XP",  "(^^)", "(^_^)", "(-_-)",
    };
    for (size_t i = 0; i < sizeof faces / sizeof *faces; i++) {
        size_t length = strlen(faces[i]);
        char first = faces[i][0], last = faces[i][length - 1], next = window->text[length];
        if (strncmp(window->text, faces[i], length))
            continue;
        if ((isalnum((unsigned char)first) && (!window->at_start || next != ' ')) ||
            (isalnum((unsigned char)last) && isalnum((unsigned char)next)))
            continue;
        return length;
    }
    return 0;
}

/* Two eyes of a kind with a mouth between: ^_^ -_- T_T o_O >_< ._. */
static size_t level_face(const struct window *window)
{
    const char *text = window->text;
    size_t mouth = 1;
    if (!one_of(text[0], "^-oO0TtuUnxX@*;.=>$") || text[1] != '_' || !window->at_start)
        return 0;
    while (mouth < 4 && text[mouth] == '_')
        mouth++;
    char right = text[mouth];
    bool pair = right == text[0] || (text[0] == '>' && right == '<') ||
                (one_of(text[0], "oO0") && one_of(right, "oO0"));
    return pair && !is_word(text[mouth + 1]) ? mouth + 1 : 0;
}

/* Eyes, perhaps a tear and a nose, a mouth: >:'-( */
static size_t upright_face(const struct window *window)
{
    static const char mouths[] = ")](}[{<>DdPpOo0|\\/@*$3cCsSXx";
    const char *text = window->text, *eyes = text;
    if (one_of(*eyes, ">}") && one_of(eyes[1], ":;="))
        eyes++;
    if (!one_of(*eyes, ":;=8xX"))
        return 0;
    const char *at = eyes + 1;
    if (*at == '\'')
        at++;
    bool nose = one_of(*at, "-^") ? one_of(at[1], mouths) : one_of(*at, "~o*c") && one_of(at[1], ")](D");
    if (nose)
        at++;
    char mouth = *at;
    if (one_of(*eyes, "8xX") && (!nose || !one_of(mouth, ")](DPp") || !window->at_start))
        return 0;
    if (!one_of(mouth, *eyes == '=' ? ")](DPp/\\|3" : mouths))
        return 0;
    at++;
    while (*at == mouth && one_of(mouth, ")](DPp|") && at < text + WINDOW - 1)
        at++;
    /* A bracket may follow a word or stand before one, not both; any other mouth has nothing around it. */
    bool after_word = window->in_word && (*eyes == '=' || !one_of(mouth, ")]}("));
    bool before_word = !one_of(mouth, ")]}") && (is_word(*at) || one_of(*at, "/#@$&"));
    return after_word || before_word ? 0 : (size_t)(at - text);
}

/* The mouth first: (: (-; ): only with nothing around it. */
static size_t reversed_face(const struct window *window)
{
    const char *text = window->text;
    size_t at = 1;
    if (!one_of(text[0], "()[]") || !window->at_start)
        return 0;
    at += one_of(text[at], "-'") ? 1 : 0;
    if (!one_of(text[at], ":;="))
        return 0;
    return text[at + 1] == ' ' ? at + 1 : 0;
}

size_t emoticon_length(const uint32_t *text, size_t n, size_t at)
{
    struct window window;
    if (at >= n || text[at] >= 0x7f || !one_of((char)text[at], "<>\\^:;=8xXDoO0TtuUn-@*.$}()[]"))
        return 0;
    window_open(text, n, at, &window);
    size_t length = fixed_face(&window);
    if (!length)
        length = level_face(&window);
    if (!length)
        length = upright_face(&window);
    return length ? length : reversed_face(&window);
}
