/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/workbench.h"

#include "corpora/clock.h"
#include "corpora/text.h"
#include "ui/background.h"
#include "ui/finder.h"
#include "ui/gallery.h"
#include "ui/inspector.h"
#include "ui/key-names.h"
#include "ui/layout.h"
#include "ui/mouse.h"
#include "ui/regions.h"
#include "ui/scores.h"
#include "ui/screen.h"
#include "ui/session.h"
#include "ui/text-layout.h"
#include "ui/view-adjudicate.h"
#include "ui/view-case.h"
#include "ui/view-cases.h"
#include "ui/view-footer.h"
#include "ui/view-head.h"
#include "ui/view-labels.h"
#include "ui/view-list.h"
#include "ui/view-page.h"
#include "ui/view-picture.h"
#include "ui/view-popup.h"
#include "ui/view-text.h"
#include "ui/view.h"
#include "ui/worker.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    WORKBENCH_MARK_MS = 25,       /* how often the saved mark is looked at while it can change by itself */
    WORKBENCH_COUNT_MS = 250,     /* the same, for whether all posts are counted */
    WORKBENCH_PATIENCE_MS = 150,  /* how long an old picture may stay beside a new text */
    WORKBENCH_PREFETCH = 2,       /* posts ahead */
    WORKBENCH_BACKGROUND_MS = 20, /* between two looks through a large corpus for what the model has not seen */
    WORKBENCH_SLICE_MS = 4,       /* of what takes long: the longest that a key waits for it */
    WORKBENCH_SHOW_MS = 60,       /* how often its progress is drawn */
};

enum workbench_pane {
    PANE_HEAD,
    PANE_LIST,
    PANE_PICTURE,
    PANE_TEXT,
    PANE_LABELS,
    PANE_FOOTER,
    PANE_CAPTION,
    PANE_OTHER_PICTURE,
    PANES
};

struct workbench {
    struct store *store;
    struct terminal terminal;
    enum terminal_graphics graphics;
    struct screen *screen;
    struct worker *worker;
    struct worker *second; /* of a second model that is inspected; NULL = there is none */
    struct inspector inspector;
    bool inspector_waits; /* it has more posts to look through */
    struct scores *scores;
    struct background background;
    bool background_waits; /* it has more posts to look through */
    struct finder *finder;
    struct gallery *gallery;
    struct session session;

    struct layout layout;
    bool fits; /* the screen is large enough for the layout */
    WINDOW *panes[PANES];
    struct layout_pane placed[PANES];
    WINDOW *page; /* the guidelines, below any popup; NULL = not shown */
    WINDOW *popup;
    enum mode popup_mode;

    struct text_layout text;
    size_t text_post, text_columns; /* what text was made for */
    uint64_t text_words;            /* its words, as one number: they can be split and joined */
    size_t picture_post;            /* the pane shows this post's picture, or says why not */
    long long post_since_ms;        /* when the post came onto the screen */
    bool picture_waits;             /* an old picture stands there still */
    bool damage_told;               /* that a post cannot be read */
    struct mouse mouse;
};

static void workbench_wake(void *context)
{
    screen_wake(context);
}

/* --- panes -------------------------------------------------------------------------------------------------------- */

static void workbench_wrap(struct workbench *wb)
{
    const struct post *post = session_post(&wb->session);
    size_t columns = layout_text_columns(wb->terminal.rows, wb->terminal.columns);
    struct error err = {0};
    uint64_t words = text_layout_words(post->tokens, post->n_tokens);
    if (wb->text.first_piece && wb->text_post == wb->session.post && wb->text_columns == columns &&
        wb->text_words == words)
        return;
    text_layout_free(&wb->text);
    if (text_layout_make(post->tokens, post->n_tokens, columns, &wb->text, &err))
        session_say(&wb->session, TONE_BAD, "%s", err.message);
    wb->text_post = wb->session.post;
    wb->text_columns = columns;
    wb->text_words = words;
    wb->session.layout = wb->text.first_piece ? &wb->text : NULL;
}

static struct layout_pane workbench_pane(const struct workbench *wb, enum workbench_pane pane)
{
    const struct layout *l = &wb->layout;
    const struct layout_pane panes[PANES] = {l->head, l->list, l->picture, l->text, l->labels, l->footer, l->caption,
                                             l->other_picture};
    return panes[pane];
}

