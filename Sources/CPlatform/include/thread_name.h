/* thread_name.h: what a thread is called in ps and in a debugger. */
#ifndef CPLATFORM_THREAD_NAME_H
#define CPLATFORM_THREAD_NAME_H

/* Names the calling thread; the kernel keeps 15 bytes. */
void platform_name_thread(const char *name);

#endif
