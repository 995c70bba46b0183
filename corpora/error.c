/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Shows C0 controls, DEL and, as they come in UTF-8, C1 controls as '?'. */
static void error_tame(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p; p++) {
        if (*p < 0x20 || *p == 0x7f)
            *p = '?';
        else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
            p[0] = p[1] = '?';
    }
}

int error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
    if (err) {
        va_list ap;
        va_start(ap, format);
        err->kind = kind;
        vsnprintf(err->message, sizeof err->message, format, ap);
        va_end(ap);
        error_tame(err->message);
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
