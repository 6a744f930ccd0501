// MEMSensing MSA301 and MSA311: 14 and 12 bits, no FIFO. Register names are the MSA301's data sheet's (v1.3).
#ifndef JUDDER_MSA3XX_H
#define JUDDER_MSA3XX_H

#include "sensor.h"

namespace judder {

namespace parts {

extern const Part msa301;
extern const Part msa311;

}  // namespace parts

class Msa3xx final : public Sensor {
 public:
  Msa3xx(const Part& part, int bits) : Sensor(part), bits_(bits) {}

  bool start(float rate_hz, int range_g) override;
  int take(int16_t* counts, int most) override;

 private:
  int bits_;
  bool due_ = false;  // reading the flag clears it: the sample is due until it was read
};

}  // namespace judder

#endif
