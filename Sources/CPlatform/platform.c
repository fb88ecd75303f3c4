#define _GNU_SOURCE
#include "CPlatform.h"
#include <unistd.h>
#include <sys/syscall.h>
#include <linux/membarrier.h>
_Thread_local void *agent_tls_slot __attribute__((tls_model("initial-exec")));
int agent_membarrier_register(void){ return (int)syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED,0,0);}
int agent_membarrier(void){ return (int)syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED,0,0);}
