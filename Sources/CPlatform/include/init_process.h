/* init_process.h: what the first process of a container owes the others.
 *
 * The kernel gives it every process whose parent has ended, and keeps each that ends until it is waited for. The program
 * itself waits for children of its own by their numbers; whoever waited for any child beside it would take the end of one
 * away from it. So the program goes on in a child, and the first process only waits.
 */
#ifndef CPLATFORM_INIT_PROCESS_H
#define CPLATFORM_INIT_PROCESS_H

/* Where the caller is process 1: goes on in a child, and never returns in the caller, which hands signals on to the child,
 * waits for every process that ends, and ends as the child does (128 and the signal's number where one ended it). Else, and
 * where there can be no child, returns at once. To be called before there is a second thread. */
void platform_leave_init_behind(void);

#endif
