/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/error.h"

#include "corpora/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
    if (err) {
        va_list ap;
        va_start(ap, format);
        err->kind = kind;
        vsnprintf(err->message, sizeof err->message, format, ap);
        va_end(ap);
        text_tame(err->message, "");
    }
    return -1;
}

int error_errno(struct error *err, const char *what)
{
    return error_set(err, ERROR_IO, "%s: %s", what, strerror(errno));
}

int error_memory(struct error *err, const char *what)
{
    return error_set(err, ERROR_IO, "%s: out of memory", what);
}
