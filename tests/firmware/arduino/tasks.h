// Tasks as threads that live in virtual time.
#ifndef FAKE_TASKS_H
#define FAKE_TASKS_H

#include <cstdint>

// Returns the period of the hardware timer, 0 while it is not started.
uint64_t timer_period_us();

// Lets all that waits for time see it, calls the timer's interrupt, and waits until its task sleeps again.
void tick();

#endif