/* Is a picture drawn for this post, as far as is known? */
static bool workbench_draws_picture(struct workbench *wb)
{
    struct finder_answer place;
    finder_peek(wb->finder, wb->session.post, session_post(&wb->session), &place);
    return wb->graphics != GRAPHICS_NONE && (place.state == FINDER_FOUND || place.state == FINDER_PENDING);
}

/* Are there pictures, and heat over them, to be compared? */
static bool workbench_compares_pictures(struct workbench *wb)
{
    const struct session *s = &wb->session;
    return session_compares(s) && (s->heat == HEAT_BOTH || s->heat == HEAT_REGIONS) && session_post(s)->image &&
           workbench_draws_picture(wb);
}

/* Gives every pane its place; what did not move is left alone, so that a picture stays where it is. */
static void workbench_place(struct workbench *wb)
{
    size_t text_rows = view_text_rows(&wb->text, &wb->session);
    wb->fits = layout_make(wb->terminal.rows, wb->terminal.columns, text_rows, workbench_draws_picture(wb),
                           &wb->layout) &&
               wb->text.first_piece;
    if (wb->fits && session_inspects(&wb->session))
        layout_give_case(&wb->layout, text_rows);
    if (wb->fits && workbench_compares_pictures(wb))
        layout_compare(&wb->layout);
    for (enum workbench_pane i = 0; i < PANES; i++) {
        struct layout_pane p = workbench_pane(wb, i);
        if (!memcmp(&p, &wb->placed[i], sizeof p))
            continue;
        wb->placed[i] = p;
        if (!p.rows) {
            screen_window_hide(wb->screen, wb->panes[i], true);
            continue;
        }
        screen_window_place(wb->screen, wb->panes[i], p.rows, p.columns, p.y, p.x);
        screen_window_hide(wb->screen, wb->panes[i], false);
        if (i == PANE_PICTURE)
            wb->picture_post = SIZE_MAX;
    }
}

static void workbench_close_popup(struct workbench *wb)
{
    screen_window_remove(wb->screen, wb->popup);
    wb->popup = NULL;
}

static void workbench_page(struct workbench *wb)
{
    struct layout_pane place;
    if (!view_page_place(&wb->session, &wb->layout, &place)) {
        screen_window_remove(wb->screen, wb->page);
        wb->page = NULL;
        return;
    }
    if (!wb->page)
        wb->page = screen_window_add(wb->screen, place.rows, place.columns, place.y, place.x);
    else
        screen_window_place(wb->screen, wb->page, place.rows, place.columns, place.y, place.x);
    if (wb->page)
        view_page_draw(wb->screen, wb->page, &wb->session);
}

