/* CYardstick.h: what the work costs where nothing but the unavoidable is done, written by hand in C.
 *
 * Each yardstick runs beside what it is the yardstick of, in the same process and the same moment, so that a
 * ratio holds on a busy machine as well. None of it is safe, general or complete: that is the point.
 */
#ifndef CYARDSTICK_H
#define CYARDSTICK_H

#include "admission.h"
#include "allocations.h"
#include "exposition.h"
#include "line_protocol.h"
#include "log_line.h"
#include "processes.h"
#include "receiving.h"
#include "series.h"
#include "workload.h"

#endif
