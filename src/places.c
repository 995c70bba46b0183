/* SPDX-License-Identifier: Apache-2.0 */
#include "src/places.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writes folder/between/name; false where it does not fit or is not there. */
static bool places_join(char out[PATH_MAX], const char *folder, const char *between, const char *name)
{
    int n = snprintf(out, PATH_MAX, "%s%s/%s", folder, between, name);
    return n > 0 && n < PATH_MAX && access(out, R_OK) == 0;
}

/* The folder of the running program, without a final slash. */
static bool places_program_folder(char out[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (n <= 0)
        return false;
    out[n] = '\0';
    char *slash = strrchr(out, '/');
    if (!slash)
        return false;
    *slash = '\0';
    return true;
}

char *places_find(const char *relative)
{
    /* build/mmib and build/sanitized/mmib; "" is a build inside the source tree. */
    static const char *const sources[] = {"", "/..", "/../.."};
    char folder[PATH_MAX], path[PATH_MAX];
    if (places_program_folder(folder)) {
        /* config.status tells a build folder from, say, ~/bin, whose neighbours are not ours. */
        if (places_join(path, folder, "", "config.status"))
            for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
                if (places_join(path, folder, sources[i], relative))
                    return realpath(path, NULL);
        if (places_join(path, folder, "/../share/mmib", relative))
            return realpath(path, NULL);
    }
    return places_join(path, MMIB_DATADIR, "", relative) ? strdup(path) : NULL;
}

char *places_model(void)
{
    const char *chosen = getenv("MMIB_MODEL");
    return chosen && *chosen ? strdup(chosen) : places_find("model/pretrained/mini");
}

char *places_config(const char *name)
{
    const char *folder = getenv("XDG_CONFIG_HOME"), *between = "/mmib/";
    char path[PATH_MAX];
    if (!folder || *folder != '/') { /* what is relative is to be ignored */
        folder = getenv("HOME");
        between = "/.config/mmib/";
    }
    int n = folder && *folder ? snprintf(path, sizeof path, "%s%s%s", folder, between, name) : -1;
    return n > 0 && (size_t)n < sizeof path ? strdup(path) : NULL;
}
