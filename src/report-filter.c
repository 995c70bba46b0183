/* SPDX-License-Identifier: Apache-2.0 */
#include "src/report.h"

#include "corpora/ledger.h"

#include <ctype.h>
#include <string.h>

static const char *const verdict_names[] = {
    [LEDGER_NOBODY] = "none",   [LEDGER_SAYS_MODEL] = "model",   [LEDGER_SAYS_GOLD] = "gold",
    [LEDGER_SAYS_BOTH] = "both", [LEDGER_SAYS_UNSURE] = "unsure", [LEDGER_SAYS_DIFFER] = "differ",
};

bool report_is_verdict(const char *name)
{
    for (size_t i = 0; i < sizeof verdict_names / sizeof *verdict_names; i++)
        if (!strcmp(verdict_names[i], name))
            return true;
    return false;
}

const char *report_verdict(const struct report *report, size_t post, const struct taxonomy_case *found)
{
    struct verdict key;
    ledger_key(found, &report->gold->posts[post], &report->predicted->posts[post], &key);
    key.system = (char *)report->system; /* borrowed, and only compared */
    return verdict_names[ledger_opinion(&report->gold->posts[post], &key)];
}

static bool filter_has_type(const struct report *report, enum cases_level level, size_t type)
{
    const struct cases_total *total = &report->cases->totals[level];
    for (size_t i = 0; type != CASES_NONE && i < report->filter.n_types; i++)
        if (!strcmp(total->names[type]->name, report->filter.types[i]))
            return true;
    return false;
}

/* Does part stand in the words, joined by single spaces? */
static bool filter_has_text(const struct post *post, const char *part)
{
    for (size_t first = 0; first < post->n_tokens; first++)
        for (const char *start = post->tokens[first]; *start; start++) {
            const char *at = start, *wanted = part;
            size_t token = first;
            while (*wanted && token < post->n_tokens) {
                char c = *at ? *at : ' ';
                if (tolower((unsigned char)c) != tolower((unsigned char)*wanted))
                    break;
                wanted++;
                if (*at)
                    at++;
                else if (++token < post->n_tokens)
                    at = post->tokens[token];
            }
            if (!*wanted)
                return true;
        }
    return !*part;
}

bool report_fits(const struct report *report, size_t post, const struct cases_entry *entry)
{
    const struct report_filter *filter = &report->filter;
    enum cases_level level = entry->found.relation ? CASES_RELATIONS : CASES_ENTITIES;
    if (!report->levels[level] || !(filter->classes[level] >> entry->found.class & 1))
        return false;
    if (filter->n_types && !filter_has_type(report, level, entry->types[0]) &&
        !filter_has_type(report, level, entry->types[1]))
        return false;
    if (filter->verdict && strcmp(filter->verdict, report_verdict(report, post, &entry->found)) != 0)
        return false;
    return !filter->text || filter_has_text(&report->gold->posts[post], filter->text);
}

void report_count(struct report *report)
{
    report->n_fit = report->n_fit_posts = report->n_cases = report->n_posts = 0;
    for (size_t i = 0; i < report->cases->n_posts; i++) {
        size_t n = 0;
        for (size_t k = 0; k < report->cases->posts[i].n; k++)
            n += report_fits(report, i, &report->cases->posts[i].entries[k]);
        report->n_fit += n;
        report->n_fit_posts += n > 0;
        if (n && (!report->filter.limit || report->n_posts < report->filter.limit)) {
            report->n_cases += n;
            report->n_posts++;
        }
    }
}
