// InvenSense MPU-6050, its heirs and clones: 16 bits, a FIFO of 1024 bytes, theirs of 512. Register names are
// the register map's (RM-MPU-6000A, v4.2).
#ifndef JUDDER_MPU6050_H
#define JUDDER_MPU6050_H

#include "sensor.h"

namespace judder {

namespace parts {

extern const Part mpu6050;

}  // namespace parts

class Mpu6050 final : public Sensor {
 public:
  Mpu6050() : Sensor(parts::mpu6050) {}

  bool start(float rate_hz, int range_g) override;
  int take(int16_t* counts, int most) override;

 private:
  bool empty();

  int fifo_bytes_ = 0;
  bool torn_ = false;  // a read failed: nobody knows where in a sample the FIFO stands
};

}  // namespace judder

#endif
