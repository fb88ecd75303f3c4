#define _GNU_SOURCE
#include "program_pages.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

static int give_back(struct dl_phdr_info *image, size_t size, void *result) {
    (void)size;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int index = 0; index < image->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &image->dlpi_phdr[index];
        /* What can be written, or could while it was relocated, stands in no file. */
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
        uintptr_t start = (image->dlpi_addr + segment->p_vaddr + page - 1) & ~(page - 1);
        uintptr_t end = (image->dlpi_addr + segment->p_vaddr + segment->p_filesz) & ~(page - 1);
        if (end > start && madvise((void *)start, end - start, MADV_DONTNEED) == 0) {
            *(int64_t *)result += (int64_t)(end - start);
        }
    }
    /* The program is the first of the images. */
    return 1;
}

int64_t platform_give_back_program(void) {
    int64_t bytes = 0;
    dl_iterate_phdr(give_back, &bytes);
    return bytes;
}
