/* The overview of an inspection: its numbers, each a door to its cases.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/clock.h"
#include "ui/session-parts.h"

#include <stdint.h>

enum {
    INSPECT_FIRST_SLICE_MS = 250, /* most corpora are counted in it, before the first drawing */
    INSPECT_PAGE = 10,
    INSPECT_QUICK_MS = 16,
    INSPECT_PATIENCE = 10, /* of ten parts of the time at most one goes into tables, while posts are counted */
};

int session_inspect_start(struct session *session, struct inspection *inspection, struct error *err)
{
    session->inspect.from = inspection;
    session->mode = MODE_INSPECT;
    return inspection_work(inspection, INSPECT_FIRST_SLICE_MS, err);
}

bool session_inspects(const struct session *session)
{
    return session->inspect.from != NULL;
}

void session_inspect_end(struct session *session)
{
    inspect_tables_free(&session->inspect.tables);
}

void session_inspect_changed(struct session *session, size_t post)
{
    struct error err = {0};
    if (!session_inspects(session))
        return;
    int code = post == SIZE_MAX ? inspection_posts_changed(session->inspect.from, &err)
                                : inspection_post_changed(session->inspect.from, post, &err);
    if (code)
        session_fail(session, &err);
}

void session_inspect_work(struct session *session, double budget_ms)
{
    struct error err = {0};
    if (session_inspects(session) && inspection_has_work(session->inspect.from) &&
        inspection_work(session->inspect.from, budget_ms, &err))
        session_fail(session, &err);
}

/* ---- The mark ---- */

static const struct inspect_table *inspect_table(const struct session *session)
{
    return &session->inspect.tables.each[session->inspect.table];
}

static struct inspect_place *inspect_place(struct session *session)
{
    return &session->inspect.places[session->inspect.table];
}

static bool inspect_is_door(const struct inspect_table *table, size_t row, size_t column)
{
    return row < table->n_rows && column < table->n_columns && inspect_cell(table, row, column)->door;
}

/* The nearest number of a row that can be opened; SIZE_MAX = none. */
static size_t inspect_nearest(const struct inspect_table *table, size_t row, size_t column)
{
    for (size_t far = 0; far <= table->n_columns; far++) {
        if (inspect_is_door(table, row, column + far))
            return column + far;
        if (far <= column && inspect_is_door(table, row, column - far))
            return column - far;
    }
    return SIZE_MAX;
}

/* To the next row, that way, with a number that can be opened. False: there is none. */
static bool inspect_move_row(struct session *session, int by)
{
    const struct inspect_table *table = inspect_table(session);
    struct inspect_place *place = inspect_place(session);
    for (size_t row = place->row + (size_t)by; row < table->n_rows; row += (size_t)by) {
        size_t column = inspect_nearest(table, row, place->column);
        if (column == SIZE_MAX)
            continue;
        place->row = row;
        place->column = column;
        return true;
    }
    return false;
}

static bool inspect_move_column(struct session *session, int by)
{
    const struct inspect_table *table = inspect_table(session);
    struct inspect_place *place = inspect_place(session);
    for (size_t column = place->column + (size_t)by; column < table->n_columns; column += (size_t)by) {
        if (inspect_is_door(table, place->row, column)) {
            place->column = column;
            return true;
        }
    }
    return false;
}

/* A mark that stands on no number goes to the nearest one that can be opened. One that counts nothing (yet) is a
 * number. */
static void inspect_settle(struct session *session)
{
    const struct inspect_table *table = inspect_table(session);
    struct inspect_place *place = inspect_place(session);
    if (place->row >= table->n_rows)
        place->row = table->n_rows ? table->n_rows - 1 : 0;
    if (place->column >= table->n_columns)
        place->column = table->n_columns ? table->n_columns - 1 : 0;
    if (place->row < table->n_rows && !table->rows[place->row].heading &&
        *inspect_cell(table, place->row, place->column)->text)
        return;
    size_t column = inspect_nearest(table, place->row, place->column);
    if (column != SIZE_MAX)
        place->column = column;
    else if (!inspect_move_row(session, 1))
        inspect_move_row(session, -1);
}

