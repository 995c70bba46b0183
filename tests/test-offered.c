/* Relations to choose from: a corpus without any gets the model's, one with its own keeps to them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/offered.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char *const model[] = {"None", "/per/per/peer", "/per/loc/live_in"};

/* Names of relations that the schema has already -> how many are offered. */
static size_t offered(const char *const *names, size_t n)
{
    struct schema schema = {0}, out;
    struct error err;
    for (size_t i = 0; i < n; i++)
        assert_int_equal(schema_add_relation(&schema, names[i]), 0);
    assert_int_equal(offered_relations(&schema, model, 3, &out, &err), 0);
    size_t found = out.n_relations;
    for (size_t i = 0; i < n; i++)
        assert_string_equal(out.relations[i].name, names[i]);
    schema_free(&out);
    schema_free(&schema);
    return found;
}

static void the_models_join_where_both_speak_of_the_same(void **state)
{
    (void)state;
    assert_int_equal(offered(NULL, 0), 3);
    assert_int_equal(offered((const char *const[]){"/per/loc/live_in"}, 1), 3);
    assert_int_equal(offered((const char *const[]){"None"}, 1), 3);
    assert_int_equal(offered((const char *const[]){"supports"}, 1), 1);
    assert_int_equal(offered((const char *const[]){"/per/per/peer", "supports"}, 2), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_models_join_where_both_speak_of_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
