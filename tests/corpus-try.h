/* What tests of corpora share: reading and writing texts in memory, by way of a folder that is removed at the end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_TESTS_CORPUS_TRY_H
#define MMIB_TESTS_CORPUS_TRY_H

#include "corpora/corpus.h"

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The path of a file with this content in the test's folder; name gives its ending. Valid until the next call. */
const char *try_file(const char *name, const char *content);
const char *try_file_bytes(const char *name, const char *content, size_t n);

/* A copy of a file's content, NUL-terminated; the test fails when it cannot be read. The caller frees it. */
char *try_content(const char *path);

/* The corpus that has this content; the test fails, and shows the message, when it cannot be read. */
struct corpus *try_read(const char *name, const char *content);

/* The content is refused with that kind of error, and a message that ends with ending. */
void try_refused(const char *name, const char *content, enum error_kind kind, const char *ending);

/* The corpus in that format, for the caller to free. losses may be NULL. */
char *try_write(const struct corpus *corpus, enum corpus_format format, struct loss_list *losses);

/* Read and written in its own format, the content is the same to the byte, without losses; also by way of both native
 * formats. */
void try_unchanged(const char *name, const char *content);

/* The content of tests/data/NAME, for the caller to free. */
char *try_data(const char *name);

#endif
