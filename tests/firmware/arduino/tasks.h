// Tasks as threads that live in virtual time. It passes only while all of them wait for it, so that a busy PC
// makes no sample late; what a board computes takes no time.
#ifndef FAKE_TASKS_H
#define FAKE_TASKS_H

#include <cstdint>

// Makes the calling thread the task that runs setup() and loop().
void be_the_loop();

// Returns the period of the hardware timer, 0 while it is not started.
uint64_t timer_period_us();

// Returns when all tasks wait for time or for an interrupt; timer: calls the timer's first.
void tick(bool timer);

#endif
