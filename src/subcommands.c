/* SPDX-License-Identifier: Apache-2.0 */
#include "src/subcommands.h"

#include <stddef.h>

const struct subcommand *const subcommands[] = {
    NULL,
};