const struct inspect_tables *session_inspect_tables(struct session *session)
{
    struct session_inspect *s = &session->inspect;
    struct error err = {0};
    bool same = s->made && s->system == s->from->system && s->of_relations == s->from->of_relations;
    /* Of a great corpus that is still being counted, not at each drawing. */
    bool grows = inspection_has_work(s->from);
    for (size_t i = 0; i < s->from->n_systems; i++)
        grows |= inspection_fills(s->from, i);
    bool waits = grows && s->took_ms > INSPECT_QUICK_MS && clock_ms() - s->made_ms < INSPECT_PATIENCE * s->took_ms;
    if (same && (waits || s->version == s->from->version))
        return &s->tables;
    inspect_tables_free(&s->tables);
    s->made_ms = clock_ms();
    s->made = !inspect_tables_make(s->from, &s->tables, &err);
    s->took_ms = clock_ms() - s->made_ms;
    if (!s->made) {
        session_fail(session, &err);
        return NULL;
    }
    s->version = s->from->version;
    s->system = s->from->system;
    s->of_relations = s->from->of_relations;
    inspect_settle(session);
    return &s->tables;
}

static void inspect_go_table(struct session *session, size_t by)
{
    session->inspect.table = (session->inspect.table + by) % INSPECT_TABLES;
    inspect_settle(session);
}

static void inspect_move(struct session *session, enum command command)
{
    switch (command) {
    case COMMAND_INSPECT_LEFT:
        if (!inspect_move_column(session, -1))
            inspect_go_table(session, INSPECT_TABLES - 1);
        break;
    case COMMAND_INSPECT_RIGHT:
        if (!inspect_move_column(session, 1))
            inspect_go_table(session, 1);
        break;
    case COMMAND_INSPECT_PAGE_UP:
    case COMMAND_INSPECT_PAGE_DOWN:
        for (int i = 0; i < INSPECT_PAGE; i++)
            inspect_move_row(session, command == COMMAND_INSPECT_PAGE_UP ? -1 : 1);
        break;
    default:
        inspect_move_row(session, command == COMMAND_INSPECT_UP ? -1 : 1);
        break;
    }
}

/* ---- Doors ---- */

/* Makes the list anew; what fits is shown from its first case on. */
static void inspect_list(struct session *session, bool first)
{
    struct error err = {0};
    struct inspection *from = session->inspect.from;
    if (inspection_list(from, &err))
        session_fail(session, &err);
    else if (first)
        inspection_go(from, 0);
}

static void inspect_open(struct session *session)
{
    const struct inspect_tables *tables = session_inspect_tables(session);
    const struct inspect_place *place = inspect_place(session);
    if (!tables || !inspect_is_door(inspect_table(session), place->row, place->column)) {
        session_say(session, TONE_PLAIN, "there is no case behind it");
        return;
    }
    session->inspect.from->filter = inspect_cell(inspect_table(session), place->row, place->column)->filter;
    inspect_list(session, true);
    session_case_show(session);
}

void session_inspect_point(struct session *session, size_t table, size_t row, size_t column)
{
    session->inspect.table = table;
    if (!session_inspect_tables(session) || !inspect_is_door(inspect_table(session), row, column)) {
        inspect_settle(session);
        return;
    }
    inspect_place(session)->row = row;
    inspect_place(session)->column = column;
    inspect_open(session);
}

void session_case_point(struct session *session, size_t at)
{
    if (inspection_go(session->inspect.from, at))
        session_case_show(session);
}

