/* What tests of sessions share: an annotator at a desk with three posts, typing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_TESTS_SESSION_TRY_H
#define MMIB_TESTS_SESSION_TRY_H

#include "ui/session.h"

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Posts a, b and c have the same seven words, "Rob Lind met Ana at Camp Nou", and no label. */
struct desk {
    char folder[64], path[96];
    struct store *store;
    struct session session;
};

/* What a model may say of each: Rob Lind PER .9, Camp Nou LOC .8, and that he lives there .7. */
extern const struct analysis desk_said;

#define desk_test(f) cmocka_unit_test_setup_teardown(f, desk_set_up, desk_tear_down)
int desk_set_up(void **state); /* *state: a struct desk whose session is open; its annotator is ana */
int desk_tear_down(void **state);
void desk_open(struct desk *desk);
void desk_close(struct desk *desk);

/* Types the keys; '>' stands for the right arrow. Returns how many they are. */
size_t desk_type(struct desk *desk, const char *keys);

const struct entity *desk_label_at(const struct desk *desk, size_t post, size_t start, size_t end);

/* The label is there, of that type, by ana. */
void desk_assert_label(const struct desk *desk, size_t post, size_t start, size_t end, const char *expected);

#endif