/* The mode's popup stands at the bottom, where it covers labels rather than the picture. */
static void workbench_popup(struct workbench *wb)
{
    size_t rows, columns, most_rows = wb->terminal.rows - 3, most_columns = wb->terminal.columns - 2;
    if (wb->popup && wb->popup_mode != wb->session.mode)
        workbench_close_popup(wb);
    if (!view_popup_size(&wb->session, &rows, &columns))
        return;
    if (wb->session.mode == MODE_INSPECT) /* covers all but the first line, the message and the keys */
        most_columns = wb->terminal.columns;
    rows = rows > most_rows ? most_rows : rows;
    columns = columns > most_columns ? most_columns : columns;
    size_t y = wb->terminal.rows - 2 - rows, right = wb->layout.labels.x + wb->layout.labels.columns;
    size_t x = wb->session.mode == MODE_HELP ? (wb->terminal.columns - columns) / 2 : right - columns - 1;
    if (right < columns + 1)
        x = columns < wb->terminal.columns;
    if (!wb->popup) {
        wb->popup = screen_window_add(wb->screen, rows, columns, y, x);
        wb->popup_mode = wb->session.mode;
    } else
        screen_window_place(wb->screen, wb->popup, rows, columns, y, x);
    if (wb->popup)
        view_popup_draw(wb->screen, wb->popup, &wb->session);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

/* The rule above the words: how text and picture fit together, and what the heat means. */
static void workbench_text_title(const struct workbench *wb, char *out, size_t size)
{
    enum { TITLE_COLUMNS = 72, TITLE_WORD_BYTES = 24 }; /* below so many columns, fewer words */
    size_t columns = (size_t)getmaxx(wb->panes[PANE_TEXT]);
    const struct session *s = &wb->session;
    const struct analysis *a = s->analysis;
    char match[48] = "", words[48] = "", regions[48] = "", token[96] = "", number[16];
    if (!a) {
        snprintf(out, size, "text");
        return;
    }
    if (a->has_consistency) {
        view_probability(a->consistency, number);
        snprintf(match, sizeof match, "%smatch %s · ", columns < TITLE_COLUMNS ? "" : "text-picture ", number);
    }
    if (s->heat == HEAT_BOTH || s->heat == HEAT_WORDS) {
        char other[16];
        view_signed(view_text_scale(a), number);
        view_signed(view_text_scale(s->case_.analyses[1]), other);
        if (session_compares(s)) /* the regions' scales stand above the pictures */
            snprintf(words, sizeof words, " words A ±%s B ±%s", number + (*number == '+'), other + (*other == '+'));
        else
            snprintf(words, sizeof words, " words ±%s", number + (*number == '+'));
    }
    if ((s->heat == HEAT_BOTH || s->heat == HEAT_REGIONS) && a->grid && !session_compares(s)) {
        view_signed(regions_scale(a), number);
        snprintf(regions, sizeof regions, " regions ±%s", number + (*number == '+'));
    }
    if (s->heat != HEAT_OFF && s->cursor < a->n_tokens && s->cursor < session_post(s)->n_tokens) {
        view_signed(a->token_contribution[s->cursor], number);
        const char *word = session_post(s)->tokens[s->cursor];
        int n = utf8_head(word, TITLE_WORD_BYTES);
        snprintf(token, sizeof token, " · %.*s%s %s", n, word, word[n] ? "…" : "", number);
    }
    snprintf(out, size, "%sheat:%s%s%s%s", match, words, regions, *words || *regions ? "" : " off", token);
}

static void workbench_draw_head(struct workbench *wb, const struct worker_status *model,
                                const struct worker_answer *answer)
{
    struct view_head head = {.store = wb->store,
                             .post = wb->session.post,
                             .mark = store_mark(wb->store),
                             .model = *model,
                             .answer = *answer};
    struct error err = {0};
    if (head.mark == STORE_FAILED && store_failure(wb->store, &err) && wb->session.tone != TONE_BAD)
        session_say(&wb->session, TONE_BAD, "%s", err.message);
    if (!wb->damage_told && store_damage(wb->store, &err)) {
        session_say(&wb->session, TONE_BAD, "%s", err.message);
        wb->damage_told = true;
    }
    view_head_draw(wb->screen, wb->panes[PANE_HEAD], &head);
}

static struct view_picture workbench_view_picture(const struct workbench *wb, const struct worker_status *model)
{
    return (struct view_picture){.session = &wb->session,
                                 .terminal = &wb->terminal,
                                 .graphics = wb->graphics,
                                 .finder = wb->finder,
                                 .gallery = wb->gallery,
                                 .analysis = wb->session.analysis,
                                 .config = model->config};
}

static void workbench_draw_picture(struct workbench *wb, const struct worker_status *model, bool other_boxes)
{
    struct view_picture view = workbench_view_picture(wb, model);
    view.other_boxes = other_boxes;
    view.patient = wb->picture_post == wb->session.post ||
                   (long long)clock_ms() - wb->post_since_ms < WORKBENCH_PATIENCE_MS;
    bool waits = view_picture_draw(wb->screen, wb->panes[PANE_PICTURE], &view);
    if (!waits)
        wb->picture_post = wb->session.post;
    view_picture_measure(wb->panes[PANE_PICTURE], &view, &wb->session);
    wb->picture_waits = waits && view.patient && wb->picture_post != wb->session.post;
    for (long i = 1; i <= WORKBENCH_PREFETCH; i++) {
        struct worker_answer ahead;
        size_t index = queue_step_from(&wb->session.queue, wb->session.post, i);
        if (index == SIZE_MAX)
            break;
        worker_answer(wb->worker, index, store_post_peek(wb->store, index), &ahead);
        view.other_boxes = ahead.other_boxes;
        bool hidden = session_hides(&wb->session, store_post_peek(wb->store, index));
        view_picture_prefetch(wb->screen, wb->panes[PANE_PICTURE], &view, index, hidden ? NULL : ahead.analysis);
    }
}

/* The second model's heat, beside the first one's, and whose is which. */
static void workbench_draw_other(struct workbench *wb)
{
    struct worker_status model;
    if (!wb->layout.other_picture.rows) {
        gallery_forget(wb->gallery, VIEW_PICTURE_SLOT_OTHER);
        return;
    }
    worker_status(wb->second, &model);
    struct view_picture view = workbench_view_picture(wb, &model);
    view.other = true;
    view.analysis = wb->session.case_.analyses[1];
    view.patient = true;
    view_picture_draw(wb->screen, wb->panes[PANE_OTHER_PICTURE], &view);
    size_t second = wb->layout.other_picture.x - wb->layout.picture.x;
    view_case_caption(wb->screen, wb->panes[PANE_CAPTION], &wb->session, second);
}

static void workbench_draw_too_small(struct workbench *wb)
{
    workbench_close_popup(wb);
    screen_window_remove(wb->screen, wb->page);
    wb->page = NULL;
    WINDOW *window = wb->panes[PANE_HEAD];
    for (enum workbench_pane i = 0; i < PANES; i++)
        screen_window_hide(wb->screen, wb->panes[i], wb->panes[i] != window);
    memset(wb->placed, 0, sizeof wb->placed);
    screen_window_place(wb->screen, window, wb->terminal.rows, wb->terminal.columns, 0, 0);
    screen_erase(wb->screen, window, GROUND_NONE);
    struct view_pen pen = view_pen(wb->screen, window, wb->terminal.rows / 2);
    char save[KEY_NAME_MAX], quit[KEY_NAME_MAX];
    if (wb->session.mode == MODE_QUIT)
        view_format(&pen, INK_WARN, GROUND_NONE, 0, "unsaved: %s saves and quits, %s leaves it to the journal",
                    keymap_command_key(MODE_QUIT, COMMAND_QUIT_SAVE, save, sizeof save),
                    keymap_command_key(MODE_QUIT, COMMAND_QUIT_LEAVE, quit, sizeof quit));
    else
        view_format(&pen, INK_TEXT, GROUND_NONE, 0, "too small: %zux%zu, %dx%d needed (%s quits)", wb->terminal.columns,
                    wb->terminal.rows, LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN,
                    keymap_command_key(MODE_NORMAL, COMMAND_QUIT, quit, sizeof quit));
}

static void workbench_draw(struct workbench *wb)
{
    struct worker_status model;
    struct worker_answer answer;
    char title[256];
    const struct post *post = session_post(&wb->session);
    workbench_wrap(wb);
    workbench_place(wb);
    if (!wb->fits) {
        workbench_draw_too_small(wb);
        screen_present(wb->screen);
        return;
    }
    worker_status(wb->worker, &model);
    worker_answer(wb->worker, wb->session.post, post, &answer);
    workbench_text_title(wb, title, sizeof title);
    workbench_draw_head(wb, &model, &answer);
    if (wb->layout.list.rows && view_cases_shown(&wb->session))
        view_cases_draw(wb->screen, wb->panes[PANE_LIST], &wb->session);
    else if (wb->layout.list.rows)
        view_list_draw(wb->screen, wb->panes[PANE_LIST], &wb->session, wb->finder);
    workbench_draw_picture(wb, &model, answer.other_boxes);
    workbench_draw_other(wb);
    view_text_draw(wb->screen, wb->panes[PANE_TEXT], &wb->session, &wb->text, title,
                   wb->terminal.colours >= COLOURS_256 && COLORS >= 256);
    if (!view_case_draw(wb->screen, wb->panes[PANE_LABELS], &wb->session) &&
        !view_adjudicate_draw(wb->screen, wb->panes[PANE_LABELS], &wb->session)) {
        view_labels_draw(wb->screen, wb->panes[PANE_LABELS],
                         &(struct view_labels){.session = &wb->session, .model = model, .answer = answer});
        view_adjudicate_left(wb->screen, wb->panes[PANE_LABELS], &wb->session);
    }
    view_footer_draw(wb->screen, wb->panes[PANE_FOOTER], &wb->session);
    workbench_page(wb);
    workbench_popup(wb);
    screen_present(wb->screen);
}

/* --- the model ---------------------------------------------------------------------------------------------------- */

/* Keeps the scores of the post on the screen those of its labels as they are now, and lets the model look at others. */
static void workbench_score(struct workbench *wb, const struct worker_answer *answer)
{
    const struct session *s = &wb->session;
    struct scores_of_post known;
    struct scores_result result;
    if (!wb->scores)
        return;
    scores_of(wb->scores, s->post, session_post(s), 0, &known);
    if (known.state == SCORES_SEEN && !known.has_proposals && answer->state == WORKER_FRESH &&
        !scores_result_make(session_post(s), answer->analysis, store_schema_peek(wb->store), &result)) {
        scores_put(wb->scores, s->post, &result);
        scores_result_free(&result);
    }
    wb->background_waits = background_work(&wb->background, wb->worker, wb->scores, wb->store, s->post);
}

/* What the detector found becomes boxes, unless a box is in somebody's hands. */
static void workbench_take_found(struct workbench *wb)
{
    struct worker_found found;
    if (wb->session.boxes.pending || wb->session.boxes.grip != GRIP_NONE || !worker_take_found(wb->worker, &found))
        return;
    const struct post *post = store_post_peek(wb->store, found.index);
    struct worker_status model;
    worker_status(wb->worker, &model); /* the model may have been opened since the last result was shown */
    wb->session.model = model.hash;
    if (*found.failure)
        session_say(&wb->session, TONE_BAD, "%s", found.failure);
    else if (post->image && !strncmp(post->image, found.image, sizeof found.image - 1))
        session_boxes_found(&wb->session, found.index, found.each, found.n);
}

/* The second model looks at the same posts. */
static void workbench_ask_second(struct workbench *wb, const struct worker_wish *wishes, size_t n)
{
    struct error err = {0};
    if (wb->second && worker_want(wb->second, wishes, n, store_schema_peek(wb->store), &err))
        session_say(&wb->session, TONE_BAD, "%s", err.message);
}

/* What the models say of the case on the screen, and what is to be found out next. */
static void workbench_inspect(struct workbench *wb)
{
    struct session *s = &wb->session;
    const struct config *configs[INSPECTION_SYSTEMS_MAX] = {NULL};
    const struct analysis *analyses[INSPECTION_SYSTEMS_MAX] = {NULL};
    const struct examination *examinations[INSPECTION_SYSTEMS_MAX] = {NULL};
    struct error err = {0};
    if (!session_inspects(s))
        return;
    if (wb->second)
        worker_collect(wb->second, NULL);
    int more = inspector_think(&wb->inspector, session_shows_case(s), &err);
    wb->inspector_waits = more > 0;
    if (more < 0)
        session_say(s, TONE_BAD, "%s", err.message);
    for (size_t i = 0; i < INSPECTION_SYSTEMS_MAX; i++) {
        struct worker_answer answer;
        struct worker_status model;
        if (!wb->inspector.systems[i].worker)
            continue;
        worker_status(wb->inspector.systems[i].worker, &model);
        if (model.config &&
            inspection_set_heads(s->inspect.from, i, model.config->ner.present, model.config->re.present, &err))
            session_say(s, TONE_BAD, "%s", err.message);
        worker_answer(wb->inspector.systems[i].worker, s->post, session_post(s), &answer);
        configs[i] = model.config;
        analyses[i] = answer.analysis;
        examinations[i] = inspector_examination(&wb->inspector, i);
    }
    session_case_see(s, configs, analyses, examinations);
}

/* Takes over results, unless the annotator is in the middle of an answer, and says what is wanted next. */
static void workbench_think(struct workbench *wb)
{
    struct worker_status model;
    struct worker_answer answer, hidden = {0};
    struct worker_wish wishes[2 + WORKBENCH_PREFETCH];
    struct session *s = &wb->session;
    struct error err = {0};
    size_t n = 0;
    if (session_is_asking(s))
        return;
    workbench_take_found(wb);
    bool any = worker_collect(wb->worker, wb->scores);
    worker_status(wb->worker, &model); /* after the results, so that the hash of the model that they came from is known */
    s->config = model.config;
    worker_answer(wb->worker, s->post, session_post(s), &answer);
    if (any || answer.analysis != s->proposals.said)
        session_see(s, answer.analysis, model.hash);
    uint64_t masked = s->boxes.masked;
    if (masked)
        worker_answer_masked(wb->worker, s->post, session_post(s), masked, &hidden);
    s->masked = hidden.state == WORKER_FRESH ? hidden.analysis : NULL;
    session_order_refresh(s);
    size_t i = s->post;
    for (long ahead = 1; i != SIZE_MAX && ahead <= 1 + WORKBENCH_PREFETCH; ahead++) {
        wishes[n++] = (struct worker_wish){i, store_post_peek(wb->store, i), 0};
        if (i == s->post && masked) /* behind the post itself: it is compared with that */
            wishes[n++] = (struct worker_wish){i, store_post_peek(wb->store, i), masked};
        i = queue_step_from(&s->queue, s->post, ahead);
    }
    if (worker_want(wb->worker, wishes, n, store_schema_peek(wb->store), &err))
        session_say(s, TONE_BAD, "%s", err.message);
    workbench_ask_second(wb, wishes, n);
    workbench_score(wb, &answer);
    workbench_inspect(wb);
}

/* --- input -------------------------------------------------------------------------------------------------------- */

static void workbench_cycle_graphics(struct workbench *wb)
{
    static const char *const names[] = {"", "sixel", "half blocks", "none"};
    bool sixel = wb->terminal.has_sixel || wb->terminal.graphics == GRAPHICS_SIXEL;
    wb->graphics = wb->graphics == GRAPHICS_SIXEL    ? GRAPHICS_BLOCKS
                   : wb->graphics == GRAPHICS_BLOCKS ? GRAPHICS_NONE
                   : sixel                           ? GRAPHICS_SIXEL
                                                     : GRAPHICS_BLOCKS;
    wb->picture_post = SIZE_MAX;
    session_say(&wb->session, TONE_PLAIN, "pictures: %s", names[wb->graphics]);
}

static void workbench_save(struct workbench *wb)
{
    session_say(&wb->session, TONE_PLAIN, store_counted(wb->store) ? "saving" : "saving, once all posts have been read");
    workbench_draw(wb);
    session_save(&wb->session);
}

static void workbench_detect(struct workbench *wb)
{
    struct session *s = &wb->session;
    struct error err = {0};
    if (store_read_only(wb->store))
        session_say(s, TONE_WARN, "opened read-only: boxes stay as they are");
    else if (worker_detect(wb->worker, s->post, session_post(s), &err))
        session_say(s, TONE_WARN, "%s", err.message);
    else
        session_say(s, TONE_PLAIN, "the detector looks at the picture");
}

/* What the session leaves to be done after a key or a click; post: that was on the screen before. */
static void workbench_follow(struct workbench *wb, enum command command, size_t post)
{
    switch (command) {
    case COMMAND_SAVE:
        workbench_save(wb);
        break;
    case COMMAND_QUIT_SAVE:
        wb->session.mode = wb->session.quit_back;
        workbench_save(wb);
        wb->session.leaving = !store_unsaved(wb->store); /* when saving failed, the message says why */
        break;
    case COMMAND_DETECT:
        workbench_detect(wb);
        break;
    case COMMAND_GRAPHICS:
        workbench_cycle_graphics(wb);
        break;
    case COMMAND_REDRAW:
        clearok(curscr, TRUE);
        break;
    default:
        break;
    }
    if (wb->session.post != post)
        wb->post_since_ms = (long long)clock_ms();
}

static void workbench_key(struct workbench *wb, keymap_key key)
{
    size_t post = wb->session.post;
    workbench_follow(wb, session_key(&wb->session, key), post);
}

/* A pane as the mouse meets it. */
static WINDOW *workbench_window(const struct workbench *wb, enum workbench_pane pane)
{
    return wb->placed[pane].rows ? wb->panes[pane] : NULL;
}

/* In the picture: a click in normal mode chooses a box, in box mode boxes are drawn and changed too. True: taken. */
static bool workbench_mouse_boxes(struct workbench *wb, const MEVENT *at)
{
    struct session *s = &wb->session;
    struct worker_status model;
    size_t row, column, object;
    double area[4];
    bool inside, in_pane = mouse_inside(workbench_window(wb, PANE_PICTURE), at, &row, &column);
    if (mouse_scrolls(at) || !(s->mode & (MODE_NORMAL | MODE_BOX)) || (!in_pane && s->boxes.grip == GRIP_NONE))
        return false;
    const struct layout_pane p = wb->placed[PANE_PICTURE];
    if (!in_pane) { /* a drag may leave the pane */
        row = at->y < (int)p.y ? 0 : (size_t)at->y - p.y;
        column = at->x < (int)p.x ? 0 : (size_t)at->x - p.x;
    }
    worker_status(wb->worker, &model);
    struct view_picture view = workbench_view_picture(wb, &model);
    if (!view_picture_at(wb->panes[PANE_PICTURE], &view, row, column, area, &object, &inside))
        return in_pane && s->mode == MODE_BOX;
    if (at->bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED)) {
        if (s->mode == MODE_NORMAL) {
            if (object != SIZE_MAX)
                session_boxes_open(s);
            if (object == SIZE_MAX || s->mode != MODE_BOX)
                return true;
            session_box_choose(s, object);
        }
        if (inside)
            session_box_press(s, area, object);
    } else if (at->bstate & (BUTTON1_RELEASED | REPORT_MOUSE_POSITION))
        session_box_drag(s, area);
    if (at->bstate & (BUTTON1_RELEASED | BUTTON1_CLICKED))
        session_box_release(s);
    return true;
}

