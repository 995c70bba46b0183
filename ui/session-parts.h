/* What the files of the session share, and nobody else includes: session.c holds the state and hands each command to the
 * features in turn, session-FEATURE.c does what its commands mean.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SESSION_PARTS_H
#define MMIB_UI_SESSION_PARTS_H

#include "corpora/edit.h"
#include "corpora/error.h"
#include "ui/decisions.h"
#include "ui/session.h"

#include <stdbool.h>
#include <stddef.h>

/* Features: true when the command was theirs. */
bool session_boxes_act(struct session *session, enum command command);
bool session_moves_act(struct session *session, enum command command);
bool session_labels_act(struct session *session, enum command command);
bool session_relations_act(struct session *session, enum command command);
bool session_history_act(struct session *session, enum command command);
bool session_notes_act(struct session *session, enum command command);
bool session_tokens_act(struct session *session, enum command command);
bool session_page_act(struct session *session, enum command command);
bool session_proposals_act(struct session *session, enum command command);
bool session_order_act(struct session *session, enum command command);
bool session_search_act(struct session *session, enum command command);
bool session_occurrences_act(struct session *session, enum command command);
bool session_summary_act(struct session *session, enum command command);
bool session_inspect_act(struct session *session, enum command command);
bool session_case_act(struct session *session, enum command command);

/* Adjudication: after whatever changed the post on the screen; at the end; and a key of its own (true: it was taken). */
void session_adjudicate_refresh(struct session *session);
void session_adjudicate_end(struct session *session);
bool session_adjudicate_key(struct session *session, keymap_key key, enum command *command);

/* Inspecting. Goes to the case at hand and shows it; false, with the reason as the message, where there is none. Gold of
 * a post, or of posts that are not named (SIZE_MAX), was edited: the cases are made anew. */
bool session_case_show(struct session *session);
/* Back in the list after an undo in that post: at a case of it, where there is one, else at the one at hand. */
void session_case_return(struct session *session, size_t post);
void session_inspect_changed(struct session *session, size_t post);
void session_inspect_work(struct session *session, double budget_ms);
void session_inspect_end(struct session *session);

/* A key while a line is being typed. */
enum command session_prompt_key(struct session *session, keymap_key key);

/* Asks for a line of text; Enter brings it to session_prompt_answer, in session-prompt.c, Esc drops it. text: what stands
 * there at first; NULL = nothing. */
void session_ask_text(struct session *session, enum prompt_purpose purpose, const char *title, const char *text);

/* Answers to notes and flags, and to where a word is cut; a key meanwhile. */
void session_take_note(struct session *session);
void session_take_flags(struct session *session);
void session_take_verdict_note(struct session *session);
void session_take_figure(struct session *session);
void session_complete_flag(struct session *session);
void session_take_split(struct session *session);
void session_take_page_search(struct session *session);
void session_split_key(struct session *session, keymap_key key);

/* Changing the post on the screen: what a decision is made about, and the batch that came out of it (code: what the
 * builder returned; the batch is taken either way). True when it stands; else the reason is the message. */
struct decision session_decision(const struct session *session);
bool session_apply(struct session *session, int code, struct edit_batch *batch, struct error *err);

void session_fail(struct session *session, const struct error *err);
void session_refresh(struct session *session);       /* what is shown, after the post or the analysis changed */
void session_refresh_types(struct session *session); /* the legend, after the schema changed */

/* The span that a type is for: the selection, else the label or proposal under the cursor, else the word. */
void session_target(const struct session *session, size_t *start, size_t *end);

void session_move(struct session *session, size_t token); /* the cursor; nothing is chosen by hand then */

/* The list, and the way through it. session_order_step goes on by posts of the list (by may be negative); false, with
 * the reason as the message, where it ends. session_order_rescore: a post changed that may not be on the screen, so that
 * what the model had said of it may be about other labels or boxes; before the queue is told. */
void session_order_start(struct session *session);
void session_order_rescore(struct session *session, size_t post);
bool session_order_step(struct session *session, long by);
void session_order_filter_text(struct session *session, const char *text);
void session_order_go_to(struct session *session, const char *text); /* number or id */
void session_order_find(struct session *session, double budget_ms);

/* All places of the words. session_occurrences_label: the type to be given, in the legend; false: there is none such. */
void session_occurrences_work(struct session *session, double budget_ms);
bool session_occurrences_label(struct session *session, size_t label);

void session_summary_work(struct session *session, double budget_ms);
void session_summary_end(struct session *session);

/* Searching. Refresh: after the post on the screen, or its labels, changed. */
void session_search_for(struct session *session, const char *text);
void session_search_refresh(struct session *session);
bool session_search_clear(struct session *session); /* false: there was nothing to clear */
void session_search_work(struct session *session, double budget_ms);

/* Labels and relations as the choosers and hints give them. */
void session_label(struct session *session, size_t start, size_t end, const char *type);
void session_relation_start(struct session *session);  /* another label for the chosen one, or a new one's head */
void session_relation_choose(struct session *session); /* head and tail are known: which labels fit? */
void session_hint(struct session *session, size_t index); /* an entity was named as head or tail */
void session_relate(struct session *session, const char *type);

/* Showing a post anew: what of the analysis may be seen, then which proposals are left in shown. */
void session_proposals_see(struct session *session);
void session_proposals_cut(struct session *session);

/* The post is being committed: the record of what was proposed goes into the batch where one is kept. Then, where the
 * proposals had been hidden, they are there, and that is said. */
int session_proposals_record(struct session *session, struct edit_batch *batch, bool accepting, struct error *err);
void session_proposals_uncover(struct session *session);

/* Boxes. Refresh: after the post changed; forget: another post comes. */
void session_boxes_refresh(struct session *session);
void session_boxes_forget(struct session *session);
bool session_boxes_apply(struct session *session, int code, struct edit_batch *batch, struct error *err);
struct edit_context session_boxes_context(const struct session *session);
void session_box_ask_label(struct session *session);
void session_box_labelled(struct session *session, const char *label); /* the answer */
void session_box_complete(struct session *session);                    /* what was typed of it */
void session_box_entity_step(struct session *session, size_t by);
void session_box_link(struct session *session); /* the entity and the chosen box */
void session_box_outside(struct session *session);
void session_box_unanswered(struct session *session);
void session_boxes_unmask(struct session *session);

#endif