/* The order of the list, and what it is reduced to. The case at hand stays. */
static void inspect_order(struct session *session, enum command command)
{
    struct inspection *from = session->inspect.from;
    if (command == COMMAND_CASE_FLIPS && from->n_systems < 2) {
        session_say(session, TONE_PLAIN, "there is one system only: --pred2 FILE or --model2 DIR brings another");
        return;
    }
    if (command == COMMAND_CASE_FLIPS)
        from->filter.flips = !from->filter.flips;
    else
        from->order = (enum inspection_order)((from->order + 1) % INSPECTION_ORDERS);
    inspect_list(session, false);
    if (command == COMMAND_CASE_ORDER)
        session_say(session, TONE_PLAIN, "order of the list: %s", inspection_order_name(from->order));
    else
        session_say(session, TONE_PLAIN, from->filter.flips ? "flips only: %zu cases" : "%zu cases", from->n_items);
}

/* The system, and whether relations are meant, belong to the list too. */
static void inspect_turn(struct session *session, enum command command)
{
    struct inspection *from = session->inspect.from;
    if (command == COMMAND_INSPECT_SYSTEM && from->n_systems < 2) {
        session_say(session, TONE_PLAIN, "there is one system only: --pred2 FILE or --model2 DIR brings another");
        return;
    }
    if (command == COMMAND_INSPECT_RELATIONS && (from->of_relations ? !from->entities : !from->relations)) {
        session_say(session, TONE_PLAIN, from->of_relations ? "entities are given: only relations are compared"
                                                            : "a model has no relations: only entities are compared");
        return;
    }
    if (command == COMMAND_INSPECT_SYSTEM)
        from->system = (from->system + 1) % (from->n_systems + 1);
    else
        from->of_relations = !from->of_relations;
    inspection_filter_clear(&from->filter);
    inspect_list(session, false);
}

static void inspect_leak(struct session *session)
{
    struct inspection *from = session->inspect.from;
    if (!from->leaked || !from->n_leaked) {
        session_say(session, TONE_PLAIN, "%s",
                    from->leaked ? "no post is in the training data"
                                 : "--train FILE tells which posts are in the training data");
        return;
    }
    inspection_leave_out_leaked(from, !from->without_leaked);
    inspect_list(session, false);
    session_say(session, TONE_PLAIN, "%zu posts that are in the training data %s", from->n_leaked,
                from->without_leaked ? "are left out" : "count again");
}

/* Back to the case, or to the first one that fits; where none does, to the post. */
static void inspect_back(struct session *session)
{
    struct inspection *from = session->inspect.from;
    if (!inspection_item(from))
        inspection_go(from, 0);
    if (!session_case_show(session))
        session->mode = MODE_NORMAL;
}

bool session_inspect_act(struct session *session, enum command command)
{
    if (!session_inspects(session))
        return false;
    switch (command) {
    case COMMAND_OVERVIEW:
        session->mode = MODE_INSPECT;
        return true;
    case COMMAND_CASE:
        inspect_back(session);
        return true;
    case COMMAND_CANCEL:
        if (session->mode == MODE_CASE)
            session->mode = MODE_INSPECT;
        else if (session->mode == MODE_INSPECT)
            inspect_back(session);
        else
            return false;
        return true;
    case COMMAND_INSPECT_LEFT:
    case COMMAND_INSPECT_RIGHT:
    case COMMAND_INSPECT_UP:
    case COMMAND_INSPECT_DOWN:
    case COMMAND_INSPECT_PAGE_UP:
    case COMMAND_INSPECT_PAGE_DOWN:
        inspect_move(session, command);
        return true;
    case COMMAND_INSPECT_NEXT_TABLE:
    case COMMAND_INSPECT_PREVIOUS_TABLE:
        inspect_go_table(session, command == COMMAND_INSPECT_NEXT_TABLE ? 1 : INSPECT_TABLES - 1);
        return true;
    case COMMAND_INSPECT_OPEN:
        inspect_open(session);
        return true;
    case COMMAND_INSPECT_SYSTEM:
    case COMMAND_INSPECT_RELATIONS:
        inspect_turn(session, command);
        return true;
    case COMMAND_INSPECT_LEAKED:
        inspect_leak(session);
        return true;
    case COMMAND_CASE_ORDER:
    case COMMAND_CASE_FLIPS:
        inspect_order(session, command);
        return true;
    default:
        return false;
    }
}
