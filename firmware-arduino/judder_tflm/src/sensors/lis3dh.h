// ST LIS3DH: 12 bits, a FIFO of 32 samples. Register names are the data sheet's (DocID17530).
#ifndef JUDDER_LIS3DH_H
#define JUDDER_LIS3DH_H

#include "sensor.h"

namespace judder {

namespace parts {

extern const Part lis3dh;

}  // namespace parts

class Lis3dh final : public Sensor {
 public:
  Lis3dh() : Sensor(parts::lis3dh) {}

  bool start(float rate_hz, int range_g) override;
  int take(int16_t* counts, int most) override;
};

}  // namespace judder

#endif
