/* descriptors.h: whether there are enough of them. */
#ifndef CPLATFORM_DESCRIPTORS_H
#define CPLATFORM_DESCRIPTORS_H

#include <stdint.h>

/* Whether this process may open `count` more files, as far as can be told without counting them. */
int32_t platform_has_descriptors(int32_t count);

#endif
