/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/session-parts.h"

void session_ask_text(struct session *session, enum prompt_purpose purpose, const char *title, const char *text)
{
    session->prompt_back = session->mode;
    session->mode = MODE_PROMPT;
    prompt_open(&session->prompt, purpose, title, text);
}

/* One case a purpose; each calls its feature. The mode is that of before the question already. */
static void session_prompt_answer(struct session *session)
{
    switch (session->prompt.purpose) {
    case PROMPT_NOTHING:
        break;
    case PROMPT_BOX_LABEL:
        session_box_labelled(session, session->prompt.text);
        break;
    case PROMPT_NOTE:
        session_take_note(session);
        break;
    case PROMPT_FLAGS:
        session_take_flags(session);
        break;
    case PROMPT_VERDICT_NOTE:
        session_take_verdict_note(session);
        break;
    case PROMPT_FIGURE:
        session_take_figure(session);
        break;
    case PROMPT_PAGE:
        session_take_page_search(session);
        break;
    case PROMPT_SPLIT:
        session_take_split(session);
        break;
    case PROMPT_FILTER:
        session_order_filter_text(session, session->prompt.text);
        break;
    case PROMPT_GO_TO:
        session_order_go_to(session, session->prompt.text);
        break;
    case PROMPT_SEARCH:
        session_search_for(session, session->prompt.text);
        break;
    }
}

bool session_prompt_completes(const struct session *session)
{
    return session->prompt.purpose == PROMPT_BOX_LABEL || session->prompt.purpose == PROMPT_FLAGS;
}

enum command session_prompt_key(struct session *session, keymap_key key)
{
    enum command command = keymap_find(MODE_PROMPT, key);
    if (command == COMMAND_NONE && session->prompt.purpose == PROMPT_SPLIT) {
        session_split_key(session, key);
        return COMMAND_NONE;
    }
    if (command == COMMAND_NONE) {
        prompt_key(&session->prompt, key);
        return COMMAND_NONE;
    }
    if (command == COMMAND_PROMPT_COMPLETE) {
        if (session->prompt.purpose == PROMPT_BOX_LABEL)
            session_box_complete(session);
        else if (session->prompt.purpose == PROMPT_FLAGS)
            session_complete_flag(session);
        return command;
    }
    session->mode = session->prompt_back;
    if (command == COMMAND_PROMPT_TAKE)
        session_prompt_answer(session);
    return command;
}

void session_paste(struct session *session, keymap_key key)
{
    if (session->mode == MODE_PROMPT && session->prompt.purpose != PROMPT_SPLIT)
        prompt_key(&session->prompt, key == '\r' || key == '\n' || key == '\t' ? ' ' : key);
    else
        session_say(session, TONE_WARN, "pasted text is not taken for keys");
}
