/* program_pages.h: the memory that a program's own code and constants take. */
#ifndef CPLATFORM_PROGRAM_PAGES_H
#define CPLATFORM_PROGRAM_PAGES_H

#include <stdint.h>

/* Gives back the pages of the program's code and constants; those that are used again are found in its file, which the
 * system keeps in memory anyway. Libraries are left alone. Answers how many bytes may be mapped anew. */
int64_t platform_give_back_program(void);

#endif
