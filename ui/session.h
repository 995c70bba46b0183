/* The session: where the annotator is, what the keyboard is talking to, and what each command does to the corpus.
 *
 * Knows neither windows nor threads: the workbench feeds it keys and results, and draws what it finds here. Every
 * change of a label goes through store_apply.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SESSION_H
#define MMIB_UI_SESSION_H

#include "corpora/adjudication.h"
#include "corpora/error.h"
#include "corpora/store.h"
#include "model/analysis.h"
#include "model/detector.h"
#include "ui/boxes.h"
#include "ui/chooser.h"
#include "ui/inspect-tables.h"
#include "ui/examination.h"
#include "ui/inspection.h"
#include "ui/keymap.h"
#include "ui/markdown.h"
#include "ui/occurrences.h"
#include "ui/prompt.h"
#include "ui/queue.h"
#include "ui/scores.h"
#include "ui/search.h"
#include "ui/shown.h"
#include "ui/summary-history.h"
#include "ui/summary.h"
#include "ui/text-layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum session_heat { HEAT_BOTH, HEAT_WORDS, HEAT_REGIONS, HEAT_OFF };

enum session_tone { TONE_PLAIN, TONE_WARN, TONE_BAD };

enum { SESSION_MESSAGE_MAX = 512 };
#define SESSION_HELP_OF_MODE SIZE_MAX

struct config; /* model/config.h */

/* Which proposals are shown. */
struct session_proposals {
    int threshold;               /* hundredths: proposals below it are neither shown nor accepted */
    size_t blind;                /* one post in so many hides its proposals until it is done (blind.h); 0 = none */
    bool hidden;                 /* those of the post on the screen are: analysis is NULL then, whatever was said */
    const struct analysis *said; /* borrowed; NULL = not seen by the model */
    unsigned long long *uncovered; /* blind posts whose proposals were seen here: not hidden again by an undo */
    size_t n_uncovered;
};

/* What annotators disagree on: see session_adjudicate_start. */
struct session_adjudicate {
    struct adjudication *from;     /* the caller's; NULL = nobody asks for it */
    struct adjudication_look look; /* at the post on the screen */
    size_t post, item;             /* looked at; at hand, in look.items */
    size_t *open;                  /* [posts]: disagreements that are left in each */
    bool *had;                     /* [posts]: were there any at the beginning? */
    size_t n_open, n_posts;        /* all that are left, and in how many posts */
    size_t n_other_words;          /* posts that somebody has in other words, who has no say in them */
};

/* What was searched for last, and the way to its next match. */
struct session_search {
    struct search_pattern pattern;
    struct search_hits hits; /* in the post on the screen */
    bool running;
    int by;          /* 1 forward, -1 back */
    size_t from;     /* post where it started */
    size_t position; /* in the list, looked at last */
    size_t left;     /* posts still to be looked at, the first one again included */
    size_t looked;
    bool round;      /* it passed the end of the list */
};

/* By which scores the list was put in order. */
struct session_known {
    unsigned long version;
    double threshold;
};

/* MODE_OCCURRENCES. */
struct session_occurrences {
    struct occurrences list;
    size_t marked; /* in list.items */
    bool running;  /* posts are still to be looked at */
};

/* MODE_SUMMARY. */
struct session_summary {
    struct summary counts;
    size_t line;  /* first one shown */
    bool running; /* posts are still to be counted, or the history to be read */
    struct summary_history *history; /* being read, or NULL */
    bool has_pace;
    struct summary_pace pace;
    struct error pace_failure; /* why it is not known; empty: it is being read */
    const struct corpus *gold; /* borrowed: true labels; NULL = none */
};

/* MODE_CASE. What is borrowed is good until session_case_see is called again. */
struct session_case {
    size_t line; /* first one shown of what is said about the case; further than there are is put back */
    enum bottleneck_reading reading; /* whose labels the models' rows show */
    bool compares;                   /* heat of both models */
    const struct analysis *analyses[INSPECTION_SYSTEMS_MAX]; /* borrowed; NULL = no model, or nothing yet */
    const struct examination *examinations[INSPECTION_SYSTEMS_MAX]; /* the same */
    const struct config *configs[INSPECTION_SYSTEMS_MAX]; /* of the models; borrowed, NULL until they are open */
};

/* MODE_INSPECT and MODE_CASE. */
struct session_inspect {
    struct inspection *from; /* borrowed; NULL = nothing is inspected */
    struct inspect_tables tables;  /* of the overview, as they were for: */
    unsigned long version;
    size_t system;
    bool of_relations, made;
    double made_ms, took_ms; /* when they were, and how long that took */
    size_t table;       /* enum inspect_table_id */
    struct inspect_place {
        size_t row, column; /* the marked number */
        size_t top, left;   /* first row and column shown */
    } places[INSPECT_TABLES];
};

