/* Splitting and joining the words of the post on the screen. What is on them follows (edit.h), and the model looks at
 * the new words by itself, because it knows results by their words.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/session-parts.h"

#include "corpora/text.h"
#include "ui/text-cells.h"

#include <curses.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char tokens_mark[] = "|"; /* stands in the word where it is to be cut */

/* Shows the word with the mark before its byte at, which the prompt's cursor stands on. */
static void tokens_show_cut(struct session *session, size_t at)
{
    const char *word = session_post(session)->tokens[session->cursor];
    struct text text = {0};
    text_add_bytes(&text, word, at);
    text_add(&text, tokens_mark);
    text_add(&text, word + at);
    prompt_open(&session->prompt, PROMPT_SPLIT, "split (Left, Right):", text.failed ? word : text.bytes);
    session->prompt.cursor = at;
    text_free(&text);
}

static size_t tokens_step(const char *word, size_t at)
{
    struct text_cluster cluster;
    return text_cells_next(word, strlen(word), at, &cluster) ? cluster.n_bytes : 0;
}

/* The place of a cut: between two clusters, with something on both sides. by: clusters from place at on; 0 is the one
 * nearest to the middle. */
static size_t tokens_cut(const char *word, size_t at, int by)
{
    size_t n = strlen(word), before = 0, middle = 0;
    for (size_t i = 0, step; (step = tokens_step(word, i)) && i + step < n; i += step) {
        size_t place = i + step;
        if (by > 0 && place > at)
            return place;
        if (place < at)
            before = place;
        if (!middle || place <= n / 2)
            middle = place;
    }
    return by > 0 ? at : by < 0 ? (before ? before : at) : middle;
}

static void session_split_start(struct session *session)
{
    const struct post *post = session_post(session);
    if (!post->n_tokens)
        return;
    const char *word = post->tokens[session->cursor];
    size_t middle = tokens_cut(word, 0, 0);
    if (!middle || strlen(word) + 1 > PROMPT_BYTES_MAX) {
        session_say(session, TONE_PLAIN, middle ? "too long to be split here" : "there is nothing to split");
        return;
    }
    session_ask_text(session, PROMPT_SPLIT, "", NULL);
    tokens_show_cut(session, middle);
}

void session_split_key(struct session *session, keymap_key key)
{
    const char *word = session_post(session)->tokens[session->cursor];
    size_t at = session->prompt.cursor;
    switch (key) {
    case KEYMAP_FUNCTION + KEY_LEFT:
    case 'h':
        at = tokens_cut(word, at, -1);
        break;
    case KEYMAP_FUNCTION + KEY_RIGHT:
    case 'l':
        at = tokens_cut(word, at, 1);
        break;
    case KEYMAP_FUNCTION + KEY_HOME:
        at = tokens_cut(word, 0, 1);
        break;
    case KEYMAP_FUNCTION + KEY_END:
        for (size_t next; (next = tokens_cut(word, at, 1)) > at;)
            at = next;
        break;
    default:
        break;
    }
    tokens_show_cut(session, at);
}

void session_take_split(struct session *session)
{
    const struct post *post = session_post(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    size_t token = session->cursor, bytes = session->prompt.cursor;
    const char *word = post->tokens[token];
    size_t points = 0, step;
    uint32_t point;
    for (size_t i = 0; i < bytes; i += step, points++)
        step = utf8_read(word + i, &point);
    if (session_apply(session, edit_split_token(&batch, post, token, points, &err), &batch, &err))
        session_say(session, TONE_PLAIN, "split into %s and %s", session_post(session)->tokens[token],
                    session_post(session)->tokens[token + 1]);
}

/* Joins the selected words, else the word and the next one. */
static void session_join(struct session *session)
{
    const struct post *post = session_post(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    size_t start, end;
    int code = 0;
    session_span(session, &start, &end);
    if (end == start + 1)
        end++;
    if (end > post->n_tokens) {
        session_say(session, TONE_PLAIN, "there is no word behind this one");
        return;
    }
    for (size_t i = start + 1; !code && i < end; i++)
        code = edit_join_tokens(&batch, post, start, &err);
    session->mode = MODE_NORMAL;
    session->anchor = SIZE_MAX;
    if (!session_apply(session, code, &batch, &err))
        return;
    session_move(session, start);
    session_say(session, TONE_PLAIN, "joined to %s", session_post(session)->tokens[start]);
}

bool session_tokens_act(struct session *session, enum command command)
{
    switch (command) {
    case COMMAND_SPLIT:
        session_split_start(session);
        return true;
    case COMMAND_JOIN:
        session_join(session);
        return true;
    default:
        return false;
    }
}
