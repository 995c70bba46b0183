/* Files and their names: written whole or not at all, and found relative to each other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_FILES_H
#define MMIB_CORPORA_FILES_H

#include "corpora/error.h"

#include <stdio.h>

/* A file that appears under its name only when it is complete and on disk. */
struct file_writer {
    FILE *stream;    /* to write to */
    const char *path; /* borrowed; as it was given, for messages */
    char *target;    /* the name with links followed */
    char *temporary; /* NULL = stream is the target itself (standard output, a device, a pipe) */
};

/* path "-" is standard output. Permissions of a file that is there are kept. On failure there is nothing to finish. */
int file_writer_open(const char *path, struct file_writer *out, struct error *err);

/* Closes, syncs and puts the file in its place; a failure, also of an earlier write, leaves what was there. */
int file_writer_finish(struct file_writer *writer, struct error *err);

/* The two halves of it, for who has to do something in between: after the first all of the file is on disk, under its
 * temporary name. A failure ends the writing. */
int file_writer_sync(struct file_writer *writer, struct error *err);
int file_writer_place(struct file_writer *writer, struct error *err);

/* Gives up: what was there stays. */
void file_writer_abandon(struct file_writer *writer);

/* Writes what is in one file to another, with its permissions, the same way. */
int file_copy(const char *from, const char *to, struct error *err);

/* Removes what writers that were killed left beside the target. Only for who keeps other writers out. */
void file_remove_temporaries(const char *target);

/* The name with links followed, where a write must go to so that links stay; a file that is not there yet is where it
 * is named. Allocated; NULL when memory is out. */
char *file_follow_links(const char *path);

/* Makes what happened to a name (a new file, a rename) last through a power cut. -1 with errno. */
int file_sync_folder(const char *path);

/* The folder that a path lies in ("." for a bare name), and a name inside a folder (or the name itself, when it starts
 * with "/"). Allocated; NULL when memory is out. */
char *file_folder(const char *path);
char *file_join(const char *folder, const char *name);
char *file_last_part(const char *path); /* without slashes at its end */

/* How the folder target is named from the folder base, both as the shell would find them: "../a/b". An absolute path
 * where one of them is not there. Allocated; NULL when memory is out. */
char *file_relative(const char *base, const char *target);

#endif