static void workbench_mouse(struct workbench *wb, const MEVENT *at)
{
    struct session *s = &wb->session;
    struct mouse_screen screen = {.session = s,
                                  .layout = &wb->text,
                                  .labels_view = {.session = s},
                                  .list = workbench_window(wb, PANE_LIST),
                                  .picture = workbench_window(wb, PANE_PICTURE),
                                  .text = workbench_window(wb, PANE_TEXT),
                                  .labels = workbench_window(wb, PANE_LABELS),
                                  .footer = workbench_window(wb, PANE_FOOTER),
                                  .page = wb->page,
                                  .popup = wb->popup};
    size_t row, column, before = s->post;
    if (mouse_presses(at) || mouse_scrolls(at))
        session_stop_looking(s);
    if (!wb->fits || workbench_mouse_boxes(wb, at))
        return;
    worker_status(wb->worker, &screen.labels_view.model);
    worker_answer(wb->worker, s->post, session_post(s), &screen.labels_view.answer);
    enum command command = mouse_act(&wb->mouse, &screen, at, (long long)clock_ms());
    bool covered = wb->popup || mouse_inside(wb->page, at, &row, &column);
    if (s->mode == MODE_NORMAL && !covered && mouse_presses(at) && mouse_inside(screen.list, at, &row, &column)) {
        size_t post = view_list_at(wb->panes[PANE_LIST], s, row);
        if (post != SIZE_MAX)
            session_go(s, post);
    }
    workbench_follow(wb, command, before);
}

