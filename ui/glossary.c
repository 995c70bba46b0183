/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/glossary.h"

const char glossary_heading[] = "What is said about a case";

const struct glossary_entry glossary_entries[] = {
    {"helped", "right with its own picture and wrong without, and most other posts' pictures do not make it right"},
    {"any picture", "the same, but most other posts' pictures make it right too: it is not what this one shows"},
    {"hurt, ignored", "wrong with its picture and right without; right both ways, or wrong both ways"},
    {"mean", "what the model proposes: what the bottleneck makes of each word and image, at its mean"},
    {"samples", "drawn from what the bottleneck makes of them; 6/8: six draws of eight say the same as the mean"},
    {"bypassed", "the bottleneck left out, Z = X. A what-if: what lies behind it was never trained so, and a wrong "
                 "label may come from that"},
    {"saved, lost", "by the filter: right with the bottleneck and wrong when it is bypassed; the reverse"},
    {"kept", "nats that the bottleneck lets through of a word (its pieces together) or an image: how far its "
             "distribution is from N(0, 1). A bound on what it may tell, not what the label needs"},
    {"used", "the contribution, which is the heat: sum of X Z^T over the words, or the images. Large where it points "
             "where what was kept points together; a dot product, no cause"},
    {"before", "the same with nothing filtered, X X^T. Its scale is its own: compare which words stand out, not the "
               "numbers"},
    {"faithful", "the labels' probability falls when words (masked, and the text read anew; the labels' own words "
                 "stay) or cells of the picture go, the hottest first. Area: how much sooner than in random order, in "
                 "nats a label; 5/8: sooner than in five of eight. About 0, or below: the heat does not tell what the "
                 "label hangs on"},
};

size_t glossary_count(void)
{
    return sizeof glossary_entries / sizeof *glossary_entries;
}
