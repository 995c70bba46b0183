/* A case of an inspection: going through the list, verdicts, and the way to gold.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/session-parts.h"

#include "ui/case-figure.h"
#include "ui/key-names.h"

#include <string.h>

bool session_shows_case(const struct session *session)
{
    return session_inspects(session) && session_mode_below(session) == MODE_CASE &&
           inspection_item(session->inspect.from);
}

bool session_compares(const struct session *session)
{
    return session->case_.compares && session_shows_case(session);
}

void session_case_see(struct session *session, const struct config *const configs[INSPECTION_SYSTEMS_MAX],
                      const struct analysis *const analyses[INSPECTION_SYSTEMS_MAX],
                      const struct examination *const examinations[INSPECTION_SYSTEMS_MAX])
{
    for (size_t i = 0; i < INSPECTION_SYSTEMS_MAX; i++) {
        session->case_.configs[i] = configs[i];
        session->case_.analyses[i] = analyses[i];
        session->case_.examinations[i] = examinations[i];
    }
}

/* Shows the post of the item at hand. */
bool session_case_show(struct session *session)
{
    const struct inspection_item *item = session_inspects(session) ? inspection_item(session->inspect.from) : NULL;
    if (!item) {
        session_say(session, TONE_WARN, session_inspects(session) ? "no case fits" : "nothing is inspected here");
        return false;
    }
    session_go(session, item->post);
    session->mode = MODE_CASE;
    size_t n = session_post(session)->n_tokens;
    session_move(session, item->decision.span[0] < n ? item->decision.span[0] : 0);
    return true;
}

void session_case_return(struct session *session, size_t post)
{
    struct inspection *inspection = session->inspect.from;
    const struct inspection_item *item = inspection_item(inspection);
    size_t at = 0;
    while (at < inspection->n_items && inspection->items[at].post != post)
        at++;
    if (at < inspection->n_items && (!item || item->post != post))
        inspection_go(inspection, at);
    session_case_show(session);
}

/* Another case: from its first line, as the models propose. */
static void case_begin(struct session *session)
{
    session->case_.line = 0;
    session->case_.reading = READING_MEAN;
    session_case_show(session);
}

static void case_step(struct session *session, long by)
{
    if (inspection_step(session->inspect.from, by))
        case_begin(session);
    else
        session_say(session, TONE_PLAIN, "this is the %s case of the list", by > 0 ? "last" : "first");
}

static void case_to_end(struct session *session, bool last)
{
    size_t n = session->inspect.from->n_items;
    if (n && inspection_go(session->inspect.from, last ? n - 1 : 0))
        case_begin(session);
}

/* --- verdicts ----------------------------------------------------------------------------------------------------- */

/* The case at hand as the key of this annotator's verdict; false, with the reason as the message, where it is none. */
static bool case_key(struct session *session, struct verdict *out)
{
    const struct inspection *inspection = session->inspect.from;
    const struct inspection_item *item = inspection_item(inspection);
    if (item && inspection_verdict_key(inspection, item, item->system, out)) {
        out->by = (char *)store_annotator(session->store); /* borrowed, like the rest of the key */
        return true;
    }
    session_say(session, TONE_WARN, "this is no case any more: there is nothing to judge");
    return false;
}

/* This annotator's own verdict of that key; NULL = none. */
static const struct verdict *case_own(const struct session *session, const struct verdict *key)
{
    const struct post *post = session_post(session);
    for (size_t i = 0; i < post->n_verdicts; i++)
        if (verdict_same_key(&post->verdicts[i], key))
            return &post->verdicts[i];
    return NULL;
}

static const char *case_answer_words(enum verdict_answer answer)
{
    static const char *const words[] = {[VERDICT_MODEL] = "model wrong",
                                        [VERDICT_GOLD] = "gold wrong",
                                        [VERDICT_BOTH] = "both wrong",
                                        [VERDICT_UNSURE] = "unsure"};
    return words[answer];
}

/* Pressing the same again takes it back. */
static void case_judge(struct session *session, enum verdict_answer answer)
{
    struct verdict key;
    struct edit_batch batch = {.post = session->post};
    const struct edit_context context = {.by = store_annotator(session->store)};
    struct error err = {0};
    if (!case_key(session, &key))
        return;
    const struct verdict *own = case_own(session, &key);
    bool back = own && own->answer == answer;
    int code = edit_set_verdict(&batch, session_post(session), &key, back ? NULL : &answer, NULL, &context, &err);
    if (session_apply(session, code, &batch, &err))
        session_say(session, TONE_PLAIN, back ? "no verdict any more" : "verdict: %s", case_answer_words(answer));
}

static void case_ask_note(struct session *session)
{
    struct verdict key;
    if (!case_key(session, &key))
        return;
    const struct verdict *own = case_own(session, &key);
    char model[KEY_NAME_MAX], gold[KEY_NAME_MAX];
    if (own)
        session_ask_text(session, PROMPT_VERDICT_NOTE, "note of the verdict:", own->note);
    else
        session_say(session, TONE_WARN, "a note needs a verdict of yours: %s model wrong, %s gold wrong...",
                    keymap_command_key(MODE_CASE, COMMAND_VERDICT_MODEL, model, sizeof model),
                    keymap_command_key(MODE_CASE, COMMAND_VERDICT_GOLD, gold, sizeof gold));
}