/* One event. False: leave. */
static bool workbench_event(struct workbench *wb, const struct screen_input *input)
{
    switch (input->event) {
    case SCREEN_KEY:
        if (input->is_pasted) {
            session_paste(&wb->session, (keymap_key)input->key);
            break;
        }
        workbench_key(wb, input->is_code ? KEYMAP_FUNCTION + (keymap_key)input->key : (keymap_key)input->key);
        break;
    case SCREEN_MOUSE:
        workbench_mouse(wb, &input->mouse);
        break;
    case SCREEN_RESIZE:
        workbench_close_popup(wb);
        memset(wb->placed, 0, sizeof wb->placed);
        break;
    case SCREEN_WAKE:
    case SCREEN_TIMEOUT:
        break;
    case SCREEN_TERMINATE:
    case SCREEN_GONE:
        return false;
    }
    return !wb->session.leaving;
}

/* The next event. What takes long goes on until there is one, but stops now and then to be seen. */
static void workbench_read(struct workbench *wb, struct screen_input *input)
{
    size_t post = wb->session.post;
    long long until_ms = (long long)clock_ms() + WORKBENCH_SHOW_MS;
    int timeout_ms = store_mark(wb->store) == STORE_PENDING ? WORKBENCH_MARK_MS : -1;
    if (wb->picture_waits && timeout_ms < 0)
        timeout_ms = WORKBENCH_PATIENCE_MS;
    if ((wb->background_waits || wb->inspector_waits) && timeout_ms < 0)
        timeout_ms = WORKBENCH_BACKGROUND_MS;
    if (!store_counted(wb->store) && timeout_ms < 0)
        timeout_ms = WORKBENCH_COUNT_MS;
    if (!session_has_work(&wb->session)) {
        screen_read(wb->screen, timeout_ms, input);
        return;
    }
    do {
        screen_read(wb->screen, 0, input);
        if (input->event != SCREEN_TIMEOUT)
            return;
        session_work(&wb->session, WORKBENCH_SLICE_MS);
    } while (session_has_work(&wb->session) && wb->session.post == post && (long long)clock_ms() < until_ms);
    if (wb->session.post != post)
        wb->post_since_ms = (long long)clock_ms();
}

