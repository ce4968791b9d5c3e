/** Signals, with the layouts of the Linux RISC-V ABI. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  SIGHUP = 1, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE,
  SIGALRM, SIGTERM, SIGSTKFLT, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGXCPU, SIGXFSZ,
  SIGVTALRM, SIGPROF, SIGWINCH, SIGIO, SIGPWR, SIGSYS,
  SIGNALS = 64,
};

enum { SI_USER = 0, SI_KERNEL = 0x80, SI_TKILL = -6 };
enum { CLD_EXITED = 1, CLD_KILLED = 2 };
enum { ILL_ILLOPC = 1, SEGV_MAPERR = 1, SEGV_ACCERR = 2, BUS_ADRALN = 1, TRAP_BRKPT = 1 };

/** What a program learns of a signal: siginfo_t without its unused end. */
struct siginfo {
  int32_t signo, error, code, padding;
  union {
    uint64_t address; /* faults */
    struct {
      int32_t pid, uid, status; /* of a child that has ended: its exit status, or the signal */
    };
  };
};

/** The kernel's struct sigaction. */
struct signal_action {
  uint64_t handler, flags, mask;
};

struct alternate_stack {
  uint64_t base;
  int32_t flags, padding;
  uint64_t bytes;
};

struct task;
struct process;

/** A signal as a bit of a mask. */
static inline uint64_t signal_bit(int signo) { return 1ull << (signo - 1); }

void signal_task(struct task *t, int signo, struct siginfo details);
void signal_process(struct process *p, int signo, struct siginfo details);
/** The details of SIGCHLD for a child that ended so (process.h), but for the signal's number. */
struct siginfo signal_of_child(int pid, unsigned status);
/** Take a pending signal of the set. @return its number, 0 for none */
int signal_take(struct task *t, uint64_t set, struct siginfo *details);
/** A fault of the current task: it can't be blocked or ignored. */
void signal_fault(int signo, int code, uint64_t address);
/** Is there something that the task must look at before it goes on: a deliverable signal, or the end of its process? */
bool signal_pending(const struct task *t);
/** Before the return to user mode: set a handler up, or end the process. */
void signal_deliver(struct task *t);
/** A system call that a signal cut short: do it again, or let it give EINTR. */
void signal_restart(struct task *t, bool again);

/* signal-frame.c: what lies on the user's stack while a handler runs. */

struct space;
/** Map the page with the code that handlers return to. @return 0 or -ENOMEM */
int signal_map_trampoline(struct space *s);
/** Push a frame and go to the handler. @return false when the stack can't take it */
bool signal_frame_push(struct task *t, const struct signal_action *action, const struct siginfo *details);
/** Take the registers and the mask back from the frame that sp points at. @return false when it is not a frame */
bool signal_frame_pop(struct task *t);