static void case_ask_figure(struct session *session)
{
    char name[128];
    case_figure_name(session_post(session), name, sizeof name);
    session_ask_text(session, PROMPT_FIGURE, "figure (.svg, .pdf, .png):", name);
}

void session_take_figure(struct session *session)
{
    const char *path = session->prompt.text;
    struct error err = {0};
    if (!*path)
        return;
    if (case_figure_save(session, path, &err))
        session_say(session, TONE_WARN, "%s", err.message);
    else
        session_say(session, TONE_PLAIN, "the figure is in %s, its numbers as .csv beside it", path);
}

void session_take_verdict_note(struct session *session)
{
    struct verdict key;
    struct edit_batch batch = {.post = session->post};
    const struct edit_context context = {.by = store_annotator(session->store)};
    struct error err = {0};
    if (!case_key(session, &key))
        return;
    const struct verdict *own = case_own(session, &key);
    if (!own) { /* what the model says has changed meanwhile */
        session_say(session, TONE_WARN, "the case is another one now: its verdict and your note must be given anew");
        return;
    }
    enum verdict_answer answer = own->answer;
    int code =
        edit_set_verdict(&batch, session_post(session), &key, &answer, session->prompt.text, &context, &err);
    if (session_apply(session, code, &batch, &err))
        session_say(session, TONE_PLAIN, *session->prompt.text ? "noted" : "no note");
}

/* --- what is shown ------------------------------------------------------------------------------------------------ */

static void case_next_reading(struct session *session)
{
    static const char *const words[] = {[READING_MEAN] = "labels of the mean: what the model proposes",
                                        [READING_SAMPLE] = "labels of one sample of the bottleneck",
                                        [READING_BYPASSED] = "labels with the bottleneck bypassed"};
    const struct inspection *inspection = session->inspect.from;
    bool models = false;
    for (size_t i = 0; i < inspection->n_systems; i++)
        models |= inspection->systems[i].model != NULL;
    if (!models) {
        session_say(session, TONE_WARN, "labels of a file: there is no bottleneck to look into (--model DIR)");
        return;
    }
    session->case_.reading = (enum bottleneck_reading)((session->case_.reading + 1) % READINGS);
    session_say(session, TONE_PLAIN, "%s", words[session->case_.reading]);
}

static void case_compare(struct session *session)
{
    const struct inspection *inspection = session->inspect.from;
    if (inspection->n_systems < 2 || !inspection->systems[0].model || !inspection->systems[1].model) {
        session_say(session, TONE_WARN, "heat is compared between two models: --model DIR --model2 DIR");
        return;
    }
    session->case_.compares = !session->case_.compares;
    if (session->case_.compares && session->heat == HEAT_OFF)
        session->heat = HEAT_BOTH;
    if (session->case_.compares)
        session_say(session, TONE_PLAIN, "heat of A %s and B %s, each in its own colours and scale",
                    inspection->systems[0].name, inspection->systems[1].name);
    else
        session_say(session, TONE_PLAIN, "heat of one model");
}

static void case_scroll(struct session *session, bool down)
{
    session->case_.line += down;
    session->case_.line -= !down && session->case_.line > 0;
}

static bool case_act(struct session *session, enum command command)
{
    switch (command) {
    case COMMAND_CASE_NEXT:
    case COMMAND_CASE_PREVIOUS:
        case_step(session, command == COMMAND_CASE_NEXT ? 1 : -1);
        return true;
    case COMMAND_CASE_FIRST:
    case COMMAND_CASE_LAST:
        case_to_end(session, command == COMMAND_CASE_LAST);
        return true;
    case COMMAND_CASE_EDIT:
        session->mode = MODE_NORMAL;
        return true;
    case COMMAND_VERDICT_MODEL:
        case_judge(session, VERDICT_MODEL);
        return true;
    case COMMAND_VERDICT_GOLD:
        case_judge(session, VERDICT_GOLD);
        return true;
    case COMMAND_VERDICT_BOTH:
        case_judge(session, VERDICT_BOTH);
        return true;
    case COMMAND_VERDICT_UNSURE:
        case_judge(session, VERDICT_UNSURE);
        return true;
    case COMMAND_VERDICT_NOTE:
        case_ask_note(session);
        return true;
    case COMMAND_CASE_FIGURE:
        case_ask_figure(session);
        return true;
    case COMMAND_CASE_READING:
        case_next_reading(session);
        return true;
    case COMMAND_CASE_COMPARE:
        case_compare(session);
        return true;
    case COMMAND_CASE_DOWN:
    case COMMAND_CASE_UP:
        case_scroll(session, command == COMMAND_CASE_DOWN);
        return true;
    default:
        return false;
    }
}

bool session_case_act(struct session *session, enum command command)
{
    if (command == COMMAND_CASE && !session_inspects(session)) { /* the message says so */
        session_case_show(session);
        return true;
    }
    return session->mode == MODE_CASE && session_inspects(session) && case_act(session, command);
}