static void workbench_loop(struct workbench *wb)
{
    struct screen_input input;
    do {
        workbench_think(wb);
        workbench_draw(wb);
        workbench_read(wb, &input);
    } while (workbench_event(wb, &input));
}

/* --- beginning and end -------------------------------------------------------------------------------------------- */

/* The first model that is inspected is the workbench's own; a second one has a worker beside it. */
static int workbench_open_inspection(struct workbench *wb, struct inspection *inspection,
                                     const struct worker_options *first, struct error *err)
{
    struct worker *workers[INSPECTION_SYSTEMS_MAX] = {NULL};
    struct worker_options options = *first;
    size_t n = 0;
    for (size_t i = 0; i < inspection->n_systems; i++) {
        if (!inspection->systems[i].model)
            continue;
        options.model = inspection->systems[i].model;
        if (n++ && !(wb->second = worker_start(&options, workbench_wake, wb->screen, err)))
            return -1;
        workers[i] = n > 1 ? wb->second : wb->worker;
    }
    return inspector_start(&wb->inspector, inspection, workers, err);
}

static int workbench_open(struct workbench *wb, const struct workbench_options *options, struct error *err)
{
    int fd_in, fd_out;
    if (session_start(&wb->session, wb->store, err) || screen_terminal_fds(&fd_in, &fd_out, err))
        return -1;
    terminal_ask(&wb->terminal, fd_in, fd_out, options->graphics);
    wb->graphics = wb->terminal.graphics;
    if (screen_open(&wb->terminal, &wb->screen, err))
        return -1;
    struct worker_options worker = {.model = options->model,
                                    .images = store_images(wb->store),
                                    .no_image = options->no_image,
                                    .threads = options->threads,
                                    .n_posts = options->inspection ? store_count(wb->store) : 0};
    wb->worker = worker_start(&worker, workbench_wake, wb->screen, err);
    if (!wb->worker || (options->model && !(wb->scores = scores_new(store_count(wb->store), err))))
        return -1;
    /* What an inspection is to know of every post, it asks for itself. */
    if (wb->scores && !options->inspection && store_count(wb->store) <= BACKGROUND_POSTS_MAX)
        scores_set_least(wb->scores, SCORES_NEED_PROPOSALS);
    wb->session.scores = wb->scores;
    wb->background.off = options->no_background;
    session_set_proposals(&wb->session, options->threshold, options->blind);
    wb->finder = finder_new(store_images(wb->store), workbench_wake, wb->screen, err);
    wb->gallery = wb->finder ? gallery_new(NULL, workbench_wake, wb->screen, err) : NULL;
    if (!wb->gallery)
        return -1;
    for (enum workbench_pane i = 0; i < PANES; i++)
        if (!(wb->panes[i] = screen_window_add(wb->screen, 1, 1, 0, 0)))
            return error_memory(err, "opening the screen");
    if (options->adjudication && session_adjudicate_start(&wb->session, options->adjudication, err))
        return -1;
    if (options->inspection && workbench_open_inspection(wb, options->inspection, &worker, err))
        return -1;
    if (options->inspection && session_inspect_start(&wb->session, options->inspection, err))
        return -1;
    wb->session.page.guidelines = options->guidelines;
    wb->session.summary.gold = options->gold;
    if (options->greeting) {
        char more[SESSION_MESSAGE_MAX + 2];
        snprintf(more, sizeof more, "%s%s", *wb->session.message ? "; " : "", wb->session.message);
        session_say(&wb->session, TONE_PLAIN, "%s%s", options->greeting, more);
    }
    return 0;
}

int workbench_run(struct store *store, const struct workbench_options *options, struct error *err)
{
    struct workbench wb = {.store = store, .picture_post = SIZE_MAX, .mouse = {.pressed = SIZE_MAX, .clicked = SIZE_MAX}};
    int code = workbench_open(&wb, options, err);
    if (!code) {
        wb.post_since_ms = (long long)clock_ms();
        workbench_loop(&wb);
    }
    /* The terminal first: nobody shall wait for threads before the prompt is back. They wake the screen, so it goes on
     * standing until they are gone. */
    if (wb.screen)
        screen_suspend(wb.screen);
    worker_stop(wb.worker);
    worker_stop(wb.second);
    inspector_end(&wb.inspector);
    gallery_free(wb.gallery);
    finder_free(wb.finder);
    session_end(&wb.session);
    scores_free(wb.scores);
    text_layout_free(&wb.text);
    screen_close(wb.screen);
    return code;
}