/* A post that is looked for by its id. */
struct session_finding {
    char id[256];
    size_t at; /* looked at next */
    bool running;
};

/* The guidelines as they are read. */
struct session_page {
    const struct markdown *guidelines; /* borrowed; NULL = none */
    struct markdown_lines lines;       /* for columns */
    size_t columns, rows;              /* of the pane */
    size_t line, found;                /* first one shown; where the words were found last */
    bool stays;                        /* beside the work, where there is room */
    char wanted[128];
};

struct session {
    struct store *store; /* the caller's */
    size_t post;         /* on the screen */
    size_t cursor;       /* token; 0 in a post without tokens */
    size_t eye_column;   /* of moves by line, or SIZE_MAX: see text_layout_step */
    size_t anchor;       /* where a selection started */
    enum mode mode;
    enum session_heat heat;

    struct shown shown;
    struct session_proposals proposals;
    const struct analysis *analysis; /* borrowed; NULL = not seen by the model, or hidden */
    const char *model;               /* hash; NULL = not known */

    size_t entity, relation; /* chosen by hand in shown, or SIZE_MAX: then the cursor says which entity */
    size_t asked[2];         /* span that MODE_TYPE asks about */
    size_t head, tail;       /* of a relation in the making, in shown */
    const struct config *config; /* of the model, borrowed; NULL until it is open */
    struct chooser types;    /* the legend, and the chooser of MODE_TYPE */
    struct chooser relations; /* that of MODE_RELATION_TYPE */
    size_t help_line;         /* first line of the help that is shown; SESSION_HELP_OF_MODE: that of help_back's keys */
    struct session_page page; /* MODE_PAGE */
    struct prompt prompt;     /* MODE_PROMPT */
    enum mode prompt_back;    /* the mode that the question came from */

    struct session_adjudicate adjudicate;

    enum mode help_back;      /* the mode that the help came from */
    enum mode quit_back;      /* the same of the question about unsaved work */

    struct boxes boxes;      /* of the picture */
    char box_id[64];         /* of the chosen one */
    size_t pressed_box;      /* under the mouse when its button went down, or SIZE_MAX */
    const struct analysis *masked; /* borrowed; with boxes.masked hidden; NULL = nothing is, or not yet */
    struct queue queue;          /* the posts of the list */
    bool filtering;              /* MODE_ORDER: the menu is that of filters */
    struct scores *scores;       /* borrowed; NULL: no model */
    struct session_known known;
    struct session_search search;
    struct session_finding finding;
    struct session_occurrences occurrences;
    struct session_summary summary;
    struct session_inspect inspect;
    struct session_case case_; /* "case" is a word of C's own */

    const struct text_layout *layout; /* borrowed; NULL: up and down do nothing */
    char message[SESSION_MESSAGE_MAX];
    enum session_tone tone;
    bool leaving; /* the program shall end */
};

int session_start(struct session *session, struct store *store, struct error *err);
void session_set_proposals(struct session *session, int threshold, size_t blind); /* behind it: see session_proposals */

/* From now on the disagreements of adjudication are gone through: what all agree on is taken over into posts that nobody
 * has begun, as one act, and the first open one is shown. adjudication is the caller's. */
int session_adjudicate_start(struct session *session, struct adjudication *adjudication, struct error *err);
bool session_adjudicates(const struct session *session);

/* The mouse on a version of the disagreement at hand, or on "none" behind them. Nothing while the session is asking. */
enum command session_point_version(struct session *session, size_t choice);

/* The one at hand; NULL = none in this post. */
const struct adjudication_item *session_disagreement(const struct session *session);

/* Does a version of the one at hand have a label, or an end of a relation, on the token? */
bool session_is_disputed(const struct session *session, size_t token);

/* The words of its place: of the entity, or of a relation's two. */
void session_disagreement_words(const struct session *session, char *out, size_t size);

/* The nth box that a choice of it (below item->n) speaks of: what is drawn to choose by. NULL = there is none. */
const struct object *session_disagreement_box(const struct session *session, size_t choice, size_t nth);

/* From now on the store's labels are gold that systems are inspected against; the overview is shown. inspection is the
 * caller's. */
int session_inspect_start(struct session *session, struct inspection *inspection, struct error *err);
bool session_inspects(const struct session *session);

/* The tables of the overview as the numbers stand now, with the mark on a number that is there. NULL, with the reason as
 * the message, when memory is out. */
