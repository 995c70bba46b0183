/* A corpus in memory, and the one door to every file format.
 *
 * Commands call corpus_read and corpus_write; each format's reader and writer stands in a file of its own
 * (format-native, -conll, -mnre, -gmner, -coco, -raw, -text); formats.c tells them apart.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_CORPUS_H
#define MMIB_CORPORA_CORPUS_H

#include "corpora/error.h"
#include "corpora/file-state.h"
#include "corpora/post.h"
#include "corpora/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum corpus_format {
    FORMAT_UNKNOWN,
    FORMAT_JSON,
    FORMAT_JSONL,
    FORMAT_CONLL,
    FORMAT_MNRE,
    FORMAT_RAW,   /* JSON Lines of raw posts */
    FORMAT_GMNER, /* CoNLL and a folder of boxes */
    FORMAT_COCO,
    FORMAT_TEXT,
};

/* For messages and --help. */
#define CORPUS_FORMATS "json, jsonl, conll, mnre, raw, gmner, coco, text"

/* Things that a target format could not hold, one line each ("post 16_05_01_4: entity e2 overlaps e1"). */
struct loss_list {
    char **lines;
    size_t n;
    char **records; /* what else it has no place for, in the same form: who made a label, when, how; rejected proposals; a
                     * post's status and annotator; names of the schema that no label has */
    size_t n_records;
    bool labels_only; /* set by who asks: texts, verdicts, how labels were made, the state of the work are kept
                       * elsewhere */
};

struct post_file;

struct corpus {
    char *path;   /* as it was opened, "-" for standard input; names the place in messages */
    char *images; /* folder of the pictures as the file says, relative to the corpus file; NULL = not said */
    enum corpus_format format; /* of the file it came from */
    struct schema schema;
    struct post *posts;
    size_t n_posts;
    struct post_file *file; /* where posts stay in their file, which is for the store only: then posts is NULL and
                             * n_posts 0. Else NULL */
    char *source; /* what a foreign file needs to come back byte for byte: JSON text; NULL = none */
    char *extra;
    struct file_stamp stamp; /* of the file that corpus_read read; zeroed where there is none */
    struct loss_list doubts; /* what the foreign file leaves open and reading had to settle, a line each */
};

struct corpus_options {
    enum corpus_format from;  /* FORMAT_UNKNOWN = from the name, else from the first line */
    const char *const *maps;  /* "OTHER=MISC": entity types renamed on reading */
    size_t n_maps;
    const char *images;       /* replaces the corpus's images folder; NULL = keep */
    const char *boxes;        /* folder of GMNER's box files; NULL = found beside the corpus */
    bool without_journal;     /* do not apply CORPUS.journal (only the store itself wants that) */
};

/* Reads path ("-" = standard input). A native corpus is read with its journal applied, both files left as they are.
 * On success *out is the caller's, to free with corpus_free. On failure -1, a message with file, line and reason,
 * and *out is NULL. options may be NULL. */
int corpus_read(const char *path, const struct corpus_options *options, struct corpus **out, struct error *err);

/* Opens a native JSON Lines file, without its journal, so that its posts stay in it (post-file.h): only the header is
 * read here, and where the lines are. */
int corpus_open_lines(const char *path, struct corpus **out, struct error *err);

/* A file that somebody works on must not be replaced under their hands, nor one whose journal has labels that it lacks:
 * the journal would be left behind, for a file that is no more. Then -1 with a message. */
int corpus_check_target(const char *path, struct error *err);

/* Writes to a file (temporary file, fsync, rename: never half written) or to standard output for "-".
 * A corpus that came from a foreign file and was not changed comes back byte for byte in that format.
 * What the format cannot hold is listed in losses (may be NULL) and left out; the rest is written. Checks the
 * target as above, and refuses to replace the corpus's own file by what was read before another program changed it. */
int corpus_write(const struct corpus *corpus, const char *path, enum corpus_format format, struct loss_list *losses,
                 struct error *err);

/* The same to an open stream, for callers that want the text elsewhere; whether out took it all, ferror(out) tells.
 * path is where the text will stand ("-" = nowhere that is known): the images folder is named from there. */
int corpus_write_stream(const struct corpus *corpus, const char *path, FILE *out, enum corpus_format format,
                        struct loss_list *losses, struct error *err);

/* The same into memory: *out, of *n bytes and NUL-terminated, is the caller's to free; NULL on failure. */
int corpus_write_text(const struct corpus *corpus, const char *path, enum corpus_format format, struct loss_list *losses,
                      char **out, size_t *n, struct error *err);

/* Renames entity types in posts and schema, as corpus_options.maps does. */
int corpus_rename_types(struct corpus *corpus, const char *const *maps, size_t n_maps, struct error *err);

/* How many posts there are, and one of them, to be changed: NULL with a message when there is none of that number, or
 * it cannot be read. */
size_t corpus_count(const struct corpus *corpus);
struct post *corpus_change_post(struct corpus *corpus, size_t index, struct error *err);

void corpus_free(struct corpus *corpus);
void loss_list_free(struct loss_list *losses);

/* One of CORPUS_FORMATS; FORMAT_UNKNOWN for any other name. */
enum corpus_format corpus_format_from_name(const char *name);
enum corpus_format corpus_format_from_path(const char *path); /* by the file name's ending */
const char *corpus_format_name(enum corpus_format format);

/* Has the format a place for entities or relations? */
bool corpus_format_has_labels(enum corpus_format format);

/* The format of a file: what *inout says, else by its name, else by its first line. What is called jsonl is FORMAT_RAW
 * where the first line is a post with a text and without tokens instead of a native corpus's header. */
int corpus_detect_format(const char *path, enum corpus_format *inout, struct error *err);

/* The length of a picture's name without its .jpg, .jpeg or .png: what stands for it where formats have no ending. */
size_t corpus_image_stem_bytes(const char *image);

/* The folder where the corpus's pictures are: images relative to the corpus file's folder, else that folder.
 * Allocated; NULL when memory is out. */
char *corpus_image_folder(const struct corpus *corpus);

/* The path of a post's picture: folder/image. ERROR_INPUT for a name that would leave the folder (absolute, or with a
 * "..": neither is ever opened), and where the system does not tell whether the file is there (a folder that may not be
 * entered). *out is allocated, NULL where the post has no picture or the file does not exist (*missing tells: a post
 * that names a picture which is not there). For an "IMGID:" post, whose image is only known by its id, .jpg, .jpeg and
 * .png are tried. missing may be NULL. */
int corpus_image_path(const char *folder, const struct post *post, char **out, bool *missing, struct error *err);

#endif
