/* Notes and flags of the post on the screen.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/session-parts.h"

#include "corpora/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char notes_unsure[] = "unsure";

enum { NOTES_FLAGGED_MAX = 64 /* posts that are looked at for flags that are in use */ };

static void session_toggle_unsure(struct session *session)
{
    const struct post *post = session_post(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    bool on = !post_has_flag(post, notes_unsure);
    if (session_apply(session, edit_set_flag(&batch, post, notes_unsure, on, &err), &batch, &err))
        session_say(session, TONE_PLAIN, on ? "flagged %s" : "no longer flagged %s", notes_unsure);
}

/* Flags that other posts have, "meme, sarcasm", for people to take up; none while it is not known which have any. */
static void notes_in_use(const struct session *session, char *out, size_t size)
{
    size_t used = 0, looked = 0, n = store_counted(session->store) ? store_count(session->store) : 0;
    *out = '\0';
    for (size_t i = 0; i < n && looked < NOTES_FLAGGED_MAX; i++) {
        if (!store_is_flagged(session->store, i))
            continue;
        const struct post *post = store_post_peek(session->store, i);
        looked++;
        for (size_t k = 0; k < post->n_flags; k++) {
            const char *flag = post->flags[k], *there = strstr(out, flag);
            size_t n_flag = strlen(flag);
            if (there && (there == out || there[-1] == ' ') && (!there[n_flag] || there[n_flag] == ','))
                continue;
            if (used + n_flag + 3 > size)
                return;
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", flag);
        }
    }
}

static void session_ask_flags(struct session *session)
{
    const struct post *post = session_post(session);
    struct text flags = {0};
    char title[PROMPT_TITLE_MAX], in_use[32]; /* the line has to fit a small screen; Tab has them all */
    for (size_t i = 0; i < post->n_flags; i++)
        text_add_format(&flags, "%s%s", i ? ", " : "", post->flags[i]);
    notes_in_use(session, in_use, sizeof in_use);
    snprintf(title, sizeof title, *in_use ? "flags (in use: %s):" : "flags, with commas:", in_use);
    session_ask_text(session, PROMPT_FLAGS, title, flags.failed ? NULL : flags.bytes);
    text_free(&flags);
}

/* The next flag of "a, b c,d", without the blanks around it; *n is 0 for nothing between two commas. */
static const char *notes_next_flag(const char **rest, size_t *n)
{
    const char *flag = *rest + strspn(*rest, " ");
    if (!*flag)
        return NULL;
    *n = strcspn(flag, ",");
    *rest = flag + *n + (flag[*n] == ',');
    while (*n && flag[*n - 1] == ' ')
        (*n)--;
    return flag;
}

/* A flag in a list, not NUL-terminated; NULL = none. */
struct notes_flag {
    const char *at;
    size_t n;
};

/* The flag in use that begins with these n bytes; where they are one already, the one behind it, round the end. */
static struct notes_flag notes_match(const char *in_use, const char *part, size_t n)
{
    struct notes_flag flag, first = {0}, begins = {0}, behind = {0};
    bool passed = false;
    while ((flag.at = notes_next_flag(&in_use, &flag.n))) {
        bool fits = flag.n >= n && !memcmp(flag.at, part, n);
        if (!first.at)
            first = flag;
        if (passed && !behind.at)
            behind = flag;
        if (fits && !begins.at)
            begins = flag;
        passed |= fits && flag.n == n;
    }
    if (!passed)
        return begins;
    return behind.at ? behind : first;
}

void session_complete_flag(struct session *session)
{
    const char *text = session->prompt.text, *comma = strrchr(text, ','), *part = comma ? comma + 1 : text;
    char in_use[1024], title[PROMPT_TITLE_MAX];
    struct text whole = {0};
    part += strspn(part, " ");
    notes_in_use(session, in_use, sizeof in_use);
    struct notes_flag flag = notes_match(in_use, part, strlen(part));
    if (!flag.at)
        return;
    text_add_bytes(&whole, text, (size_t)(part - text));
    text_add_bytes(&whole, flag.at, flag.n);
    memcpy(title, session->prompt.title, sizeof title);
    if (!whole.failed)
        prompt_open(&session->prompt, PROMPT_FLAGS, title, whole.bytes);
    text_free(&whole);
}

static bool notes_names(const char *list, const char *wanted)
{
    const char *flag;
    size_t n;
    while ((flag = notes_next_flag(&list, &n)))
        if (n == strlen(wanted) && !memcmp(flag, wanted, n))
            return true;
    return false;
}

/* The post has these flags and no others, as one act. */
static int notes_set_flags(struct edit_batch *batch, const struct post *post, const char *list, struct error *err)
{
    const char *flag;
    size_t n;
    for (size_t i = 0; i < post->n_flags; i++)
        if (!notes_names(list, post->flags[i]) && edit_set_flag(batch, post, post->flags[i], false, err))
            return -1;
    while ((flag = notes_next_flag(&list, &n))) {
        char name[256];
        snprintf(name, sizeof name, "%.*s", utf8_head(flag, n < sizeof name ? n : sizeof name - 1), flag);
        if (n && edit_set_flag(batch, post, name, true, err))
            return -1;
    }
    return 0;
}

void session_take_flags(struct session *session)
{
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    int code = notes_set_flags(&batch, session_post(session), session->prompt.text, &err);
    if (!session_apply(session, code, &batch, &err))
        return;
    const struct post *post = session_post(session);
    char names[160];
    size_t used = 0;
    *names = '\0';
    for (size_t i = 0; i < post->n_flags && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", post->flags[i]);
    session_say(session, TONE_PLAIN, post->n_flags ? "flagged %s" : "no flags", names);
}

void session_take_note(struct session *session)
{
    const char *note = session->prompt.text + strspn(session->prompt.text, " ");
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    int code = edit_set_note(&batch, session_post(session), *note ? session->prompt.text : NULL, &err);
    if (session_apply(session, code, &batch, &err))
        session_say(session, TONE_PLAIN, *note ? "note kept" : "no note");
}

bool session_notes_act(struct session *session, enum command command)
{
    switch (command) {
    case COMMAND_NOTE:
        session_ask_text(session, PROMPT_NOTE, "note:", session_post(session)->note);
        return true;
    case COMMAND_UNSURE:
        session_toggle_unsure(session);
        return true;
    case COMMAND_FLAGS:
        session_ask_flags(session);
        return true;
    default:
        return false;
    }
}
