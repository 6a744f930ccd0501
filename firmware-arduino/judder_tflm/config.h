// What is particular to your board and your place. Passwords go into secrets.h.
#ifndef JUDDER_CONFIG_H
#define JUDDER_CONFIG_H

#include <Arduino.h>

#include "src/board/settings.h"

// kDetect: judge every window. kCollect: send windows to be recorded. kSelftest: check, print, stop.
#ifndef JUDDER_TASK
#define JUDDER_TASK judder::Task::kDetect
#endif

// kFrames: Judder's own. kReference: the JSON of the reference project's server. kNone: no Wi-Fi at all.
#ifndef JUDDER_PROTOCOL
#define JUDDER_PROTOCOL judder::Protocol::kFrames
#endif

// "auto" takes the first part it knows; the name of one takes no other.
#ifndef JUDDER_SENSOR
#define JUDDER_SENSOR "auto"
#endif

// Where `judder serve` runs.
#ifndef JUDDER_HOST
#define JUDDER_HOST "192.168.1.10"
#define JUDDER_PORT 1337
#define JUDDER_TIMEOUT_MS 10000  // patience with it: a proxy may take seconds, and nothing else waits
#endif

static const judder::Settings kSettings = {
    "judder",         // name, for the server's list
    JUDDER_TASK,      //
    SDA,              // I2C data pin
    SCL,              // I2C clock pin
    400000,           // I2C clock, Hz
    JUDDER_SENSOR,    // "auto", or the part's name: lis3dh, mpu6050, msa301, msa311
    4,                // the sensor's range, g: 2, 4, 8 or 16
    A1,               // buzzer pin; -1: none
    0,                // buzzer tone, Hz; 0: an active buzzer, which wants a level only
    LED_BUILTIN,      // LED pin; -1: none
    JUDDER_PROTOCOL,  //
    JUDDER_HOST,      //
    JUDDER_PORT,      //
    JUDDER_TIMEOUT_MS,
};

#endif