const struct inspect_tables *session_inspect_tables(struct session *session);

/* The mouse on a number of the overview: the same as going there and opening it. */
void session_inspect_point(struct session *session, size_t table, size_t row, size_t column);

/* On a line of the list of cases; SIZE_MAX = none. */
void session_case_point(struct session *session, size_t at);

/* The mode below a question or the help: what the screen shows. */
enum mode session_mode_below(const struct session *session);

/* Is a case on the screen? Is the heat of two models compared in it? */
bool session_shows_case(const struct session *session);
bool session_compares(const struct session *session);

/* What the models say of the post on the screen, and what was found out about the case; NULL = nothing (yet). Call it
 * whenever any of it may have gone or come. */
void session_case_see(struct session *session, const struct config *const configs[INSPECTION_SYSTEMS_MAX],
                      const struct analysis *const analyses[INSPECTION_SYSTEMS_MAX],
                      const struct examination *const examinations[INSPECTION_SYSTEMS_MAX]);

void session_end(struct session *session); /* what it owns */

const struct post *session_post(const struct session *session);

/* The analysis of the post on the screen, or NULL; call it again when there is a new one, and before the old one goes.
 * model is the hash that goes with it. Not while the session is asking: numbers and spans that the annotator is looking
 * at must keep their meaning until the answer. */
void session_see(struct session *session, const struct analysis *analysis, const char *model);
bool session_is_asking(const struct session *session);

/* In MODE_PROMPT: is there something to complete the line with? */
bool session_prompt_completes(const struct session *session);

/* Carries out what the key means. Returns the command; COMMAND_SAVE, COMMAND_QUIT_SAVE, COMMAND_GRAPHICS,
 * COMMAND_DETECT and COMMAND_REDRAW are left to the caller. After any other call the post on the screen, and everything
 * in the session, may be another. */
enum command session_key(struct session *session, keymap_key key);

/* A character of pasted text: it may go into a line that is being typed, and never is a command. */
void session_paste(struct session *session, keymap_key key);

void session_go(struct session *session, size_t post); /* shows another post */

/* The mouse. A word, which also names its entity where one is asked for; a line of labels, entity or relation (the
 * other is SIZE_MAX); a command as if a key had stood for it. */
void session_point(struct session *session, size_t token, bool extend);
void session_point_label(struct session *session, size_t entity, size_t relation);
void session_do(struct session *session, enum command command);

void session_save(struct session *session);

/* What takes long (searching, filtering a great corpus) is done in slices between the keys: while session_has_work,
 * session_work goes on with it for about that long. It may show another post. */
bool session_has_work(const struct session *session);
void session_stop_looking(struct session *session); /* a search shall not take anybody to another post any more */
void session_work(struct session *session, double budget_ms);

/* The model has seen more posts, as far as scores tell: the list may have to be put in order again. */
void session_order_refresh(struct session *session);

/* Does a match of what was searched for cover the token of the post on the screen? */
bool session_search_matches(const struct session *session, size_t token);

/* The guidelines' pane has so many columns and rows: makes its lines, and puts back what was scrolled too far. */
void session_page_fit(struct session *session, size_t columns, size_t rows);

void session_say(struct session *session, enum session_tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Box mode. The chosen object, or NULL; index: in the post's objects, SIZE_MAX = none. */
const struct object *session_box(const struct session *session);
bool session_is_at_boxes(const struct session *session); /* in box mode, or answering a question of it */
void session_boxes_open(struct session *session);
void session_box_choose(struct session *session, size_t index);

/* The mouse on a box's line. */
void session_box_point(struct session *session, size_t index);

/* The mouse in the picture: the area under its cell; index: the box there. */
void session_box_press(struct session *session, const double area[4], size_t index);
void session_box_drag(struct session *session, const double area[4]);
void session_box_release(struct session *session);

/* Hides what is in a box from the model, or shows it again. */
void session_box_mask(struct session *session, size_t index);

/* What the detector found in a post's picture becomes boxes. Not while something is pending. */
void session_boxes_found(struct session *session, size_t post, const struct detection *found, size_t n);

/* The entity that commands talk about: chosen by hand, else the one under the cursor; SIZE_MAX = none. */
size_t session_entity(const struct session *session);

/* The words of a span, for messages. */
void session_words(const struct session *session, size_t start, size_t end, char *out, size_t size);

/* First token and end of the selection, or of the current word. */
void session_span(const struct session *session, size_t *start, size_t *end);

/* Proposals below this are not offered, 0..1; and are those of a post hidden? */
double session_threshold(const struct session *session);
bool session_hides(const struct session *session, const struct post *post);

#endif
