/* CPlatform.h: what Linux offers and Swift cannot say: thread-local storage, membarrier, and the like. */
#ifndef CPLATFORM_H
#define CPLATFORM_H

#include "byte_scan.h"
#include "datagram.h"
#include "descriptors.h"
#include "init_process.h"
#include "library_file.h"
#include "points_in_time.h"
#include "process_guard.h"
#include "process_sweep.h"
#include "program_pages.h"
#include "readiness.h"
#include "standard_streams.h"
#include "start_resources.h"
#include "thread_name.h"
#include "thread_slot.h"
#include "throwaway_process.h"

#endif
